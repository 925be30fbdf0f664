"""The demo's pretended supervisor and vendor, against the product in process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.commands.demo_morning import InProcess
from app.simulator.lead_vendor import LeadVendor
from app.simulator.supervisor import CROWDED, LEFT_FOR_OTHERS, NAME, WAITS_AT_LEAST, Supervisor
from app.storage import access, campaigns, escalations, ledger
from app.workflows.leads.claim_escalation import claim_escalation
from tests.builders import licensed
from tests.databases import SqliteCopies
from tests.product import AGENCY, Stage

ANA = licensed("Ana", 1, "OH")


@pytest.fixture
def database_url(sqlite_copies: SqliteCopies, tmp_path: Path) -> Iterator[str]:
    with sqlite_copies.fresh(tmp_path) as url:
        yield url


def desk(stage: Stage, name: str, *scopes: str) -> InProcess:
    with stage.database.begin() as tx:
        key = access.create_key(tx, name=name, scopes=scopes, now=stage.now)
    return InProcess(stage.app, key)


@pytest.fixture
def supervisor(stage: Stage) -> Supervisor:
    return Supervisor(stage.exchange, desk(stage, NAME, "read", "supervisor"), "")


def wait(stage: Stage, how_many: int) -> None:
    """So many people from New York, where nobody may take them, have called; the first waits long enough."""
    for nth in range(how_many):
        stage.call_from(f"+12125550{100 + nth}")
    stage.clock.advance(WAITS_AT_LEAST.total_seconds())


def queue(stage: Stage) -> list[tuple[int, str, str | None]]:
    with stage.database.read() as tx:
        found = escalations.listed(tx, status=None, after=0, limit=100)
    return [(one.id, one.status, one.claimed_by) for one in found]


def test_what_has_waited_longest_is_claimed_and_a_look_later_it_is_done(stage: Stage, supervisor: Supervisor) -> None:
    wait(stage, LEFT_FOR_OTHERS + 1)

    supervisor.look()
    claimed = queue(stage)[0]
    supervisor.look()

    assert claimed == (1, "claimed", f"key:{NAME}")
    assert queue(stage)[0] == (1, "resolved", f"key:{NAME}")
    assert [status for _, status, _ in queue(stage)[1:]] == ["open"] * LEFT_FOR_OTHERS


def test_some_are_always_left_for_who_looks(stage: Stage, supervisor: Supervisor) -> None:
    wait(stage, LEFT_FOR_OTHERS)

    for _ in range(4):
        supervisor.look()

    assert {status for _, status, _ in queue(stage)} == {"open"}


def test_a_crowded_queue_is_worked_faster(stage: Stage, supervisor: Supervisor) -> None:
    wait(stage, CROWDED + 1)

    supervisor.look()

    assert [status for _, status, _ in queue(stage)][:3] == ["claimed", "claimed", "open"]


def test_what_somebody_else_has_claimed_is_theirs(stage: Stage, supervisor: Supervisor) -> None:
    wait(stage, LEFT_FOR_OTHERS + 2)
    claim_escalation(1, actor="user:sue@agency.example", database=stage.database, now=stage.now)

    for _ in range(3):
        supervisor.look()

    assert queue(stage)[0] == (1, "claimed", "user:sue@agency.example")
    assert queue(stage)[1][1] == "resolved"


def test_where_somebody_is_licensed_the_person_is_called(stage: Stage, supervisor: Supervisor) -> None:
    for nth in range(LEFT_FOR_OTHERS + 1):
        stage.call_from(f"+16145550{100 + nth}")
    stage.clock.advance(WAITS_AT_LEAST.total_seconds())
    stage.hire(ANA)
    before = [status for _, status, _ in queue(stage)]

    supervisor.look()
    supervisor.look()

    assert before == ["open"] * (LEFT_FOR_OTHERS + 1)
    assert queue(stage)[0][1] in ("assigned", "resolved")
    assert len(stage.callbacks()) == 1


def test_most_callers_are_announced_with_a_name(stage: Stage) -> None:
    with stage.database.begin() as tx:
        campaigns.add_vendor(tx, slug="leadco", name="Lead Company", trunks=[])
    vendor = LeadVendor(desk(stage, "leadco", "vendor"), "")

    comes = [vendor.announce(f"+16145550{100 + nth}", "OH", "43215") for nth in range(20)]

    found = [lead for lead in (_lead(stage, one) for one in range(1, 21)) if lead]
    assert 5 < len(found) < 20
    assert all(lead["first_name"] and lead["campaign"] == AGENCY for lead in found)
    # Nobody is there: a caller about whom it asked may go to somebody else.
    assert 1 < comes.count(False) < 12
    assert len(found) <= comes.count(True)


def test_a_ping_that_is_accepted_comes_with_the_lead(stage: Stage) -> None:
    stage.hire(ANA)
    with stage.database.begin() as tx:
        campaigns.add_vendor(tx, slug="leadco", name="Lead Company", trunks=[])
    vendor = LeadVendor(desk(stage, "leadco", "vendor"), "")

    assert all(vendor.announce(f"+16145550{100 + nth}", "OH", "43215") for nth in range(3))

    with stage.database.read() as tx:
        posted = [entry.facts["ping_id"] for lead in (1, 2, 3) for entry in ledger.of_lead(tx, lead, limit=9)]
    assert any(posted)


def _lead(stage: Stage, lead_id: int) -> dict[str, Any] | None:
    answer = stage.app.test_client().get(f"/api/v1/leads/{lead_id}", headers={"Authorization": f"Bearer {stage.key}"})
    return dict(answer.get_json()) if answer.status_code == 200 else None
