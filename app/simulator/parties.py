"""How callers and producers behave: what they key, when they pick up, how long they stay. Deterministic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.simulator.script import Pause, Script

if TYPE_CHECKING:
    from app.simulator.legs import Leg
    from app.simulator.record import Heard


@dataclass(frozen=True)
class Speech:
    """A spoken answer."""

    text: str
    confidence: float = 0.9


Reply = str | Speech
Replies = Reply | Sequence[Reply] | Mapping[str, Reply]
"""What is keyed at Gathers: the same each time; one after another (then silence); or by a fragment of what was
heard since the last one. An empty string is silence."""


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """What callers and called people have in common. Seconds; None is never."""

    press_after_seconds: float = 1.0
    """After the prompt has ended; with `barge_in` after it has begun."""
    barge_in: bool = False
    key_seconds: float = 0.25
    speaks_seconds: float = 10.0
    """How long a message they leave on a Record is."""
    talk_seconds: float | None = None
    """How long after the bridge this party hangs up; None leaves it to the other."""
    stays_on_after_talk: bool = False
    """Still there when the other hung up first; otherwise gone a second later."""
    hang_up_after_hearing: str | None = None
    """A fragment; a second after it begins."""

    @property
    def replies(self) -> Replies:
        return ""


@dataclass(frozen=True, kw_only=True)
class CallerBehavior(Behavior):
    """Somebody who calls one of our numbers."""

    answers: Replies = ()
    talk_seconds: float | None = 90.0
    hang_up_after: float | None = None
    """From arrival, whatever happens."""
    hang_up_after_ringing: float | None = None
    """From the first ring of a phone that was dialed for them, unless bridged by then."""

    @property
    def replies(self) -> Replies:
        return self.answers


@dataclass(frozen=True, kw_only=True)
class ProducerBehavior(Behavior):
    """Anybody who can be dialed. `rings` is answers, no_answer, busy, failed or unreachable."""

    rings: str = "answers"
    answers_after_seconds: float = 4.0
    presses: Replies = "1"
    hang_up_unbridged_after: float | None = None
    """From picking up: hangs up during the whisper, or a machine that has recorded enough."""
    is_machine: bool = False

    @property
    def replies(self) -> Replies:
        return self.presses


def accepts(after: float = 4.0, *, talk_seconds: float | None = None) -> ProducerBehavior:
    """Picks up and presses 1."""
    return ProducerBehavior(answers_after_seconds=after, talk_seconds=talk_seconds)


def declines(after: float = 4.0, key: str = "2") -> ProducerBehavior:
    """Picks up and presses another key."""
    return ProducerBehavior(answers_after_seconds=after, presses=key)


def says_nothing(after: float = 4.0) -> ProducerBehavior:
    """Picks up and presses nothing."""
    return ProducerBehavior(answers_after_seconds=after, presses="")


def hangs_up_in_whisper(after: float = 4.0, listening_seconds: float = 2.0) -> ProducerBehavior:
    return ProducerBehavior(answers_after_seconds=after, presses="", hang_up_unbridged_after=listening_seconds)


def voicemail(after: float = 12.0) -> ProducerBehavior:
    """A machine: picks up, never presses, records for a minute."""
    return ProducerBehavior(
        answers_after_seconds=after, presses="", hang_up_unbridged_after=60, talk_seconds=60, is_machine=True
    )


NO_ANSWER = ProducerBehavior(rings="no_answer")
BUSY = ProducerBehavior(rings="busy")
FAILED = ProducerBehavior(rings="failed")
UNREACHABLE = ProducerBehavior(rings="unreachable")


def choose(replies: Replies, nth: int, heard: Sequence[str]) -> Reply:
    """What is keyed at the `nth` Gather (from 0) after hearing `heard`."""
    if isinstance(replies, str | Speech):
        return replies
    if isinstance(replies, Mapping):
        told = "\n".join(heard).casefold()
        return next((reply for part, reply in replies.items() if part.casefold() in told), "")
    return replies[nth] if nth < len(replies) else ""


class Party:
    """One person (or machine) on one leg."""

    def __init__(self, leg: Leg, behavior: Behavior) -> None:
        self.leg = leg
        self.behavior = behavior
        self._asked = 0
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
        reply = choose(self.behavior.replies, self._asked, heard)
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
