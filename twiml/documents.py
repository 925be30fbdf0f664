"""One function per document that we answer the carrier with; twilio.twiml builds it.

On a leg that a Dial rang (a producer's), a document that falls off its end *bridges* the parties. So every
document for such a leg ends in <Hangup/>; `let_through` alone does not. On the caller's own leg falling off
the end only hangs up. Source: TELEPHONY.md section 4, Number; RELIABILITY.md section 1 for what is stripped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

SPOKEN_AS = {"en": "en-US", "es": "es-MX"}
# Documents above 64 kB are refused (11750). One character is at most five bytes, escaped and in UTF-8.
LONGEST_SAY = 4_000
PROGRESS_EVENTS = "initiated ringing answered completed"
RECORDED = "record-from-answer-dual"

_ILLEGAL_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotAccepted(Exception):
    """A producer's leg is only let through for a committed acceptance."""


@dataclass(frozen=True)
class Ring:
    """Whom a Dial rings and where the carrier reports. `phone` is E.164, or `client:` and a name.

    With `recording_url` the talk is recorded, each party on a channel of their own, and told of there when it is over.
    """

    phone: str
    caller_id: str
    seconds: int
    screen_url: str
    progress_url: str
    concluded_url: str
    recording_url: str | None = None


def offer(ring: Ring) -> str:
    """Ring one producer while the caller hears ringing: a bare Dial, so nothing is answered or billed."""
    response = VoiceResponse()
    response.append(_dial(ring, answer_on_bridge=True))
    return str(response)


def greet_then_offer(sentences: Sequence[str], language: str, ring: Ring) -> str:
    """Answer the caller, say `sentences`, then ring one producer."""
    response = VoiceResponse()
    _say(response, sentences, language)
    # answerOnBridge only works on a first verb; left out here, so that the document does what it says.
    response.append(_dial(ring, answer_on_bridge=None))
    return str(response)


def ask_digits(sentences: Sequence[str], language: str, *, url: str, digits: int, seconds: int) -> str:
    """Ask the caller for `digits` keys or spoken ones; `url` hears of it also when nothing comes."""
    response = VoiceResponse()
    gather = Gather(
        input="dtmf speech",
        action=clean(url),
        num_digits=digits,
        timeout=seconds,
        action_on_empty_result=True,
        # A star ends the question at once and means: the other language.
        finish_on_key="*",
        language=_spoken_as(language),
    )
    _say(gather, sentences, language)
    response.append(gather)
    # The finish key alone makes no request of its own (TELEPHONY.md, Gather): go there all the same.
    response.redirect(clean(url))
    return str(response)


def ask_key(sentences: Sequence[str], language: str, *, url: str, seconds: int, otherwise: Sequence[str] = ()) -> str:
    """Ask the caller for one key; without one `otherwise` is said and the call ends, unasked."""
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=clean(url), num_digits=1, timeout=seconds, finish_on_key="")
    _say(gather, sentences, language)
    response.append(gather)
    _say(response, otherwise, language)
    response.hangup()
    return str(response)


def confirm(sentences: Sequence[str], language: str, *, url: str, seconds: int) -> str:
    """Ask the caller for one key; `url` hears of it also when none comes."""
    response = VoiceResponse()
    gather = Gather(
        input="dtmf",
        action=clean(url),
        num_digits=1,
        timeout=seconds,
        finish_on_key="",
        action_on_empty_result=True,
    )
    _say(gather, sentences, language)
    response.append(gather)
    response.redirect(clean(url))
    return str(response)


def ask_in_words(sentences: Sequence[str], language: str, *, url: str, digits: int, seconds: int) -> str:
    """Ask the caller to say something, or to key up to `digits` and #; `url` hears of it also when nothing comes."""
    response = VoiceResponse()
    gather = Gather(
        input="dtmf speech",
        action=clean(url),
        num_digits=digits,
        timeout=seconds,
        speech_timeout="auto",
        finish_on_key="#",
        action_on_empty_result=True,
        language=_spoken_as(language),
    )
    _say(gather, sentences, language)
    response.append(gather)
    # The finish key alone makes no request of its own (TELEPHONY.md, Gather): go there all the same.
    response.redirect(clean(url))
    return str(response)


def hold(sentences: Sequence[str], language: str, *, key_url: str, next_url: str, seconds: int) -> str:
    """One round of waiting: `sentences` and quiet in which a key counts, then `next_url`.

    Not Enqueue: that connects whoever is first in line, not the caller who was judged (FLOWS.md, hold).
    """
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=clean(key_url), num_digits=1, timeout=1, finish_on_key="")
    _say(gather, sentences, language)
    gather.pause(length=seconds)
    response.append(gather)
    response.redirect(clean(next_url))
    return str(response)


def dial_caller(ring: Ring, *, acceptance_id: int) -> str:
    """Ring a person from the leg of a producer who has accepted a callback. When they answer `screen_url` has the last word.

    The Dial is on the producer's own leg, so what follows is asked there. Raises NotAccepted as `let_through` does.
    """
    _only_if_accepted(acceptance_id)
    response = VoiceResponse()
    dial = Dial(
        action=clean(ring.concluded_url),
        caller_id=clean(ring.caller_id) or None,
        timeout=min(max(ring.seconds, 5), 600),
        record=None if ring.recording_url is None else RECORDED,
        recording_status_callback=None if ring.recording_url is None else clean(ring.recording_url),
    )
    dial.number(
        clean(ring.phone),
        url=clean(ring.screen_url),
        status_callback=clean(ring.progress_url),
        status_callback_event=PROGRESS_EVENTS,
    )
    response.append(dial)
    return str(response)


def farewell(sentences: Sequence[str], language: str) -> str:
    """Speak to the caller, then end the call."""
    response = VoiceResponse()
    _say(response, sentences, language)
    response.hangup()
    return str(response)


def turn_away(reason: str) -> str:
    """Refuse the call before it is answered. `reason` is `busy` or `rejected`."""
    response = VoiceResponse()
    response.reject(reason="busy" if reason == "busy" else "rejected")
    return str(response)


def producer_menu(sentences: Sequence[str], language: str, *, url: str, seconds: int) -> str:
    """A producer has called us: one key. It ends in a hangup like every document a producer hears."""
    return _one_key(sentences, language, url=url, seconds=seconds)


def whisper(sentences: Sequence[str], language: str, *, url: str, seconds: int) -> str:
    """What a rung producer hears before the bridge: `sentences`, `seconds` to press one key, a hangup."""
    return _one_key(sentences, language, url=url, seconds=seconds)


def ask_producer(sentences: Sequence[str], language: str, *, url: str, seconds: int) -> str:
    """After a callback: one key of the producer; `url` hears of it also when none comes. It ends in a hangup like all of them."""
    return _one_key(sentences, language, url=url, seconds=seconds, also_empty=True)


def hang_up_producer(sentences: Sequence[str], language: str) -> str:
    """End a producer's leg, after saying why where there is something to say."""
    return farewell(sentences, language)


def nothing() -> str:
    """Nothing to do. A hangup all the same: ignored after a report, it bridges no producer's leg."""
    return farewell((), "en")


def let_through(*, acceptance_id: int) -> str:
    """The one document without a hangup: the producer's leg falls off its end, and the parties are bridged.

    Empty, because whatever stood in it could fail. Raises NotAccepted where `acceptance_id` cannot be one.
    """
    _only_if_accepted(acceptance_id)
    return str(VoiceResponse())


def _only_if_accepted(acceptance_id: int) -> None:
    if type(acceptance_id) is not int or acceptance_id < 1:
        raise NotAccepted(f"acceptance_id={acceptance_id!r}")


def clean(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids (NUL, vertical tab, lone surrogates …)."""
    return _ILLEGAL_IN_XML.sub("", text)


def _one_key(sentences: Sequence[str], language: str, *, url: str, seconds: int, also_empty: bool | None = None) -> str:
    response = VoiceResponse()
    # In a whisper no actionOnEmptyResult: silence has to reach the hangup without asking us anything.
    gather = Gather(
        input="dtmf",
        action=clean(url),
        num_digits=1,
        timeout=seconds,
        finish_on_key="",
        action_on_empty_result=also_empty,
    )
    _say(gather, sentences, language)
    response.append(gather)
    response.hangup()
    return str(response)


def _dial(ring: Ring, *, answer_on_bridge: bool | None) -> Dial:
    dial = Dial(
        action=clean(ring.concluded_url),
        answer_on_bridge=answer_on_bridge,
        caller_id=clean(ring.caller_id) or None,
        timeout=min(max(ring.seconds, 5), 600),
        record=None if ring.recording_url is None else RECORDED,
        recording_status_callback=None if ring.recording_url is None else clean(ring.recording_url),
    )
    add = dial.client if ring.phone.startswith("client:") else dial.number
    add(
        clean(ring.phone.removeprefix("client:")),
        url=clean(ring.screen_url),
        status_callback=clean(ring.progress_url),
        status_callback_event=PROGRESS_EVENTS,
    )
    return dial


def _say(verb: VoiceResponse | Gather, sentences: Sequence[str], language: str) -> None:
    words = clean(" ".join(sentences)).strip()[:LONGEST_SAY]
    if words:
        verb.say(words, language=_spoken_as(language))


def _spoken_as(language: str) -> str:
    return SPOKEN_AS.get(language, SPOKEN_AS["en"])
