"""Time, tasks and hooks: the part of the exchange that knows nothing of telephony."""

from __future__ import annotations

import random
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.simulator.agenda import Agenda, Event
from app.simulator.script import Outside, Script, Task
from app.timekeeping import Clock, ManualClock

LONGEST_RUN = timedelta(hours=12)


class NeverEnding(RuntimeError):
    """The world goes on and on: a document that redirects to itself, or a caller who waits for ever."""


class World:
    """Virtual time over a heap of events. Every change of the world happens under `lock`; nothing outside it does."""

    def __init__(self, clock: Clock, seed: int, shuffle_ties: bool) -> None:
        self.clock = clock
        self.random = random.Random(seed)
        self.most_events_at_one_instant = 10_000
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self._agenda = Agenda(random.Random(seed + 1) if shuffle_ties else None)
        self._outside: deque[tuple[Task, Callable[[], Any]]] = deque()
        self._hooks: defaultdict[str, list[Callable[[Any], object]]] = defaultdict(list)
        self.errands: Callable[[Callable[[], None]], object] | None = None
        """Where work outside is done: None at once, in the thread that drives the world; live mode has a pool."""

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def plan(self, seconds: float, action: Callable[[], None]) -> Event:
        with self.changed:
            event = self._agenda.put(self.now + timedelta(seconds=seconds), action)
            self.changed.notify_all()
            return event

    def spawn(self, script: Script[Any]) -> Task:
        with self.lock:
            return Task(self, script)

    def at(self, seconds_from_now: float, action: Callable[[], object]) -> None:
        """Do `action` later, in the world's order of events: "suspend the license 5 s into ringing"."""

        def later() -> Script[None]:
            yield Outside(action)

        def begin() -> None:
            self.spawn(later())

        self.plan(seconds_from_now, begin)

    def on(self, happening: str, action: Callable[[Any], object]) -> None:
        """Call `action` with its subject whenever `happening` comes (see `legs.HAPPENINGS`), before the script
        goes on."""
        self._hooks[happening].append(action)

    def hooks(self, happening: str) -> list[Callable[[Any], object]]:
        return list(self._hooks[happening])

    def tell(self, happening: str, subject: object) -> Script[None]:
        """Run the hooks of `happening` from inside a script."""
        for action in self.hooks(happening):
            yield Outside(lambda action=action: action(subject))  # type: ignore[misc]

    def announce(self, happening: str, subject: object) -> None:
        """Run the hooks of `happening` at this instant, from where no script can wait for them."""
        if self._hooks[happening]:
            self.spawn(self.tell(happening, subject))

    def perform(self, task: Task, action: Callable[[], Any]) -> None:
        """Do `action` with the lock released and hand the result to `task`."""
        if self.errands is None:
            self._outside.append((task, action))
        else:
            self.errands(lambda: self._errand(task, action))

    def _errand(self, task: Task, action: Callable[[], Any]) -> None:
        value, failure = None, None
        try:
            value = action()
        except Exception as error:
            failure = error
        with self.changed:
            self._agenda.put(self.now, lambda: task.finish_outside(value, failure))
            self.changed.notify_all()

    def next_event_at(self) -> datetime | None:
        with self.lock:
            return self._agenda.next_at()

    def do_next_event(self) -> None:
        """Do what is next, and whatever it wants done outside."""
        with self.lock:
            if self._agenda.next_at() is None:
                return
            event = self._agenda.pop()
            action, event.action = event.action, None
            if action is not None:
                action()
        while self._outside:
            self._errand(*self._outside.popleft())

    def run(self, seconds: float | None = None) -> None:
        """Let virtual time go by: `seconds` of it, or until nothing is left to do.

        The clock ends exactly `seconds` later, or at the last event. Raises NeverEnding after twelve virtual
        hours.
        """
        clock = self.clock
        if not isinstance(clock, ManualClock):
            raise TypeError("run() moves a ManualClock; a running clock is driven by live.run_live")
        end = clock.now() + (LONGEST_RUN if seconds is None else timedelta(seconds=seconds))
        at_this_instant = 0
        while (when := self.next_event_at()) is not None and when <= end:
            at_this_instant = at_this_instant + 1 if when <= clock.now() else 0
            if at_this_instant > self.most_events_at_one_instant:
                raise NeverEnding(f"{at_this_instant} events at {when}")
            if when > clock.now():
                clock.move_to(when)
            self.do_next_event()
        if seconds is None and when is not None:
            raise NeverEnding(f"still events at {when}")
        if seconds is not None and clock.now() < end:
            clock.move_to(end)
