"""The paths that a caller can be sent along. Each plays itself and says what it wants of the product beyond what always holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.licensing import Producer
from app.simulator.calls import Call
from app.simulator.drill_stage import Playing
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts, declines, voicemail
from app.simulator.webhooks import Trouble, WebhookFault

Play = Callable[[Playing], Sequence[str]]
"""Plays the path to its end; what was not as it must be, one sentence each."""

BACK_AFTER_SECONDS = 45.0
CALLBACK_SECONDS = 900.0
HOLD_SECONDS = 30.0
RINGS_SECONDS = 8.0
"""Until the caller hangs up: one who is gone sooner than five seconds after arriving is nobody's lead (FLOWS.md)."""

SLACK_SECONDS = 15
"""Of the time for ringing, what the question for the ZIP takes and the carrier's own delays."""

STAYS = {"Press 1 to stay": ["1"], "Marque 1 para esperar": ["1"]}
NOBODY_MAY = ("no agent who may take your call", "un agente que pueda atender")
OUTSIDE_HOURS = ("outside our hours", "fuera de nuestro horario")


@dataclass(frozen=True)
class Path:
    """`licensed`: as many producers it takes; `nonresident`: one of them must live elsewhere."""

    key: str
    title: str
    play: Play
    licensed: int = 0
    nonresident: bool = False
    hours: Literal["open", "closed"] = "open"


def accepted(playing: Playing) -> Sequence[str]:
    playing.everybody_on_duty()
    call = playing.place(playing.caller())
    return [] if call.bridges else ["somebody licensed was there and willing, and the caller was connected to nobody"]


def next_accepts(playing: Playing) -> Sequence[str]:
    playing.everybody_on_duty()
    playing.rings(NO_ANSWER, accepts())
    call = playing.place(playing.caller())
    policy = playing.pair.policy
    if call.bridges:
        return []
    is_time_for_two = policy.buffer_seconds is None and policy.ring_seconds + SLACK_SECONDS < policy.ring_budget_seconds
    if policy.max_attempts >= 2 and is_time_for_two:
        return ["the first did not answer, and the next one was not connected"]
    return _wants(playing, "promised", "served", "escalated")


def all_decline(playing: Playing) -> Sequence[str]:
    playing.everybody_on_duty()
    playing.rings(declines(), voicemail(after=8), declines(), voicemail(after=8))
    call = playing.place(playing.caller())
    wrong = ["somebody who had not accepted was connected"] if call.bridges else []
    return [*wrong, *_wants(playing, "promised", "escalated")]


def called_back(playing: Playing) -> Sequence[str]:
    """Nobody is free; one of them comes back a little later."""
    playing.only_on_duty([])
    if playing.pair.policy.when_nobody == "return":
        playing.place(playing.caller())
        return _wants(playing, "promised", "escalated", "closed")
    call = playing.place(playing.caller())
    wrong = _wants(playing, "promised")
    playing.let_go_by(BACK_AFTER_SECONDS)
    playing.stage.put_on_duty(playing.licensed)
    playing.let_go_by(CALLBACK_SECONDS, until=lambda: playing.custody() != "promised")
    playing.end()
    if playing.pair.open_at(call.leg.from_number, playing.exchange.now) is None:
        return wrong
    return [*wrong, *_wants(playing, "served")]


def holds(playing: Playing) -> Sequence[str]:
    """Nobody is free; the caller stays on the line, and one of them comes back."""
    playing.only_on_duty([])
    pair = playing.pair
    playing.exchange.on("gather", _once(lambda: playing.exchange.at(HOLD_SECONDS, lambda: _all_back(playing))))
    call = playing.place(playing.caller(STAYS))
    may_hold = pair.policy.hold_seconds >= 2 * HOLD_SECONDS and pair.policy.buffer_seconds is None
    if call.bridges or not _heard(call, tuple(STAYS)) or not may_hold:
        return _wants(playing, "served", "promised", "escalated", "closed")
    return ["the caller stayed on the line, somebody licensed came back, and they were not connected"]


def hold_runs_out(playing: Playing) -> Sequence[str]:
    """Nobody comes back."""
    playing.only_on_duty([])
    playing.place(playing.caller(STAYS))
    return _wants(playing, "promised", "escalated", "closed" if playing.pair.policy.when_nobody == "return" else "")


def nobody_licensed(playing: Playing) -> Sequence[str]:
    playing.stage.take_authority_away(playing.pair.state)
    for producer in playing.licensed:
        playing.lost[playing.pair.phones[producer.producer_id]] = playing.at
    playing.everybody_on_duty()
    call = playing.place(playing.caller())
    if call.was_rejected:
        return _wants(playing, "closed")
    wrong = [] if _heard(call, NOBODY_MAY) else ["nobody is licensed, and the caller was not told"]
    return [*wrong, *_wants(playing, "escalated")]


def suspended_while_ringing(playing: Playing) -> Sequence[str]:
    playing.everybody_on_duty()
    playing.rings(accepts(after=8), accepts())
    playing.at_first_ring(lambda producer: playing.suspend(producer, playing.pair.state))
    playing.place(playing.caller())
    return []


def home_suspended_while_ringing(playing: Playing) -> Sequence[str]:
    playing.only_on_duty(_nonresidents(playing))
    playing.rings(accepts(after=8), accepts())
    playing.at_first_ring(lambda producer: playing.suspend(producer, producer.resident_state))
    playing.place(playing.caller())
    return []


def unknown_state(playing: Playing) -> Sequence[str]:
    playing.everybody_on_duty()
    caller = playing.contact = playing.pair.toll_free_caller()
    call = playing.place(CallerBehavior(talk_seconds=90), caller=caller)
    wrong = [] if not call.rung else ["nobody knows where the caller lives, and a phone rang"]
    if playing.pair.policy.ask and not call.was_rejected:
        heard = {heard.language[:2] for heard in call.leg.heard if heard.language}
        wrong += [f"the question for the ZIP was never put in {language}" for language in _missing(playing, heard)]
    return [*wrong, *_wants(playing, "escalated", "closed" if call.was_rejected else "")]


def outside_hours(playing: Playing) -> Sequence[str]:
    playing.only_on_duty([])
    call = playing.place(playing.caller())
    if call.was_rejected:
        return _wants(playing, "closed")
    wrong = [] if _heard(call, OUTSIDE_HOURS) else ["the caller was not told that it is outside our hours"]
    return [*wrong, *_wants(playing, "promised")]


def hangs_up(playing: Playing) -> Sequence[str]:
    playing.everybody_on_duty()
    playing.rings(accepts(after=15))
    playing.place(playing.caller(hang_up_after_ringing=RINGS_SECONDS))
    return _wants(playing, "promised", "served")


def withheld_number(playing: Playing) -> Sequence[str]:
    playing.only_on_duty([])
    keyed = f"{playing.contact.removeprefix('+1')}#"
    answers = {"see your number": [keyed], "ver su número": [keyed]}
    call = playing.place(playing.caller(answers), caller="anonymous")
    if call.was_rejected:
        return _wants(playing, "closed")
    return _wants(playing, "promised", "escalated")


def said_stop(playing: Playing) -> Sequence[str]:
    playing.only_on_duty([])
    caller = playing.pair.caller(playing.nth)
    playing.exchange.text(caller, playing.pair.number, "STOP")
    playing.exchange.run()
    playing.place(playing.caller())
    playing.stage.put_on_duty(playing.licensed)
    playing.let_go_by(CALLBACK_SECONDS / 3)
    ours = [text for text in playing.exchange.record.texts_to(caller) if not text.by_carrier]
    rung = [leg for leg in playing.exchange.record.legs.values() if leg.to_number == caller and leg.rang_at]
    wrong = ["somebody who said STOP was texted"] if ours else []
    return [*wrong, *(["somebody who said STOP was called"] if rung else [])]


def web_door_fails(playing: Playing) -> Sequence[str]:
    playing.everybody_on_duty()
    playing.exchange.webhook_faults.append(WebhookFault(Trouble.SERVER_ERROR, "/voice/incoming"))
    call = playing.place(playing.caller())
    wrong = [] if call.spoken else ["our address failed once, and the caller heard nothing"]
    return [*wrong, *_wants(playing, "escalated", "promised", "served")]


def _wants(playing: Playing, *custodies: str) -> list[str]:
    """What is wrong where the lead is in none of `custodies`."""
    custody = playing.custody()
    if custody in custodies:
        return []
    return [f"the lead is {custody or 'nowhere'}, and should be {' or '.join(filter(None, custodies))}"]


def _heard(call: Call, fragments: tuple[str, ...]) -> bool:
    """Whether the caller was told one of them: the same in English and in Spanish."""
    return any(call.heard(fragment) for fragment in fragments)


def _missing(playing: Playing, heard: set[str]) -> list[str]:
    spoken = {"en": "English", "es": "Spanish"}
    return [spoken[language] for language in playing.pair.policy.languages if language not in heard]


def _nonresidents(playing: Playing) -> list[Producer]:
    return [producer for producer in playing.licensed if producer.resident_state != playing.pair.state]


def _all_back(playing: Playing) -> None:
    playing.stage.put_on_duty(playing.licensed)


def _once(action: Callable[[], object]) -> Callable[[object], object]:
    """A hook that acts the first time only."""
    waiting = [action]
    return lambda _: waiting.pop()() if waiting else None


PATHS = (
    Path("accepted", "Somebody licensed is free, and accepts", accepted, licensed=1),
    Path("next_accepts", "The first does not answer, the next one accepts", next_accepts, licensed=2),
    Path("all_decline", "All decline, or a machine picks up", all_decline, licensed=1),
    Path("called_back", "Nobody is free, and one of them comes back", called_back, licensed=1),
    Path("holds", "Nobody is free, and the caller stays on the line", holds, licensed=1),
    Path("hold_runs_out", "The caller stays on the line, and nobody comes", hold_runs_out, licensed=1),
    Path("nobody_licensed", "Nobody is licensed in the state", nobody_licensed),
    Path("suspended", "The license is suspended while the phone rings", suspended_while_ringing, licensed=1),
    Path(
        "home_suspended",
        "The license at home is suspended while the phone rings",
        home_suspended_while_ringing,
        licensed=1,
        nonresident=True,
    ),
    Path("unknown_state", "Nobody knows where the caller lives, and they are silent", unknown_state),
    Path("outside_hours", "Outside the hours", outside_hours, licensed=1, hours="closed"),
    Path("hangs_up", "The caller hangs up while a phone rings", hangs_up, licensed=1),
    Path("withheld_number", "The caller's number is withheld", withheld_number),
    Path("said_stop", "The caller has said STOP before", said_stop),
    Path("web_door_fails", "Our address fails once", web_door_fails),
)
