"""What a packet is asked about: one state, one producer or one call, and of the first two some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import states
from app.domain.service_report.days import Days
from app.domain.states import State
from app.storage import calls, packet_facts
from app.storage.database import Transaction
from app.workflows.leads.asked_campaign import Unmet

_EARLY, _FAR = date(1970, 1, 1), date(9000, 1, 1)


@dataclass(frozen=True)
class Asked:
    """Exactly one of `state`, `npn` and `call_sid`. `first` and `last` are days of `zone`, both included; either may be open."""

    state: State | None
    npn: str | None
    call_sid: str | None
    first: date | None
    last: date | None
    zone: str

    @property
    def since(self) -> datetime | None:
        return None if self.first is None else Days(self.first, self.first).begins(ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def until(self) -> datetime | None:
        """Not included."""
        return None if self.last is None else Days(self.last, self.last).ends(ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def facts(self) -> dict[str, Any]:
        """As JSON; what was not given is left out."""
        days = {"from": self.first and self.first.isoformat(), "to": self.last and self.last.isoformat()}
        whom = {"state": self.state, "npn": self.npn, "call_sid": self.call_sid, **days}
        return {**{name: value for name, value in whom.items() if value is not None}, "zone": self.zone}

    @property
    def file_name(self) -> str:
        parts = [
            self.state or self.npn or self.call_sid or "",
            *(day.isoformat() for day in (self.first, self.last) if day),
        ]
        return f"packet-{'-'.join(parts)}.zip"


def of_facts(facts: dict[str, Any]) -> Asked:
    """What `Asked.facts` wrote."""
    first, last = facts.get("from"), facts.get("to")
    return Asked(
        state=facts.get("state"),
        npn=facts.get("npn"),
        call_sid=facts.get("call_sid"),
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
        zone=facts["zone"],
    )


def asked(
    tx: Transaction,
    *,
    state: str | None = None,
    npn: str | None = None,
    call_sid: str | None = None,
    first: date | None = None,
    last: date | None = None,
    zone: str,
) -> Asked | Unmet:
    """The question, or which field names what is not there. What is no state, NPN or call has no packet; days may be empty."""
    given = {"state": state, "npn": npn, "call_sid": call_sid}
    named = [name for name, value in given.items() if value]
    if len(named) != 1:
        return Unmet(named[1] if named else "state", "give one of state, npn and call_sid, and only one")
    if state and not states.is_state(state):
        return Unmet("state", "not one of the 56 jurisdictions that license producers, e.g. OH")
    if npn and not packet_facts.was_on_roster(tx, npn):
        return Unmet("npn", "nobody with this NPN is, or was, on the roster")
    if call_sid and calls.read(tx, call_sid) is None:
        return Unmet("call_sid", "there is no such call")
    for name, day in (("from", first), ("to", last)):
        if day is not None and call_sid:
            return Unmet(name, "a call has a time of its own; days are for a state or a producer")
        if day is not None and not _EARLY <= day <= _FAR:
            return Unmet(name, "no day of which we could have anything")
    if first and last and first > last:
        return Unmet("to", "the last day is before the first")
    return Asked(state or None, npn or None, call_sid or None, first, last, zone)
