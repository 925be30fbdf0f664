"""Invoices against calls that were played: what a line comes to, and that the same file is received once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.rosters.errors import Refusal
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, accepts
from app.storage import campaigns, invoices
from app.storage.database import Collision
from app.storage.invoices import Invoice, Line
from app.storage.models.base import table_of
from app.storage.models.calls import LeadRow
from app.storage.models.campaigns import CampaignRow
from app.storage.models.ledger import LedgerRow
from app.workflows.licenses.close_state import StateClosed, close_state
from app.workflows.money.make_dispute import make_dispute
from app.workflows.money.receive_invoice import NoSuchVendor, Received, receive_invoice
from app.workflows.money.rule_line import NotRuled, rule_line
from app.workflows.money.watch_invoices import watch_invoices
from app.workflows.money.withdraw_invoice import NotWithdrawn, withdraw_invoice
from tests.builders import licensed
from tests.product import Stage
from tests.workflows.receivers import Receivers

ANA = licensed("Ana", 1, "OH")
CALLER = "+16145550150"
_ledger = table_of(LedgerRow)


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """A vendor who sells us calls at $45 with a buffer of 90 s; one producer, who talks for 95."""
    with stage.database.begin() as tx:
        vendor_id = campaigns.add_vendor(tx, slug="acme", name="Acme Leads", trunks=["+18005550190"])
        tx.execute(table_of(CampaignRow).update().values(vendor_id=vendor_id))
    stage.set(buffer_seconds=90, price="45.00")
    talks(stage, 95)
    return stage


def talks(stage: Stage, seconds: float) -> None:
    behavior = accepts(talk_seconds=seconds)
    if not stage.hired:
        stage.hire(ANA, behavior=behavior)
    stage.behave(ANA, behavior)


def call(stage: Stage, number: str = CALLER, zip_code: str = "43215") -> Call:
    played = stage.call_from(number, CallerBehavior(answers=[zip_code], talk_seconds=None))
    stage.clock.advance(120)
    stage.presence(ANA, "available")
    return played


def lines(*rows: dict[str, Any]) -> bytes:
    """An invoice of these lines at $45, with the columns that they have."""
    names = sorted({name for row in rows for name in row} | {"amount"})
    cells = [",".join(str({"amount": "45", **row}.get(name, "")) for name in names) for row in rows]
    return "\n".join([",".join(names), *cells, ""]).encode()


def receive(stage: Stage, content: bytes, **how: Any) -> Invoice:
    outcome = received(stage, content, **how)
    assert isinstance(outcome, Received), outcome
    return outcome.invoice


def received(stage: Stage, content: bytes, **how: Any) -> Received | Refusal | NoSuchVendor:
    told: dict[str, Any] = {"vendor": "acme", "columns": {}, "zone": ZoneInfo("America/New_York"), **how}
    return receive_invoice(
        content,
        file_name="november.csv",
        actor="test",
        database=stage.database,
        received_at=stage.now,
        now=lambda: stage.now,
        **told,
    )


def kept(stage: Stage, invoice: Invoice) -> list[Line]:
    with stage.database.read() as tx:
        return invoices.lines_of(tx, invoice.id, limit=1000)


def codes(stage: Stage, invoice: Invoice) -> list[str]:
    """Each line's verdict, and the reasons where there are any."""
    return [" ".join((line.verdict, *line.reasons)) for line in kept(stage, invoice)]


def facts_of(stage: Stage, kind: str) -> list[str]:
    with stage.database.read() as tx:
        return list(tx.execute(select(_ledger.c.facts).where(_ledger.c.kind == kind).order_by(_ledger.c.id)).scalars())


# ---- verdicts on calls that were played


def test_a_played_morning_against_its_bill(shop: Stage) -> None:
    long = call(shop)
    talks(shop, 20)
    short = call(shop, "+16145550151")
    shop.set(ask="no")
    unanswered = shop.call_from("+16145550152", CallerBehavior(hang_up_after_ringing=2))
    shop.set(ask="yes")
    talks(shop, 95)
    moved = call(shop, "+16145550153")
    bill = lines(
        {"call_id": long.sid},
        {"call_id": short.sid},
        {"call_id": long.sid},
        {"call_id": unanswered.sid},
        {"call_id": moved.sid, "state": "TX"},
        {"call_id": "CA" + "0" * 32},
        {"call_id": moved.sid, "amount": "50"},
    )

    invoice = receive(shop, bill)

    assert codes(shop, invoice) == [
        "accepted",
        "disputed under_buffer",
        "disputed duplicate",
        "disputed unanswered",
        "disputed wrong_state",
        "disputed unknown",
        "disputed duplicate wrong_price",
    ]
    assert (invoice.accepted_lines, invoice.accepted_cents, invoice.disputed_lines, invoice.disputed_cents) == (
        1,
        4500,
        6,
        27500,
    )
    (first, *_) = kept(shop, invoice)
    assert (first.call_sid, first.our_buffer_seconds, first.our_price_cents) == (long.sid, 90, 4500)
    assert first.our_seconds is not None
    assert first.our_seconds >= 95
    assert len(facts_of(shop, "invoice_received")) == 1


def test_a_call_is_judged_by_what_was_agreed_when_it_arrived(shop: Stage) -> None:
    before = call(shop)
    shop.set(buffer_seconds=300, price="20")
    after = call(shop, "+16145550151")
    shop.set(price="none")
    unpriced = call(shop, "+16145550152")
    shop.set(buffer_seconds="none", price="45")

    invoice = receive(shop, lines({"call_id": before.sid}, {"call_id": after.sid}, {"call_id": unpriced.sid}))

    assert codes(shop, invoice) == [
        "accepted",
        "disputed under_buffer wrong_price",
        "disputed under_buffer no_price",
    ]


def test_a_state_that_was_closed_later_was_bought_before(shop: Stage) -> None:
    bought = call(shop)
    closed = close_state("OH", reason="pause", actor="test", database=shop.database, now=shop.now)
    assert isinstance(closed, StateClosed)
    shop.clock.advance(60)
    # Nobody of a closed state is offered: acknowledged, called back by nobody, and answered all the same.
    not_bought = shop.call_from("+16145550151", CallerBehavior(answers=["43215"], talk_seconds=None))
    shop.open("OH")

    invoice = receive(shop, lines({"call_id": bought.sid, "state": "OH"}, {"call_id": not_bought.sid, "state": "OH"}))

    assert codes(shop, invoice)[0] == "accepted"
    assert "wrong_state" in codes(shop, invoice)[1]


def test_a_state_that_a_producer_learned_contradicts_the_vendors(shop: Stage) -> None:
    shop.set(ask="no")
    played = call(shop)
    body = {"state": "TX"}
    headers = {"Authorization": f"Bearer {shop.key}"}
    told = shop.app.test_client().post(f"/api/v1/calls/{played.sid}/wrong-state", json=body, headers=headers)
    assert "The state is noted" in told.get_data(as_text=True)

    invoice = receive(shop, lines({"call_id": played.sid, "state": "OH"}))

    assert codes(shop, invoice) == ["disputed wrong_state"]
    assert "Texas: a producer learned it from the caller" in kept(shop, invoice)[0].evidence[0][1]


def test_a_line_finds_its_call_by_caller_and_time_in_the_zone_given(shop: Stage) -> None:
    played = call(shop)
    at = shop.record(played).arrived_at
    eastern = at.astimezone(ZoneInfo("America/New_York"))
    row = {"caller": "(614) 555-0150", "at": f"{eastern:%Y-%m-%d %H:%M}"}

    found = receive(shop, lines(row))
    elsewhere = receive(shop, lines(row, {"caller": "6145550199", "at": f"{at.isoformat()}"}), zone=ZoneInfo("UTC"))

    assert codes(shop, found) == ["accepted"]
    assert codes(shop, elsewhere) == ["disputed unknown", "disputed unknown"]


def test_a_line_finds_its_call_by_the_vendors_lead(shop: Stage) -> None:
    body = {"campaign": "+18005550199", "phone": CALLER, "state": "OH", "zip": "43215", "external_id": "lead-1"}
    headers = {"Authorization": f"Bearer {shop.key}"}
    posted = shop.app.test_client().post("/api/v1/leads", json=body, headers=headers).get_json()
    never = {**body, "phone": "+16145550159", "external_id": "lead-2"}
    shop.app.test_client().post("/api/v1/leads", json=never, headers=headers)
    call(shop)

    invoice = receive(
        shop,
        lines(
            {"external_id": "lead-1"},
            {"lead_id": posted["lead_id"]},
            {"call_id": "lead-1"},
            {"external_id": "lead-2"},
            {"call_id": "their-17"},
        ),
    )

    assert codes(shop, invoice) == [
        "accepted",
        "disputed duplicate",
        "disputed duplicate",
        "disputed unknown",
        "cannot_say nothing_to_match",
    ]


def test_a_call_that_lasts_is_for_a_person(shop: Stage) -> None:
    live = shop.ring_in(CALLER, CallerBehavior(answers=["43215"]))
    shop.exchange.run(30)

    invoice = receive(shop, lines({"call_id": live.sid}))

    assert codes(shop, invoice) == ["cannot_say call_open"]
    shop.exchange.run()


def test_a_call_of_another_vendor_is_unknown_and_one_of_nobody_is_for_a_person(shop: Stage) -> None:
    played = call(shop)
    with shop.database.begin() as tx:
        campaigns.add_vendor(tx, slug="other", name="Other", trunks=[])
    theirs = receive(shop, lines({"call_id": played.sid}), vendor="other")
    with shop.database.begin() as tx:
        for table in (table_of(CampaignRow), table_of(LeadRow)):
            tx.execute(table.update().values(vendor_id=None))

    nobodys = receive(shop, lines({"call_id": played.sid}))

    assert codes(shop, theirs) == ["disputed unknown"]
    assert codes(shop, nobodys) == ["cannot_say no_vendor"]


# ---- once


def test_a_call_that_an_earlier_invoice_billed_is_a_duplicate_unless_that_line_was_disputed(shop: Stage) -> None:
    paid, dear = call(shop), call(shop, "+16145550151")
    first = receive(shop, lines({"call_id": paid.sid}, {"call_id": dear.sid, "amount": "50"}))

    second = receive(shop, lines({"call_id": paid.sid}, {"call_id": dear.sid}))

    assert codes(shop, first) == ["accepted", "disputed wrong_price"]
    assert codes(shop, second) == ["disputed duplicate", "accepted"]
    assert kept(shop, second)[0].evidence == (
        ("duplicate", f"The same call is billed on line 2 of invoice {first.id}."),
    )


def test_the_same_caller_within_the_days_agreed_is_a_duplicate(shop: Stage) -> None:
    first = call(shop)
    shop.clock.advance(timedelta(days=20).total_seconds())
    shop.presence(ANA, "available")
    again = call(shop)
    shop.clock.advance(timedelta(days=15).total_seconds())
    shop.presence(ANA, "available")
    anew = call(shop)

    invoice = receive(shop, lines({"call_id": first.sid}, {"call_id": again.sid}, {"call_id": anew.sid}))

    assert codes(shop, invoice) == ["accepted", "disputed duplicate", "accepted"]
    assert first.sid in kept(shop, invoice)[1].evidence[0][1]


def test_the_same_file_again_is_the_first_ones_answer(shop: Stage) -> None:
    bill = lines({"call_id": call(shop).sid})
    first = receive(shop, bill)
    shop.clock.advance(3600)

    again = received(shop, bill)

    assert isinstance(again, Received)
    assert (again.again, again.invoice) == (True, first)
    assert codes(shop, first) == ["accepted"]
    assert len(facts_of(shop, "invoice_received")) == 1


def test_an_import_that_was_cut_off_is_begun_anew_and_the_first_can_write_no_more(shop: Stage) -> None:
    bill = lines(*({"call_id": f"x{number}"} for number in range(1200)))
    again: list[Invoice] = []

    def meanwhile(percent: int) -> None:
        if not again:
            again.append(Invoice(**vars(receive(shop, bill))))

    with pytest.raises(Collision):
        received(shop, bill, progress=meanwhile)

    assert (again[0].undecided_lines, again[0].attempt) == (1200, 2)
    assert len(kept(shop, again[0])) == 1000
    assert receive(shop, bill) == again[0]


def test_nothing_of_a_bad_file_is_kept(shop: Stage) -> None:
    outcome = received(shop, b"call_id,amount\nCA1,45\nCA2,free\n")

    assert isinstance(outcome, Refusal)
    assert [str(error) for error in outcome.errors] == [
        "3: amount: not an amount of dollars, e.g. 45 or 45.50 (a credit is no line: leave it out)"
    ]
    assert isinstance(received(shop, b"x", vendor="nobody"), NoSuchVendor)
    with shop.database.read() as tx:
        assert invoices.listed(tx, limit=10, only_finished=False) == []


def test_a_withdrawn_invoice_counts_for_nothing_and_its_file_is_received_anew(shop: Stage) -> None:
    played = call(shop)
    at = shop.record(played).arrived_at
    bill = lines({"caller": "6145550150", "at": f"{at:%Y-%m-%d %H:%M:%S}"})
    wrong, right = receive(shop, bill, zone=ZoneInfo("America/Denver")), lines({"call_id": played.sid})
    paid = receive(shop, right)

    def withdraw(invoice: Invoice, reason: str = "wrong zone") -> Invoice | NotWithdrawn | None:
        return withdraw_invoice(invoice.id, reason, actor="test", database=shop.database, now=shop.now)

    assert isinstance(withdraw(wrong, " "), NotWithdrawn)
    withdrawn = withdraw(wrong)
    same = withdraw(wrong)
    withdraw(paid)
    anew = receive(shop, bill, zone=ZoneInfo("UTC"))

    assert isinstance(withdrawn, Invoice)
    assert withdrawn.withdrawn_at == shop.now
    assert same == withdrawn
    assert anew.id not in (wrong.id, paid.id)
    assert (codes(shop, wrong), codes(shop, anew)) == (["disputed unknown"], ["accepted"])
    assert make_dispute(wrong.id, actor="test", database=shop.database, now=shop.now) is None
    ruled = rule_line(wrong.id, 2, "accept", "x", actor="test", database=shop.database, now=shop.now)
    assert ruled == NotRuled("the invoice was withdrawn")
    with shop.database.read() as tx:
        assert [one.id for one in invoices.newest(tx, 9)] == [anew.id]
        assert [one.id for one in invoices.listed(tx, limit=9)] == [anew.id]
    assert len(facts_of(shop, "invoice_withdrawn")) == 2


# ---- a person's word, and the dispute


def test_a_person_overrules_a_line_and_the_totals_follow(shop: Stage) -> None:
    invoice = receive(shop, lines({"call_id": "CA" + "0" * 32}, {"call_id": call(shop).sid}))

    def rule(line: int, ruling: str, reason: str) -> Line | NotRuled | None:
        return rule_line(invoice.id, line, ruling, reason, actor="user:kim", database=shop.database, now=shop.now)

    ruled = rule(2, "accept", " their  log shows it ")
    same = rule(2, "accept", "their log shows it")
    disputed = rule(3, "dispute", "sold to us as exclusive")
    refused = rule(3, "dispute", "another reason")

    assert isinstance(ruled, Line)
    assert (ruled.verdict, ruled.standing, ruled.ruled_by, ruled.ruled_reason) == (
        "disputed",
        "accepted",
        "user:kim",
        "their log shows it",
    )
    assert same == ruled
    assert isinstance(disputed, Line)
    assert isinstance(refused, NotRuled)
    assert rule(99, "accept", "x") is None
    assert rule(2, "dispute", "  ") == NotRuled("say why")
    with shop.database.read() as tx:
        now = invoices.load(tx, invoice.id)
    assert now is not None
    assert (now.accepted_lines, now.accepted_cents, now.disputed_lines, now.disputed_cents) == (1, 4500, 1, 4500)
    assert len(facts_of(shop, "invoice_line_ruled")) == 2


def test_the_dispute_has_every_disputed_line_with_our_record_and_says_when_it_is_late(shop: Stage) -> None:
    talks(shop, 20)
    short = call(shop)
    invoice = receive(shop, lines({"call_id": short.sid, "billable_seconds": 91}, {"call_id": "their-17"}))
    rule_line(invoice.id, 3, "dispute", "not ours", actor="test", database=shop.database, now=shop.now)

    def made(now: Any) -> Any:
        return make_dispute(invoice.id, actor="test", database=shop.database, now=now)

    in_time = made(invoice.dispute_until)
    late = made(invoice.dispute_until + timedelta(seconds=1))

    first, second, total = in_time.rows
    record = shop.record(short)
    assert invoice.dispute_until == invoice.received_at + timedelta(days=7)
    assert (first[0], first[7], str(first[17])) == (2, "under_buffer wrong_seconds", "45.00")
    assert first[9:14] == (short.sid, record.arrived_at, record.answered_at, record.accepted_at, record.ended_at)
    assert (second[0], second[7]) == (3, "ruled nothing_to_match")
    assert str(second[8]).startswith("not ours We were never told the id their-17")
    assert (total[0], total[8], str(total[17])) == ("total", "2 of 2 lines are disputed.", "90.00")
    assert (in_time.late, in_time.file_name) == (False, f"dispute-acme-invoice-{invoice.id}")
    assert (late.late, late.file_name) == (True, f"dispute-acme-invoice-{invoice.id}-late")
    assert "after the window for disputes" in str(late.rows[-1][8])
    assert len(facts_of(shop, "dispute_made")) == 2


def test_whoever_is_told_hears_of_a_window_that_closes_once(shop: Stage) -> None:
    invoice = receive(shop, lines({"call_id": "their-17"}))
    told = Receivers()

    def watch(before_days: float) -> int:
        now = invoice.dispute_until - timedelta(days=before_days)
        return watch_invoices(database=shop.database, notices=told, now=now)

    assert [watch(2.1), watch(1.9), watch(1.8)] == [0, 1, 0]
    assert told.heard[0].title == f"Invoice {invoice.id} of Acme Leads: disputes end 2026-11-25 15:00 UTC"


def test_nobody_is_told_of_a_window_whose_dispute_was_made(shop: Stage) -> None:
    invoice = receive(shop, lines({"call_id": "their-17"}))
    make_dispute(invoice.id, actor="test", database=shop.database, now=shop.now)

    told = watch_invoices(database=shop.database, notices=Receivers(), now=invoice.dispute_until - timedelta(days=1))

    assert told == 0
