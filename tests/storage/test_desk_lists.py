"""What the license desk's pages list: each thing once, in the order in which a person works on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.licensing import Status
from app.rosters.nipr_values import Unmapped
from app.storage import audits, complaint_log, discrepancies, drills, expansion, expansion_board, unmapped_lines
from app.storage.audits import Asked
from app.storage.database import Database
from app.storage.discrepancies import Found

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_projects_under_way_come_first_with_what_they_have(database: Database) -> None:
    with database.begin() as tx:
        for state, status in (("TX", "closed"), ("OH", "open"), ("FL", "planned"), ("GA", "planned")):
            project = expansion.begin(tx, state, status=status, now=NOW, actor="test")
            if status == "closed":
                expansion.change(tx, project.id, closed_at=NOW)

        found = expansion_board.side_by_side(tx, limit=10)
        few = expansion_board.side_by_side(tx, limit=2)

    assert [each.project.state for each in found] == ["GA", "FL", "OH", "TX"]
    assert [(each.applications, each.documents, each.paid_cents, each.pilot) for each in few] == [(0, 0, 0, False)] * 2


def test_one_line_of_many_producers_is_one_that_of_most_first(database: Database) -> None:
    def line(npn: str, name: str) -> Unmapped:
        return Unmapped(npn, "TX", "Producer", "", name, "not in our table", 1, Status.ACTIVE)

    with database.begin() as tx:
        unmapped_lines.record(tx, [line("1", "Odd"), line("1", "Common"), line("2", "Common")], NOW)
        unmapped_lines.record(tx, [line("2", "Common")], NOW + HOUR)
        waiting = unmapped_lines.side_by_side(tx, limit=10, answered=False)
        unmapped_lines.resolve(tx, [waiting[1].line_id], by="kim", now=NOW + HOUR)
        answered = unmapped_lines.side_by_side(tx, limit=10, answered=True)
        left = unmapped_lines.side_by_side(tx, limit=10, answered=False)

    assert [(each.loa, each.producers, each.last_seen_at) for each in waiting] == [
        ("Common", 2, NOW + HOUR),
        ("Odd", 1, NOW),
    ]
    assert [(each.loa, each.resolved_at) for each in answered] == [("Odd", NOW + HOUR)]
    assert [each.loa for each in left] == ["Common"]


def test_drills_and_complaints_are_paged_from_the_newest(database: Database) -> None:
    with database.begin() as tx:
        for state in ("OH", "TX", "FL"):
            drills.add(
                tx,
                now=NOW,
                run_by="test",
                state=state,
                campaign=None,
                roster_version=1,
                passed=True,
                report={},
                facts={},
            )
        for nth in range(3):
            complaint_log.log(tx, npn="1" if nth else "2", call_id=None, told=str(nth), by="test", now=NOW)

        drilled = drills.newest_first(tx, limit=2)
        older = drills.newest_first(tx, limit=2, before=drilled[-1].drill_id)
        complaints = complaint_log.newest_first(tx, limit=2)
        of_one = complaint_log.newest_first(tx, npn="2", limit=2)
        past = complaint_log.newest_first(tx, before=complaints[-1].id, limit=2)

    assert [each.state for each in drilled + older] == ["FL", "TX", "OH"]
    assert [each.told for each in complaints + past] == ["2", "1", "0"]
    assert [each.told for each in of_one] == ["0"]


def test_open_discrepancies_are_counted_and_the_last_month_signed_for_is_found(database: Database) -> None:
    def asked(period: str) -> Asked:
        return Asked(f"{period}.csv", "0" * 64, "csv", "", False, period, None, 0)

    with database.begin() as tx:
        none = discrepancies.count_open(tx, NOW), audits.signed_last(tx)
        made = [audits.begin(tx, asked(period), 1, actor="test", now=NOW) for period in ("2026-10", "2026-11")]
        found = [Found("1", state, "life", "lapsed", None, None, less=False) for state in ("OH", "TX", "FL")]
        discrepancies.record(tx, made[0].id, found, due_at=NOW + HOUR, actor="test", now=NOW)
        discrepancies.resolve(tx, 1, as_="kept", note="", by="test", now=NOW)
        audits.sign(tx, made[0].id, by="kim", role="compliance", now=NOW)

        counted = discrepancies.count_open(tx, NOW), discrepancies.count_open(tx, NOW + HOUR)
        signed = audits.signed_last(tx)
        newest = audits.newest(tx, 1), audits.newest(tx, 9, before=made[1].id)

    assert none == ((0, 0), None)
    assert counted == ((2, 0), (2, 2))
    assert signed is not None
    assert signed.id == made[0].id
    assert [[each.period for each in page] for page in newest] == [["2026-11"], ["2026-10"]]
