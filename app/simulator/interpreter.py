"""Obeying documents on a leg, verb by verb. Source: TELEPHONY.md section 4."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from app.simulator import dialing, listening, parameters
from app.simulator.documents import Check, Opened, Step, open_document
from app.simulator.script import Pause, Script
from twiml import reader, verbs
from twiml.grammar import SCHEMA

if TYPE_CHECKING:
    from app.simulator.legs import Leg

APOLOGY = "We are sorry, an application error has occurred. Goodbye."
"""What a caller hears when neither the document nor the fallback can be had."""
_WHISPER_VERBS = (verbs.Play, verbs.Say, verbs.Gather, verbs.Hangup)


class Ending(Enum):
    """How a document ends where it does not lead to another: the difference bridges or hangs up a dialed leg."""

    FELL_OFF = "the last verb is done"
    HUNG_UP = "Hangup or Reject"


def converse(leg: Leg, first: Step) -> Script[None]:
    """Document after document, until one ends: that hangs up the leg."""
    step: Step | None = first
    while step is not None:
        document = yield from open_document(leg, step)
        if document is None:
            leg.answer()
            yield from listening.play(leg, verbs.Say(APOLOGY))
            break
        outcome = yield from _obey(leg, document)
        step = outcome if isinstance(outcome, Step) else None
    leg.end("completed" if leg.answered_at else "no-answer", "document ended")


def whisper(leg: Leg, first: Step) -> Script[bool]:
    """The documents of a dialed leg before the bridge: whether they fall off their end, which bridges."""
    yield from leg.exchange.tell("whisper", leg)
    fall_back = leg.exchange.switches.whisper_failure == "fallback"
    step = first
    while True:
        document = yield from open_document(leg, step, check=_whisper_check(leg), fall_back=fall_back)
        if document is None:
            leg.end("completed", "whisper failed")
            return False
        outcome = yield from _obey(leg, document)
        if isinstance(outcome, Step):
            step = outcome
            continue
        if outcome is Ending.HUNG_UP:
            leg.end("completed", "hung up by its whisper")
        return outcome is Ending.FELL_OFF


def _whisper_check(leg: Leg) -> Check:
    allowed: tuple[type, ...] = _WHISPER_VERBS
    if leg.exchange.switches.whisper_pause_and_redirect == "allowed":
        allowed = (*allowed, verbs.Pause, verbs.Redirect)

    def check(document: tuple[verbs.Verb, ...]) -> None:
        for verb in document:
            if isinstance(verb, verbs.Dial):
                raise reader.TwimlError(13201, "cannot Dial out from a dialed leg")
            if not isinstance(verb, allowed):
                raise reader.TwimlError(SCHEMA, f"{type(verb).__name__} is not supported in a whisper")

    return check


def _obey(leg: Leg, document: Opened) -> Script[Step | Ending]:
    for index, verb in enumerate(document.verbs):
        if isinstance(verb, verbs.Reject):
            _reject(leg, verb, document, first=index == 0)
            return Ending.HUNG_UP
        if not _keeps_ringing(verb, first=index == 0):
            leg.answer()
        step = yield from _perform(leg, verb, document)
        leg.silence(cut=False)
        if step is not None:
            return step
    return Ending.FELL_OFF


def _keeps_ringing(verb: verbs.Verb, *, first: bool) -> bool:
    """Only a first Pause and a first Dial answerOnBridge leave the caller ringing; any other verb answers and bills."""
    return first and (isinstance(verb, verbs.Pause) or (isinstance(verb, verbs.Dial) and verb.answer_on_bridge))


def _reject(leg: Leg, verb: verbs.Reject, document: Opened, *, first: bool) -> None:
    if first and leg.direction == "inbound" and leg.answered_at is None:
        leg.note("is rejected", verb.reason)
        leg.end("busy" if verb.reason == "busy" else "no-answer", f"rejected: {verb.reason}")
        return
    leg.exchange.violation(SCHEMA, "Reject is obeyed only as the first verb of a ringing call", document.url, leg.sid)
    leg.answer()


def _perform(leg: Leg, verb: verbs.Verb, document: Opened) -> Script[Step | Ending | None]:
    """One verb: the next document, the end, or None to go on with the next verb."""
    match verb:
        case verbs.Say() | verbs.Play():
            yield from listening.play(leg, verb)
        case verbs.Pause():
            if leg.answered_at is not None:
                leg.hears("pause", f"{verb.length} s")
            yield Pause(verb.length)
        case verbs.Gather():
            return (yield from listening.gather(leg, verb, document))
        case verbs.Record():
            return (yield from listening.record(leg, verb, document))
        case verbs.Dial():
            return (yield from dialing.dial(leg, verb, document, whisper))
        case verbs.Redirect():
            return document.step(verb.url, verb.method, (), "redirect")
        case verbs.Hangup():
            return Ending.HUNG_UP
    return None


def go_elsewhere(leg: Leg, step: Step) -> None:
    """REST sends the leg to another document; it leaves whatever it was in."""
    leg.note("is redirected", step.url or "(Twiml)")
    leg.was_redirected = True
    if leg.task is not None:
        leg.task.stop()
    leg.inbox = None
    leg.silence()
    if leg.dialing is not None:
        leg.dialing.parent_redirected()
    if leg.dialed_by is not None:
        leg.dialed_by.child_redirected(leg)
    leg.exchange.announce("redirected", leg)
    leg.task = leg.exchange.spawn(converse(leg, step))


def receive(leg: Leg, step: Step) -> Script[None]:
    """An inbound call: its first document."""
    yield from leg.exchange.tell("arrived", leg)
    first = Step(step.url, step.method, (*step.extra, *parameters.first_request(leg)), step.kind)
    yield from converse(leg, first)
