"""Compliance's pages: each does its job end to end in a browser, and the API or the ledger then says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import update

from app.outside.notices import NullNotices
from app.storage import bridged_calls, requested_work
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow
from app.workflows.do_requested import do_requested
from app.workflows.licenses.move_domicile import Refused, move_domicile
from app.workflows.licenses.watch_renewals import watch_renewals
from tests.builders import Held, Person, licensed
from tests.console.conftest import Visitor, token_of
from tests.product import Stage

Arrive = Callable[..., Visitor]
SignIn = Callable[..., FlaskClient]

ANN = licensed("Ann", 1, "FL", "GA", "OH", "TX", last_name="Alvarez")
BO = licensed("Bo", 2, "OH", "KY", last_name="Baker")
CY = licensed("Cy", 3, "TX", last_name="Castle")


def ending(person: Person, state: str, on: str) -> Person:
    """The same person, with the license in `state` expiring on that day."""
    return person.holding(*(replace(held, expires=on) if held.state == state else held for held in person.held))


@pytest.fixture
def agency(stage: Stage) -> Stage:
    """Three producers; Ohio, Texas and Wyoming take calls, the last without anybody; Florida's home license ends soon."""
    stage.open("TX", "WY")
    stage.import_roster(ending(ANN, "FL", "2026-12-06"), ending(BO, "OH", "2027-01-20"), CY)
    watch_renewals(database=stage.database, notices=NullNotices(), now=stage.now)
    return stage


def facts_of(stage: Stage, kind: str) -> list[dict[str, Any]]:
    """The facts of the ledger's entries of one kind, oldest first."""
    with stage.database.read() as tx:
        return bridged_calls.facts_of_kind(tx, kind, stage.now - timedelta(days=400))


def may_take(stage: Stage, person: Person) -> set[str]:
    """The states in which the API lets the producer take a call."""
    cells = stage.get(f"/authority/matrix?npn={person.npn}")["items"]
    return {cell["state"] for cell in cells if not set(cell["reasons"]) - {"state_not_open"}}


# ---- coverage


def test_the_map_leads_to_who_could_take_a_states_calls(agency: Stage, person: Arrive) -> None:
    agency.suspend(CY, "TX")
    visitor = person("compliance")
    page = visitor.go("/compliance/coverage")
    tile = page.get_by_role("link", name="Ohio: 2 producers, open")
    expect(tile).to_be_visible()
    expect(page.get_by_role("link", name="Wyoming: nobody, open", exact=True)).to_be_visible()
    expect(page.locator(".tile", has_text="covered by nobody")).to_contain_text("Wyoming")
    assert page.locator(".tile-map a").count() == 56
    assert page.locator(".coverage-table tbody tr").count() == 56
    expect(page.locator(".coverage-table tbody tr").first).to_contain_text("0, nobody")
    visitor.check()
    visitor.shoot("compliance-coverage")

    page.get_by_role("link", name="Texas: 1 producer, open").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Texas", level=1)).to_be_visible()
    expect(page.get_by_role("table", name="Producers with authority in Texas")).to_contain_text("Ann Alvarez")
    expect(page.get_by_role("table", name="Producers licensed in Texas without")).to_contain_text("license not active")
    visitor.check()
    visitor.shoot("compliance-coverage-state")
    reasons = {
        cell["npn"]: cell["reasons"] for cell in agency.get("/authority/matrix")["items"] if cell["state"] == "TX"
    }
    assert reasons == {ANN.npn: [], CY.npn: ["license_not_active", "resident_license_invalid"]} or reasons == {
        ANN.npn: [],
        CY.npn: ["license_not_active"],
    }


def test_a_states_page_counts_the_leads_and_the_lost_calls(agency: Stage, signed_in_client: SignIn) -> None:
    agency.call_from("+13075550101")
    client = signed_in_client("supervisor")

    told = " ".join(client.get("/compliance/coverage/WY").get_data(as_text=True).split())

    assert "Nobody could take a call from Wyoming today" in told
    assert '<p class="tile-label">Leads, last 30 days</p> <p class="tile-value">1</p>' in told
    assert '<p class="tile-label">Of these calls, lost</p> <p class="tile-value">1</p>' in told


# ---- the matrix


def test_the_matrix_is_filtered_and_leads_to_the_producer(agency: Stage, person: Arrive) -> None:
    visitor = person("compliance")
    page = visitor.go("/compliance/matrix")
    matrix = page.get_by_role("table", name="Producers by states for life")
    expect(matrix.get_by_role("row")).to_have_count(4)
    visitor.check()
    visitor.shoot("compliance-matrix")

    page.get_by_label("Name or NPN").fill("alv")
    page.get_by_role("button", name="Show").click()
    expect(matrix.get_by_role("row")).to_have_count(2)
    expect(matrix.locator("td.cell-allowed")).to_have_count(2)
    expect(matrix.locator("td.home")).to_have_text("○licensed, state not open, resident state")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.path().read_text().count("Ann Alvarez") == 4
    page.get_by_role("link", name="Ann Alvarez").click()

    expect(page.get_by_role("heading", name="Ann Alvarez")).to_be_visible()
    visitor.check()


def test_a_name_that_looks_like_a_formula_is_none_in_the_file(stage: Stage, signed_in_client: SignIn) -> None:
    stage.import_roster(licensed("=cmd()", 4, "OH"), licensed("-Sum", 5, "OH"))

    answer = signed_in_client("compliance").get("/compliance/matrix.csv")

    assert answer.content_type == "text/csv; charset=utf-8"
    names = [line.split(",")[1] for line in answer.get_data(as_text=True).splitlines()]
    assert names == ["name", "'-Sum Tester", "'=cmd() Tester"]


@pytest.mark.parametrize(
    "path",
    [
        "/coverage/XX",
        "/coverage?line=magic",
        "/matrix?state=ZZ",
        "/producers/abc",
        "/producers/1234567890",
        "/producers/90000001/impact?state=WA",
        "/producers/1234567890/impact",
        "/producers/1234567890/suspend",
        "/moves/99",
        "/lookback/99",
    ],
)
def test_what_is_not_there_is_not_found(path: str, agency: Stage, signed_in_client: SignIn) -> None:
    assert signed_in_client("compliance").get(f"/compliance{path}").status_code == 404


# ---- a producer


def test_compliance_sees_what_rests_on_a_license_and_suspends_it(agency: Stage, person: Arrive) -> None:
    visitor = person("compliance")
    page = visitor.go(f"/compliance/producers/{ANN.npn}")
    expect(page.get_by_role("table", name="Licenses of Ann Alvarez").get_by_role("row")).to_have_count(5)
    visitor.check()
    visitor.shoot("compliance-producer")

    page.get_by_role("button", name="Show what goes").click()
    expect(page.get_by_role("heading", name="If Ann Alvarez's Florida license lapses")).to_be_visible()
    expect(page.get_by_text("Ann loses 4 states.")).to_be_visible()
    expect(page.get_by_role("row", name="Ohio")).to_contain_text("1")
    visitor.check()
    visitor.shoot("compliance-impact")
    page.get_by_role("button", name="Suspend the Florida license").click()
    expect(page.get_by_text("Say that you are sure")).to_be_visible()
    page.get_by_label("Why").fill("The state says that it was surrendered")
    page.get_by_label("I am sure").check()
    page.get_by_role("button", name="Suspend the Florida license").click()

    expect(page.get_by_text("Florida is suspended. Authority went in 4 states.")).to_be_visible()
    expect(page.get_by_role("row", name="Florida")).to_contain_text("Suspended")
    expect(page.locator(".history li").first).to_contain_text("status active → suspended")
    visitor.check()
    assert may_take(agency, ANN) == set()
    (facts,) = facts_of(agency, "license_suspended")
    assert (facts["npn"], facts["state"], facts["reason"]) == (ANN.npn, "FL", "The state says that it was surrendered")


def test_compliance_takes_a_producer_out_and_gives_them_back(agency: Stage, person: Arrive) -> None:
    visitor = person("compliance")
    page = visitor.go(f"/compliance/producers/{BO.npn}")
    page.get_by_role("link", name="Suspend…").click()
    visitor.check()
    page.get_by_label("Why").fill("Under investigation")
    page.get_by_label("I am sure").check()
    page.get_by_role("button", name="Suspend Bo Baker").click()
    expect(page.get_by_role("heading", name="Suspended by us")).to_be_visible()
    visitor.check()
    taken = may_take(agency, BO)

    page.get_by_label("Why they are given back").fill("Cleared")
    page.get_by_role("button", name="End the suspension").click()

    expect(page.get_by_text("Bo Baker has back what the licenses give.")).to_be_visible()
    assert (taken, may_take(agency, BO)) == (set(), {"KY", "OH"})
    assert [facts_of(agency, kind)[0]["reason"] for kind in ("producer_suspended", "producer_unsuspended")] == [
        "Under investigation",
        "Cleared",
    ]


def test_a_suspension_without_a_reason_changes_nothing(agency: Stage, signed_in_client: SignIn) -> None:
    client = signed_in_client("compliance")
    said = {"csrf_token": token_of(client), "reason": " ", "sure": "yes", "state": "FL", "since": "yesterday"}

    answers = [
        client.post(f"/compliance/producers/{ANN.npn}/{verb}", data=said)
        for verb in ("suspend", "suspend-license", "unsuspend")
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "A day, as in 2026-11-18." in answers[1].get_data(as_text=True)
    assert 'value="yesterday"' in answers[1].get_data(as_text=True)
    assert may_take(agency, ANN) == {"FL", "GA", "OH", "TX"}


def test_a_supervisor_looks_and_changes_nothing(agency: Stage, signed_in_client: SignIn) -> None:
    client = signed_in_client("supervisor")

    page = client.get(f"/compliance/producers/{ANN.npn}")
    refused = client.post(f"/compliance/producers/{ANN.npn}/suspend", data={"csrf_token": token_of(client)})

    assert page.status_code == 200
    assert "Suspend…" not in page.get_data(as_text=True)
    assert refused.status_code == 403


# ---- renewals


def test_a_renewal_is_claimed_and_its_steps_are_ticked(agency: Stage, person: Arrive) -> None:
    visitor = person("compliance")
    page = visitor.go("/compliance/renewals")
    card = page.locator(".card-task", has_text="Ann Alvarez")
    expect(card).to_contain_text("18 days")
    expect(card).to_contain_text("3 states rest on it")
    expect(card).to_contain_text("Untouched")
    visitor.check()
    visitor.shoot("compliance-renewals")

    card.get_by_role("button", name="Claim").click()
    expect(card).to_contain_text("yours")
    card.get_by_role("button", name="Filed: mark as done").click()
    expect(card.get_by_text("Filed done")).to_be_visible()
    expect(card).not_to_contain_text("Untouched")
    page.get_by_role("link", name="Mine 1").click()

    expect(page.locator(".card-task")).to_have_count(1)
    visitor.check()
    (task,) = [each for each in agency.get("/renewals")["items"] if each["npn"] == ANN.npn]
    assert (task["owner"], task["untouched"], task["steps"]["filed"] is not None) == (visitor.email, False, True)


def test_a_calendar_address_is_shown_once(agency: Stage, person: Arrive) -> None:
    visitor = person("compliance")
    page = visitor.go("/compliance/calendar")
    page.get_by_role("button", name="Make my address").click()
    address = page.locator("#feed-address").inner_text()
    visitor.check()

    page.goto(f"{visitor.console.address}/compliance/calendar")

    expect(page.locator("#feed-address")).to_have_count(0)
    feed = agency.app.test_client().get(address.removeprefix(agency.tools.settings.public_base_url))
    assert "Ann Alvarez: FL resident license runs out" in feed.get_data(as_text=True).replace("\r\n ", "")


# ---- moves


def test_a_move_is_reported_filed_and_settled_state_by_state(agency: Stage, person: Arrive) -> None:
    visitor = person("compliance")
    page = visitor.go("/compliance/moves")
    expect(page.get_by_text("No move is running")).to_be_visible()
    page.get_by_role("link", name="Report a move").click()
    page.get_by_label("Producer's NPN").fill(BO.npn)
    page.get_by_label("They live now in").select_option("KY")
    page.get_by_label("Day of the move").fill("2026-10-25")
    page.get_by_label("I am sure").check()
    visitor.check()
    page.get_by_role("button", name="Report the move").click()
    expect(page.get_by_role("heading", name="Ohio to Kentucky")).to_be_visible()
    expect(page.locator(".tile", has_text="Day")).to_contain_text(["24"])
    visitor.check()

    ohio = page.locator("[data-state=OH]")
    ohio.get_by_label("filed on").fill("2026-10-20")
    ohio.get_by_role("button", name="Filed").click()
    expect(page.get_by_text("is before the move")).to_be_visible()
    ohio.get_by_label("filed on").fill("2026-11-17")
    ohio.get_by_role("button", name="Filed").click()
    expect(page.get_by_text("Filed in Ohio.")).to_be_visible()
    visitor.check()
    visitor.shoot("compliance-move")
    page.get_by_role("link", name="Moves").first.click()
    expect(page.locator(".move")).to_contain_text("Bo Baker")
    visitor.check()
    visitor.shoot("compliance-moves")

    (move,) = agency.get(f"/producers/{BO.npn}/moves")["items"]
    assert {step["state"]: step["filed_at"] is not None for step in move["states"]} == {"KY": False, "OH": True}
    assert may_take(agency, BO) == set()


def test_a_state_is_restored_once_the_roster_bears_it_out(agency: Stage, signed_in_client: SignIn) -> None:
    client = signed_in_client("compliance")
    reported = move_domicile(
        BO.npn, "KY", agency.now.date() - timedelta(days=3), actor="user:x", database=agency.database, now=agency.now
    )
    assert not isinstance(reported, Refused)
    token, restore = token_of(client), f"/compliance/moves/{reported.move.id}/KY/restored"
    early = client.post(restore, data={"csrf_token": token}, follow_redirects=True).get_data(as_text=True)
    agency.clock.advance(60)
    there = replace(BO, resident_state="KY", held=(Held("KY"), Held("OH")))
    agency.import_roster(there)

    late = client.post(restore, data={"csrf_token": token}, follow_redirects=True).get_data(as_text=True)

    assert "Not restored: the roster has OH as the resident state" in early
    assert "Kentucky is restored." in late
    assert may_take(agency, BO) == {"KY"}


def test_a_move_that_cannot_be_is_refused_and_what_was_typed_stays(agency: Stage, signed_in_client: SignIn) -> None:
    client = signed_in_client("compliance")
    said = {"csrf_token": token_of(client), "npn": BO.npn, "to": "OH", "on": "2026-11-01", "sure": "yes"}

    same = client.post("/compliance/moves/report", data=said)
    unsaid = client.post("/compliance/moves/report", data={**said, "npn": "nine", "on": "soon", "to": "", "sure": ""})

    assert same.status_code == 409
    assert "OH is the state that they would have moved from." in same.get_data(as_text=True)
    assert unsaid.status_code == 422
    assert 'value="nine"' in unsaid.get_data(as_text=True)
    assert agency.get(f"/producers/{BO.npn}/moves")["items"] == []


# ---- the look back


def test_a_look_back_is_asked_for_and_shows_its_result_by_itself(agency: Stage, person: Arrive) -> None:
    agency.hire(BO)
    call = agency.call_from("+16145550150")
    assert agency.outcomes(call) == [(BO.npn, "accepted")]
    visitor = person("compliance")
    page = visitor.go("/compliance/lookback")
    visitor.check()
    page.get_by_role("button", name="Look back").click()
    expect(page.get_by_text("Waiting for the scheduler")).to_be_visible()
    visitor.check()

    assert do_requested(database=agency.database, now=agency.clock.now) == 1

    expect(page.locator(".verdict-good")).to_contain_text("Zero.")
    expect(page.locator(".tile", has_text="Talks")).to_contain_text("1")
    visitor.check()
    visitor.shoot("compliance-lookback")
    with agency.database.read() as tx:
        (work,) = requested_work.listed(tx, "lookback", limit=5)
    assert (work.status, work.asked_by) == ("done", f"user:{visitor.email}")
    assert work.found is not None
    assert (work.found["taken"], work.found["clean"]) == (1, True)


def test_a_look_back_that_is_not_zero_names_the_calls(agency: Stage, signed_in_client: SignIn) -> None:
    agency.reads_zero = False
    agency.hire(BO)
    agency.call_from("+16145550150")
    with agency.database.begin() as tx:
        tx.execute(update(table_of(AttemptRow)).values(acceptance_id=None))
    client = signed_in_client("compliance")
    asked = client.post("/compliance/lookback", data={"csrf_token": token_of(client), "last": "24h"})
    do_requested(database=agency.database, now=agency.clock.now)

    page = client.get(asked.location).get_data(as_text=True)
    fragment = client.get(f"{asked.location}/result")

    assert "Not zero." in page
    assert "the ledger has no acceptance that let them through" in page
    # htmx asks no more once it is told so.
    assert fragment.status_code == 286


# ---- what waits


def test_the_overview_counts_what_needs_a_person(agency: Stage, person: Arrive) -> None:
    move_domicile(
        CY.npn, "WY", agency.now.date() - timedelta(days=25), actor="user:x", database=agency.database, now=agency.now
    )
    visitor = person("compliance")
    page = visitor.go("/compliance")

    expect(page.locator(".todo", has_text="that nobody covers for life")).to_contain_text("Wyoming")
    expect(page.locator(".todo", has_text="license expires within 30 days")).to_contain_text("1 belongs to nobody")
    expect(page.locator(".todo", has_text="move runs out")).to_be_visible()
    visitor.check()
    visitor.shoot("compliance-today")
    page.get_by_role("link", name="Renewals").last.click()

    expect(page.get_by_role("heading", name="Renewals", level=1)).to_be_visible()


def test_an_overview_without_anything_to_do_says_what_is_healthy(stage: Stage, signed_in_client: SignIn) -> None:
    client = signed_in_client("compliance")
    empty = client.get("/compliance").get_data(as_text=True)
    stage.import_roster(licensed("Dee", 6, "OH"))

    healthy = client.get("/compliance").get_data(as_text=True)

    assert "The roster is empty" not in healthy
    assert "Nothing waits for you" in healthy
    assert "nobody covers for life" in " ".join(empty.split())
