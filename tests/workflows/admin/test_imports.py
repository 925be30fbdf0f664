"""A file is previewed, and then exactly that file is applied, to exactly the roster that was seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.storage import ledger, requested_work, roster, uploads
from app.storage.database import Database
from app.storage.requested_work import RequestedWork
from app.workflows.admin.ask_import import ask_apply, ask_preview, can_be_applied
from app.workflows.admin.keep_upload import keep_upload, kept_content
from app.workflows.admin.refused import Refused
from app.workflows.do_requested import do_requested
from app.workflows.licenses.import_roster import import_roster
from tests.builders import Held, licensed, roster_file
from tests.workflows.admin.ledger import entries

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
ANN = "user:ann@agency.example"
ANA, BEN = licensed("Ana", 1, "OH"), licensed("Ben", 2, "PA")
NIPR = Path(__file__).parents[2] / "data" / "nipr"


def _preview(database: Database, content: bytes, **how: str) -> int | Refused:
    given = {"file_name": "roster.csv", "file_format": "csv", "npn": "", "made_on": ""} | how
    return ask_preview(content, **given, actor=ANN, database=database, now=NOW)


def _done(database: Database, asked: int | Refused | None) -> RequestedWork:
    assert isinstance(asked, int), asked
    do_requested(database=database, now=lambda: NOW)
    with database.read() as tx:
        work = requested_work.load(tx, asked)
    assert work is not None
    return work


def _found(database: Database, asked: int | Refused | None) -> dict[str, Any]:
    work = _done(database, asked)
    assert work.found is not None, work.why
    return work.found


def _import(database: Database, *people: Any) -> None:
    import_roster(roster_file(*people), file_name="r.csv", actor="test", dry_run=False, database=database, now=NOW)


def _version(database: Database) -> int:
    with database.read() as tx:
        return ledger.roster_version(tx)


def test_a_preview_tells_what_would_change_and_writes_nothing(database: Database) -> None:
    found = _found(database, _preview(database, roster_file(ANA, BEN)))

    assert found["dry_run"]
    assert (found["version"], found["errors_total"]) == (None, 0)
    assert found["counts"]["producers_added"] == 2
    assert (found["differences"][0]["npn"], found["differences"][0]["what"]) == (ANA.npn, "added")
    assert _version(database) == 0
    assert entries(database) == []


def test_what_was_previewed_is_applied_and_its_file_is_gone_afterwards(database: Database) -> None:
    preview = _preview(database, roster_file(ANA))
    _done(database, preview)
    assert isinstance(preview, int)

    found = _found(database, ask_apply(preview, actor="user:bob@agency.example", database=database, now=NOW))

    assert (found["dry_run"], found["compared_anew"]) == (False, False)
    assert found["version"] == _version(database) > 0
    (entry,) = entries(database)
    assert (entry.kind, entry.actor) == ("roster_imported", "user:bob@agency.example")
    with database.read() as tx:
        assert roster.show(tx, ANA.npn)
    again = ask_apply(preview, actor=ANN, database=database, now=NOW)
    assert isinstance(again, Refused)
    assert "upload it again" in str(again)


def test_a_roster_that_moved_since_the_preview_is_compared_anew_and_not_written(database: Database) -> None:
    preview = _preview(database, roster_file(ANA.holding(Held("OH", expires="2029-01-01"))))
    _done(database, preview)
    assert isinstance(preview, int)
    _import(database, ANA)
    version = _version(database)
    asked = ask_apply(preview, actor=ANN, database=database, now=NOW)

    moved = _found(database, asked)

    assert (moved["dry_run"], moved["compared_anew"]) == (True, True)
    assert _version(database) == version
    assert [one["what"] for one in moved["differences"]] == ["changed"]
    # What was compared anew is a preview: it is applied when the person says so again.
    assert isinstance(asked, int)
    applied = _found(database, ask_apply(asked, actor=ANN, database=database, now=NOW))
    assert (applied["dry_run"], applied["version"]) == (False, version + 1)


def test_errors_are_told_by_line_and_column_and_nothing_can_be_applied(database: Database) -> None:
    bad = roster_file(ANA, BEN).replace(b",PA,", b",ZZ,").replace(b"active", b"asleep", 1)
    preview = _preview(database, bad)

    work = _done(database, preview)

    assert work.found is not None
    told = [(one["line"], one["column"], one["value"]) for one in work.found["errors"]]
    assert (2, "status", "asleep") in told
    assert (3, "resident_state", "ZZ") in told
    assert work.found["errors_total"] == len(told)
    assert not can_be_applied(work)
    assert isinstance(ask_apply(work.id, actor=ANN, database=database, now=NOW), Refused)


def test_a_nipr_report_and_a_file_of_appointments_are_previewed_the_same_way(database: Database) -> None:
    _import(database, ANA)
    header = b"npn,state,carrier,loa,status,effective_date,termination_date\n"
    row = f"{ANA.npn},OH,Acme Life,life,active,2020-01-01,\n".encode()
    appointments = _found(database, _preview(database, header + row, file_format="appointments"))
    nonsense = _found(database, _preview(database, b"<nothing/>", file_format="nipr-detail"))

    assert appointments["counts"] == {"appointments_added": 1, "appointments_changed": 0, "appointments_unchanged": 0}
    assert nonsense["errors_total"] > 0
    json.dumps(appointments)


@pytest.mark.parametrize(
    ("content", "how", "field"),
    [
        (b"", {}, "file"),
        (b"x", {"file_format": "xlsx"}, "format"),
        (b"x", {"npn": "1"}, "npn"),
        (b"x", {"file_format": "nipr-csr", "npn": "abc"}, "npn"),
        (b"x", {"file_format": "nipr-csr", "made_on": "yesterday"}, "as_of"),
        (b"x", {"file_format": "nipr-csr", "made_on": "2027-01-01"}, "as_of"),
    ],
)
def test_what_cannot_be_imported_is_refused_before_it_is_kept(
    database: Database, content: bytes, how: dict[str, str], field: str
) -> None:
    refusal = _preview(database, content, **how)

    assert isinstance(refusal, Refused)
    assert set(refusal.errors) == {field}
    with database.read() as tx:
        assert uploads.load(tx, 1) is None


def test_a_file_is_kept_whole_and_only_a_few_of_them_for_a_day(database: Database) -> None:
    content = bytes(range(256)) * 10_000  # 2.4 MB: three parts
    first = keep_upload(content, file_name="../../etc/passwd", actor=ANN, database=database, now=NOW)

    assert first.file_name == "passwd"
    assert kept_content(first, database=database) == content
    others = [keep_upload(b"x", file_name="x", actor=ANN, database=database, now=NOW) for _ in range(uploads.MOST_KEPT)]
    assert kept_content(first, database=database) is None
    assert kept_content(others[0], database=database) == b"x"
    tomorrow = NOW + uploads.KEPT + timedelta(seconds=1)
    keep_upload(b"y", file_name="y", actor=ANN, database=database, now=tomorrow)
    assert kept_content(others[-1], database=database) is None


def test_work_whose_file_is_gone_says_so(database: Database) -> None:
    asked = _preview(database, roster_file(ANA))
    for _ in range(uploads.MOST_KEPT):
        keep_upload(b"x", file_name="x", actor=ANN, database=database, now=NOW)

    work = _done(database, asked)

    assert (work.status, work.why) == (requested_work.FAILED, "the file is not kept any more; upload it again")
