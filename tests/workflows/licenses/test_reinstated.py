"""A resident license reinstated by an import brings back only the non-resident licenses seen active after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.licensing import Reason
from app.storage.database import Database
from app.workflows.authority.matrix import authority_matrix
from tests.builders import Held
from tests.workflows.licenses.lapsing import FLO, open_states
from tests.workflows.licenses.moving import show_roster

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
GONE = (
    Held("FL", status="inactive"),
    Held("FL", expires="2026-11-18"),
)


def reasons(database: Database, now: datetime) -> dict[str, tuple[Reason, ...]]:
    with database.read() as tx:
        return {cell.state: cell.reasons for cell in authority_matrix(tx, now, FLO.npn)}


@pytest.fixture
def open_everywhere(database: Database) -> Database:
    show_roster(database, NOW - timedelta(days=2), FLO)
    open_states(database, NOW, "FL", "GA", "OH")
    return database


@pytest.mark.parametrize("gone", GONE, ids=["inactive", "expired"])
def test_what_the_import_does_not_show_stays_without_authority_until_one_does(
    open_everywhere: Database, gone: Held
) -> None:
    show_roster(open_everywhere, NOW, FLO.holding(gone))

    show_roster(open_everywhere, LATER, FLO.holding(Held("FL"), Held("GA")))
    after_the_first = reasons(open_everywhere, LATER)
    show_roster(open_everywhere, LATER + timedelta(hours=1), FLO.holding(Held("OH")))

    assert after_the_first == {"FL": (), "GA": (), "OH": (Reason.ROSTER_STALE,)}
    assert reasons(open_everywhere, LATER + timedelta(hours=1)) == {"FL": (), "GA": (), "OH": ()}


def test_what_was_seen_while_it_was_gone_must_be_seen_again(open_everywhere: Database) -> None:
    show_roster(open_everywhere, NOW, FLO.holding(Held("FL", status="inactive")))
    show_roster(open_everywhere, NOW + timedelta(hours=1), FLO.holding(Held("GA"), Held("OH")))

    show_roster(open_everywhere, LATER, FLO.holding(Held("FL")))

    assert reasons(open_everywhere, LATER) == {"FL": (), "GA": (Reason.ROSTER_STALE,), "OH": (Reason.ROSTER_STALE,)}


def test_one_that_is_renewed_before_it_ends_takes_nothing_away(open_everywhere: Database) -> None:
    show_roster(open_everywhere, NOW, FLO.holding(Held("FL", expires="2030-12-31")))

    assert reasons(open_everywhere, NOW) == {"FL": (), "GA": (), "OH": ()}
