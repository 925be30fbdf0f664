"""Where to expand next: states that are not open, by the leads and lost calls that we had from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain import license_fees, residency
from app.domain.expansion import could_serve
from app.domain.license_fees import Fee
from app.domain.licensing import Producer
from app.domain.lines import Requirement
from app.domain.states import State
from app.storage import campaigns, expansion, openings, own_calls
from app.storage.database import Database

KIND = "rank_targets"
DAYS = 90


@dataclass
class Demand:
    """What came for one line of authority. `producers`: the NPNs of those who could take it by license already."""

    leads: int = 0
    lost_calls: int = 0
    producers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """One state. `by_loa` has a key "" for leads of which nobody knows the line; `fee` is that of one license."""

    state: State
    was_open: bool
    by_loa: dict[str, Demand]
    fee: Fee

    @property
    def leads(self) -> int:
        return sum(demand.leads for demand in self.by_loa.values())

    @property
    def lost_calls(self) -> int:
        return sum(demand.lost_calls for demand in self.by_loa.values())

    @property
    def producers(self) -> tuple[str, ...]:
        """Who could take some of it by license already."""
        return tuple(sorted({npn for demand in self.by_loa.values() for npn in demand.producers}))


@dataclass(frozen=True)
class Ranking:
    """Most leads first, then most lost calls."""

    since: datetime
    until: datetime
    targets: tuple[Target, ...]


def rank_targets(*, database: Database, now: datetime, days: int = DAYS) -> Ranking:
    """The last `days` days of our own leads and calls, by residence. Read in many short transactions.

    Somebody who lives in two states counts for each that is not open. A call is lost as the look back says it.
    """
    since = now - timedelta(days=days)
    found: defaultdict[State, defaultdict[str, Demand]] = defaultdict(lambda: defaultdict(Demand))
    with database.read() as tx:
        requirements = {each.campaign_id: str(each.requirement) for each in campaigns.everything(tx)}
        standing = {opening.state: opening.is_open for opening in openings.everywhere(tx)}
    for campaign_id, states in _leads(database, since):
        for state in states:
            found[state][requirements.get(campaign_id or 0, "")].leads += 1
    for loa, states in _lost(database, since, now):
        for state in states:
            found[state][loa].lost_calls += 1
    targets = [
        Target(state, state in standing, _with_producers(database, state, by_loa, now), license_fees.fee(state))
        for state, by_loa in found.items()
        if not standing.get(state, False)
    ]
    targets.sort(key=lambda target: (-target.leads, -target.lost_calls, target.state))
    return Ranking(since, now, tuple(targets))


def ranking(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """As requested work: a page waits for no 90 days of leads."""
    found = rank_targets(database=database, now=now, days=int(asked.get("days", DAYS)))
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "targets": [
            {
                "state": target.state,
                "was_open": target.was_open,
                "leads": target.leads,
                "lost_calls": target.lost_calls,
                "producers": len(target.producers),
                "by_loa": {loa: [one.leads, one.lost_calls, len(one.producers)] for loa, one in target.by_loa.items()},
                "fee_low_cents": target.fee.low_cents,
                "fee_high_cents": target.fee.high_cents,
            }
            for target in found.targets
        ],
    }


def _leads(database: Database, since: datetime) -> Iterator[tuple[int | None, tuple[State, ...]]]:
    after: int | None = 0
    while after is not None:
        with database.read() as tx:
            page = expansion.leads_since(tx, since, after=after)
        yield from page.leads
        after = page.next_after


def _lost(database: Database, since: datetime, until: datetime) -> Iterator[tuple[str, tuple[State, ...]]]:
    """(line, states) of each caller whom nobody took."""
    after: int | None = 0
    while after is not None:
        with database.read() as tx:
            page = own_calls.page(tx, since=since, until=until, after=after)
        for own in page.calls:
            call = own.logged
            if own.talk is None and call.direction == "inbound" and call.evidence is not None:
                yield call.loa, residency.settle(call.evidence).states
        after = page.next_after


def _with_producers(database: Database, state: State, by_loa: dict[str, Demand], now: datetime) -> dict[str, Demand]:
    with database.read() as tx:
        people = expansion.holders(tx, state)
    return {
        loa: Demand(demand.leads, demand.lost_calls, _able(people, state, loa, now))
        for loa, demand in sorted(by_loa.items())
    }


def _able(people: list[Producer], state: State, loa: str, now: datetime) -> tuple[str, ...]:
    if not loa:
        return ()
    requirement = Requirement.parse(loa)
    return tuple(producer.npn for producer in people if could_serve(producer, state, requirement, now))
