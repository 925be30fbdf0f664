"""`threegate demo`: the whole product on this machine, with pretended callers: one tour, or until it is stopped."""

from __future__ import annotations

import logging
import signal
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from app.simulator import office
from app.simulator.api import ApiRefused
from app.simulator.cast import members, packaged
from app.simulator.children import ChildFailed
from app.simulator.exchange import Exchange
from app.simulator.facts import Json
from app.simulator.installation import LOOK_SECONDS, Installation, free_port, is_taken
from app.simulator.playbill import Playbill, new_console
from app.simulator.promises import broken_promises
from app.simulator.running import Play, keep_running
from app.simulator.scenes import SCENES, Scene
from app.simulator.tour import play

TOUR_SPEED, RUNNING_SPEED = 30.0, 10.0
SCENE_SECONDS, SLOWNESS_SECONDS = 400, 20
"""A scene of the tour is given up after so many simulated seconds, and real ones for a slow machine."""

LAG_SECONDS = 0.5
"""Real seconds from what the carrier sees to what the API says of it, with room to spare."""

LAST_WORDS = (("lookback", "--own", "--last", "24h"), ("ledger", "verify"))
"""What the product itself says of the calls of the tour, at its end; a no ends the demo."""
DONE, NO, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class Troubled(Exception):
    """The demo cannot go on; the message is one line."""


def run(
    *, port: int, once: bool, speed: float | None, environment: Mapping[str, str], play: Play, seed: int = 0
) -> int:
    """The exit code. `play` plays the morning before the demo that keeps running.

    `environment` is the caller's: the demo never runs beside real credentials (ASVS 15.2.3).
    """
    if environment.get("TWILIO_AUTH_TOKEN"):
        return _refuse("TWILIO_AUTH_TOKEN is set (here or in .env): the demo does not run beside real credentials.")
    if not once and is_taken(port):
        return _refuse(f"Port {port} is in use. Choose another one: scripts/demo --port {port + 1}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if once:
            return play_once(new_console(), speed=speed or TOUR_SPEED, environment=environment)
        console = new_console()
        keep_running(
            console,
            port,
            lambda folder: _installed(folder, port, speed or RUNNING_SPEED, environment, office.MORNING, seed),
            lambda step: _show(console, step),
            play,
            seed=seed,
        )
        return DONE
    except (ApiRefused, ChildFailed, Troubled, OSError) as error:
        return _refuse(f"The demo had to stop: {error}", NO)
    except KeyboardInterrupt:
        print("Stopped; nothing of it runs any more.")
        return INTERRUPTED if once else DONE


@contextmanager
def _installed(
    folder: Path,
    port: int,
    speed: float,
    environment: Mapping[str, str],
    stands_at: datetime | None = None,
    seed: int = 0,
) -> Iterator[Installation]:
    """An installation that is closed whatever happens; a second Ctrl-C does not hinder that."""
    # The pretended carrier's REST half would note every request between the lines of the tour.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    installation = Installation(folder, port=port, speed=speed, environment=environment, stands_at=stands_at, seed=seed)
    try:
        yield installation
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        installation.close()


# ---- once


class LiveStage:
    """The tour's stage: a running installation."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._waiting = threading.Event()

    @property
    def exchange(self) -> Exchange:
        return self._installation.exchange

    def get(self, path: str) -> Json:
        return self._installation.told_api.get(path)

    def send(self, method: str, path: str, body: Json) -> Json:
        return self._installation.told_api.send(method, path, body)

    def import_roster(self, roster: bytes) -> Json:
        return self._installation.told_api.import_roster(roster)

    def play(self, look: Callable[[], bool]) -> None:
        """Look again and again until the scene is over. Raises Troubled where it never is."""
        patience_seconds = SCENE_SECONDS / self.exchange.clock.speed + SLOWNESS_SECONDS
        for _ in range(int(patience_seconds / LOOK_SECONDS)):
            self._waiting.wait(LOOK_SECONDS)
            self._installation.children.check()
            if look():
                return
        raise Troubled(f"the scene is not over after {patience_seconds:.0f} s")


def play_once(
    console: Console, *, speed: float, environment: Mapping[str, str], scenes: Sequence[Scene] = SCENES
) -> int:
    """Install, play `scenes`, end everything, sum up. The exit code: NO where a promise was broken."""
    roster = packaged("roster.csv")
    people = {member.phone: member for member in members(roster)}
    playbill = Playbill(console, people, lag_seconds=LAG_SECONDS * speed)
    broken: list[str] = []
    console.print(Text("Threegate: the whole product on this machine, with a pretended carrier. Setting up:", "bold"))
    with (
        tempfile.TemporaryDirectory(prefix="threegate-") as folder,
        _installed(Path(folder), free_port(), speed, environment) as installation,
    ):
        installation.set_up(roster, lambda step: _show(console, step), is_shared=False)
        stage = LiveStage(installation)
        tour = play(stage, roster, scenes=scenes, watch=playbill.go_on)
        for nth, scene in enumerate(scenes, 1):
            playbill.head(nth, len(scenes), scene.title)
            _, story = next(tour)
            playbill.close(story)
            broken += [why for facts in story.calls for why in broken_promises(facts)]
        # Both read only, and each spends most of its time on starting.
        with ThreadPoolExecutor(len(LAST_WORDS)) as both:
            said = both.map(lambda command: installation.children.command(*command), LAST_WORDS)
            own = list(zip(LAST_WORDS, said, strict=True))
    playbill.summary()
    return _conclude(console, broken, own)


def _show(console: Console, step: str) -> None:
    """A step of setting up; a long command goes on in the next line as a shell takes it."""
    rows = textwrap.wrap(step, console.width - len("      \\ "), break_long_words=False, break_on_hyphens=False)
    console.print(Text("  " + " \\\n      ".join(rows), "dim"), soft_wrap=True)


def _conclude(console: Console, broken: list[str], own: Sequence[tuple[Sequence[str], str]]) -> int:
    for why in broken:
        console.print(Text(f"✗ BROKEN: {why}", "bold red"))
    if broken:
        return NO
    for command, printed in own:
        console.print(Text(f"$ threegate {' '.join(command)}", "dim"))
        for line in printed.splitlines():
            console.print(Text(f"  {line}"), soft_wrap=True)
    for kept in (
        "✓ By the carrier's own record, every bridge follows a key press that was judged and written down.",
        "✓ Every lead is served, or on somebody's list.",
    ):
        console.print(Text(kept, "green"))
    console.print()
    console.print(Text("Go on:  scripts/demo    an agency at work: callers keep arriving, and you sign in", "bold"))
    console.print(
        Text("        threegate lookback --calls YOURS.csv --roster ROSTER.csv    your own log, in a minute", "bold")
    )
    return DONE


def _refuse(message: str, code: int = BAD_INPUT) -> int:
    print(message, file=sys.stderr)
    return code
