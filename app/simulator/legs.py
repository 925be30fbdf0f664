"""A leg: one party's line, its state, and all that happened on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from app.simulator.record import FINAL, Happening, Heard, Offered, Pressed
from app.simulator.script import Script, Task

if TYPE_CHECKING:
    from app.simulator.acting import Party
    from app.simulator.dialing import Dialing
    from app.simulator.documents import Fallback, Subscription
    from app.simulator.exchange import Exchange
    from app.simulator.replies import Speech

HAPPENINGS = (
    "arrived", "initiated", "ringing", "answered", "whisper", "heard", "gather", "key", "bridged", "unbridged",
    "redirected", "ended",
)  # fmt: skip
"""What `Exchange.on` knows; its hooks get the leg. `whisper` comes before the whisper is asked for, `key`
before the key reaches the carrier."""


class Leg:
    """State and story. `number` is the party's: who calls on an inbound leg, who is called on any other."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        direction: str,
        from_number: str,
        to_number: str,
        parent: Leg | None = None,
        status: str = "ringing",
        fallback: Fallback | None = None,
        subscription: Subscription | None = None,
    ) -> None:
        self.exchange = exchange
        self.sid = exchange.sids.new("CA")
        self.direction = direction
        self.from_number = from_number
        self.to_number = to_number
        self.parent = parent
        self.status = status
        self.fallback = fallback
        self.subscription = subscription
        self.started_at = exchange.now
        self.rang_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.children: list[Leg] = []
        self.happenings: list[Happening] = []
        self.heard: list[Heard] = []
        self.gathers: list[Offered] = []
        self.heard_before = 0
        """How much of `heard` was heard before the last Gather was over."""
        self.keys: list[Pressed] = []
        self.overrides: dict[str, str] = {}
        self.party: Party | None = None
        self.task: Task | None = None
        self.dialing: Dialing | None = None
        self.dialed_by: Dialing | None = None
        self.inbox: deque[str | Speech] | None = None
        self.listens_for: tuple[str, ...] = ()
        self.callbacks_sent = 0
        self.was_redirected = False
        self._tasks: list[Task] = []
        self._at_end: list[Callable[[], None]] = []
        exchange.record.legs[self.sid] = exchange.live_legs[self.sid] = self
        if parent is not None:
            parent.children.append(self)

    def __repr__(self) -> str:
        return f"<Leg {self.sid[:8]} {self.direction} {self.from_number} -> {self.to_number} {self.status}>"

    @property
    def number(self) -> str:
        return self.from_number if self.direction == "inbound" else self.to_number

    @property
    def is_live(self) -> bool:
        return self.ended_at is None

    @property
    def duration(self) -> int:
        """Seconds from answer to end (or now); 0 where it was never answered."""
        if self.answered_at is None:
            return 0
        return round(((self.ended_at or self.exchange.now) - self.answered_at).total_seconds())

    @property
    def pressed(self) -> str:
        """All keys pressed, in order."""
        return "".join(key.key for key in self.keys)

    def has_heard(self, text: str) -> bool:
        return any(text.casefold() in heard.text.casefold() for heard in self.heard)

    def note(self, what: str, detail: str = "") -> None:
        self.happenings.append(self.exchange.record.line(self.exchange.now, self, what, detail))

    # --- life ---

    def ring(self) -> None:
        self.status = "ringing"
        self.rang_at = self.exchange.now
        self.note("rings")

    def answer(self) -> None:
        """Pick up; nothing where it was already."""
        if self.answered_at is not None or not self.is_live:
            return
        self.status = "in-progress"
        self.answered_at = self.exchange.now
        self.note("answers" if self.direction != "inbound" else "is answered")
        self.exchange.report(self, "answered")
        self.exchange.announce("answered", self)
        if self.party is not None:
            self.party.answered()

    def end(self, status: str, why: str = "") -> None:
        """Over, for good: a final status never changes."""
        if not self.is_live:
            return
        assert status in FINAL, status
        self.status = status
        self.ended_at = self.exchange.now
        del self.exchange.live_legs[self.sid]
        self.note("ends", f"{status}{f' ({why})' if why else ''}")
        self.silence()
        self.inbox = None
        # Taken before the scripts are closed: closing one withdraws what it wanted done at the end.
        at_end, self._at_end = self._at_end, []
        for task in (self.task, *self._tasks):
            if task is not None:
                task.stop()
        for action in at_end:
            action()
        self.exchange.report(self, "completed")
        self.exchange.announce("ended", self)

    def hang_up(self) -> None:
        """The party puts the phone down."""
        with self.exchange.lock:
            if self.is_live:
                answered = self.answered_at is not None
                self.end("completed" if answered else "no-answer", f"{self.number} hung up")

    def at_end(self, action: Callable[[], None]) -> Callable[[], None]:
        """Do `action` if the leg ends before the returned function is called."""
        self._at_end.append(action)

        def settled() -> None:
            if action in self._at_end:
                self._at_end.remove(action)

        return settled

    def accompany(self, script: Script[object]) -> Task:
        """Run `script` beside the leg's own, no longer than the leg lives."""
        task = self.exchange.spawn(script)
        self._tasks = [*(old for old in self._tasks if not old.over), task]
        return task

    # --- ears and fingers ---

    def hears(self, kind: str, text: str, language: str = "") -> Heard:
        """Something is played; it goes on until `silence`."""
        self.silence()
        heard = Heard(self.exchange.now, kind, text, language)
        self.heard.append(heard)
        self.note("hears", text if kind == "say" else f"[{kind}] {text}")
        if self.party is not None:
            self.party.hears(heard)
        self.exchange.announce("heard", self)
        return heard

    def silence(self, *, cut: bool = True) -> None:
        """What was being played stops; `cut` where it had not come to its end."""
        if self.heard and self.heard[-1].until is None:
            self.heard[-1].until = self.exchange.now
            self.heard[-1].cut = cut

    def press(self, keys: str) -> None:
        """Press `keys` now; whoever listens gets them, otherwise they go nowhere."""
        with self.exchange.lock:
            for key in keys:
                self._press(key)

    def _press(self, key: str) -> None:
        if not self.is_live:
            return
        heeded = self.inbox is not None and "dtmf" in self.listens_for
        self.keys.append(Pressed(self.exchange.now, key, heeded))
        self.note("presses", key)
        if heeded and self.inbox is not None:
            self.inbox.append(key)
            self.wake()
        elif key == "*" and self.dialing is not None:
            self.dialing.star_pressed()

    def speak(self, speech: Speech) -> None:
        """Say something; only a Gather that takes speech listens."""
        with self.exchange.lock:
            self.note("says", speech.text)
            if self.inbox is not None and "speech" in self.listens_for:
                self.inbox.append(speech)
                self.wake()

    def wake(self) -> None:
        if self.task is not None:
            self.task.signal(None)
