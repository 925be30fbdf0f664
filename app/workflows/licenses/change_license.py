"""A license is suspended by hand: at once. None is ever given back by hand; an import that sees it active does that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain import moves as calendar
from app.domain import states as jurisdictions
from app.domain.cascade import cascade, without
from app.domain.licensing import IN_FORCE, Producer
from app.domain.lines import Line
from app.domain.states import State
from app.storage import audit_facts, authority_facts, ledger
from app.storage.database import Database, Transaction
from app.storage.roster_changes import RosterChange
from app.workflows.licenses.exposure import Exposed, exposure_since, write_exposure
from app.workflows.licenses.impact import Gone, what_goes

KIND = "license_suspended"
"""The ledger's kind."""

LONGEST_REASON = 500


class Objection(StrEnum):
    """What kind of no it is."""

    UNKNOWN = "unknown"  # the roster has no such producer, or no such license
    WRONG = "wrong"  # what was said cannot be


@dataclass(frozen=True)
class Refused:
    """Nothing was done, and why. `field` names what was wrong in the request."""

    objection: Objection
    why: str
    field: str = ""


@dataclass(frozen=True)
class Suspended:
    """What is suspended now that was in force; no `lines`, no `version` and no `decision_id` where nothing was.

    `exposed`: calls bridged since the day that was named, which rested on it.
    """

    npn: str
    name: str
    state: State
    lines: tuple[Line, ...]
    version: int | None
    entry_id: int | None
    gone: Gone
    exposed: tuple[Exposed, ...]


def suspend_license(
    npn: str,
    state: State,
    line: Line | None = None,
    *,
    reason: str,
    since: date | None = None,
    actor: str,
    database: Database,
    now: datetime,
) -> Suspended | Refused:
    """Suspend a license for one line, or for every one that it has. What rests on it gives no authority, either.

    `since`: it was not in force from that day on, as we know now. The calls that rested on it since are then listed, in the
    ledger too, once the suspension is committed: nobody's calls wait for it. Said again, it lists them again.
    """
    told = why(reason)
    if isinstance(told, Refused):
        return told
    if not jurisdictions.is_state(state):
        said = f"{state[:20]!r} is not the USPS code of a state or territory that licenses producers"
        return Refused(Objection.WRONG, said, "state")
    if since is not None and not calendar.FIRST_DAY <= since <= calendar.latest_day([state], now):
        return Refused(Objection.WRONG, f"{since} has not come yet, or is before {calendar.FIRST_DAY}", "since")
    with database.begin() as tx:
        # Made before anything is read: no other change of the roster comes in between.
        change = RosterChange(tx, now=now, actor=actor, source="change")
        producer = known(tx, npn)
        if isinstance(producer, Refused):
            return producer
        done = _suspend(change, producer, state, line, told, since, actor=actor)
    if isinstance(done, Refused):
        return done
    if done.lines:
        # Told, not decided: nobody's calls wait for it either.
        with database.read() as tx:
            after = without(producer, [state], done.lines)
            done = replace(done, gone=what_goes(tx, producer, after, at=now, now=now))
    return done if since is None else _reaching_back(done, since, actor=actor, database=database, now=now)


def why(reason: str) -> str | Refused:
    """The reason, trimmed; nothing is suspended or given back without one."""
    told = " ".join(reason.split())
    if not told or len(told) > LONGEST_REASON:
        return Refused(Objection.WRONG, f"a reason is needed, in at most {LONGEST_REASON} characters", "reason")
    return told


def known(tx: Transaction, npn: str) -> Producer | Refused:
    """The producer with everything."""
    producer_id = authority_facts.producer_id_of(tx, npn)
    producer = None if producer_id is None else authority_facts.producer(tx, producer_id)
    return producer or Refused(Objection.UNKNOWN, f"no producer has NPN {npn[:20]}")


def _suspend(
    change: RosterChange,
    producer: Producer,
    state: State,
    line: Line | None,
    reason: str,
    since: date | None,
    *,
    actor: str,
) -> Suspended | Refused:
    npn, now = producer.npn, change.now
    there = [held for held in producer.licenses if held.state == state and line in (None, held.line)]
    if not there:
        what = f" for {line}" if line else ""
        return Refused(Objection.UNKNOWN, f"NPN {npn} has no license{what} in {state}")
    lines = tuple(sorted(held.line for held in there if held.status in IN_FORCE))
    if not lines:
        return Suspended(npn, producer.name, state, (), None, None, Gone((), ()), ())
    audit_facts.suspend(change, {npn: producer.producer_id}, [(npn, state, each) for each in lines])
    facts = {
        "npn": npn,
        "state": state,
        "lines": [str(each) for each in lines],
        "reason": reason,
        "since": since.isoformat() if since else None,
        "version": change.version,
        "going": going_facts(producer, without(producer, [state], lines), now),
    }
    entry_id = ledger.write(change.tx, kind=KIND, now=now, actor=actor, facts=facts)
    return Suspended(npn, producer.name, state, lines, change.version, entry_id, Gone((), ()), ())


def going_facts(before: Producer, after: Producer, now: datetime) -> list[list[str]]:
    """The states and lines that go, for the ledger."""
    return [[each.license.state, str(each.license.line)] for each in cascade(before, after, now)]


def _reaching_back(done: Suspended, since: date, *, actor: str, database: Database, now: datetime) -> Suspended:
    begins = calendar.begins_at(done.state, since)
    with database.read() as tx:
        producer = known(tx, done.npn)
        at_home = isinstance(producer, Producer) and producer.resident_state == done.state
        # Without the resident license nothing was there anywhere.
        exposed = exposure_since(tx, done.npn, begins, None if at_home else [done.state])
    because = {"license": f"{done.npn}/{done.state}", "since": since.isoformat(), "suspension": done.entry_id}
    with database.begin() as tx:
        write_exposure(tx, exposed, because=because, now=now, actor=actor)
    return replace(done, exposed=exposed)
