"""A vendor's own key, whatever scopes it has, sees that vendor's leads and calls, and nothing of the agency."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from app.storage.access import SCOPES
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.workflows.admin.agree_terms import agree_terms
from app.workflows.admin.create_key import KeyCreated, create_key
from app.workflows.admin.refused import Refused
from tests.web.api.conftest import AGENCY, Api
from tests.web.api.test_keys import ROUTES, SCOPE_OF, _path

_calls = table_of(CallRow)

OTHERS = "+18005550198"
THEIRS = {"vendor", "billing", "webhooks"}
"""Scopes of which a vendor's key has every address; what it may do there, the views say."""

READS = {"/calls/<call_sid>", "/leads/<int(max=2147483647):lead_id>", "/reports/service"}


@pytest.fixture
def sold(api: Api) -> Api:
    for slug, number in (("acme", AGENCY), ("zenith", OTHERS)):
        api.vendor(slug)
        api.campaign(number, vendor=slug)
    return api


@pytest.fixture
def acme(sold: Api) -> str:
    return sold.new_key(*SCOPES, vendor="acme")


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_what_is_not_for_vendors_is_closed_to_their_keys(sold: Api, acme: str, method: str, rule: str) -> None:
    answer = sold.call(method, _path(rule), key=acme)

    closed = answer.status_code == 403 and "the agency's own" in answer.get_json()["detail"]
    assert closed == (SCOPE_OF[method, rule] not in THEIRS and rule not in READS)


def test_leads_and_calls_are_its_own_or_not_there(sold: Api, acme: str) -> None:
    own = sold.post("/leads", {"campaign": AGENCY, "phone": "+16145550101"}, status=201)["lead_id"]
    others = sold.post("/leads", {"campaign": OTHERS, "phone": "+16145550102"}, status=201)["lead_id"]
    called(sold, "CA" + "1" * 32, own)
    called(sold, "CA" + "2" * 32, others)

    paths = (f"/leads/{own}", f"/leads/{others}", f"/calls/CA{'1' * 32}", f"/calls/CA{'2' * 32}")

    assert [sold.call("GET", path, key=acme).status_code for path in paths] == [200, 404, 200, 404]
    assert sold.call("GET", f"/leads/{others}").status_code == 200


def test_a_call_without_a_lead_is_its_campaigns_vendors(sold: Api, acme: str) -> None:
    called(sold, "CA" + "1" * 32, None, campaign_id=1)
    called(sold, "CA" + "2" * 32, None, campaign_id=2)

    assert sold.call("GET", f"/calls/CA{'1' * 32}", key=acme).status_code == 200
    assert sold.call("GET", f"/calls/CA{'2' * 32}", key=acme).status_code == 404


def called(api: Api, sid: str, lead_id: int | None, *, campaign_id: int | None = None) -> None:
    with api.database.begin() as tx:
        tx.execute(
            insert(_calls).values(
                call_sid=sid,
                campaign_id=campaign_id,
                lead_id=lead_id,
                from_number="+16145550101",
                to_number=AGENCY,
                phase="received",
                arrived_at=api.now,
            )
        )


def test_a_vendor_with_caps_brings_no_list(sold: Api, acme: str) -> None:
    asked: dict[str, Any] = {"data": b"phone\n+16145550101\n", "content_type": "text/csv"}
    path = f"/leads/bulk?campaign=%2B{AGENCY[1:]}"
    before = sold.call("POST", path, key=acme, **asked).status_code
    agree_terms("acme", {"daily_cap": "10"}, actor="test", database=sold.database, now=sold.now)

    refused = sold.call("POST", path, key=acme, **asked)

    assert (before, refused.status_code) == (202, 422)
    assert "one at a time" in refused.get_json()["detail"]
    assert sold.call("POST", path, **asked).status_code == 202


def test_a_key_for_a_vendor_is_made_with_no_other_scope(sold: Api) -> None:
    def make(*scopes: str) -> object:
        return create_key(name="x", scopes=scopes, vendor="acme", actor="test", database=sold.database, now=sold.now)

    assert isinstance(make("vendor", "read", "billing", "webhooks"), KeyCreated)
    refused = make("vendor", "roster", "data")
    assert isinstance(refused, Refused)
    assert "roster, data" in str(refused)
