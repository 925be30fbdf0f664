"""Kills: when, whom, and what the database had last heard of."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sqlalchemy import text

from tests.kills.installed import SCHEDULER, WEB, MortalInstallation

LONGEST_CALM_SECONDS = 2.0
"""Real seconds from one start to the next kill, at most, where the kill waits for nothing."""

LONGEST_WATCH_SECONDS = 2.5
LONGEST_TRANSACTION_SECONDS = 0.12
"""A webhook takes about so long: a kill within it lands before, in or after its transaction."""

POINTS = (
    "/voice/incoming", "/zip/", "/offers/", "/screen", "/key", "/concluded", "/acknowledged/", "/hold/", "/time/",
    "/after/", "/voice/status", "/progress", "/callbacks/", "/sms/incoming", "/sms/status", "REST POST Calls.json",
    "REST POST Calls.json", "REST POST Messages.json", "REST GET",
)  # fmt: skip
"""Requests of either side; a kill comes while one is worked on, or just after."""

_EVENT = text("SELECT happening, phase, at FROM call_events ORDER BY id DESC LIMIT 1")
_LEDGER = text("SELECT kind, at FROM ledger ORDER BY id DESC LIMIT 1")
_CALLBACKS = text("SELECT id, status FROM callbacks")
_TEXTS = text("SELECT id, status FROM texts")


@dataclass(frozen=True)
class Strike:
    """One kill. `last_event` is the happening last committed; `beside` is a ledger's entry newer than that, and what statuses
    callbacks and texts have come to since the kill before. `cut` counts webhooks that were being answered."""

    number: int
    who: tuple[str, ...]
    after: str
    cut: int
    live_legs: int
    last_event: str
    phase: str
    beside: str

    def __str__(self) -> str:
        told = f"{self.number:>4}  {'+'.join(self.who):<14} {self.after:<22} {self.cut:>2} cut {self.live_legs:>3} live"
        return f"{told}  {self.last_event} -> {self.phase}{f'  ({self.beside})' if self.beside else ''}"


class Killer:
    """Strikes at points that the seed chooses; what was struck is started again at once."""

    def __init__(self, installation: MortalInstallation, seed: int) -> None:
        self._installation = installation
        self._random = random.Random(seed)
        self._struck = 0
        self._statuses: dict[str, str] = {}

    def strike(self) -> Strike:
        """Wait for the point, kill, look, start again; returns once the web process answers."""
        who = self._random.choices(((WEB, SCHEDULER), (WEB,), (SCHEDULER,)), (55, 25, 20))[0]
        after = self._wait_for_the_point()
        cut = self._installation.watch.webhooks_on_their_way if WEB in who else 0
        for which in who:
            self._installation.kill(which)
        self._struck += 1
        struck = self._look(who, after, cut)
        for which in who:
            self._installation.start(which)
        self._installation.wait_until_ready()
        return struck

    def _wait_for_the_point(self) -> str:
        installation = self._installation
        if self._random.random() < 0.3:
            seconds = self._random.uniform(0, LONGEST_CALM_SECONDS)
            installation.wait(seconds)
            return f"{seconds:.2f} s"
        fragment = self._random.choice(POINTS)
        came = installation.watch.begin(fragment).wait(LONGEST_WATCH_SECONDS)
        seconds = self._random.uniform(0, LONGEST_TRANSACTION_SECONDS)
        installation.wait(seconds)
        return f"{fragment} {seconds * 1000:.0f} ms" if came else "nothing of it came"

    def _look(self, who: tuple[str, ...], after: str, cut: int) -> Strike:
        with self._installation.database.read() as tx:
            event = tx.execute(_EVENT).first()
            entry = tx.execute(_LEDGER).first()
            statuses = {f"callback {id_}": status for id_, status in tx.execute(_CALLBACKS)}
            statuses |= {f"text {id_}": status for id_, status in tx.execute(_TEXTS)}
        beside = [f"ledger: {entry.kind}"] if entry and event and entry.at > event.at else []
        changed = [subject for subject, status in statuses.items() if self._statuses.get(subject) != status]
        kinds = {f"{subject.split()[0]} {statuses[subject]}" for subject in changed}
        self._statuses = statuses
        return Strike(
            number=self._struck,
            who=who,
            after=after,
            cut=cut,
            live_legs=len(self._installation.exchange.live_legs),
            last_event=event.happening if event else "nothing",
            phase=event.phase if event else "",
            beside=", ".join([*beside, *sorted(kinds)]),
        )
