"""Acting out a behavior on one leg: when keys are pressed, when somebody hangs up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.simulator.parties import Behavior, CallerBehavior, ProducerBehavior
from app.simulator.replies import Reply, Speech, choose
from app.simulator.script import Pause, Script

if TYPE_CHECKING:
    from app.simulator.legs import Leg
    from app.simulator.record import Heard


class Party:
    """One person (or machine) on one leg."""

    def __init__(self, leg: Leg, behavior: Behavior) -> None:
        self.leg = leg
        self.behavior = behavior
        self._asked = 0
        self._used: Counter[str] = Counter()
        self._bridged = False
        self._talks = 0
        self._someone_rang = False
        if isinstance(behavior, CallerBehavior):
            self._leave_in(behavior.hang_up_after)

    def answered(self) -> None:
        if isinstance(self.behavior, ProducerBehavior):
            self._leave_in(self.behavior.hang_up_unbridged_after, unless_bridged=True)

    def someone_rings(self) -> None:
        """A phone dialed for this caller rings."""
        if isinstance(self.behavior, CallerBehavior) and not self._someone_rang:
            self._someone_rang = True
            self._leave_in(self.behavior.hang_up_after_ringing, unless_bridged=True)

    def hears(self, heard: Heard) -> None:
        fragment = self.behavior.hang_up_after_hearing
        if fragment is not None and fragment.casefold() in heard.text.casefold():
            self._leave_in(1.0)

    def asked(self, prompt_seconds: float, heard: Sequence[str]) -> None:
        """A Gather begins; its prompts take `prompt_seconds`."""
        reply = choose(self.behavior.replies, self._asked, heard, self._used)
        self._asked += 1
        if reply:
            delay = self.behavior.press_after_seconds + (0 if self.behavior.barge_in else prompt_seconds)
            self.leg.accompany(self._reply(reply, delay))

    def bridged(self) -> None:
        self._bridged = True
        self._talks += 1
        self._leave_in(self.behavior.talk_seconds, while_bridged=True)

    def unbridged(self, *, taken: bool = False) -> None:
        """The talk is over: the other is gone, or this one is `taken` elsewhere and hears on."""
        self._bridged = False
        if not (taken or self.behavior.stays_on_after_talk):
            self._leave_in(1.0)

    def _reply(self, reply: Reply, delay: float) -> Script[None]:
        yield Pause(delay)
        yield from self.leg.exchange.tell("key", self.leg)
        if isinstance(reply, Speech):
            self.leg.speak(reply)
            return
        for key in reply:
            self.leg.press(key)
            yield Pause(self.behavior.key_seconds)

    def _leave_in(self, seconds: float | None, *, unless_bridged: bool = False, while_bridged: bool = False) -> None:
        if seconds is not None:
            self.leg.accompany(self._leave(seconds, unless_bridged, while_bridged))

    def _leave(self, seconds: float, unless_bridged: bool, while_bridged: bool) -> Script[None]:
        talk = self._talks
        yield Pause(seconds)
        in_that_talk = self._bridged and self._talks == talk
        if (unless_bridged and self._bridged) or (while_bridged and not in_that_talk):
            return
        self.leg.hang_up()
