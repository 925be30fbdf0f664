"""The pages about money: an invoice uploaded, its verdicts read, a line overruled, the dispute taken."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from app.domain.billing.record import Doubt, Reason
from app.simulator.parties import CallerBehavior, accepts
from app.storage import campaigns, invoices
from app.storage.invoices import Invoice
from app.storage.models.base import table_of
from app.storage.models.campaigns import CampaignRow
from app.web.console.money import REASONS
from app.workflows.do_requested import do_requested
from app.workflows.money.receive_invoice import Received, receive_invoice
from tests.builders import licensed
from tests.console.conftest import Visitor, token_of
from tests.product import Stage

SignIn = Callable[..., FlaskClient]
Arrive = Callable[..., Visitor]

ANN = licensed("Ann", 1, "OH", last_name="Alvarez")
BILL = b"call_id,external_id,amount\nCA00000000000000000000000000000001,,45\ntheirs-1,,30.50\n"


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """A vendor who sells us calls at $45 with a buffer of 90 s."""
    with stage.database.begin() as tx:
        vendor_id = campaigns.add_vendor(tx, slug="acme", name="Acme Leads", trunks=["+18005550190"])
        tx.execute(table_of(CampaignRow).update().values(vendor_id=vendor_id))
    stage.set(buffer_seconds=90, price="45.00")
    return stage


def receive(stage: Stage, content: bytes = BILL) -> Invoice:
    outcome = receive_invoice(
        content,
        file_name="november.csv",
        vendor="acme",
        columns={},
        zone=ZoneInfo("America/New_York"),
        actor="user:kim@agency.example",
        database=stage.database,
        received_at=stage.now,
        now=lambda: stage.now,
    )
    assert isinstance(outcome, Received), outcome
    return outcome.invoice


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client), **form}, headers={"Referer": "https://localhost/"})


def said(answer: TestResponse) -> str:
    """A page's words."""
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(html.unescape(text).split())


# ---- without a browser


def test_every_reason_has_its_words() -> None:
    assert set(REASONS) == {*Reason, *Doubt}


def test_an_upload_is_checked_by_the_scheduler_and_shown(shop: Stage, signed_in_client: SignIn) -> None:
    kim = signed_in_client("admin")

    empty = said(kim.get("/money"))
    answer = post(kim, "/money", vendor="acme", file=(io.BytesIO(BILL), "november.csv"), columns="amount=amount\n")
    waiting = said(kim.get("/money/asked"))
    do_requested(database=shop.database, now=shop.clock.now)
    page, one = said(kim.get("/money")), said(kim.get("/money/1"))

    assert "No invoice yet" in empty
    assert answer.status_code == 303
    assert "The check of november.csv waits for the scheduler" in waiting
    assert "november.csv : checked, invoice 1" in page
    assert "Open to dispute $75.50" in page
    assert "Disputed $45 1 line" in one
    assert "No call that this vendor sold us has the CallSid" in one


def test_a_file_with_wrong_lines_is_told_of_line_by_line(shop: Stage, signed_in_client: SignIn) -> None:
    kim = signed_in_client("admin")
    bad = b"call_id,Total,note\nCA1,free,x\nCA2,=B1,y\n"

    post(kim, "/money", vendor="acme", file=(io.BytesIO(bad), "bad.csv"), columns="amount = Total")
    do_requested(database=shop.database, now=shop.clock.now)
    page = said(kim.get("/money"))

    assert "bad.csv was not taken, no line of it: 2 errors" in page
    assert "Line 2, Total : not an amount of dollars" in page
    assert "Line 3, Total : a formula; save the values (it says =B1 )" in page


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"vendor": "acme"}, "Choose a file."),
        ({"vendor": "acme", "file": (io.BytesIO(b""), "x.csv")}, "The file is empty."),
        ({"vendor": "nobody", "file": (io.BytesIO(BILL), "x.csv")}, "Choose a vendor."),
        ({"vendor": "acme", "file": (io.BytesIO(BILL), "x.csv"), "zone": "Mars"}, "Not a time zone"),
        ({"vendor": "acme", "file": (io.BytesIO(BILL), "x.csv"), "columns": "money=x"}, "One a line"),
    ],
)
def test_what_cannot_be_uploaded_is_said_at_its_field(
    shop: Stage, signed_in_client: SignIn, form: dict[str, Any], told: str
) -> None:
    answer = post(signed_in_client("admin"), "/money", **form)

    assert answer.status_code == 422
    assert told in said(answer)


def test_a_line_is_overruled_with_a_reason_and_the_totals_follow(shop: Stage, signed_in_client: SignIn) -> None:
    invoice, kim = receive(shop), signed_in_client("admin", email="kim@agency.example")

    ruled = post(kim, f"/money/{invoice.id}/lines/3/rule", ruling="dispute", reason="not ours", show="cannot_say")
    page = said(kim.get(f"/money/{invoice.id}?show=disputed"))
    again = post(kim, f"/money/{invoice.id}/lines/3/rule", ruling="dispute", reason="never was", show="disputed")

    assert (ruled.status_code, again.status_code) == (303, 303)
    assert "kim@agency.example , 10:00 am : not ours" in page
    assert "Line 3 is as it was: The line stands disputed already." in said(kim.get("/money"))
    with shop.database.read() as tx:
        now = invoices.load(tx, invoice.id)
    assert now is not None
    assert (now.disputed_cents, now.undecided_cents) == (7550, 0)
    assert post(kim, f"/money/{invoice.id}/lines/9/rule", ruling="accept", reason="x", show="all").status_code == 404
    assert post(kim, f"/money/{invoice.id}/lines/3/rule", ruling="burn", reason="x", show="all").status_code == 404


def test_a_supervisor_reads_and_takes_the_dispute_but_rules_on_nothing(shop: Stage, signed_in_client: SignIn) -> None:
    invoice, sue = receive(shop), signed_in_client("supervisor")

    page = sue.get(f"/money/{invoice.id}").get_data(as_text=True)
    file = sue.get(f"/money/{invoice.id}/dispute.csv")
    shop.clock.advance(timedelta(days=7, seconds=1).total_seconds())
    late = sue.get(f"/money/{invoice.id}/dispute.csv")

    assert "Overrule" not in page
    assert "Check an invoice" not in sue.get("/money").get_data(as_text=True)
    assert file.headers["Content-Disposition"] == f'attachment; filename="dispute-acme-invoice-{invoice.id}.csv"'
    assert file.get_data(as_text=True).splitlines()[-1].startswith("total,")
    assert "-late.csv" in late.headers["Content-Disposition"]
    assert "The window for disputes closed" in said(sue.get(f"/money/{invoice.id}"))


def test_an_invoice_that_was_read_wrongly_is_withdrawn(shop: Stage, signed_in_client: SignIn) -> None:
    invoice, kim = receive(shop), signed_in_client("admin")

    post(kim, f"/money/{invoice.id}/withdraw", reason=" ")
    untouched = said(kim.get(f"/money/{invoice.id}"))
    post(kim, f"/money/{invoice.id}/withdraw", reason="wrong zone")
    listed, one = said(kim.get("/money")), kim.get(f"/money/{invoice.id}").get_data(as_text=True)

    assert "Not withdrawn: Say why" in untouched
    assert f"Invoice {invoice.id} counts for nothing any more." in listed
    assert "No invoice yet" in listed
    assert "Withdrawn" in one
    assert "Overrule" not in one
    assert post(kim, "/money/99/withdraw", reason="x").status_code == 404


def test_lines_go_page_by_page_and_by_how_they_stand(shop: Stage, signed_in_client: SignIn) -> None:
    rows = "".join(f"their-{number},,1\n" for number in range(70))
    invoice, kim = receive(shop, BILL + rows.encode()), signed_in_client("admin")

    first = kim.get(f"/money/{invoice.id}?show=cannot_say").get_data(as_text=True)
    rest = kim.get(f"/money/{invoice.id}?show=cannot_say&after=52").get_data(as_text=True)

    assert first.count("Overrule") == 50
    assert "after=52" in first
    assert rest.count("Overrule") == 21
    assert "No such line" in kim.get(f"/money/{invoice.id}?show=accepted").get_data(as_text=True)
    assert kim.get(f"/money/{invoice.id}?show=mine").status_code == 404


# ---- with one


def test_an_invoice_is_checked_overruled_and_disputed_in_a_browser(shop: Stage, person: Arrive, tmp_path: Path) -> None:
    shop.hire(ANN, behavior=accepts(talk_seconds=95))
    long = shop.call_from("+16145550150", CallerBehavior(answers=["43215"], talk_seconds=None))
    shop.clock.advance(120)
    shop.presence(ANN, "available")
    shop.behave(ANN, accepts(talk_seconds=20))
    short = shop.call_from("+16145550151", CallerBehavior(answers=["43215"], talk_seconds=None))
    bill = tmp_path / "acme-2026-11.csv"
    bill.write_text(
        "Call ID,Caller ID,Start Time,Duration,State,Total,Agent\n"
        f"{long.sid},6145550150,,101,OH,45.00,a\n"
        f"{short.sid},6145550151,,95,OH,45.00,b\n"
        f"{long.sid},6145550150,,101,OH,$45,c\n"
        ",6145550199,2026-11-18 09:12,120,TX,60,d\n"
        "their-17,,,130,OH,45,e\n"
    )
    kim = person("admin", email="kim@agency.example")
    page = kim.go("/money")
    kim.shoot("money-empty")
    page.get_by_label("Invoice", exact=True).set_input_files(bill)

    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("waits for the scheduler")).to_be_visible()
    do_requested(database=shop.database, now=shop.clock.now)
    page.get_by_role("link", name="invoice 1").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice 1 of Acme Leads")
    expect(page.locator("tbody tr", has_text="Under the buffer").last).to_contain_text(
        "below the buffer of 90 agreed then"
    )
    kim.check()
    kim.shoot("money-invoice")
    page.get_by_role("link", name="To decide").click()
    page.get_by_text("Overrule").click()
    page.get_by_label("Why, for line 6").fill("Their log shows no such call either")
    page.get_by_role("button", name="Dispute", exact=True).click()
    expect(page.get_by_text("Line 6 is disputed, on your word.")).to_be_visible()
    page.get_by_role("link", name="All lines").click()
    kim.check()
    kim.shoot("money-all")
    with page.expect_download() as download:
        page.get_by_role("link", name="Dispute file (CSV)").click()
    rows = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["line", "3", "4", "5", "6", "total"]
    kim.go("/money")
    kim.check()
    kim.shoot("money-list")
