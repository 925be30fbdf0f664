"""Invoices through the API: handed in, judged by the scheduler, looked at, overruled, disputed."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from typing import get_args as choices

import pytest

from app.domain.billing.record import Doubt, Reason
from app.web.api import invoice_shapes
from app.workflows.do_requested import do_requested
from tests.web.api.conftest import Api

BILL = b"call_id,external_id,amount\nCA00000000000000000000000000000001,,45\ntheirs-1,,30\n,lead-9,45.50\n"


@pytest.fixture
def shop(api: Api) -> Api:
    api.vendor("acme")
    api.vendor("other")
    return api


def hand_in(api: Api, content: bytes = BILL, *, query: str = "vendor=acme", status: int = 202, **how: Any) -> Any:
    answer = api.call("POST", f"/invoices?{query}", data=content, content_type="text/csv", **how)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def done(api: Api, content: bytes = BILL, **how: Any) -> dict[str, Any]:
    """What came of an invoice that was handed in."""
    accepted = hand_in(api, content, **how)
    do_requested(database=api.database, now=api.clock.now)
    found: dict[str, Any] = api.get(f"/invoices/requests/{accepted['request_id']}")
    return found


def test_an_invoice_from_the_file_to_the_dispute(shop: Api) -> None:
    accepted = hand_in(shop)
    waiting = shop.get(f"/invoices/requests/{accepted['request_id']}")
    none_yet = shop.get("/invoices")
    do_requested(database=shop.database, now=shop.clock.now)
    found = shop.get(f"/invoices/requests/{accepted['request_id']}")
    one = shop.get(f"/invoices/{found['invoice_id']}")
    lines = shop.get(f"/invoices/{found['invoice_id']}/lines")
    undecided = shop.get(f"/invoices/{found['invoice_id']}/lines?verdict=cannot_say")
    dispute = shop.call("GET", f"/invoices/{found['invoice_id']}/dispute.csv")

    assert (accepted["status"], waiting["status"], waiting["invoice_id"]) == ("waiting", "waiting", None)
    assert none_yet == {"items": [], "next_cursor": None}
    assert (found["status"], found["percent"], found["again"], found["errors"]) == ("done", 100, False, [])
    assert (one["vendor"], one["lines"], one["billed_cents"]) == ("acme", 3, 12050)
    assert (one["disputed_lines"], one["disputed_cents"], one["undecided_cents"]) == (2, 9050, 3000)
    assert (one["dispute_until"], one["late"], one["disputed_at"]) == ("2026-11-25T15:00:00Z", False, None)
    assert one["reasons"] == [
        {"reason": "nothing_to_match", "lines": 1, "cents": 3000},
        {"reason": "unknown", "lines": 2, "cents": 9050},
    ]
    assert [(line["line"], line["verdict"], line["reasons"]) for line in lines["items"]] == [
        (2, "disputed", ["unknown"]),
        (3, "cannot_say", ["nothing_to_match"]),
        (4, "disputed", ["unknown"]),
    ]
    assert [line["call_id"] for line in undecided["items"]] == ["theirs-1"]
    assert dispute.status_code == 200
    assert dispute.headers["Threegate-Dispute-Late"] == "no"
    assert f"dispute-acme-invoice-{one['id']}.csv" in dispute.headers["Content-Disposition"]
    rows = dispute.get_data(as_text=True).splitlines()
    assert [row.partition(",")[0] for row in rows] == ["\ufeffline", "2", "4", "total"]
    assert shop.get(f"/invoices/{one['id']}")["disputed_at"] == "2026-11-18T15:00:00Z"


def test_lists_go_page_by_page(shop: Api) -> None:
    first = done(shop)["invoice_id"]
    second = done(shop, BILL + b"x,,1\n", query="vendor=other")["invoice_id"]

    page = shop.get("/invoices?limit=1")
    rest = shop.get(f"/invoices?limit=1&cursor={page['next_cursor']}")
    lines = shop.get(f"/invoices/{first}/lines?limit=2")
    last = shop.get(f"/invoices/{first}/lines?limit=2&cursor={lines['next_cursor']}")

    assert [one["id"] for one in (*page["items"], *rest["items"])] == [first, second]
    assert [line["line"] for line in (*lines["items"], *last["items"])] == [2, 3, 4]
    assert (rest["next_cursor"], last["next_cursor"]) == (None, None)
    assert [one["id"] for one in shop.get("/invoices?vendor=other")["items"]] == [second]


def test_a_dispute_after_the_window_says_that_it_is_late(shop: Api) -> None:
    invoice_id = done(shop)["invoice_id"]
    shop.clock.advance(timedelta(days=8).total_seconds())

    dispute = shop.call("GET", f"/invoices/{invoice_id}/dispute.csv")

    assert shop.get(f"/invoices/{invoice_id}")["late"]
    assert dispute.headers["Threegate-Dispute-Late"] == "yes"
    assert "-late.csv" in dispute.headers["Content-Disposition"]
    assert "after the window for disputes" in dispute.get_data(as_text=True)


def test_the_same_file_again_is_the_first_ones_answer(shop: Api) -> None:
    first = done(shop)

    again = done(shop)

    assert (again["invoice_id"], again["again"]) == (first["invoice_id"], True)
    assert len(shop.get("/invoices")["items"]) == 1


def test_the_window_begins_when_the_file_was_handed_in(shop: Api) -> None:
    accepted = hand_in(shop)
    shop.later(60)
    do_requested(database=shop.database, now=shop.clock.now)

    invoice_id = shop.get(f"/invoices/requests/{accepted['request_id']}")["invoice_id"]

    assert shop.get(f"/invoices/{invoice_id}")["received_at"] == "2026-11-18T15:00:00Z"


def test_a_bad_file_is_told_line_by_line_and_nothing_is_kept(shop: Api) -> None:
    found = done(shop, b"call_id,amount\nCA1,free\n")

    assert (found["status"], found["invoice_id"], found["errors_total"]) == ("done", None, 1)
    assert found["errors"] == [
        {
            "line": 2,
            "column": "amount",
            "message": "not an amount of dollars, e.g. 45 or 45.50 (a credit is no line: leave it out)",
            "value": "free",
        }
    ]
    assert shop.get("/invoices")["items"] == []


def test_columns_and_zone_are_said_in_the_query(shop: Api) -> None:
    bill = b"ref,when,number,paid\nx,2026-11-18 10:00,6145550150,45\n"
    query = "vendor=acme&zone=America/Chicago&column_call_id=ref&column_at=when&column_caller=number&column_amount=paid"

    found = done(shop, bill, query=query)

    one = shop.get(f"/invoices/{found['invoice_id']}")
    (line,) = shop.get(f"/invoices/{found['invoice_id']}/lines")["items"]
    assert one["columns"] == {"call_id": "ref", "caller": "number", "at": "when", "amount": "paid"}
    assert (line["at"], one["time_zone"]) == ("2026-11-18T16:00:00Z", "America/Chicago")


def test_a_file_may_come_in_a_form(shop: Api) -> None:
    data = {"file": (io.BytesIO(BILL), "november.csv")}

    answer = shop.call("POST", "/invoices?vendor=acme", data=data, content_type="multipart/form-data")
    do_requested(database=shop.database, now=shop.clock.now)

    assert answer.status_code == 202
    assert shop.get("/invoices")["items"][0]["file_name"] == "november.csv"


@pytest.mark.parametrize(
    ("query", "content", "field"),
    [
        ("vendor=nobody", BILL, "vendor"),
        ("vendor=%00", BILL, "vendor"),
        ("", BILL, "vendor"),
        ("vendor=acme&zone=Mars", BILL, "zone"),
        ("vendor=acme&column_money=x", BILL, "column_money"),
        ("vendor=acme", b"", "file"),
    ],
)
def test_what_cannot_be_handed_in_is_told_by_field(shop: Api, query: str, content: bytes, field: str) -> None:
    problem = hand_in(shop, content, query=query, status=422)

    assert [error["field"] for error in problem["errors"]] == [field]


def test_a_person_overrules_a_line(shop: Api) -> None:
    invoice_id = done(shop)["invoice_id"]

    ruled = shop.post(f"/invoices/{invoice_id}/lines/2/rule", {"ruling": "accept", "reason": "seen in their log"})
    again = shop.call("POST", f"/invoices/{invoice_id}/lines/2/rule", json={"ruling": "accept", "reason": "otherwise"})
    gone = shop.call("POST", f"/invoices/{invoice_id}/lines/99/rule", json={"ruling": "accept", "reason": "x"})
    empty = shop.call("POST", f"/invoices/{invoice_id}/lines/3/rule", json={"ruling": "accept", "reason": " "})

    assert (ruled["verdict"], ruled["standing"], ruled["ruled_by"]) == ("disputed", "accepted", "key:dialer")
    assert [again.status_code, gone.status_code, empty.status_code] == [409, 404, 422]
    one = shop.get(f"/invoices/{invoice_id}")
    assert (one["accepted_cents"], one["disputed_cents"]) == (4500, 4550)


def test_an_invoice_that_was_read_wrongly_is_withdrawn(shop: Api) -> None:
    first = done(shop)["invoice_id"]

    withdrawn = shop.post(f"/invoices/{first}/withdraw", {"reason": "wrong zone"})
    anew = done(shop)

    assert withdrawn["withdrawn_at"] == "2026-11-18T15:00:00Z"
    assert (anew["again"], anew["invoice_id"] != first) == (False, True)
    assert [one["id"] for one in shop.get("/invoices")["items"]] == [anew["invoice_id"]]
    assert shop.call("GET", f"/invoices/{first}/dispute.csv").status_code == 404
    assert shop.call("POST", "/invoices/99/withdraw", json={"reason": "x"}).status_code == 404


def test_a_vendors_own_key_reads_its_own_invoices_and_nothing_else(shop: Api) -> None:
    own = done(shop)["invoice_id"]
    others = done(shop, query="vendor=other")["invoice_id"]
    key = shop.new_key("billing", vendor="acme")

    def status(method: str, path: str, **how: Any) -> int:
        return shop.call(method, path, key=key, **how).status_code

    listed = shop.call("GET", "/invoices", key=key).get_json()
    assert [one["id"] for one in listed["items"]] == [own]
    assert status("GET", f"/invoices/{own}") == 200
    assert status("GET", f"/invoices/{own}/lines") == 200
    for path in (f"/invoices/{others}", f"/invoices/{others}/lines", f"/invoices/{others}/dispute.csv"):
        assert status("GET", path) == 404
    assert status("GET", "/invoices?vendor=other") == 422
    assert status("GET", "/invoices/requests/1") == 404
    assert status("POST", "/invoices?vendor=acme", data=BILL, content_type="text/csv") == 403
    assert status("POST", f"/invoices/{own}/withdraw", json={"reason": "x"}) == 403
    assert status("POST", f"/invoices/{own}/lines/2/rule", json={"ruling": "accept", "reason": "x"}) == 403


def test_every_reason_and_doubt_stands_in_the_schema() -> None:
    assert set(choices(invoice_shapes.Code)) == {*Reason, *Doubt}
