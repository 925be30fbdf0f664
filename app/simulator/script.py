"""Scripts: what a leg, a party or a delivery does over time, written top to bottom as a generator.

A script yields what it waits for. It is only ever suspended while the product under test runs, so the product
may redirect or end any leg from inside a webhook.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from app.simulator.agenda import Event
    from app.simulator.world import World

T = TypeVar("T")


@dataclass(frozen=True)
class Pause:
    """Wait, deaf to signals."""

    seconds: float


@dataclass(frozen=True)
class Listen:
    """Wait for a signal; None comes when `seconds` have gone by, never where they are None."""

    seconds: float | None = None


@dataclass(frozen=True)
class Outside:
    """Do something outside the world (ask the product, call a test's hook), with no lock held; yields its result."""

    action: Callable[[], Any]


Effect = Pause | Listen | Outside
Script = Generator[Effect, Any, T]


class Task:
    """One running script."""

    def __init__(self, world: World, script: Script[Any]) -> None:
        self._world = world
        self._script = script
        self._waiting: Event | None = None
        self._listening = False
        self._running = False
        self.over = False
        self._waiting = world.plan(0, self._resume)

    def signal(self, value: object) -> bool:
        """Wake the script with `value` where it listens; whether it did."""
        if self.over or not self._listening:
            return False
        self._listening = False
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self._world.plan(0, lambda: self._resume(value))
        return True

    def stop(self) -> None:
        """End the script where it stands; safe from inside the script itself."""
        if self.over:
            return
        self.over = True
        if self._waiting is not None:
            self._waiting.cancel()
        if not self._running:
            self._script.close()

    def finish_outside(self, value: object, error: BaseException | None) -> None:
        """The result of an `Outside`, delivered by the world."""
        if error is not None:
            self._resume(error=error)
        else:
            self._resume(value)

    def _resume(self, value: object = None, error: BaseException | None = None) -> None:
        if self.over:
            return
        self._listening = False
        self._waiting = None
        self._running = True
        try:
            effect = self._script.throw(error) if error is not None else self._script.send(value)
        except StopIteration:
            self.over = True
            return
        except BaseException:
            self.over = True
            raise
        finally:
            self._running = False
        if self.over:
            self._script.close()
            return
        self._await(effect)

    def _await(self, effect: Effect) -> None:
        match effect:
            case Pause(seconds):
                self._waiting = self._world.plan(seconds, self._resume)
            case Listen(seconds):
                self._listening = True
                if seconds is not None:
                    self._waiting = self._world.plan(seconds, self._resume)
            case Outside(action):
                self._world.perform(self, action)
