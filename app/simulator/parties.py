"""How callers and producers behave: what they key, when they pick up, how long they stay. Deterministic."""

from __future__ import annotations

from dataclasses import dataclass

from app.simulator.replies import Replies
from app.simulator.replies import Speech as Speech  # how a party speaks is asked for here, too


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
    """Anybody who can be dialed, consumers too. `rings` is answers, no_answer, busy, failed or unreachable."""

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


def talks(seconds: float | None = 90.0, *, after: float = 6.0) -> ProducerBehavior:
    """A consumer who is called back: picks up, presses nothing, hangs up after `seconds` of talk (None: never)."""
    return ProducerBehavior(answers_after_seconds=after, presses="", talk_seconds=seconds)


def drops(seconds: float = 3.0, *, after: float = 6.0) -> ProducerBehavior:
    """A consumer who picks up and is gone after `seconds`."""
    return talks(seconds, after=after)


NO_ANSWER = ProducerBehavior(rings="no_answer")
BUSY = ProducerBehavior(rings="busy")
FAILED = ProducerBehavior(rings="failed")
UNREACHABLE = ProducerBehavior(rings="unreachable")
