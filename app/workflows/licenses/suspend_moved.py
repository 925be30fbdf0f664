"""Producers whom a report shows resident in another state than we have: authority goes at once, and a person is told.

It comes back where a person reports the move, state by state; or where a later report shows them at home after all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.licensing import IN_FORCE, Residency
from app.domain.report_age import day_of, is_of_an_earlier_day
from app.domain.states import State
from app.rosters.nipr_values import SeenProducer
from app.storage import held_licenses, ledger, moves, roster, roster_import, unsettled_holds
from app.storage.database import Database, Transaction
from app.storage.held_licenses import HeldProducer
from app.workflows.licenses.weigh_report import newest_report_of


@dataclass(frozen=True, slots=True)
class ResidentElsewhere:
    """By the report the producer is resident in `theirs`, perhaps in our state as well: in both there is a move behind it.

    `held`: the states that are suspended because of this report.
    """

    npn: str
    ours: State
    theirs: State
    held: tuple[State, ...]

    @property
    def told(self) -> str:
        """What a person is to do."""
        return (
            f"NPN {self.npn} is resident in {self.theirs} by the report and in {self.ours} by the roster, so authority is "
            f"suspended; report the move: threegate producer moved {self.npn} --to {self.theirs} --on DATE"
        )


@dataclass(frozen=True, slots=True)
class AtHome:
    """A later report shows the producer resident where the roster has them: these states are not suspended any more."""

    npn: str
    lifted: tuple[State, ...]


def suspend_moved(
    producers: Sequence[SeenProducer],
    *,
    told_at: datetime,
    actor: str,
    dry_run: bool,
    database: Database,
    now: datetime,
) -> tuple[ResidentElsewhere, ...]:
    """Hold the old resident state, the new one and every state that rests on it, as after a move, until it is settled.

    A move that is open already says so itself. A report from before the newest one that showed the resident license
    where we have it tells of the past.
    """
    found: list[ResidentElsewhere] = []
    for batch in roster_import.batches(producers):
        with database.read() as tx:
            suspects = list(_elsewhere(tx, batch, told_at))
        if not suspects:
            continue
        if dry_run:
            found += [_resident_elsewhere(*suspect) for suspect in suspects]
            continue
        with database.begin() as tx:
            moves.keep_others_out(tx)
            for suspect in _elsewhere(tx, [seen for seen, _, _ in suspects], told_at):
                outcome = _resident_elsewhere(*suspect)
                _hold(tx, outcome, told_at=told_at, actor=actor, now=now)
                found.append(outcome)
    return tuple(found)


def lift_at_home(
    producers: Sequence[SeenProducer],
    *,
    told_at: datetime,
    actor: str,
    dry_run: bool,
    database: Database,
    now: datetime,
) -> tuple[AtHome, ...]:
    """Lift what only an earlier report had suspended. Call it once the report is merged: what it takes is gone by then.

    Not for who has a move open, and not where the roster got another resident state meanwhile: that was a move.
    """
    found: list[AtHome] = []
    for batch in roster_import.batches(producers):
        with database.read() as tx:
            settled = _at_home(tx, batch, told_at)
        if settled and not dry_run:
            with database.begin() as tx:
                moves.keep_others_out(tx)
                settled = _at_home(tx, [seen for seen in batch if seen.npn in settled], told_at)
                for npn, states in settled.items():
                    version = roster.lift_domicile_hold(tx, npn, states, now, actor)
                    facts = {"npn": npn, "lifted": states, "version": version}
                    ledger.write(tx, kind="resident_at_home", now=now, actor=actor, facts=facts)
        found += [AtHome(npn, tuple(states)) for npn, states in settled.items()]
    return tuple(found)


def _at_home(tx: Transaction, producers: Sequence[SeenProducer], told_at: datetime) -> dict[str, list[State]]:
    return unsettled_holds.without_move(tx, {seen.npn: seen.resident_state for seen in producers}, day_of(told_at))


def _elsewhere(
    tx: Transaction, producers: Sequence[SeenProducer], told_at: datetime
) -> Iterator[tuple[SeenProducer, HeldProducer, State]]:
    homes = held_licenses.resident_states(tx, [seen.npn for seen in producers])
    suspects = [seen for seen in producers if seen.npn in homes and resident_in(seen, told_at) - {homes[seen.npn]}]
    held = held_licenses.held_by(tx, [seen.npn for seen in suspects])
    for seen in suspects:
        ours = held[seen.npn]
        there = sorted(resident_in(seen, told_at) - {ours.resident_state, ours.moves_to})
        at_home = newest_report_of(ours, ours.resident_state)
        if there and (at_home is None or not is_of_an_earlier_day(told_at, at_home)):
            yield seen, ours, there[0]


def resident_in(seen: SeenProducer, told_at: datetime) -> set[State]:
    """Where the producer is resident by the report: one state, or each that has a resident license in force."""
    if seen.resident_state is not None:
        return {seen.resident_state}
    return {
        line.state
        for line in seen.licenses
        if line.residency is Residency.RESIDENT
        and line.status in IN_FORCE
        and not (line.expires_on and line.expires_on < day_of(told_at))
    }


def _hold(tx: Transaction, outcome: ResidentElsewhere, *, told_at: datetime, actor: str, now: datetime) -> None:
    if not outcome.held:
        return
    version = roster.hold_domicile(tx, outcome.npn, outcome.held, day_of(told_at), now, actor)
    facts = {"npn": outcome.npn, "ours": outcome.ours, "theirs": outcome.theirs, "suspended": outcome.held}
    ledger.write(tx, kind="resident_elsewhere", now=now, actor=actor, facts={**facts, "version": version})


def _resident_elsewhere(seen: SeenProducer, ours: HeldProducer, theirs: State) -> ResidentElsewhere:
    """States that are held already keep the day of their own move."""
    licensed = {state for state, _ in ours.licenses} | {line.state for line in seen.licenses}
    rests_on = sorted((licensed | {ours.resident_state, theirs}) - ours.holds)
    return ResidentElsewhere(seen.npn, ours.resident_state, theirs, tuple(rests_on))
