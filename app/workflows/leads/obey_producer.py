"""A producer's text is a command: ON, OFF, or WRONG and the place where the caller really is."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain import states, told_place
from app.domain.signals import TextReceived
from app.storage import attempts, calls, desk, texts
from app.storage.database import Transaction
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.wrong_state import Noted, note_wrong_state

WRONG_STATE_WITHIN = timedelta(minutes=1)
"""Of the end of the talk. Source: FLOWS.md, wrong state."""

_COMMANDS = {"ON": "available", "OFF": "away"}
_ANSWERS = {"available": "text_presence_on", "away": "text_presence_off"}


def obey_producer(
    tx: Transaction, producer_id: int, text: TextReceived, number: str, now: datetime, wording: Wording
) -> tuple[str, Noted | None]:
    """How the message was understood, and the wrong state that it reports."""
    if told_place.is_command(text.body):
        return _wrong_state(tx, producer_id, text, number, now, wording)
    presence = _COMMANDS.get(text.body.strip().upper())
    if presence is not None:
        desk.set_presence(tx, producer_id, presence, now, by="producer's text")
    _answer(tx, text, number, wording(_ANSWERS.get(presence or "", "text_command_unknown"), "en", {}), now)
    return f"command:{presence}" if presence else "command:unknown", None


def _wrong_state(
    tx: Transaction, producer_id: int, text: TextReceived, number: str, now: datetime, wording: Wording
) -> tuple[str, Noted | None]:
    """`WRONG TX`: during the producer's last talk, or within a minute of its end."""
    place = told_place.in_command(text.body)
    talk = attempts.last_talk(tx, producer_id)
    recent = talk is not None and (talk.ended_at is None or now - talk.ended_at <= WRONG_STATE_WITHIN)
    known = calls.by_id(tx, talk.call_id) if talk is not None and recent else None
    call = calls.load(tx, known.call_sid) if known is not None else None
    noted = None
    if place is not None and talk is not None and call is not None:
        noted = note_wrong_state(tx, call, place, by=f"producer:{talk.npn}", now=now, talk=talk.number)
    if place is not None and noted is not None:
        named = "|".join(states.name(state) for state in place.states)
        body = wording("text_wrong_state", "en", {"states": named})
    else:
        body = wording("text_wrong_state_unclear", "en", {})
    _answer(tx, text, number, body, now)
    return ("wrong_state:noted" if noted else "wrong_state:unclear"), noted


def _answer(tx: Transaction, text: TextReceived, number: str, body: str, now: datetime) -> None:
    texts.queue(
        tx,
        subject=f"text:{text.message_sid}",
        kind="answer",
        from_number=text.to_number,
        to_number=number,
        body=body,
        now=now,
    )
