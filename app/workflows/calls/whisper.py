"""What a producer is told of a call before they take it: in the ear, and on the page that rings."""

from __future__ import annotations

from app.domain import states
from app.domain.instructions import Words
from app.domain.residency import Confidence, Residence
from app.storage import outbound
from app.storage.attempts import Attempt
from app.storage.calls import Call
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.workflows.calls.record_talk import told_to_producer

_SURE = {
    Confidence.PRESUMED: "whisper_presumed",
    Confidence.SHARED: "whisper_shared",
    Confidence.CONFLICT: "whisper_conflict",
}


def of_offer(tx: Transaction, campaign: Campaign, attempt: Attempt, residence: Residence) -> tuple[Words, ...]:
    """Product, state, how sure that is, and whether the talk is recorded."""
    offer = Words("whisper_offer", {"product": campaign.name, "states": _named(residence)})
    sure = _SURE.get(residence.confidence)
    return (offer, *((Words(sure),) if sure else ()), *told_to_producer(tx, campaign, attempt))


def of_callback(tx: Transaction, campaign: Campaign, attempt: Attempt, call: Call) -> tuple[Words, ...]:
    """The same for somebody whom we call: because it was promised, or because a call to them was asked for."""
    asked = outbound.standing(tx, call.callback_id) if call.callback_id is not None else None
    cold = asked is not None and asked.cold and not outbound.has_called_in(tx, asked.lead_id)
    key = "whisper_outbound" if cold else "whisper_callback"
    whisper = Words(key, {"product": campaign.name, "states": _named(call.residence)})
    return (whisper, *told_to_producer(tx, campaign, attempt))


def _named(residence: Residence | None) -> str:
    return "|".join(states.name(state) for state in residence.states) if residence else ""
