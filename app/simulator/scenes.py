"""The tour's scenes: who calls, how everybody behaves, and what people do meanwhile. Only what is asked, never the outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.simulator.deeds import Hands
from app.simulator.facts import Facts
from app.simulator.legs import Leg
from app.simulator.parties import NO_ANSWER, CallerBehavior, ProducerBehavior, Speech, accepts, talks, voicemail
from app.simulator.promises import SETTLED
from app.simulator.replies import Replies
from app.simulator.text_behavior import TextBehavior, answers

TALK_SECONDS = 65.0
"""Longer than the 60 seconds after which a talk counts as served."""

Deed = Callable[[Hands, Leg], object]


@dataclass(frozen=True)
class Cue:
    """`do` is done so many seconds after `happening` comes for the `nth` time on the caller's leg, or a producer's."""

    happening: str
    whose: Literal["caller", "producer"]
    seconds: float
    do: Deed
    nth: int = 1


def over(facts: Facts) -> bool:
    """Nothing is waited for once the call has ended."""
    return True


def settled(facts: Facts) -> bool:
    """The lead is served or closed."""
    return facts.lead is not None and facts.lead["custody"] in SETTLED


def texted_back(facts: Facts) -> bool:
    """The caller has written to us, and our answer has arrived."""
    ends = [texted.what for texted in facts.texts]
    return "received" in ends and "delivered" in ends[ends.index("received") :]


@dataclass(frozen=True)
class Scene:
    """Producers (by NPN) who behave in no other way pick up and press 1. A caller who is called back talks."""

    title: str
    caller: str
    replies: Replies
    behaviors: Mapping[str, ProducerBehavior] = field(default_factory=dict)
    away: Sequence[str] = ()
    """Those whose phones do not ring because they are away when the call comes in."""
    cues: Sequence[Cue] = ()
    texts: TextBehavior = TextBehavior()  # noqa: RUF009  # frozen
    goes_on_until: Callable[[Facts], bool] = over
    """What must have come about, besides the end of every call and all `cues`, for the scene to be over."""
    is_brief: bool = False
    """Those without authority are told in one line: an earlier scene has told why."""

    @property
    def behavior(self) -> CallerBehavior:
        return CallerBehavior(answers=self.replies, barge_in=True, press_after_seconds=4.0, talk_seconds=TALK_SECONDS)

    @property
    def called_back(self) -> ProducerBehavior:
        return talks(TALK_SECONDS, after=5)


BEN, GRACE, ANA, FRANK = "90000001", "90000004", "90000005", "90000006"

SCENES = (
    Scene("A caller keys an Ohio ZIP", "+16145550150", ["43215"], {GRACE: NO_ANSWER}),
    Scene(
        "Nobody is licensed in Florida: a supervisor takes it on",
        "+13055550151",
        ["33130"],
        cues=[
            Cue("ended", "caller", 8, lambda hands, leg: hands.look_at_queue(leg.sid)),
            Cue("ended", "caller", 14, lambda hands, leg: hands.claim()),
            Cue("ended", "caller", 22, lambda hands, leg: hands.assign(ANA)),
            Cue(
                "ended",
                "caller",
                34,
                lambda hands, leg: hands.resolve("served", "A partner agency licensed in Florida has called."),
            ),
        ],
    ),
    Scene(
        "A license is suspended while the phone rings",
        "+12155550152",
        ["19103"],
        {FRANK: accepts(after=8)},
        cues=[Cue("ringing", "producer", 3, lambda hands, leg: hands.suspend(leg.number, "PA"))],
    ),
    Scene(
        "A machine picks up, and the caller chooses another time",
        "+15125550153",
        {"ZIP": "78701", "2 to choose": ["2"], "Say a day": Speech("tomorrow at ten"), "You chose": "1"},
        {BEN: voicemail()},
        texts=answers(["Can you make it tomorrow at 2 pm?"], after=10),
        goes_on_until=texted_back,
    ),
    Scene(
        "Everybody is busy: a callback is promised, and kept",
        "+16145550154",
        ["43215"],
        away=[GRACE, ANA],
        cues=[Cue("ended", "caller", 1, lambda hands, leg: hands.set_presence(GRACE, "available"))],
        goes_on_until=settled,
        is_brief=True,
    ),
    Scene(
        "Everybody is busy: the caller stays on the line",
        "+12165550155",
        ["44114", "1"],
        away=[GRACE, ANA],
        cues=[Cue("key", "caller", 14, lambda hands, leg: hands.set_presence(ANA, "available"), nth=2)],
        is_brief=True,
    ),
)
