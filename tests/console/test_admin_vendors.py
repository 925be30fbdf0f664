"""A vendor's page: what was agreed, what it brings, and why it is held back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.domain.vendor_terms import VendorTerms
from app.simulator.parties import CallerBehavior, accepts
from app.storage import campaigns
from tests.console.conftest import token_of
from tests.conversations.people import ANA, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.conversations.vendors import posted
from tests.product import Stage


@pytest.fixture
def client(stage: Stage, signed_in_client: Callable[..., FlaskClient]) -> FlaskClient:
    with stage.database.begin() as tx:
        vendor_id = campaigns.add_vendor(tx, slug="leadco", name="Lead Company", trunks=[])
        tx.exec_driver_sql(f"UPDATE campaigns SET vendor_id = {vendor_id}")
    return signed_in_client("admin")


def terms(stage: Stage) -> VendorTerms:
    with stage.database.read() as tx:
        found = campaigns.vendor(tx, "leadco")
        assert found is not None
        return campaigns.vendor_terms(tx, found.vendor_id)


def agree(client: FlaskClient, **typed: str) -> tuple[int, str]:
    answer = client.post("/admin/vendors/leadco/terms", data={"csrf_token": token_of(client), **typed})
    return answer.status_code, answer.get_data(as_text=True)


def test_what_is_typed_is_agreed_and_empty_is_none(client: FlaskClient, stage: Stage) -> None:
    status, _ = agree(client, hourly_cap="25", daily_cap="", unanswered_per_hour="", dispute_days="10")

    assert status == 303
    assert terms(stage) == VendorTerms(hourly_cap=25, unanswered_per_hour=None, dispute_days=10)
    page = client.get("/admin/vendors/leadco").get_data(as_text=True)
    assert 'name="hourly_cap" value="25"' in page
    assert 'name="unanswered_per_hour" value=""' in page


def test_what_cannot_be_agreed_is_told_beside_its_field_and_what_was_typed_stays(
    client: FlaskClient, stage: Stage
) -> None:
    status, page = agree(client, hourly_cap="many", dispute_days="", daily_cap="5")

    assert status == 422
    assert page.count('class="field-error"') == 2
    assert 'value="many"' in page
    assert 'name="name" value="Lead Company"' in page
    assert terms(stage) == VendorTerms()


def test_a_vendor_who_is_held_back_is_shown_with_the_counts(client: FlaskClient, stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=60))
    agree(client, unanswered_per_hour="3")
    for number in (OHIO_CALLER, OTHER_OHIO_CALLER):
        posted(stage, phone=number)
        stage.call_from(number, CallerBehavior(hang_up_after=12))
        stage.presence(ANA, "available")

    page = client.get("/admin/vendors/leadco").get_data(as_text=True)

    assert "Held back until" in page
    assert "2 of its calls rang in the last 60 minutes" in page
    assert '<th scope="row">Calls</th><td class="num">2</td>' in page


def test_there_is_no_other_vendor(client: FlaskClient) -> None:
    for slug in ("nobody", "%00", "x" * 61):
        answer = client.post(f"/admin/vendors/{slug}/terms", data={"csrf_token": token_of(client)})
        assert answer.status_code == 404
