"""The report, put together from the sums: what weighs most comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from app.domain import mismatch, penalties
from app.domain.lookback import licenses_to_get, single_points
from app.domain.lookback.report import (
    About,
    Exposure,
    Kind,
    NotKnown,
    OutsideHours,
    ProducerRow,
    Range,
    Report,
    SoldNotHeld,
    StateRow,
    Stranger,
)
from app.domain.lookback.roster_then import RosterThen
from app.domain.lookback.tallies import Sums, Tallies
from app.domain.states import State

_Key = TypeVar("_Key", bound=Any)

MOST_STRANGERS_TOLD = 100


def report(tallies: Tallies, about: About, roster: RosterThen | None, *, judges_hours: bool) -> Report:
    """`roster` is that of the log's last call; None where there was none."""
    whole = tallies.whole
    standing = (
        None
        if roster is None or tallies.last_at is None
        else single_points.holders(roster, tallies.last_at, tallies.demand)
    )
    hours = tallies.hours
    return Report(
        about=about,
        first_at=tallies.first_at,
        last_at=tallies.last_at,
        calls=whole.calls,
        taken=whole.taken,
        taken_unnamed=tallies.unnamed,
        lost=whole.lost,
        unreached=tallies.unreached,
        without_authority=whole.without.range,
        policy_only=tallies.policy_only,
        missing=tuple(
            sorted(
                (missing.row for missing in tallies.missing.values()),
                key=lambda row: (-row.calls.best, -row.calls.worst, row.npn, row.state, row.lines),
            )
        ),
        not_known_then=whole.not_known,
        not_known=tuple(NotKnown(*key, calls) for key, calls in _most_first(tallies.not_known)),
        not_on_roster=tallies.not_on_roster,
        strangers=tuple(Stranger(*found) for found in _most_first(tallies.strangers)[:MOST_STRANGERS_TOLD]),
        asked=whole.asked,
        asked_taken=tallies.asked_taken,
        asked_because=tuple(_most_first(tallies.asked_because)),
        presumed_held=tallies.presumed_held,
        elsewhere=Range(*mismatch.elsewhere(tallies.presumed_held)),
        elsewhere_source=mismatch.SOURCE,
        lost_licensed=whole.lost_licensed.range,
        lost_nobody_licensed=tallies.nobody_licensed,
        lost_not_known=tallies.lost_not_known,
        outside_hours=OutsideHours(judges_hours, hours["inbound"].range, hours["outbound"].range, hours[""].range),
        money=tuple(tallies.money[loa].row(loa) for loa in sorted(tallies.money)),
        exposure=_exposure(tallies),
        sold_not_held=_sold_not_held(tallies),
        single_points=single_points.single_points(roster, standing, tallies.demand) if roster and standing else (),
        licenses_to_get=licenses_to_get.best(tallies, roster) if roster else (),
        weeks=tuple(tallies.weeks[day].week(date.fromordinal(day)) for day in sorted(tallies.weeks)),
        states=_state_rows(tallies, standing.producers_in if standing else {}),
        producers=_producer_rows(tallies, roster),
        evidence=tuple(evidence for kind in Kind for evidence in tallies.evidence[kind]),
        evidence_total=tuple((kind, tallies.evidence_total[kind]) for kind in Kind if tallies.evidence_total[kind]),
    )


def _most_first(counted: Counter[_Key]) -> list[tuple[_Key, int]]:
    """Largest first, and then by name: the same log gives the same page."""
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _exposure(tallies: Tallies) -> Exposure:
    penalty, calls = penalties.penalty(), tallies.lawless.range
    days = len(tallies.violation_days)
    return Exposure(
        low_usd=days * penalty.low_usd,
        high_usd=calls.worst * penalty.high_usd,
        violation_days=days,
        calls=calls,
        penalty_low_usd=penalty.low_usd,
        penalty_high_usd=penalty.high_usd,
        source=penalty.source,
    )


def _sold_not_held(tallies: Tallies) -> tuple[SoldNotHeld, ...]:
    rows = [SoldNotHeld(*key, count.range) for key, count in tallies.sold.items()]
    return tuple(sorted(rows, key=lambda row: (-row.calls.best, -row.calls.worst, row.npn, row.state, row.line)))


def _state_rows(tallies: Tallies, producers_in: Mapping[State, int]) -> tuple[StateRow, ...]:
    """The states of the log, and those without a call where somebody is licensed."""
    headings = {*tallies.states, *producers_in}
    rows = [tallies.states.get(state, Sums()).state_row(state, producers_in.get(state, 0)) for state in headings]

    def weight(row: StateRow) -> tuple[int, int, int, int, str]:
        without = row.without_authority
        return -without.best, -without.worst, -row.lost_licensed.worst, -row.calls, row.state

    return tuple(sorted(rows, key=weight))


def _producer_rows(tallies: Tallies, roster: RosterThen | None) -> tuple[ProducerRow, ...]:
    rows = []
    for npn, sums in tallies.producers.items():
        who = roster.producers.get(npn) if roster else None
        rows.append(sums.producer_row(npn, who.name if who else "", who.resident_state if who else ""))

    def weight(row: ProducerRow) -> tuple[int, int, int, int, str]:
        without = row.without_authority
        return -without.best, -without.worst, -row.not_known, -row.taken, row.npn

    return tuple(sorted(rows, key=weight))
