"""The gate's statement reads by its indexes: the desk in order, licenses by their key, and no table whole (SQLite)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, event

from app.domain.licensing import Question
from app.domain.lines import Requirement
from app.storage import licensing_gate
from app.storage.database import Database

if TYPE_CHECKING:
    from tests.databases import SqliteCopies

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
QUESTIONS = [
    Question(("CA",), Requirement.parse("life"), {}, None, None, None),
    Question(("CA", "NV"), Requirement.parse("personal_lines|property+casualty"), {}, "89101", "Acme", None),
    Question(("CA",), Requirement.parse("life"), {}, None, None, frozenset({1})),
]
IDS = ["one line", "two states, two alternatives, a carrier", "a team"]


@pytest.fixture
def tx(sqlite_copies: SqliteCopies, tmp_path: Path) -> Iterator[Connection]:
    with sqlite_copies.fresh(tmp_path) as url:
        database = Database(url, synchronous="OFF")
        with database.read() as connection:
            yield connection
        database.dispose()


def plan_of(tx: Connection, question: Question) -> list[str]:
    """What SQLite says it does for `eligible`, a line for each table."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(tx, "before_cursor_execute", note)
    licensing_gate.eligible(tx, question, NOW, campaign_id=1)
    event.remove(tx, "before_cursor_execute", note)
    statement, parameters = asked[-1]
    return [row.detail for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


@pytest.mark.parametrize("question", QUESTIONS[:2], ids=IDS[:2])
def test_the_desk_is_walked_in_order_and_never_sorted(question: Question, tx: Connection) -> None:
    plan = plan_of(tx, question)

    [desk] = [line for line in plan if line.split()[1] == "desk"]
    assert " USING INDEX ix_desk_ready" in desk, plan
    assert not [line for line in plan if "TEMP B-TREE" in line], plan


def test_a_team_is_read_first_and_its_desks_by_their_key(tx: Connection) -> None:
    plan = plan_of(tx, QUESTIONS[2])

    [team] = [line for line in plan if line.split()[1] == "team_members"]
    [desk] = [line for line in plan if line.split()[1] == "desk"]
    assert "(campaign_id=?)" in team, plan
    assert "PRIMARY KEY" in desk, plan


@pytest.mark.parametrize("question", QUESTIONS, ids=IDS)
def test_licenses_are_probed_by_their_key_and_somebody_by_the_partial_index(question: Question, tx: Connection) -> None:
    plan = plan_of(tx, question)

    of_licenses = [line for line in plan if line.split()[1].startswith("licenses")]
    probes = [line for line in of_licenses if "USING PRIMARY KEY (producer_id=? AND state=? AND line=?)" in line]
    somebody = [line for line in of_licenses if "ix_licenses_somebody (state=? AND line=?)" in line]
    assert probes, plan
    assert somebody, plan
    assert len(probes) + len(somebody) == len(of_licenses), plan


@pytest.mark.parametrize("question", QUESTIONS, ids=IDS)
def test_only_the_desk_is_read_along(question: Question, tx: Connection) -> None:
    plan = plan_of(tx, question)

    assert not [
        line for line in plan if line.startswith("SCAN") and "ix_desk_ready" not in line and "CONSTANT" not in line
    ]
