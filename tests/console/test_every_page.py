"""Every page of the table of routes, on a busy day: axe-core finds nothing, no script fails, a phone shows it whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select
from werkzeug.routing import Rule

from app.domain.licensing import Status
from app.domain.states import State
from app.rosters.nipr_values import Unmapped
from app.simulator.parties import CallerBehavior, accepts, declines
from app.storage import campaigns, unmapped_lines
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.web.console.rights import RIGHTS
from app.workflows.licenses.move_domicile import move_domicile
from app.workflows.webhooks.keep_endpoint import add_endpoint
from tests.builders import Held, licensed
from tests.console.conftest import Visitor
from tests.product import Stage

ANN = licensed("Ann", 1, "OH", "KY", "FL", last_name="O'Hara-Featherstonehaugh")
BEN = licensed("Ben", 2, "OH")
SUE = licensed("Sue", 3, "OH").holding(Held("OH", expires="2026-12-10"), Held("OH", "health", status="inactive"))

_SECTIONS = sorted({endpoint.partition(".")[0] for endpoint in RIGHTS})

ELSEWHERE = {
    "admin.import_now": "tests/console/test_admin.py",
    "admin.one_import": "tests/console/test_admin.py",
    "compliance.lookback": "tests/console/test_compliance.py",
    "compliance.lookback_result": "tests/console/test_compliance.py",
    "data.export_file": "tests/console/test_data.py",
    "data.exports_now": "tests/console/test_data.py",
    "data.packet_file": "tests/console/test_packets.py",
    "data.packets_now": "tests/console/test_packets.py",
    "data.people_now": "tests/console/test_data.py",
    "data.person_file": "tests/console/test_data.py",
    "data.person_request": "tests/console/test_data_pages.py",
    "desk.applicant": "tests/console/test_desk.py",
    "desk.audit": "tests/console/test_desk.py",
    "desk.document": "tests/console/test_desk.py",
    "desk.drill": "tests/console/test_desk.py",
    "desk.ledger_entry": "tests/console/test_desk.py",
    "me.wrong_state": "tests/console/test_producer.py",
    "money.dispute": "tests/console/test_money.py",
    "money.invoice": "tests/console/test_money.py",
    "reports.sheet": "tests/console/test_reports.py",
    "supervisor.audio": "tests/console/test_supervisor.py",
}
"""Pages of what only their own tests make, and where those are."""


@pytest.fixture
def busy(stage: Stage) -> Stage:
    """Some of everything: a talk, a call that nobody could take, somebody on hold, a move, a license that runs out."""
    stage.open("KY", "TX")
    stage.hire(ANN, behavior=accepts(talk_seconds=None))
    stage.hire(BEN, SUE, behavior=declines())
    with stage.database.begin() as tx:
        odd = Unmapped(BEN.npn, "TX", "Producer", "", "Odd line", "not in our table", 1, Status.ACTIVE)
        unmapped_lines.record(tx, [odd], stage.now)
        campaigns.add_vendor(tx, slug="acme", name="Acme Leads", trunks=["+18005550190"])
    stage.call_from("+16145550150", CallerBehavior(answers=["43215"]))
    stage.call_from("+12145550150", CallerBehavior(answers=["75201"]))
    move_domicile(SUE.npn, State("KY"), stage.now.date(), actor="test", database=stage.database, now=stage.now)
    add_endpoint("https://crm.example.com/threegate", local=False, actor="test", database=stage.database, now=stage.now)
    stage.ring_in("+15025550151", CallerBehavior(answers={"ZIP code": "40202", "Press 1 to stay": "1"}))
    stage.exchange.run(40)
    return stage


def _examples(stage: Stage) -> dict[str, Any]:
    """What stands in the blanks of addresses."""
    ledger = table_of(LedgerRow)
    with stage.database.read() as tx:
        decision = tx.execute(select(func.min(ledger.c.id)).where(ledger.c.kind == "offer")).scalar_one()
    return {
        "state": "OH",
        "jurisdiction": "OH",
        "npn": ANN.npn,
        "call_sid": stage.exchange.record.calls[0].sid,
        "campaign_id": 1,
        "user_id": 1,
        "lead_id": 1,
        "decision_id": decision,
        "escalation_id": 1,
        "move_id": 1,
        "line_id": 1,
        "slug": "acme",
        "webhook_id": 1,
    }


@pytest.mark.slow
@pytest.mark.timeout(500)
@pytest.mark.parametrize("section", _SECTIONS)
def test_every_page_of_a_section_is_whole(section: str, busy: Stage, person: Callable[..., Visitor]) -> None:
    visitor = person("admin", npn=ANN.npn)
    examples, seen = _examples(busy), 0
    found: list[str] = []

    for rule in sorted(busy.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        is_of_it = rule.endpoint.partition(".")[0] == section and "GET" in (rule.methods or ())
        if is_of_it and rule.endpoint not in ELSEWHERE:
            try:
                seen += _look(visitor, rule, examples)
            except AssertionError as error:
                # All of them at once: each look costs seconds.
                found.append(str(error))

    assert not found, "\n".join(found)
    assert seen, f"{section} has no page"


def _look(visitor: Visitor, rule: Rule, examples: dict[str, Any]) -> bool:
    """Whether this was a page; what lies behind it is looked at where it was."""
    path = re.sub(r"<(?:[^:<>]*:)?(\w+)>", lambda blank: str(examples.get(blank[1], 987654)), rule.rule)
    answer = visitor.page.request.get(f"{visitor.console.address}{path}", max_redirects=0)
    assert answer.status in (200, 302, 303), (rule.endpoint, path, answer.status)
    if answer.status != 200 or "<html" not in answer.text():
        return False
    page: Page = visitor.go(path)
    assert page.locator("h1").count() == 1, f"{path}: {page.locator('h1').count()} headings of the first level"
    visitor.check()
    visitor.shoot(f"every-{rule.endpoint}")
    return True
