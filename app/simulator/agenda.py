"""What is to happen, and when: a heap of events."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(order=True)
class Event:
    """One thing to do at one instant; of two at the same instant the earlier planned goes first."""

    when: datetime
    tie_break: float
    order: int
    action: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        self.action = None


class Agenda:
    """Events by time; `shuffled` breaks ties at random (seeded), because nothing promises an order."""

    def __init__(self, shuffled: random.Random | None = None) -> None:
        self._heap: list[Event] = []
        self._planned = 0
        self._shuffled = shuffled

    def put(self, when: datetime, action: Callable[[], None]) -> Event:
        self._planned += 1
        tie_break = self._shuffled.random() if self._shuffled else 0.0
        event = Event(when, tie_break, self._planned, action)
        heapq.heappush(self._heap, event)
        return event

    def next_at(self) -> datetime | None:
        """The instant of the next event that still stands."""
        while self._heap and self._heap[0].action is None:
            heapq.heappop(self._heap)
        return self._heap[0].when if self._heap else None

    def pop(self) -> Event:
        return heapq.heappop(self._heap)
