"""The vendor bills from answer: what is answered when, what is refused, and what each call keeps of it."""

from __future__ import annotations

from app.domain.lead import ClosedAs, Custody
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts
from app.storage import campaigns
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, PAT
from tests.conversations.vendors import posted
from tests.product import PUBLIC, Stage

OHIO_NUMBER = "+18005550198"
"""A number of ours that a vendor uses for callers from Ohio: with an Ohio area code the residence is likely."""


def number_for_ohio(stage: Stage) -> None:
    """A second number of the same campaign, given for callers from Ohio."""
    with stage.database.begin() as tx:
        campaign = campaigns.reached_by(tx, "+18005550199")
        assert campaign is not None
        assert campaigns.add_number(tx, number=OHIO_NUMBER, campaign_id=campaign.campaign_id, pool=False, state="OH")
    stage.exchange.add_number(
        OHIO_NUMBER,
        voice_url=f"{PUBLIC}/voice/incoming",
        status_url=f"{PUBLIC}/voice/status",
        fallback_url=f"{PUBLIC}/voice/fallback",
    )


def test_a_posted_lead_is_offered_at_once_and_billed_only_when_they_speak(stage: Stage) -> None:
    lead_id = posted(stage)
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER)

    assert call.leg.gathers == []
    assert call.answered_at == call.bridges[0].since
    record = stage.record(call)
    assert (record.lead_id, record.answered_at) == (lead_id, record.accepted_at)
    assert record.residence is not None
    assert record.residence.confidence == "verified"
    assert stage.lead(call).custody is Custody.SERVED


def test_a_number_given_for_a_state_counts_as_the_vendors_word(stage: Stage) -> None:
    number_for_ohio(stage)
    stage.hire(ANA)

    call = stage.exchange.call(OHIO_CALLER, OHIO_NUMBER, CallerBehavior())
    stage.exchange.run()

    assert call.leg.gathers == []
    assert call.bridged_to == [ANA.phone]
    # Shown to the producer is the campaign's number, whichever of its numbers was called.
    assert call.leg_to(ANA.phone).from_number == "+18005550199"


def test_after_twenty_seconds_of_ringing_the_next_document_greets(stage: Stage) -> None:
    posted(stage)
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(BEN)

    call = stage.call_from(OHIO_CALLER)

    assert call.spoken == ["One moment, please. We are calling a licensed agent for you."]
    assert call.answered_at is not None
    assert (call.answered_at - call.leg.started_at).total_seconds() == 25
    assert stage.record(call).answered_at == call.answered_at


def test_a_campaign_may_let_it_ring_longer_before_it_answers(stage: Stage) -> None:
    stage.set(answer_after_seconds=60)
    posted(stage)
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(BEN)

    call = stage.call_from(OHIO_CALLER)

    assert call.spoken == []
    assert call.answered_at == call.bridges[0].since


def test_with_nobody_there_the_vendor_keeps_the_caller_and_pays_nothing(stage: Stage) -> None:
    stage.set(when_nobody="return")
    posted(stage)
    stage.hire(PAT)

    call = stage.call_from(OHIO_CALLER)

    assert (call.was_rejected, call.status, call.answered_at) == (True, "busy", None)
    assert stage.lead(call).closed_as is ClosedAs.RETURNED
    assert stage.record(call).disposition == "returned"
    assert stage.record(call).phase == "ended"
    assert stage.waiting() == []


def test_a_call_that_was_answered_is_never_given_back(stage: Stage) -> None:
    stage.set(when_nobody="return")
    stage.hire(PAT)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert not call.was_rejected
    assert stage.lead(call).custody is Custody.ESCALATED


def test_a_billed_call_that_nobody_takes_is_acknowledged_ten_seconds_before_its_buffer(stage: Stage) -> None:
    stage.set(buffer_seconds=45)
    stage.hire(ANA, BEN, behavior=NO_ANSWER)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.answered_at is not None
    spoken_at = next(heard.at for heard in call.leg.heard if "busy" in heard.text)
    assert (spoken_at - call.answered_at).total_seconds() <= 35
    assert call.leg.ended_at is not None
    assert (call.leg.ended_at - call.answered_at).total_seconds() <= 45
    assert stage.promised(call).phone == OHIO_CALLER


def test_a_call_that_ends_within_five_seconds_is_listed_and_left_alone(stage: Stage) -> None:
    number_for_ohio(stage)
    stage.hire(ANA, behavior=accepts(after=10))

    call = stage.exchange.call(OHIO_CALLER, OHIO_NUMBER, CallerBehavior(hang_up_after=4))
    stage.exchange.run()

    assert stage.lead(call).closed_as is ClosedAs.UNREACHABLE
    assert stage.record(call).disposition == "abandoned"
    assert stage.waiting() == []
    assert stage.seat(ANA).availability(stage.now) == "available"


def test_a_posted_lead_whose_call_ends_at_once_is_promised_a_call_all_the_same(stage: Stage) -> None:
    lead_id = posted(stage)
    stage.hire(ANA, behavior=accepts(after=10))

    call = stage.call_from(OHIO_CALLER, CallerBehavior(hang_up_after=4))

    promise = stage.promised(call)
    assert (promise.lead_id, promise.due_at) == (lead_id, stage.record(call).ended_at)
    assert stage.seat(ANA).held_by is None
    assert stage.waiting() == []
