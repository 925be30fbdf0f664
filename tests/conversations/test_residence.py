"""Where the caller lives, asked and answered on the call."""

from __future__ import annotations

from app.domain.lead import Custody
from app.domain.residency import Residence
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, Speech, accepts
from app.storage import campaigns
from tests.builders import licensed
from tests.conversations.people import (
    ANA,
    KEYS_OHIO,
    OHIO_CALLER,
    OHIO_ZIP,
    PAT,
    PENNSYLVANIA_ZIP,
    SILENT,
    TEXAS_CALLER,
)
from tests.conversations.vendors import posted
from tests.product import AGENCY, Stage

BOTH = licensed("Bo", 6, "IN", "OH")
INDIANA_AND_OHIO = "45053"
NO_SUCH_ZIP = "00000"


def residence(stage: Stage, call: Call) -> Residence:
    found = stage.record(call).residence
    assert found is not None
    return found


def test_an_area_code_alone_is_asked_about_and_the_keyed_zip_decides(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(TEXAS_CALLER, KEYS_OHIO)

    assert call.heard("please key your five digit ZIP code")
    assert call.bridged_to == [ANA.phone]
    found = residence(stage, call)
    assert (found.states, found.confidence, found.source) == (("OH",), "confirmed", "keyed_zip")


def test_a_spoken_zip_counts_like_a_keyed_one(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(TEXAS_CALLER, CallerBehavior(answers=[Speech("four three two one five")]))

    assert residence(stage, call).zip == OHIO_ZIP
    assert call.bridged_to == [ANA.phone]


def test_silence_is_asked_in_both_languages_and_once_more_and_then_the_area_code_is_presumed(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, SILENT)

    asked = [text for text in call.spoken if "ZIP" in text or "postal" in text]
    assert ["postal" in text for text in asked] == [False, True, False]
    assert residence(stage, call).confidence == "presumed"
    assert call.leg_to(ANA.phone).has_heard("The state is presumed: confirm the ZIP first.")


def test_a_confirmed_state_is_whispered_without_a_doubt(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    (whisper,) = [heard.text for heard in call.leg_to(ANA.phone).heard if heard.kind == "say"]
    assert whisper == "Final expense. Ohio. Press 1 to accept, 2 for not now."


def test_a_star_leads_to_spanish_and_the_zip_keyed_there_stays_with_it(stage: Stage) -> None:
    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=["*", OHIO_ZIP]))

    assert call.heard("No tenemos un agente que pueda atender su llamada de Ohio")
    assert stage.record(call).language == "es"


def test_a_zip_that_does_not_exist_is_asked_again(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(TEXAS_CALLER, CallerBehavior(answers=[NO_SUCH_ZIP, OHIO_ZIP]))

    assert call.heard("That ZIP code does not exist.")
    assert call.bridged_to == [ANA.phone]


def test_a_zip_in_two_states_takes_a_license_in_both(stage: Stage) -> None:
    stage.open("IN")
    stage.hire(ANA, licensed("Ira", 7, "IN"), BOTH)

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[INDIANA_AND_OHIO]))

    assert residence(stage, call).states == ("IN", "OH")
    assert call.rung == [BOTH.phone]
    assert call.leg_to(BOTH.phone).has_heard("Indiana and Ohio")
    assert call.leg_to(BOTH.phone).has_heard("That ZIP lies in more than one state")


def test_an_anonymous_caller_who_says_nothing_is_told_so_and_is_on_the_list(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, SILENT, From="anonymous")

    assert call.rung == []
    assert residence(stage, call).confidence == "unknown"
    assert call.heard("We cannot see your number, so we cannot call you back.")
    assert [item.reason for item in stage.waiting()] == ["state_unknown: no number"]
    assert stage.lead(call).phone is None


def test_an_anonymous_caller_who_keys_a_zip_is_served(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO, From="anonymous")

    assert call.bridged_to == [ANA.phone]


def test_a_toll_free_number_that_says_nothing_lives_nowhere_we_know(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from("+18885550150", SILENT)

    assert call.rung == []
    assert stage.lead(call).custody is Custody.ESCALATED


def test_a_vendors_trunk_says_nothing_of_the_caller_and_is_never_called_back(stage: Stage) -> None:
    stage.hire(ANA)
    with stage.database.begin() as tx:
        campaigns.add_vendor(tx, slug="acme", name="Acme Leads", trunks=[OHIO_CALLER])

    call = stage.call_from(OHIO_CALLER, SILENT)

    assert call.rung == []
    assert residence(stage, call).confidence == "unknown"
    assert stage.lead(call).phone is None


def test_where_asking_is_off_the_area_code_is_presumed_at_once(stage: Stage) -> None:
    stage.set(ask="no")
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, SILENT)

    assert call.leg.gathers == []
    assert residence(stage, call).confidence == "presumed"
    assert call.bridged_to == [ANA.phone]


def test_a_conflict_on_which_the_caller_is_silent_takes_a_license_in_every_candidate_state(stage: Stage) -> None:
    stage.open("PA")
    both = licensed("Bo", 6, "PA", "OH")
    posted(stage, state="PA", zip=OHIO_ZIP)
    stage.hire(ANA, PAT, both)

    call = stage.call_from(OHIO_CALLER, SILENT)

    assert residence(stage, call).confidence == "conflict"
    assert call.rung == [both.phone]
    assert call.leg_to(both.phone).has_heard("Our records disagree about the state")


def test_after_a_talk_the_zip_keyed_before_still_holds_where_a_new_one_does_not_exist(stage: Stage) -> None:
    """A keyed ZIP is stronger than the area code that silence would fall back on."""
    stage.open("PA")
    other = licensed("Cam", 3, "OH")
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    stage.hire(PAT, other)
    stays = CallerBehavior(answers=[OHIO_ZIP, NO_SUCH_ZIP], stays_on_after_talk=True, talk_seconds=70)

    call = stage.call_from("+12155550150", stays)

    assert call.rung == [ANA.phone, other.phone]
    assert residence(stage, call).states == ("OH",)


def test_after_a_talk_a_zip_elsewhere_is_what_the_next_producer_is_judged_by(stage: Stage) -> None:
    stage.open("PA")
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    stage.hire(licensed("Cam", 3, "OH"), PAT)
    stays = CallerBehavior(answers=[OHIO_ZIP, PENNSYLVANIA_ZIP], stays_on_after_talk=True, talk_seconds=70)

    call = stage.call_from(OHIO_CALLER, stays)

    assert call.bridged_to == [ANA.phone, PAT.phone]
    assert call.heard("another licensed agent takes over")
    assert call.leg.to_number == AGENCY
