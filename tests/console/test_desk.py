"""The license desk's pages: each does its job end to end in a browser, and the API or the ledger then says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.storage import bridged_calls, drills
from app.workflows.do_requested import do_requested
from tests.builders import licensed, roster_file
from tests.console.conftest import Visitor
from tests.product import Stage

Arrive = Callable[..., Visitor]

ANN = licensed("Ann", 1, "OH", "TX", last_name="Alvarez")
BO = licensed("Bo", 2, "OH", last_name="Baker")
PDF = b"%PDF-1.7 certificate of authority"


@pytest.fixture
def agency(stage: Stage) -> Stage:
    """Two producers of Ohio, of whom one is licensed in Texas, which is not open."""
    stage.import_roster(ANN, BO)
    return stage


def facts_of(stage: Stage, kind: str) -> list[dict[str, Any]]:
    """The facts of the ledger's entries of one kind, oldest first."""
    with stage.database.read() as tx:
        return bridged_calls.facts_of_kind(tx, kind, stage.now - timedelta(days=400))


def run_the_scheduler(stage: Stage) -> None:
    do_requested(database=stage.database, now=stage.clock.now)


def agree(page: Page) -> None:
    """What is asked twice is meant."""
    page.on("dialog", lambda dialog: dialog.accept())


# ---- expansion


def test_a_state_is_planned_proved_by_one_verified_by_another_opened_and_closed(agency: Stage, person: Arrive) -> None:
    kim, lee = person("compliance", email="kim@agency.example"), person("admin", email="lee@agency.example")
    page = kim.go("/desk/expansion")
    expect(page.get_by_text("No state is open, and none is planned")).to_be_hidden()
    page.get_by_label("State", exact=True).select_option("TX")
    page.get_by_label("Budget in dollars").fill("450.50")
    page.get_by_label("The agency's own license there").fill("A-1")
    page.get_by_label("Its last day").fill("2027-06-30")
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.get_by_role("heading", name="Before it opens")).to_be_visible()
    page.get_by_label("Producer's NPN").fill(BO.npn)
    page.get_by_label("Life", exact=True).check()
    page.get_by_role("button", name="Add an application").click()
    page.get_by_role("link", name="Note what became of Bo Baker's application").click()
    page.get_by_label("Filed on").fill("2026-11-17")
    page.get_by_label("Paid so far, in dollars").fill("55.60")
    kim.check()
    page.get_by_role("button", name="Note it").click()
    page.get_by_label("Bring a document").set_input_files(
        {"name": "certificate.pdf", "mimeType": "application/x-msdownload", "buffer": PDF}
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("You brought it: another person has to verify it.")).to_be_visible()
    expect(page.get_by_role("button", name="It proves it: verify certificate.pdf")).to_have_count(0)
    kim.check()
    kim.shoot("desk-project-planned")

    agree(page := lee.go("/desk/expansion/TX"))
    with page.expect_download() as saving:
        page.get_by_role("link", name="Read it").click()
    assert Path(saving.value.path()).read_bytes() == PDF
    page.get_by_role("button", name="It proves it: verify certificate.pdf").click()
    expect(page.get_by_role("heading", name="Nothing is missing")).to_be_visible()
    lee.check()
    page.get_by_role("button", name="Open Texas").click()
    expect(page.get_by_role("heading", name="Open for calls")).to_be_visible()
    lee.check()
    lee.shoot("desk-project-open")

    opened = agency.get("/expansion/TX")
    assert (opened["status"], opened["opening"]["open"], opened["missing"]) == ("open", True, [])
    assert (opened["documents"][0]["uploaded_by"], opened["documents"][0]["verified_by"]) == (
        "user:kim@agency.example",
        "user:lee@agency.example",
    )
    assert opened["costs"]["paid_cents"] == 5_560
    cells = agency.get(f"/authority/matrix?npn={ANN.npn}")["items"]
    assert {cell["state"] for cell in cells if cell["allowed"]} == {"OH", "TX"}
    (read,) = facts_of(agency, "document_read")
    assert read["name"] == "certificate.pdf"

    page.get_by_label("Why", exact=True).fill("certificate withdrawn")
    page.get_by_label("I mean it").check()
    page.get_by_role("button", name="Close Texas").click()
    expect(page.get_by_role("heading", name="Closed")).to_be_visible()
    lee.check()
    assert agency.get("/expansion/TX")["opening"]["open"] is False


def test_the_states_are_ranked_by_our_own_calls_while_the_page_waits(agency: Stage, person: Arrive) -> None:
    agency.open("OH")
    agency.call_from("+12145550150")
    visitor = person("compliance")
    page = visitor.go("/desk/expansion")
    visitor.check()

    page.get_by_role("button", name="Rank the states").click()
    expect(page.get_by_text("The ranking waits for the scheduler")).to_be_visible()
    run_the_scheduler(agency)

    table = page.get_by_role("region", name="States by our own leads")
    expect(table.get_by_role("rowheader", name="Texas")).to_be_visible()
    visitor.check()
    visitor.shoot("desk-expansion")
    table.get_by_role("link", name="Begin Texas").click()
    expect(page.get_by_label("State", exact=True)).to_have_value("TX")


# ---- audits


def test_a_report_is_compared_what_it_finds_is_settled_and_the_audit_signed(agency: Stage, person: Arrive) -> None:
    visitor = person("compliance", email="kim@agency.example")
    page = visitor.go("/desk/audits")
    visitor.check()
    without_texas = ANN.holding(*(held for held in ANN.held if held.state != "TX"))
    cancelled = BO.holding(*(replace(held, status="cancelled") for held in BO.held))
    page.get_by_label("Report", exact=True).set_input_files(
        {"name": "report.csv", "mimeType": "text/csv", "buffer": roster_file(without_texas, cancelled)}
    )
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("The audit of report.csv waits")).to_be_visible()
    run_the_scheduler(agency)
    page.get_by_role("link", name="audit 1", exact=True).click()

    expect(page.get_by_text("Not in the report")).to_be_visible()
    expect(page.get_by_text("Lapsed by the report")).to_be_visible()
    expect(page.get_by_text("2 discrepancies are open")).to_be_visible()
    visitor.check()
    visitor.shoot("desk-audit")
    page.get_by_role("button", name="Mark all on this page").click()
    page.get_by_role("button", name="Give it to them").click()
    expect(page.get_by_text("2 discrepancies given to kim@agency.example.")).to_be_visible()
    page.get_by_label("Mark: Ann Alvarez, Texas, life").check()
    page.get_by_label("It is", exact=True).select_option("mistaken")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("say in a note why the report is mistaken")).to_be_visible()
    page.get_by_role("button", name="Mark all on this page").click()
    page.get_by_label("It is", exact=True).select_option("corrected")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Nothing is open. You sign as compliance")).to_be_visible()
    agree(page)
    page.get_by_role("button", name="Sign as compliance").click()
    expect(page.get_by_text("answers for it as compliance")).to_be_visible()
    visitor.check()
    visitor.go("/desk/audits")
    visitor.check()
    visitor.shoot("desk-audits")

    signed = agency.get("/audits/1")
    assert (signed["signed_by"], signed["signed_role"], signed["open"]) == ("user:kim@agency.example", "compliance", 0)
    assert {each["owner"] for each in signed["items"]} == {"kim@agency.example"}


# ---- drills


def test_a_drill_is_asked_for_and_its_report_read(agency: Stage, person: Arrive) -> None:
    agency.open("OH")
    visitor = person("supervisor")
    page = visitor.go("/desk/drills")
    visitor.check()
    page.get_by_label("Ohio").check()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("The drill of Ohio waits for the scheduler")).to_be_visible()

    do_requested(database=agency.database, now=agency.clock.now, handlers={"drill": _pretended_drill})

    page.get_by_role("link", name="report", exact=True).click()
    expect(page.get_by_role("heading", name="Drill of Ohio")).to_be_visible()
    expect(page.get_by_text("a phone rang without authority", exact=False)).to_be_visible()
    visitor.check()
    visitor.shoot("desk-drill")
    visitor.go("/desk/drills")
    visitor.check()
    visitor.shoot("desk-drills")
    (asked,) = facts_of(agency, "drill_asked")
    assert asked["states"] == ["OH"]


def _pretended_drill(asked: dict[str, Any], database: Any, now: Any) -> dict[str, Any]:
    """A drill that found something wrong, as the scheduler's own handler keeps it."""
    path = {
        "key": "accepts",
        "title": "Somebody licensed accepts",
        "at": now.isoformat(),
        "caller": "+16145550150",
        "outcome": "Connected with Ann Alvarez after 14 s.",
        "wrong": [],
        "told": [{"second": 3.0, "who": "Threegate", "text": "Please key your ZIP.", "kind": "speech"}],
        "rung": [],
        "not_rung": [{"npn": BO.npn, "name": "Bo Baker", "why": "not free", "codes": []}],
        "custody": "served",
        "person_after_seconds": 14.0,
        "promise_after_seconds": None,
        "promised_by": None,
        "passed": True,
    }
    broken = path | {
        "key": "silent",
        "title": "A silent caller",
        "wrong": ["a phone rang without authority"],
        "person_after_seconds": None,
    }
    covered = {
        "state": "OH",
        "campaign": "+18005550199",
        "name": "Final expense",
        "requirement": "life",
        "at": now.isoformat(),
        "zip_code": "43215",
        "as_if_open": False,
        "licensed": ["Ann Alvarez", "Bo Baker"],
        "refused": [{"npn": "9", "name": "Cy Castle", "why": "no license there", "codes": ["no_license"]}],
        "refused_total": 1,
        "gaps": ["Nobody licensed was on duty on Sunday"],
        "experiences": [path, broken],
        "skipped": [{"key": "spanish", "title": "A caller in Spanish", "why": "nobody speaks it"}],
        "passed": False,
    }
    with database.begin() as tx:
        drill_id = drills.add(
            tx,
            now=now,
            run_by=asked["asked_by"],
            state="OH",
            campaign=None,
            roster_version=1,
            passed=False,
            report={"covered": [covered], "passed": False, "seconds": 4.2},
            facts={"experiences": 2, "failed": 1},
        )
    return {"passed": False, "drill_ids": [drill_id]}


# ---- complaints, lines to read


def test_a_complaint_is_written_down_on_a_call(agency: Stage, person: Arrive) -> None:
    agency.open("OH")
    call = agency.call_from("+16145550150")
    visitor = person("supervisor")
    page = visitor.go("/desk/complaints")
    visitor.check()
    page.get_by_label("What was complained of").fill("<script>alert(1)</script> They hung up on me.")
    page.get_by_label("Call optional").fill("CA99")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("There is no such call.")).to_be_visible()
    page.get_by_label("Call optional").fill(call.sid)
    page.get_by_role("button", name="Write it down").click()

    expect(page.get_by_text("<script>alert(1)</script> They hung up on me.")).to_be_visible()
    visitor.check()
    visitor.shoot("desk-complaints")
    (logged,) = agency.get("/complaints")["items"]
    assert (logged["call_sid"], logged["logged_by"]) == (call.sid, "user:supervisor@agency.example")


# ---- the ledger


def test_the_ledger_is_narrowed_down_read_and_its_chain_verified(agency: Stage, person: Arrive) -> None:
    agency.open("OH")
    call = agency.call_from("+16145550150")
    visitor = person("compliance", email="kim@agency.example")
    page = visitor.go("/desk/ledger")
    visitor.check()
    visitor.shoot("desk-ledger")
    page.get_by_label("Kind").select_option("state_opened")
    page.get_by_role("button", name="Look").click()
    rows = page.locator("table.ledger tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_label("Kind").select_option("")
    page.get_by_label("Call optional").fill(call.sid)
    page.get_by_role("button", name="Look").click()
    expect(rows.first).to_be_visible()
    rows.first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    assert "+16145550150" not in page.content()
    visitor.check()
    visitor.shoot("desk-ledger-entry")

    page = visitor.go("/desk/ledger")
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text("Following the chain waits for the scheduler")).to_be_visible()
    run_the_scheduler(agency)
    expect(page.get_by_text("The chain holds")).to_be_visible()
    visitor.check()
