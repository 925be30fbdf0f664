"""The reports page at a real browser, and its numbers against what the API and the simulated carrier say."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import insert, update

from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.storage.models.roster import ProducerRow
from app.workflows.do_requested import do_requested
from app.workflows.make_report import FEW_CALLS
from tests.builders import licensed
from tests.console import busy_month
from tests.console.conftest import Visitor, token_of
from tests.product import AGENCY, Stage

SignIn = Callable[..., FlaskClient]


def test_a_supervisor_reads_a_busy_week_and_takes_a_table_along(person: Callable[..., Visitor], stage: Stage) -> None:
    stage.reads_zero = False
    busy_month.write(stage.database, ends=stage.now)
    visitor = person("supervisor")
    page = visitor.go("/reports")

    page.get_by_role("link", name="7 days").click()

    told = stage.get("/reports/service?from=2026-11-12&to=2026-11-18")["report"]["total"]
    reached = told["offered"] - told["calls"]["short_abandon"]
    level = round(told["service_level_percent"])
    expect(page.locator(".answer")).to_have_text(
        f"In the last 7 days {told['answered']} of {reached} callers reached a licensed producer; "
        f"{level} % within 20 seconds, target 80 %."
    )
    expect(page.get_by_role("img", name="Service level by hour")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of states").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"), newline="")))
    assert sum(int(row["offered"]) for row in rows) == told["offered"]
    visitor.shoot("reports-7-days")
    visitor.check()


def test_a_newcomer_sees_an_empty_day_and_where_to_go(person: Callable[..., Visitor]) -> None:
    visitor = person("compliance")

    page = visitor.go("/reports")

    expect(page.get_by_text("Today nobody has called.")).to_be_visible()
    visitor.shoot("reports-empty")
    visitor.check()


def test_a_long_report_waits_and_comes_by_itself(person: Callable[..., Visitor], stage: Stage) -> None:
    _call_often(stage)
    visitor = person("supervisor")
    page = visitor.go("/reports")
    expect(page.get_by_role("progressbar")).to_be_visible()
    visitor.shoot("reports-waiting")
    visitor.check()

    do_requested(database=stage.database, now=stage.clock.now)

    expect(page.locator(".answer")).to_contain_text(f"Today 0 of {FEW_CALLS:,} callers")


def _call_often(stage: Stage) -> None:
    """So many callers that a page does not count them itself."""
    stage.reads_zero = False
    told = {"from_number": "+16145550150", "to_number": AGENCY, "phase": "ended", "disposition": "abandoned"}
    instants = {"arrived_at": stage.now, "ended_at": stage.now + timedelta(minutes=1)}
    with stage.database.begin() as tx:
        lead = {"created_at": stage.now, "custody": "served", "posted": False, "first_name": "", "last_name": ""}
        tx.execute(insert(table_of(LeadRow)), [{"id": nth, **lead} for nth in range(1, FEW_CALLS + 1)])
        tx.execute(
            insert(table_of(CallRow)),
            [{"call_sid": f"CA{nth}", "lead_id": nth, **told, **instants} for nth in range(1, FEW_CALLS + 1)],
        )


# ---- without a browser


def test_a_hostile_name_is_no_formula_in_the_file(signed_in_client: SignIn, stage: Stage) -> None:
    stage.hire(licensed("Ana", 1, "OH"))
    stage.call_from("+16145550150")
    with stage.database.begin() as tx:
        tx.execute(update(table_of(ProducerRow)).values(first_name='=HYPERLINK("http://x.example")', last_name=""))

    file = signed_in_client("supervisor").get("/reports/producers.csv?range=today")

    assert file.headers["Content-Disposition"] == (
        'attachment; filename="threegate-producers-2026-11-18-to-2026-11-18.csv"'
    )
    (row,) = csv.DictReader(io.StringIO(file.get_data().decode("utf-8-sig"), newline=""))
    assert row["producer"].startswith("'=HYPERLINK")
    assert (row["offered"], row["accepted"]) == ("1", "1")


@pytest.mark.parametrize(
    "table",
    [
        "hours", "days", "states", "vendors", "campaigns", "producers", "tiers", "leads", "promises", "speeds", "money",
    ],
)  # fmt: skip
def test_every_table_is_a_file(signed_in_client: SignIn, stage: Stage, table: str) -> None:
    stage.hire(licensed("Ana", 1, "OH"))
    stage.call_from("+16145550150")

    file = signed_in_client("compliance").get(f"/reports/{table}.csv")

    assert (file.status_code, file.mimetype) == (200, "text/csv")
    assert len(list(csv.reader(io.StringIO(file.get_data().decode("utf-8-sig"), newline="")))) >= 2


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("from=2026-11-19&to=2026-11-18", 422, "The first day is after the last."),
        ("from=2020-01-01&to=2026-11-18", 422, "at most 366 days"),
        ("from=soon", 422, "A day looks like 2026-11-18."),
        ("within=0", 422, "A whole number from 1 to 3,600."),
        ("target=ninety", 422, "A whole number from 1 to 100."),
        ("within=30&target=90", 200, "target 90 %"),
        ("from=2026-11-01&to=2026-11-18", 200, "Nov 1 to Nov 18, 2026"),
        ("range=nonsense", 200, "Today"),
        ("campaign=%2B16145550199", 404, "Nothing here"),
        ("vendor=nobody", 404, "Nothing here"),
    ],
)
def test_what_is_typed_is_kept_and_said_to_be_wrong(
    signed_in_client: SignIn, stage: Stage, query: str, status: int, said: str
) -> None:
    stage.hire(licensed("Ana", 1, "OH"))
    stage.call_from("+16145550150")

    page = signed_in_client("supervisor").get(f"/reports?{query}")

    assert (page.status_code, said in page.get_data(as_text=True)) == (status, True)


def test_counting_anew_is_asked_for_by_a_form(signed_in_client: SignIn, stage: Stage) -> None:
    client = signed_in_client("supervisor")

    answer = client.post("/reports/anew", data={"csrf_token": token_of(client), "range": "7-days", "within": "30"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/reports/?range=7-days&within=30")


def test_the_target_that_somebody_set_stays_theirs(signed_in_client: SignIn, stage: Stage) -> None:
    stage.hire(licensed("Ana", 1, "OH"))
    stage.call_from("+16145550150")
    client = signed_in_client("supervisor")

    client.get("/reports?within=30&target=90")
    page = client.get("/reports").get_data(as_text=True)

    assert "within 30 seconds, target 90 %" in page


def test_no_such_table_is_404(signed_in_client: SignIn) -> None:
    assert signed_in_client("admin").get("/reports/secrets.csv").status_code == 404
