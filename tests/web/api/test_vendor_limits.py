"""What holds POST /ping and POST /leads back: producers promised to another ping, caps, calls that went unanswered."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from app.domain.call import Disposition, Happening
from app.domain.instructions import Nothing
from app.storage import calls, campaigns, ledger
from app.storage.calls import Turn
from app.workflows.admin.agree_terms import TermsAgreed, agree_terms
from tests.builders import licensed
from tests.web.api.conftest import AGENCY, Api

ANA, BEN = licensed("Ana", 1, "OH"), licensed("Ben", 2, "OH")
OHIO = {"campaign": AGENCY, "state": "OH"}
PEOPLE = 40


@pytest.fixture
def sold(api: Api) -> Api:
    """A campaign of acme's, with Ana and Ben on duty; `api.key` is acme's own."""
    api.vendor("acme")
    api.campaign(vendor="acme")
    api.roster(ANA, BEN)
    api.open("OH")
    api.present(ANA, BEN)
    return api


@pytest.fixture
def acme(sold: Api) -> str:
    return sold.new_key("vendor", vendor="acme")


def agree(api: Api, **texts: Any) -> None:
    spelled = {key: str(value) for key, value in texts.items()}
    made = agree_terms("acme", spelled, actor="test", database=api.database, now=api.now)
    assert isinstance(made, TermsAgreed), made


def lead(number: int, **more: Any) -> Mapping[str, Any]:
    return {"campaign": AGENCY, "phone": f"+1614555{100 + number:04d}", "state": "OH", "zip": "43215", **more}


def calls_in(api: Api, number: int, *, seconds: float = 12, disposition: str = Disposition.ABANDONED) -> None:
    """A call that rang so long and ended without an answer of ours."""
    with api.database.begin() as tx:
        campaign = campaigns.reached_by(tx, AGENCY)
        assert campaign is not None
        call = calls.register(
            tx,
            call_sid=f"CA{number:032x}",
            from_number=f"+1614555{100 + number:04d}",
            to_number=AGENCY,
            campaign_id=campaign.campaign_id,
            now=api.now,
        )
        assert call is not None
        turn = Turn(tx, call, "x", api.now)
        ended_at = api.now + timedelta(seconds=seconds)
        turn.happened(Happening.CALL_ENDED, ended_at=ended_at, disposition=disposition)
        turn.reply(Nothing())


# ---- a ping holds somebody


def test_two_pings_get_two_people_and_the_third_nobody_until_a_hold_is_over(sold: Api) -> None:
    first, second, third = (sold.post("/ping", OHIO) for _ in range(3))

    assert first["accept"] is second["accept"] is True
    assert (third["accept"], third["available"], third["reason"]) == (False, False, "nobody_available")
    sold.clock.advance(19.9)
    assert sold.post("/ping", OHIO)["accept"] is False
    sold.clock.advance(0.1)
    assert sold.post("/ping", OHIO)["accept"] is True


def test_the_ledger_says_whom_a_ping_held_and_for_how_long(sold: Api, acme: str) -> None:
    found = sold.post("/ping", OHIO, key=acme)

    with sold.database.read() as tx:
        entry = ledger.entry(tx, found["ping_id"])
        vendor = campaigns.vendor(tx, "acme")
    assert entry is not None
    assert vendor is not None
    assert entry.facts["held"] in (1, 2)
    assert entry.facts["held_until"] == "2026-11-18T15:00:20+00:00"
    assert entry.facts["vendor_id"] == vendor.vendor_id


def test_pings_at_one_instant_never_hold_the_same_person(sold: Api) -> None:
    start = Barrier(6)

    def ping(_: int) -> Any:
        start.wait(timeout=10)
        return sold.post("/ping", OHIO)

    with ThreadPoolExecutor(6) as six:
        found = list(six.map(ping, range(6)))

    accepted = [one["ping_id"] for one in found if one["accept"]]
    assert len(accepted) == 2
    with sold.database.read() as tx:
        held = [entry.facts["held"] for entry in ledger.entries(tx, accepted).values()]
    assert sorted(held) == [1, 2]


# ---- caps


def test_at_the_vendors_hourly_cap_pings_and_posts_are_told_no_until_the_first_lead_is_an_hour_old(
    sold: Api, acme: str
) -> None:
    agree(sold, hourly_cap=2)
    sold.post("/leads", lead(1), status=201, key=acme)
    sold.later(20)
    sold.post("/leads", lead(2), status=201, key=acme)

    ping = sold.post("/ping", OHIO, key=acme)
    refused = sold.call("POST", "/leads", json=lead(3), key=acme)

    assert (ping["accept"], ping["licensed"], ping["available"], ping["reason"]) == (False, True, True, "cap_reached")
    assert ping["transfer_to"] is ping["held_until"] is None
    assert refused.status_code == 409
    assert refused.get_json()["reasons"] == ["cap_reached"]
    assert refused.headers["Retry-After"] == str(40 * 60)
    sold.later(40)
    assert sold.post("/leads", lead(3), status=201, key=acme)["duplicate"] is False


def test_what_is_refused_is_nobodys_and_the_ledger_says_so(sold: Api, acme: str) -> None:
    agree(sold, daily_cap=0)

    sold.post("/leads", lead(1, external_id="L-1"), status=409, key=acme)

    with sold.database.read() as tx:
        entries = [ledger.entry(tx, number) for number in range(1, 40)]
    kinds = [entry.kind for entry in entries if entry is not None]
    (told,) = [entry for entry in entries if entry is not None and entry.kind == "lead_refused"]
    assert "lead_posted" not in kinds
    assert (told.facts["reason"], told.facts["external_id"], told.lead_id) == ("cap_reached", "L-1", None)
    assert sold.call("GET", "/leads/1").status_code == 404


def test_a_day_ends_at_midnight_where_the_campaign_is(sold: Api, acme: str) -> None:
    with sold.database.begin() as tx:
        campaign = campaigns.reached_by(tx, AGENCY)
        assert campaign is not None
        settings = {"daily_cap": "1", "time_zone": "America/Los_Angeles"}
        campaigns.change_settings(tx, campaign, settings, actor="test", now=sold.now)
    sold.post("/leads", lead(1), status=201, key=acme)

    refused = sold.call("POST", "/leads", json=lead(2), key=acme)

    assert refused.headers["Retry-After"] == str(17 * 3600)  # 07:00 in Los Angeles
    sold.later(17 * 60 - 1)
    sold.post("/leads", lead(2), status=409, key=acme)
    sold.later(1)
    sold.post("/leads", lead(2), status=201, key=acme)


def test_a_duplicate_is_taken_at_the_cap_and_counts_once(sold: Api, acme: str) -> None:
    agree(sold, hourly_cap=1)
    first = sold.post("/leads", lead(1), status=201, key=acme)

    again = sold.post("/leads", lead(1), status=201, key=acme)

    assert (again["lead_id"], again["duplicate"]) == (first["lead_id"], True)
    agree(sold, hourly_cap=2)
    sold.post("/leads", lead(2), status=201, key=acme)


def test_a_lead_whose_ping_was_accepted_is_always_taken_once_within_its_fifteen_minutes(sold: Api, acme: str) -> None:
    early, late = (sold.post("/ping", OHIO, key=acme)["ping_id"] for _ in range(2))
    agree(sold, hourly_cap=0)

    sold.post("/leads", lead(1, ping_id=early), status=201, key=acme)
    sold.post("/leads", lead(2, ping_id=early), status=409, key=acme)
    sold.later(15)
    sold.post("/leads", lead(3, ping_id=late), status=409, key=acme)


def test_a_ping_that_was_told_no_excuses_nothing(sold: Api, acme: str) -> None:
    agree(sold, hourly_cap=0)
    ping = sold.post("/ping", OHIO, key=acme)

    sold.post("/leads", lead(1, ping_id=ping["ping_id"]), status=409, key=acme)


def test_an_accepted_ping_takes_the_last_place_while_it_holds_somebody_and_its_lead_does_not_count_twice(
    sold: Api, acme: str
) -> None:
    agree(sold, hourly_cap=2)
    ping = sold.post("/ping", OHIO, key=acme)
    sold.post("/leads", lead(1), status=201, key=acme)

    full = sold.call("POST", "/leads", json=lead(2), key=acme)
    announced = sold.post("/leads", lead(3, ping_id=ping["ping_id"]), status=201, key=acme)

    assert (full.status_code, full.headers["Retry-After"]) == (409, "20")
    assert announced["duplicate"] is False
    agree(sold, hourly_cap=3)
    sold.post("/leads", lead(2), status=201, key=acme)


def test_a_hold_that_ran_out_gives_its_place_back(sold: Api, acme: str) -> None:
    agree(sold, hourly_cap=1)
    sold.post("/ping", OHIO, key=acme)
    sold.post("/leads", lead(1), status=409, key=acme)

    sold.clock.advance(20)

    sold.post("/leads", lead(1), status=201, key=acme)


def test_of_many_posts_at_once_on_the_last_place_one_is_taken(sold: Api, acme: str) -> None:
    agree(sold, hourly_cap=1)
    start = Barrier(6)

    def post(number: int) -> int:
        start.wait(timeout=10)
        return sold.call("POST", "/leads", json=lead(number), key=acme).status_code

    with ThreadPoolExecutor(6) as six:
        found = sorted(six.map(post, range(6)))

    assert found == [201] + [409] * 5


def test_of_many_pings_at_once_on_the_last_place_one_is_accepted(sold: Api, acme: str) -> None:
    agree(sold, hourly_cap=1)

    with ThreadPoolExecutor(4) as four:
        found = list(four.map(lambda _: sold.post("/ping", OHIO, key=acme), range(4)))

    assert sorted(str(one["reason"]) for one in found) == ["None", "cap_reached", "cap_reached", "cap_reached"]


def test_another_vendors_leads_do_not_count(sold: Api, acme: str) -> None:
    sold.vendor("other")
    sold.campaign("+18005550198")
    agree(sold, hourly_cap=1)
    elsewhere = {**lead(1), "campaign": "+18005550198"}

    sold.post("/leads", elsewhere, status=201, key=sold.new_key("vendor", vendor="other"))

    sold.post("/leads", lead(2), status=201, key=acme)


# ---- unanswered calls


def test_one_unanswered_call_before_the_vendor_pauses_us_we_hold_back_until_the_hour_has_rolled_on(
    sold: Api, acme: str
) -> None:
    agree(sold, unanswered_per_hour="3")
    calls_in(sold, 1)
    assert sold.post("/ping", OHIO, key=acme)["accept"] is True
    sold.later(10)
    calls_in(sold, 2)

    ping = sold.post("/ping", OHIO, key=acme)
    refused = sold.call("POST", "/leads", json=lead(3), key=acme)

    assert (ping["accept"], ping["available"], ping["reason"]) == (False, True, "throttled")
    assert (refused.status_code, refused.get_json()["reasons"]) == (409, ["throttled"])
    assert refused.headers["Retry-After"] == str(50 * 60)
    sold.clock.advance(50 * 60 - 1)
    assert sold.post("/ping", OHIO, key=acme)["reason"] == "throttled"
    sold.clock.advance(1)
    assert sold.post("/ping", OHIO, key=acme)["accept"] is True


@pytest.mark.parametrize(
    "how",
    [
        {"seconds": 4},
        {"disposition": Disposition.RETURNED},
        {"disposition": Disposition.BLOCKED},
    ],
)
def test_a_call_that_did_not_ring_on_is_not_counted(sold: Api, acme: str, how: dict[str, Any]) -> None:
    agree(sold, unanswered_per_hour="3")
    for number in range(4):
        calls_in(sold, number, **how)

    assert sold.post("/ping", OHIO, key=acme)["accept"] is True


def test_a_vendor_who_does_not_pause_is_never_held_back(sold: Api, acme: str) -> None:
    for number in range(4):
        calls_in(sold, number)

    assert sold.post("/ping", OHIO, key=acme)["accept"] is True


# ---- a ping is its vendor's


def test_another_vendors_ping_is_answered_as_none(sold: Api, acme: str) -> None:
    sold.vendor("other")
    sold.campaign("+18005550198")
    theirs = sold.post("/ping", OHIO, key=acme)["ping_id"]
    others = sold.new_key("vendor", vendor="other")

    refused = sold.post("/leads", {**lead(1), "campaign": "+18005550198", "ping_id": theirs}, status=422, key=others)
    never = sold.post("/leads", {**lead(1), "campaign": "+18005550198", "ping_id": 9999}, status=422, key=others)

    assert refused["errors"][0]["pointer"] == never["errors"][0]["pointer"] == "/ping_id"
    assert refused["errors"][0]["message"].replace(str(theirs), "9999") == never["errors"][0]["message"]


# ---- consent


@pytest.mark.parametrize(
    "consent",
    [
        "I agree to be called.\nSigned: José  ",
        '{"not": "ours"',
        '{"a":1}',
        {"url": "https://cert.example.com/1", "at": 1.50, "näme": [None, True, {"x": "\u2028"}]},
        None,
    ],
)
def test_consent_comes_back_as_it_was_posted(sold: Api, consent: Any) -> None:
    posted = sold.post("/leads", lead(1, consent=consent), status=201)

    assert sold.get(f"/leads/{posted['lead_id']}")["consent"] == consent
