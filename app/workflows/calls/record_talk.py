"""Whether a talk is recorded, on whose consent, and what caller and producer are told of it (FLOWS.md, Recording)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain import area_codes, phone
from app.domain.call import Happening
from app.domain.instructions import Words
from app.domain.licensing import Producer
from app.domain.recording_consent import Basis, Mode, basis
from app.domain.residency import Residence
from app.domain.states import State
from app.storage import calls, ledger
from app.storage.attempts import Attempt
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Transaction

NOTED_AS = "recording"
"""The fact of an offer's decision and event that says all this; it is not there where the campaign does not record."""


@dataclass(frozen=True)
class Recording:
    """What is decided for one offer. `announcement` is what the caller hears before the producer is rung."""

    mode: Mode
    basis: Basis
    announcement: Words | None

    @property
    def noted(self) -> dict[str, Any]:
        """For the ledger and the event; nothing where the campaign does not record."""
        if self.mode is Mode.OFF:
            return {}
        found = self.basis
        return {
            NOTED_AS: {
                "mode": self.mode,
                "recorded": found.recorded,
                "announced": self.announcement is not None,
                "rule": found.rule,
                "states": list(found.states),
                "consent": found.had_by,
                "basis": found.sentence,
            }
        }


def plan_recording(turn: Turn, campaign: Campaign, producer: Producer) -> Recording:
    """How the talk that is about to be offered to `producer` is recorded."""
    mode = Mode(campaign.policy.recording)
    sides = (*_caller_states(turn.call.residence), producer.resident_state)
    return Recording(mode, basis(sides, mode), announcement_due(turn, campaign))


def plan_callback_recording(residence: Residence, campaign: Campaign, producer: Producer) -> Recording:
    """How a callback's talk is recorded: nobody announces it but the producer, whatever the campaign does on its calls.

    Words of ours on the person's own leg would need a document there that bridges where it ends.
    """
    mode = Mode.OFF if campaign.policy.recording == Mode.OFF else Mode.PRODUCER_ANNOUNCES
    sides = (*_caller_states(residence), producer.resident_state)
    return Recording(mode, basis(sides, mode), None)


def announcement_due(turn: Turn, campaign: Campaign) -> Words | None:
    """What the caller must hear before anybody is bridged to them: once a call, whatever the states, or not at all."""
    if campaign.policy.recording != Mode.ANNOUNCE_FIRST or _announced(turn):
        return None
    return Words("recording_announced")


def told_to_producer(tx: Transaction, campaign: Campaign, attempt: Attempt) -> tuple[Words, ...]:
    """What the whisper says: under one-party rules it is the producer who consents, so the producer has to know."""
    if campaign.policy.recording == Mode.OFF:
        return ()
    noted = noted_at(tx, attempt)
    if noted is None or not noted["recorded"]:
        return ()
    announces = noted["mode"] == Mode.PRODUCER_ANNOUNCES
    return (Words("whisper_recorded_announce" if announces else "whisper_recorded"),)


def noted_at(tx: Transaction, attempt: Attempt) -> dict[str, Any] | None:
    """What the offer's decision says of the recording; None where the campaign did not record then."""
    entry = ledger.entry(tx, attempt.decision_id)
    return None if entry is None else entry.facts.get(NOTED_AS)


def _caller_states(residence: Residence | None) -> tuple[State | None, ...]:
    """Where the caller lives, and where their number says that they may be right now; None where that is not known."""
    if residence is None or not residence.states:
        return (None,)
    there = area_codes.state_of(phone.parse(residence.evidence.phone))
    return residence.states if there is None else (*residence.states, there)


def _announced(turn: Turn) -> bool:
    """Whether the announcement was heard, not merely sent: a document may be lost on its way.

    The carrier asks about an offer (keys `offer:…`) only once it has come to the Dial, which stands behind the words.
    """
    if turn.call.offers == 0:
        return False
    events = calls.events(turn.tx, turn.call.id)
    keys = [turn.key, *(event.key for event in events)]
    sent = [
        event.facts["offer"]
        for event in events
        if event.happening == Happening.PRODUCER_OFFERED and event.facts.get(NOTED_AS, {}).get("announced")
    ]
    return any(key.startswith(f"offer:{number}:") for key in keys for number in sent)
