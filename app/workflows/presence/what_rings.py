"""What rings a producer right now, for the page on which their softphone rings. It decides nothing: the key does."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.call import Happening
from app.domain.instructions import Words
from app.domain.softphone import Dialed
from app.storage import attempts, calls, campaigns
from app.storage.attempts import Attempt
from app.storage.calls import Call
from app.storage.database import Transaction
from app.workflows.calls import whisper

RINGING, ASKED = "ringing", "asked"


@dataclass(frozen=True)
class Ringing:
    """One attempt that is not over. `stage` is ringing, asked (the whisper plays and a key counts), or what the key decided.

    `words` are the whisper's.
    """

    stage: str
    words: tuple[Words, ...]
    is_callback: bool


def what_rings(tx: Transaction, producer_id: int) -> Ringing | None:
    """What this producer's softphone rings for; None where it is over, or was never a ring of ours.

    Not asked by the leg's sid: whether the browser learns the one that our webhooks carry is not written anywhere.
    """
    attempt = attempts.open_of(tx, producer_id)
    if attempt is None or attempt.dialed is not Dialed.SOFTPHONE:
        return None
    call = calls.by_id(tx, attempt.call_id)
    if call is None or call.campaign_id is None:
        return None
    campaign = campaigns.by_id(tx, call.campaign_id)
    is_callback = call.callback_id is not None
    if is_callback:
        words = whisper.of_callback(tx, campaign, attempt, call)
    elif call.residence is not None:
        words = whisper.of_offer(tx, campaign, attempt, call.residence)
    else:
        return None
    return Ringing(_stage(tx, call, attempt), words, is_callback)


def _stage(tx: Transaction, call: Call, attempt: Attempt) -> str:
    if attempt.recorded is not None:
        return attempt.recorded
    asked = any(
        event.happening == Happening.PRODUCER_SCREENED and event.facts.get("offer") == attempt.number
        for event in calls.events(tx, call.id)
    )
    return ASKED if asked else RINGING
