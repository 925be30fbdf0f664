"""How the license desk's answers look: what goes with a license, who is suspended, what lapsed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.domain.lines import Line
from app.domain.states import State
from app.storage.ledger import Entry
from app.web.api.fields import Answer
from app.web.api.moves import ExposedCall
from app.workflows.licenses.change_license import Suspended
from app.workflows.licenses.change_producer import Changed
from app.workflows.licenses.impact import GoingLine, Gone, Impact

NAMED = 20
"""So many of those who are left are named for one state and line."""


class LineThatGoes(Answer):
    """`itself`: the lapsing license's own line. `open`: calls come from there. `left`: so many others may take them,
    counted to 100.

    `dark`: open, and nobody is left.
    """

    state: str
    loa: str
    license_number: str
    expires_on: date | None
    itself: bool
    open: bool
    left: int
    left_npns: list[str]
    dark: bool


class CallToMove(Answer):
    """A promised call that nobody else could keep."""

    callback_id: int
    lead_id: int
    states: list[str]
    due_at: datetime
    promised_by: datetime


class CallShare(Answer):
    """Calls of the last 30 days, and those of them that the authority which goes would have been needed for."""

    arrived: int
    arrived_there: int
    bridged: int
    bridged_there: int
    bridged_there_to_them: int


class _WhatGoes(Answer):
    states: list[str]
    lines: list[LineThatGoes]
    dark_states: list[str]
    callbacks: list[CallToMove]


class LicenseImpact(_WhatGoes):
    npn: str
    name: str
    resident_state: str
    without: list[str]
    at: datetime
    last_30_days: CallShare


class SuspendedLicense(_WhatGoes):
    """`suspended` is empty, and `version` and `ledger_id` null, where nothing was in force."""

    npn: str
    name: str
    state: str
    suspended: list[str]
    version: int | None
    ledger_id: int | None
    exposed: list[ExposedCall]


class ChangedProducer(_WhatGoes):
    """`version` and `ledger_id` are null where they stood so already."""

    npn: str
    name: str
    suspended: bool
    version: int | None
    ledger_id: int | None


class StateAndLine(Answer):
    state: str
    loa: str


class Lapse(Answer):
    """`how`: `date`, or the source of the change. `stands`: `lapsed` or `back in force`. `callbacks`: ids of promised calls."""

    ledger_id: int
    noted_at: datetime
    ended_at: datetime
    npn: str
    name: str
    state: str
    lines: list[str]
    how: str
    going: list[StateAndLine]
    callbacks: list[int]
    stands: str


def impact(found: Impact) -> LicenseImpact:
    share = found.share
    return LicenseImpact(
        npn=found.producer.npn,
        name=found.producer.name,
        resident_state=found.producer.resident_state,
        without=list(found.without),
        at=found.at,
        last_30_days=CallShare(
            arrived=share.arrived,
            arrived_there=share.arrived_there,
            bridged=share.bridged,
            bridged_there=share.bridged_there,
            bridged_there_to_them=share.bridged_by_them,
        ),
        **_gone(found.gone),
    )


def suspended(found: Suspended) -> SuspendedLicense:
    return SuspendedLicense(
        npn=found.npn,
        name=found.name,
        state=found.state,
        suspended=[str(line) for line in found.lines],
        version=found.version,
        ledger_id=found.entry_id,
        exposed=[
            ExposedCall(
                call_sid=each.call_sid,
                at=each.at,
                states=list(each.states),
                decision_id=each.decision_id,
                why=each.why,
            )
            for each in found.exposed
        ],
        **_gone(found.gone),
    )


def changed(found: Changed) -> ChangedProducer:
    return ChangedProducer(
        npn=found.npn,
        name=found.name,
        suspended=found.suspended,
        version=found.version,
        ledger_id=found.entry_id,
        **_gone(found.gone),
    )


def lapse(entry: Entry, back: set[tuple[str, State, Line]]) -> Lapse:
    """`back`: the resident licenses that are in force now."""
    facts = entry.facts
    home = {str(line) for npn, state, line in back if (npn, state) == (facts["npn"], facts["state"])}
    return Lapse(
        ledger_id=entry.entry_id,
        noted_at=entry.at,
        ended_at=datetime.fromisoformat(facts["ended_at"]),
        npn=facts["npn"],
        name=facts["name"],
        state=facts["state"],
        lines=facts["lines"],
        how=facts["how"],
        going=[StateAndLine(state=state, loa=line) for state, line in facts["going"]],
        callbacks=[each["callback"] for each in facts["callbacks"]],
        stands="back in force" if home.issuperset(facts["lines"]) else "lapsed",
    )


def _gone(gone: Gone) -> dict[str, Any]:
    return {
        "states": list(gone.states),
        "lines": [_line(each) for each in gone.lines],
        "dark_states": list(gone.dark),
        "callbacks": [
            CallToMove(
                callback_id=each.callback_id,
                lead_id=each.lead_id,
                states=list(each.states),
                due_at=each.due_at,
                promised_by=each.promised_by,
            )
            for each in gone.callbacks
        ],
    }


def _line(each: GoingLine) -> LineThatGoes:
    held = each.going.license
    return LineThatGoes(
        state=held.state,
        loa=held.line,
        license_number=held.license_number,
        expires_on=held.expires_on,
        itself=each.going.itself,
        open=each.is_open,
        left=len(each.left),
        left_npns=[producer.npn for producer in each.left[:NAMED]],
        dark=each.is_dark,
    )
