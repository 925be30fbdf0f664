"""POST /ping and POST /leads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.domain.lead import TRANSFER_WINDOW
from app.storage import escalations, ledger
from tests.builders import licensed
from tests.web.api.conftest import AGENCY, Api

ANA = licensed("Ana", 1, "OH")
LEAD = {"campaign": AGENCY, "phone": "(614) 555-0150", "first_name": "Cal", "state": "OH", "zip": "43215"}


@pytest.fixture
def open_for_business(api: Api) -> Api:
    api.campaign()
    api.roster(ANA)
    api.open("OH", "TX")
    return api


def test_a_ping_is_accepted_where_somebody_licensed_is_free(open_for_business: Api) -> None:
    api = open_for_business
    api.present(ANA)

    found = api.post("/ping", {"campaign": AGENCY, "state": "Ohio"})

    assert found == {
        "accept": True,
        "state": "OH",
        "licensed": True,
        "available": True,
        "reason": None,
        "ping_id": found["ping_id"],
        "transfer_to": AGENCY,
        "expires_at": "2026-11-18T15:15:00Z",
        "held_until": "2026-11-18T15:00:20Z",
    }


@pytest.mark.parametrize(
    ("place", "state", "licensed_there", "reason"),
    [
        ({"state": "OH"}, "OH", True, "nobody_available"),
        ({"zip": "43215"}, "OH", True, "nobody_available"),
        ({"phone": "+16145550150"}, "OH", True, "nobody_available"),
        ({"state": "TX"}, "TX", False, "no_license"),
        ({"state": "PA"}, "PA", False, "state_not_open"),
        ({"zip": "00000"}, None, False, "state_unknown"),
    ],
)
def test_a_ping_that_is_not_accepted_says_why(
    open_for_business: Api, place: dict[str, str], state: str | None, licensed_there: bool, reason: str
) -> None:
    found = open_for_business.post("/ping", {"campaign": AGENCY, **place})

    assert found["accept"] is found["available"] is False
    assert (found["state"], found["licensed"], found["reason"]) == (state, licensed_there, reason)
    assert found["transfer_to"] is found["expires_at"] is found["held_until"] is None


def test_a_ping_is_a_decision(open_for_business: Api) -> None:
    api = open_for_business
    api.present(ANA)

    first = api.post("/ping", {"campaign": AGENCY, "state": "OH"})

    decision = api.get(f"/decisions/{first['ping_id']}")
    assert (decision["kind"], decision["allowed"], decision["npn"]) == ("ping", True, None)
    assert [one["verdict"] for one in decision["producers"]] == ["passed_over"]


def test_a_territory_is_only_served_inside_its_zips(open_for_business: Api) -> None:
    api = open_for_business
    api.roster(licensed("Pat", 2, "PA"))
    api.open("PA", zips=b"15201\n")
    api.present(licensed("Pat", 2, "PA"))

    inside = api.post("/ping", {"campaign": AGENCY, "zip": "15201"})
    outside = api.post("/ping", {"campaign": AGENCY, "zip": "15202"})

    assert inside["accept"] is True
    assert outside["reason"] == "state_not_open"


def test_a_posted_lead_is_in_custody_until_its_call_must_have_come(open_for_business: Api) -> None:
    api = open_for_business

    found = api.post("/leads", LEAD, status=201)

    assert found == {
        "lead_id": found["lead_id"],
        "residence": {"states": ["OH"], "confidence": "verified", "conflict": False},
        "duplicate": False,
        "transfer_to": AGENCY,
        "expires_at": "2026-11-18T15:15:00Z",
    }
    lead = api.get(f"/leads/{found['lead_id']}")
    assert lead["custody"] == "in_call"
    assert lead["owed_by"] == "2026-11-18T16:00:00Z"
    assert lead["phone"] == "+16145550150"
    assert (lead["campaign"], lead["state"], lead["zip"]) == (AGENCY, "OH", "43215")
    assert lead["calls"] == lead["callbacks"] == lead["escalations"] == lead["texts"] == []


@pytest.mark.parametrize(
    ("change", "residence"),
    [
        ({"state": "TX"}, {"states": ["OH", "TX"], "confidence": "conflict", "conflict": True}),
        ({"zip": None}, {"states": ["OH"], "confidence": "likely", "conflict": False}),
        ({"zip": None, "state": None}, {"states": ["OH"], "confidence": "presumed", "conflict": False}),
        ({"zip": "97910", "state": None}, {"states": ["ID", "OR"], "confidence": "shared", "conflict": False}),
        (
            {"zip": None, "state": None, "phone": "+18005550150"},
            {"states": [], "confidence": "unknown", "conflict": False},
        ),
    ],
)
def test_the_residence_is_what_the_record_gives(
    open_for_business: Api, change: dict[str, Any], residence: dict[str, Any]
) -> None:
    assert open_for_business.post("/leads", {**LEAD, **change}, status=201)["residence"] == residence


def test_the_same_phone_again_within_the_window_is_the_same_lead(open_for_business: Api) -> None:
    api = open_for_business
    first = api.post("/leads", LEAD, status=201)

    again = api.post("/leads", {**LEAD, "phone": "+1 614-555-0150"}, status=201)
    other = api.post("/leads", {**LEAD, "phone": "+16145550151"}, status=201)
    api.later(TRANSFER_WINDOW / timedelta(minutes=1) + 1)
    late = api.post("/leads", LEAD, status=201)

    assert (again["lead_id"], again["duplicate"]) == (first["lead_id"], True)
    assert other["duplicate"] is late["duplicate"] is False
    assert len({first["lead_id"], other["lead_id"], late["lead_id"]}) == 3


def test_eight_posts_at_once_make_one_lead(open_for_business: Api) -> None:
    api = open_for_business

    with ThreadPoolExecutor(8) as eight:
        found = list(eight.map(lambda _: api.post("/leads", LEAD, status=201), range(8)))

    assert len({one["lead_id"] for one in found}) == 1
    assert sorted(one["duplicate"] for one in found) == [False] + [True] * 7


def test_an_idempotency_key_gets_the_first_answer_again(open_for_business: Api) -> None:
    api = open_for_business
    headers = {"Idempotency-Key": "order 7"}

    first = api.post("/leads", LEAD, status=201, headers=headers)
    api.later(30)
    again = api.post("/leads", LEAD, status=201, headers=headers)

    assert again == first


def test_eight_requests_at_once_with_one_idempotency_key_get_one_answer(open_for_business: Api) -> None:
    api = open_for_business

    def post(_: int) -> Any:
        return api.post("/leads", LEAD, status=201, headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(8) as eight:
        found = list(eight.map(post, range(8)))

    assert all(one == found[0] for one in found)
    assert found[0]["duplicate"] is False


def test_an_idempotency_key_with_another_body_is_422(open_for_business: Api) -> None:
    api = open_for_business
    headers = {"Idempotency-Key": "order 7"}
    api.post("/leads", LEAD, status=201, headers=headers)

    body = api.post("/leads", {**LEAD, "first_name": "Dee"}, status=422, headers=headers)

    assert body["errors"][0]["field"] == "Idempotency-Key"


def test_another_key_may_use_the_same_idempotency_key(open_for_business: Api) -> None:
    api = open_for_business
    headers = {"Idempotency-Key": "order 7"}
    api.post("/leads", LEAD, status=201, headers=headers)

    other = {**LEAD, "phone": "+16145550152"}

    assert api.post("/leads", other, status=201, headers=headers, key=api.new_key("vendor"))["duplicate"] is False


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_an_idempotency_key_that_cannot_be_one_is_422(open_for_business: Api, name: str) -> None:
    open_for_business.post("/leads", LEAD, status=422, headers={"Idempotency-Key": name})


def test_a_ping_may_announce_its_lead(open_for_business: Api) -> None:
    api = open_for_business
    ping = api.post("/ping", {"campaign": AGENCY, "state": "OH"})

    found = api.post("/leads", {**LEAD, "ping_id": ping["ping_id"]}, status=201)

    with api.database.read() as tx:
        entry = ledger.entry(tx, ping["ping_id"] + 1)
    assert entry is not None
    assert (entry.kind, entry.lead_id, entry.facts["ping_id"]) == ("lead_posted", found["lead_id"], ping["ping_id"])


def test_a_vendor_sees_no_other_vendors_campaign(api: Api) -> None:
    api.vendor("acme")
    api.vendor("other")
    api.campaign(vendor="acme")
    theirs, others = api.new_key("vendor", vendor="acme"), api.new_key("vendor", vendor="other")

    api.post("/ping", {"campaign": AGENCY, "state": "OH"}, key=theirs)
    api.post("/leads", LEAD, status=201, key=theirs)

    api.post("/ping", {"campaign": AGENCY, "state": "OH"}, key=others, status=422)
    api.post("/leads", LEAD, key=others, status=422)


def test_consent_may_be_a_text_or_an_object(open_for_business: Api) -> None:
    for number, consent in enumerate(("https://cert.example.com/1", {"url": "https://cert.example.com/1", "at": 1})):
        body = {**LEAD, "phone": f"+1614555016{number}", "consent": consent}
        assert open_for_business.post("/leads", body, status=201)["duplicate"] is False


def test_what_a_vendor_does_not_know_may_be_null_or_left_out(open_for_business: Api) -> None:
    nothing = dict.fromkeys(("first_name", "last_name", "state", "zip", "address", "external_id", "consent", "ping_id"))

    found = open_for_business.post("/leads", {"campaign": AGENCY, "phone": "+16145550153", **nothing}, status=201)

    assert open_for_business.get(f"/leads/{found['lead_id']}")["first_name"] == ""


def test_a_lead_is_nobody_elses_work_before_its_window_is_over(open_for_business: Api) -> None:
    open_for_business.post("/leads", LEAD, status=201)

    with open_for_business.database.read() as tx:
        assert escalations.listed(tx, status=None, after=0, limit=10) == []
