"""Playing to a leg and listening to it: Say, Play, Gather, Record. Source: TELEPHONY.md section 4."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.simulator.documents import Opened, Step
from app.simulator.record import Form, Offered, Recording
from app.simulator.replies import Speech
from app.simulator.script import Listen, Pause, Script
from app.simulator.webhooks import Request, deliver
from twiml import verbs

if TYPE_CHECKING:
    from app.simulator.legs import Leg

ENDLESS_LOOPS = 10_000


def seconds_of(leg: Leg, verb: verbs.Say | verbs.Play | verbs.Pause) -> float:
    """How long it takes to play: words at a steady pace; `loop=0` goes on until somebody hangs up."""
    switches = leg.exchange.switches
    match verb:
        case verbs.Say():
            once = max(1, len(verb.text.split())) * switches.seconds_per_word
        case verbs.Play():
            once = leg.exchange.audio_seconds.get(verb.url, switches.seconds_per_play)
        case verbs.Pause():
            return verb.length
    return once * (verb.loop or ENDLESS_LOOPS)


def play(leg: Leg, verb: verbs.Say | verbs.Play) -> Script[None]:
    """Outside a Gather nobody listens for keys."""
    _sound(leg, verb)
    yield Pause(seconds_of(leg, verb))
    leg.silence(cut=False)


def _sound(leg: Leg, verb: verbs.Say | verbs.Play | verbs.Pause) -> None:
    match verb:
        case verbs.Say():
            leg.hears("say", verb.text, verb.language)
        case verbs.Play():
            leg.hears("play", verb.url)
        case verbs.Pause():
            leg.hears("pause", f"{verb.length} s")


def gather(leg: Leg, verb: verbs.Gather, document: Opened) -> Script[Step | None]:
    """Prompts, then keys or speech; nothing keyed is no request, and the next verb."""
    offered = Offered(leg.exchange.now, verb.num_digits, document.resolve(verb.action) if verb.action else document.url)
    leg.gathers.append(offered)
    leg.inbox, leg.listens_for = deque(), verb.input
    yield from leg.exchange.tell("gather", leg)
    if leg.party is not None:
        leg.party.asked(_seconds_to_last_word(leg, verb), _told(leg, verb))
    try:
        outcome = yield from _prompt(leg, verb)
    finally:
        # An answer is chosen by what came since: a prompt that was answered is not answered again.
        leg.heard_before = len(leg.heard)
    leg.inbox = None
    return _gathered(leg, verb, document, offered, outcome)


def _told(leg: Leg, verb: verbs.Gather) -> list[str]:
    """What was heard since the last Gather, and what this one is about to say."""
    texts = [heard.text for heard in leg.heard[leg.heard_before :]]
    for nested in verb.nested:
        match nested:
            case verbs.Say():
                texts.append(nested.text)
            case verbs.Play():
                texts.append(nested.url)
    return texts


def _seconds_to_last_word(leg: Leg, verb: verbs.Gather) -> float:
    """How long one listens before answering: nobody waits for the music or the silence that follows the question."""
    says = [nth for nth, nested in enumerate(verb.nested) if isinstance(nested, verbs.Say)]
    spoken = verb.nested[: says[-1] + 1] if says else verb.nested
    return sum(seconds_of(leg, nested) for nested in spoken)


def _prompt(leg: Leg, verb: verbs.Gather) -> Script[tuple[str, str] | Speech]:
    for nested in verb.nested:
        _sound(leg, nested)
        yield from _listen(leg, seconds_of(leg, nested))
        leg.silence(cut=bool(leg.inbox))
        if leg.inbox:
            break
    return (yield from _collect(leg, verb))


def _listen(leg: Leg, seconds: float) -> Script[None]:
    """Wait until something is keyed or said, at most `seconds`."""
    deadline = leg.exchange.now + timedelta(seconds=seconds)
    while not leg.inbox and (left := (deadline - leg.exchange.now).total_seconds()) > 0:
        yield Listen(left)


def _collect(leg: Leg, verb: verbs.Gather) -> Script[tuple[str, str] | Speech]:
    """(digits, the key that finished them) or what was said. `timeout` runs anew after each key."""
    digits = ""
    while True:
        yield from _listen(leg, verb.timeout)
        if not leg.inbox:
            return digits, ""
        key = leg.inbox.popleft()
        if isinstance(key, Speech):
            if not digits:
                return key
            continue
        if key == verb.finish_on_key:
            return digits, key
        digits += key
        if verb.num_digits is not None and len(digits) == verb.num_digits:
            return digits, ""


def _gathered(
    leg: Leg, verb: verbs.Gather, document: Opened, offered: Offered, outcome: tuple[str, str] | Speech
) -> Step | None:
    extra: Form
    if isinstance(outcome, Speech):
        offered.speech = outcome.text
        extra = (("SpeechResult", outcome.text), ("Confidence", f"{outcome.confidence}"))
    else:
        digits, finished_on = outcome
        if not digits and not verb.action_on_empty_result:
            return None
        offered.digits = digits
        extra = (("Digits", digits), ("FinishedOnKey", finished_on), ("msg", "Gather End"))
    return document.step(verb.action, verb.method, extra, "gather")


def record(leg: Leg, verb: verbs.Record, document: Opened) -> Script[Step | None]:
    """Record until a key, the limit, or `timeout` after the party has had their say.

    Without `action` the current document is asked for again, as with Gather.
    """
    began = leg.exchange.now
    leg.inbox, leg.listens_for = deque(), ("dtmf",)
    leg.note("is recorded")
    settled = leg.at_end(lambda: _recorded_and_left(leg, verb, document, began))
    speaks_seconds = leg.party.behavior.speaks_seconds if leg.party is not None else 0
    deadline = min(speaks_seconds + verb.timeout, verb.max_length)
    key = ""
    try:
        while not key and (left := deadline - (leg.exchange.now - began).total_seconds()) > 0:
            yield from _listen(leg, left)
            if leg.inbox:
                pressed = leg.inbox.popleft()
                key = pressed if isinstance(pressed, str) and pressed in verb.finish_on_key else ""
    finally:
        settled()
    leg.inbox = None
    extra = keep_recording(leg, began, verb.recording_status_callback, verb.recording_status_callback_method, document)
    return document.step(verb.action, verb.method, (*extra, ("Digits", key)), "action")


def _recorded_and_left(leg: Leg, verb: verbs.Record, document: Opened, began: datetime) -> None:
    """The caller left while being recorded: the action is told so, its reply goes nowhere."""
    extra = keep_recording(leg, began, verb.recording_status_callback, verb.recording_status_callback_method, document)
    step = document.step(verb.action, verb.method, (*extra, ("Digits", "hangup")), "action")
    leg.exchange.last_word(leg, step)


def keep_recording(
    leg: Leg, began: datetime, callback: str | None, method: str, document: Opened, *, channels: int = 1
) -> Form:
    """Store a recording that ends now, call back about it; the parameters that name it."""
    exchange = leg.exchange
    seconds = round((exchange.now - began).total_seconds())
    sid = exchange.sids.new("RE")
    url = f"https://api.twilio.com/2010-04-01/Accounts/{exchange.account_sid}/Recordings/{sid}"
    exchange.record.recordings.append(Recording(sid, leg, began, seconds, url))
    named: Form = (("RecordingUrl", url), ("RecordingSid", sid), ("RecordingDuration", str(seconds)))
    if callback:
        form: Form = (
            ("AccountSid", exchange.account_sid),
            ("CallSid", leg.sid),
            *named,
            ("RecordingStatus", "completed"),
            ("RecordingChannels", str(channels)),
            ("ErrorCode", "0"),
        )
        request = Request(method, document.resolve(callback), form, "recording", leg.sid)
        exchange.spawn(deliver(exchange, request))
    return named
