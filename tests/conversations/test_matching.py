"""Whose call it is: open leads, numbers that are lent, posted leads, trunks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.domain.lead import ClosedAs, Custody
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior
from app.storage import access, campaigns, leads
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP, OTHER_OHIO_CALLER, SILENT, TEXAS_CALLER
from tests.product import AGENCY, PUBLIC, Stage

TRUNK = "+18885550140"
POOL = ("+18005550191", "+18005550192")
OHIO_NUMBER = "+18005550198"


def number(stage: Stage, number: str, *, pool: bool = False, state: str | None = None) -> None:
    """A further number of the campaign at AGENCY."""
    with stage.database.begin() as tx:
        campaign = campaigns.reached_by(tx, AGENCY)
        assert campaign is not None
        assert campaigns.add_number(tx, number=number, campaign_id=campaign.campaign_id, pool=pool, state=state)
    where = {"voice_url": "incoming", "status_url": "status", "fallback_url": "fallback"}
    stage.exchange.add_number(number, **{name: f"{PUBLIC}/voice/{path}" for name, path in where.items()})


def vendor(stage: Stage, slug: str = "acme", trunk: str = TRUNK) -> str:
    """A vendor with a trunk; its API key."""
    with stage.database.begin() as tx:
        vendor_id = campaigns.add_vendor(tx, slug=slug, name=slug, trunks=[trunk])
        return access.create_key(tx, name=slug, scopes=("vendor",), now=stage.now, vendor_id=vendor_id)


def posted(stage: Stage, phone: str = OHIO_CALLER, *, key: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"campaign": AGENCY, "phone": phone, "first_name": "Joan", "state": "OH", "zip": OHIO_ZIP, **more}
    answer = stage.app.test_client().post(
        "/api/v1/leads", json=body, headers={"Authorization": f"Bearer {key or stage.key}"}
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def called(stage: Stage, from_number: str, to_number: str = AGENCY, behavior: CallerBehavior = SILENT) -> Call:
    call = stage.exchange.call(from_number, to_number, behavior)
    stage.exchange.run()
    return call


def matched(stage: Stage, call: Call) -> tuple[int, str]:
    """(lead, how it was found) as the call's first event has it."""
    first = stage.story(call)["events"][0]
    assert first["happening"] == "call_arrived"
    assert first["facts"]["matched_why"]
    assert first["facts"]["lead"] == stage.lead(call).id
    return first["facts"]["lead"], first["facts"]["matched_by"]


def test_an_open_lead_with_the_callers_number_is_joined(stage: Stage) -> None:
    lead_id = posted(stage)["lead_id"]
    stage.hire(ANA)

    call = called(stage, OHIO_CALLER, behavior=CallerBehavior())

    assert matched(stage, call) == (lead_id, "open_lead")
    assert call.bridged_to == [ANA.phone]


def test_a_caller_nobody_told_us_of_is_a_new_lead(stage: Stage) -> None:
    posted(stage, OTHER_OHIO_CALLER)

    call = called(stage, OHIO_CALLER)

    assert matched(stage, call)[1] == "new"


def test_a_number_is_lent_to_one_lead_at_a_time_and_behind_the_last_one_stands_the_campaigns(stage: Stage) -> None:
    for each in POOL:
        number(stage, each, pool=True)

    lent = [posted(stage, f"+1614555015{nth}")["transfer_to"] for nth in range(3)]

    assert lent == [*POOL, AGENCY]


def test_the_same_lead_keeps_its_number(stage: Stage) -> None:
    for each in POOL:
        number(stage, each, pool=True)
    first = posted(stage)
    stage.clock.advance(300)

    again = posted(stage)

    assert again["duplicate"] is True
    assert (again["lead_id"], again["transfer_to"]) == (first["lead_id"], first["transfer_to"])
    assert again["expires_at"] > first["expires_at"]


def test_a_number_rests_as_long_as_it_was_lent(stage: Stage) -> None:
    number(stage, POOL[0], pool=True)
    posted(stage)
    stage.clock.advance(29 * 60)
    resting = posted(stage, OTHER_OHIO_CALLER)["transfer_to"]
    stage.clock.advance(60)

    rested = posted(stage, "+16145550152")["transfer_to"]

    assert (resting, rested) == (AGENCY, POOL[0])


def test_two_leads_at_once_never_get_one_number(stage: Stage) -> None:
    for each in POOL:
        number(stage, each, pool=True)
    people = [f"+161455501{nth}" for nth in range(50, 58)]
    assert stage.key

    with ThreadPoolExecutor(8) as pool:
        lent = list(pool.map(lambda person: posted(stage, person)["transfer_to"], people))

    assert sorted(lent) == sorted([*POOL, *[AGENCY] * 6])


def test_a_number_that_stands_for_a_state_is_lent_only_for_that_state(stage: Stage) -> None:
    number(stage, POOL[0], pool=True, state="TX")

    ohio = posted(stage)["transfer_to"]
    texas = posted(stage, TEXAS_CALLER, state="TX", zip="75201")["transfer_to"]

    assert (ohio, texas) == (AGENCY, POOL[0])


def test_a_withheld_caller_at_a_lent_number_joins_its_lead(stage: Stage) -> None:
    number(stage, POOL[0], pool=True)
    lead = posted(stage)
    stage.hire(ANA)

    call = called(stage, "anonymous", lead["transfer_to"], CallerBehavior())

    assert matched(stage, call) == (lead["lead_id"], "pool_number")
    assert call.leg.gathers == []
    assert call.bridged_to == [ANA.phone]


def test_a_trunk_at_a_lent_number_joins_its_lead_among_many(stage: Stage) -> None:
    key = vendor(stage)
    number(stage, POOL[0], pool=True)
    lead = posted(stage, key=key)
    posted(stage, OTHER_OHIO_CALLER, key=key)

    call = called(stage, TRUNK, lead["transfer_to"])

    assert matched(stage, call) == (lead["lead_id"], "pool_number")


def test_after_a_quarter_of_an_hour_the_number_says_nothing_any_more(stage: Stage) -> None:
    number(stage, POOL[0], pool=True)
    lead = posted(stage)
    stage.clock.advance(15 * 60)

    call = called(stage, "anonymous", lead["transfer_to"])

    assert matched(stage, call)[1] == "new"


def test_a_lead_that_was_given_back_lends_its_record_to_the_second_transfer(stage: Stage) -> None:
    stage.set(when_nobody="return")
    lead_id = posted(stage)["lead_id"]
    called(stage, OHIO_CALLER, behavior=CallerBehavior())
    stage.hire(ANA)

    call = called(stage, OHIO_CALLER, behavior=CallerBehavior())

    lead, by = matched(stage, call)
    assert by == "posted_lead"
    assert lead != lead_id
    assert call.leg.gathers == []
    assert call.bridged_to == [ANA.phone]
    with stage.database.read() as tx:
        before, after = leads.load(tx, lead_id), leads.load(tx, lead)
    assert before is not None
    assert after is not None
    assert before.closed_as is ClosedAs.RETURNED
    assert (after.custody, after.first_name, after.zip_code) == (Custody.SERVED, "Joan", OHIO_ZIP)


def test_a_trunk_with_exactly_one_lead_waiting_is_that_lead(stage: Stage) -> None:
    lead_id = posted(stage, key=vendor(stage))["lead_id"]
    stage.hire(ANA)

    call = called(stage, TRUNK, behavior=CallerBehavior())

    assert matched(stage, call) == (lead_id, "trunk")
    assert call.bridged_to == [ANA.phone]
    assert stage.lead(call).phone == OHIO_CALLER


def test_a_trunk_with_two_leads_waiting_is_neither(stage: Stage) -> None:
    key = vendor(stage)
    posted(stage, key=key)
    posted(stage, OTHER_OHIO_CALLER, key=key)

    call = called(stage, TRUNK)

    assert matched(stage, call)[1] == "new"
    assert stage.lead(call).phone is None


def test_a_lead_whose_call_has_come_waits_no_longer(stage: Stage) -> None:
    key = vendor(stage)
    first, second = posted(stage, key=key), posted(stage, OTHER_OHIO_CALLER, key=key)
    called(stage, OHIO_CALLER)

    call = called(stage, TRUNK)

    assert matched(stage, call) == (second["lead_id"], "trunk")
    assert stage.lead(call).id != first["lead_id"]


def test_another_vendors_lead_and_an_old_one_are_not_a_trunks(stage: Stage) -> None:
    posted(stage, key=vendor(stage, "other", "+18885550141"))
    key = vendor(stage)
    posted(stage, OTHER_OHIO_CALLER, key=key)
    stage.clock.advance(15 * 60)

    call = called(stage, TRUNK)

    assert matched(stage, call)[1] == "new"


def test_two_calls_from_a_trunk_at_once_never_share_the_one_lead(stage: Stage) -> None:
    lead_id = posted(stage, key=vendor(stage))["lead_id"]

    one, other = (stage.exchange.call(TRUNK, AGENCY, SILENT) for _ in range(2))
    stage.exchange.run()

    found = [matched(stage, one), matched(stage, other)]
    assert [lead for lead, _ in found].count(lead_id) == 1


def test_a_number_given_for_a_state_still_says_so_after_a_question(stage: Stage) -> None:
    """The area code contradicts it: asked, and on silence a license in both states is required."""
    stage.open("TX")
    number(stage, OHIO_NUMBER, state="OH")
    stage.hire(ANA)

    call = called(stage, TEXAS_CALLER, OHIO_NUMBER)

    assert call.leg.gathers
    residence = stage.record(call).residence
    assert residence is not None
    assert (residence.states, residence.confidence) == (("OH", "TX"), "conflict")
    assert call.rung == []


def test_a_keyed_zip_is_stronger_than_the_state_of_the_number(stage: Stage) -> None:
    number(stage, OHIO_NUMBER, state="TX")
    stage.hire(ANA)

    call = called(stage, OHIO_CALLER, OHIO_NUMBER, KEYS_OHIO)

    assert call.bridged_to == [ANA.phone]
