"""The drill: traffic, kills, quiet, and then the books are compared with the carrier's record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from app.domain import zip_codes
from app.settings import process_environment
from app.simulator.cast import members, packaged
from app.simulator.traffic import PLACES
from tests.kills import authority, nobody_lost, nobody_twice, rows
from tests.kills.installed import WEB, MortalInstallation
from tests.kills.killer import Killer, Strike
from tests.kills.nobody_lost import Found
from tests.kills.rosters import Rosters
from tests.kills.town import Town
from tests.kills.traffic import Traffic

LATE_REAL_SECONDS = 5
"""A tick of the scheduler, a webhook on its way, on a busy machine."""

TRANSACTION_REAL_SECONDS = 2
"""How long a webhook may wait, on a busy machine, between reading the clock and writing."""

FIRST_CALLS_SECONDS = 40
"""Of the simulated clock, before the first kill."""

UNTIL_QUIET_SECONDS = 1800
RECONCILED_SECONDS = 200
"""Of the simulated clock, after the last call: a look at calls older than a minute comes each minute, and a claim of the
scheduler's stands for two."""

Say = Callable[[str], None]


@dataclass
class Outcome:
    """What a drill came to. `found` is by what was checked; anything wrong in it is a violation."""

    strikes: list[Strike] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)

    @property
    def last_events(self) -> Counter[str]:
        return Counter(strike.last_event for strike in self.strikes)

    @property
    def wrong(self) -> list[str]:
        return [f"{what}: {why}" for what, found in self.found.items() for why in found.wrong]


def drill(
    folder: Path, database_url: str, *, kills: int, seed: int, speed: float, say: Say, send_home: bool = False
) -> Outcome:
    """Play it. `send_home` ends the calls that are left instead of waiting for their ends."""
    outcome = Outcome()
    roster = packaged("agency.csv")
    installation = MortalInstallation(folder, database_url, speed=speed, environment=process_environment(), seed=seed)
    try:
        installation.prepare(roster)
        traffic = _begin(installation, roster, seed)
        rosters = Rosters(installation.exchange, roster, seed, installation.told_api.import_roster)
        rosters.begin()
        installation.wait_simulated(FIRST_CALLS_SECONDS)
        killer = Killer(installation, seed + 1)
        for _ in range(kills):
            outcome.strikes.append(killer.strike())
            say(str(outcome.strikes[-1]))
        rosters.stop()
        _calm_down(installation, traffic, send_home=send_home, say=say)
        _compare(installation, traffic, rosters, outcome)
    finally:
        installation.close()
    return outcome


def _begin(installation: MortalInstallation, roster: bytes, seed: int) -> Traffic:
    people = members(roster)
    traffic = Traffic(
        installation.exchange,
        people,
        Town(seed),
        leads_url=f"{installation.address}/api/v1/leads",
        key=installation.vendor_key,
    )
    for member in people:
        installation.told_api.put(f"/producers/{member.npn}/presence", {"presence": "available"})
    traffic.begin()
    return traffic


def _calm_down(installation: MortalInstallation, traffic: Traffic, *, send_home: bool, say: Say) -> None:
    """No new traffic, until nobody is on a line and whatever was lost has had time to be found again."""
    traffic.stop()
    exchange = installation.exchange
    say(f"no more traffic; {len(exchange.live_legs)} legs are live")
    until = exchange.now + timedelta(seconds=UNTIL_QUIET_SECONDS)
    while (_inbound(installation) or traffic.unanswered) and exchange.now < until:
        if send_home:
            traffic.send_home()
        installation.wait(0.2)
    installation.wait_simulated(RECONCILED_SECONDS)
    # A callback that fell due meanwhile is not a lost one: the next moment between two of them.
    while exchange.live_legs and exchange.now < until:
        installation.wait(0.2)
    installation.wait(1)


def _inbound(installation: MortalInstallation) -> int:
    with installation.exchange.lock:
        return sum(leg.direction == "inbound" for leg in installation.exchange.live_legs.values())


def _compare(installation: MortalInstallation, traffic: Traffic, rosters: Rosters, outcome: Outcome) -> None:
    exchange = installation.exchange
    grace = timedelta(seconds=LATE_REAL_SECONDS * exchange.clock.speed)
    producers = {member.phone for member in members(rosters.versions[0].roster)}
    zip_states = {code: zip_codes.lookup(code).states[0] for _, zips in PLACES.values() for code in zips}
    with exchange.lock:
        book = rows.read(installation.database, exchange.now)
        lines = nobody_lost.on_the_line(exchange, grace=grace)
        persons = nobody_lost.persons_calls(exchange, producers)
        outcome.found = {
            "calls in, leads in": nobody_lost.calls_without_lead(book, persons),
            "leads posted": nobody_lost.posts_without_lead(book, traffic.posted),
            "posted leads joined by their call": nobody_lost.posts_not_joined(book, persons),
            "leads in a custody with due work": nobody_lost.lost_leads(book, lines, grace=grace),
            "calls that are over have ended": nobody_lost.calls_never_ended(book, lines),
            "desks held by an ended call": nobody_lost.held_desks(book, lines),
            "texts at most once": nobody_twice.texts_twice(book, exchange),
            "double bookings, by the carrier": nobody_twice.double_bookings(exchange, producers),
            "double bookings, by our books": nobody_twice.overlapping_attempts(book, grace=_skew(exchange.clock.speed)),
            "bridges with authority": authority.unauthorized_bridges(book, exchange, rosters, zip_states=zip_states),
        }
    outcome.figures = _figures(installation, rosters, book, outcome)


def _skew(speed: float) -> timedelta:
    """Two webhooks may read the clock before one of them waits for the other's transaction."""
    return timedelta(seconds=TRANSACTION_REAL_SECONDS * speed)


def _figures(installation: MortalInstallation, rosters: Rosters, book: rows.Rows, outcome: Outcome) -> dict[str, int]:
    record = installation.exchange.record
    custody = Counter(row["custody"] for row in book.leads)
    webhooks = Counter(webhook.error_code is None for webhook in record.webhooks)
    adopted = sum("had nothing of it" in line for line in _log(installation, "scheduler"))
    return {
        "kills": len(outcome.strikes),
        "kills of the web process": sum(WEB in strike.who for strike in outcome.strikes),
        "webhooks cut by a kill": sum(strike.cut for strike in outcome.strikes),
        "webhooks answered": webhooks[True],
        "webhooks that found nobody": webhooks[False],
        "calls adopted": adopted,
        "bridges": len(record.bridges),
        "rosters imported": len(rosters.versions),
        "callbacks placed": sum(call.was_placed for call in record.calls),
        **{f"leads {name}": count for name, count in sorted(custody.items())},
    }


def _log(installation: MortalInstallation, name: str) -> list[str]:
    path = installation.folder / f"{name}.log"
    return path.read_text().splitlines() if path.exists() else []
