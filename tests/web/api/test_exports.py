"""Everything out: asked for, made by the scheduler, fetched; and no table is forgotten."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.storage import exports, ledger
from app.storage.exports import EXPORTS, NOT_EXPORTED
from app.storage.models import Base
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.workflows.data.export import Wanted, exported
from app.workflows.do_requested import do_requested
from tests.builders import licensed
from tests.web.api.conftest import AGENCY, Api

_SECRET = re.compile(r"digest|secret|password|token|salt|totp|recovery|uniquifier")


@pytest.fixture
def agency(api: Api) -> Api:
    api.roster(licensed("Ana", 1, "OH", "KY"))
    api.vendor("acme")
    api.campaign(vendor="acme")
    api.open("OH")
    return api


def lead(api: Api, number: int = 101, **more: str) -> int:
    body = {"campaign": AGENCY, "phone": f"+16145550{number}", "state": "OH", **more}
    return int(api.post("/leads", body, status=201)["lead_id"])


def done(api: Api, what: str, file_format: str = "csv", **more: str) -> tuple[Any, bytes]:
    """The export as it is told once it is made, and its file."""
    asked = api.post("/exports", {"what": what, "format": file_format, **more}, status=202)
    do_requested(database=api.database, now=api.clock.now)
    shown = api.get(f"/exports/{asked['id']}")
    assert shown["status"] == "done", shown
    return shown, api.call("GET", f"/exports/{asked['id']}/file").get_data()


def test_every_table_is_exported_or_its_absence_has_a_reason() -> None:
    exported_tables = {export.table for export in EXPORTS.values()}

    assert exported_tables | NOT_EXPORTED.keys() == Base.metadata.tables.keys()
    assert not exported_tables & NOT_EXPORTED.keys()
    assert all(NOT_EXPORTED.values())


def test_no_export_has_a_secret() -> None:
    named = {(name, column) for name, export in EXPORTS.items() for column in exports.columns(export)}

    assert {each for each in named if _SECRET.search(each[1])} == {
        ("ledger", "facts_digest"),
        ("decisions", "facts_digest"),
    }


def test_the_page_of_documentation_has_the_columns_of_every_export() -> None:
    page = (Path(__file__).parents[3] / "docs" / "data.md").read_text(encoding="utf-8")

    for name, export in EXPORTS.items():
        columns = ", ".join(exports.columns(export))
        assert f"| `{name}` | {columns} |" in page, f"| `{name}` | {columns} |"


def test_every_export_can_be_made(agency: Api) -> None:
    for what, export in EXPORTS.items():
        as_csv = b"".join(exported(Wanted(what, "csv"), database=agency.database))
        as_lines = b"".join(exported(Wanted(what, "jsonl"), database=agency.database))

        header, *rows = csv.reader(io.StringIO(as_csv.decode("utf-8-sig")))
        lines = [json.loads(line) for line in as_lines.splitlines()]
        assert tuple(header) == exports.columns(export)
        assert all(tuple(line) == exports.columns(export) for line in lines)
        assert len(rows) == len(lines), what


def test_csv_is_safe_for_a_spreadsheet_and_json_lines_have_real_types(agency: Api) -> None:
    lead(agency, first_name='=HYPERLINK("x")', zip="02134", last_name="Muñoz")

    _, as_csv = done(agency, "leads")
    shown, as_lines = done(agency, "leads", "jsonl")

    (row,) = csv.DictReader(io.StringIO(as_csv.decode("utf-8-sig")))
    (line,) = map(json.loads, as_lines.splitlines())
    assert (row["phone"], row["first_name"], row["zip_code"]) == ("(614) 555-0101", '\'=HYPERLINK("x")', "'02134")
    assert (row["campaign"], row["vendor"], row["last_name"]) == ("(800) 555-0199", "acme", "Muñoz")
    assert (line["phone"], line["campaign"], line["vendor"]) == ("+16145550101", AGENCY, "acme")
    assert (line["posted"], line["created_at"], line["closed_as"]) == (True, "2026-11-18T15:00:00Z", None)
    assert (shown["rows"], shown["size"], shown["file_is_kept"]) == (1, len(as_lines), True)


def test_days_are_the_agencys_and_both_are_included(agency: Api) -> None:
    first = lead(agency)
    agency.later(60 * 24)
    second = lead(agency, 102)

    def ids(**days: str) -> list[int]:
        return [json.loads(line)["id"] for line in done(agency, "leads", "jsonl", **days)[1].splitlines()]

    assert ids(**{"from": "2026-11-18", "to": "2026-11-18"}) == [first]
    assert ids(**{"from": "2026-11-19"}) == [second]
    assert ids(to="2026-11-19") == [first, second]
    assert ids(to="2026-11-17") == []


def test_who_exported_what_is_in_the_ledger(agency: Api) -> None:
    done(agency, "licenses")

    with agency.database.read() as tx:
        row = tx.execute(select(table_of(LedgerRow)).where(table_of(LedgerRow).c.kind == "exported")).one()
    assert (row.actor, json.loads(row.facts)["what"]) == ("key:dialer", "licenses")


def test_more_rows_than_a_page_come_in_order_and_once_each(agency: Api) -> None:
    with agency.database.begin() as tx:
        rows = [{"kind": f"kind-{n % 7}", "at": agency.now, "actor": "x", "facts": "{}"} for n in range(23)]
        tx.execute(insert(table_of(LedgerRow)), [{**row, "roster_version": 0, "rule_version": 1} for row in rows])

    found = [
        row["id"]
        for page in exports.pages(EXPORTS["ledger"], since=None, until=None, database=agency.database, page=5)
        for row in page
    ]
    states = [
        (row["npn"], row["state"], row["line"])
        for page in exports.pages(EXPORTS["licenses"], since=None, until=None, database=agency.database, page=1)
        for row in page
    ]

    assert found == sorted(set(found))
    assert len(found) >= 23
    assert states == [("90000001", "KY", "life"), ("90000001", "OH", "life")]


def test_decisions_are_the_ledgers_and_have_their_facts_as_objects(agency: Api) -> None:
    agency.post("/authority/check", {"npn": "90000001", "loa": "life", "state": "OH"})

    _, content = done(agency, "decisions", "jsonl")

    (line,) = map(json.loads, content.splitlines())
    assert line["kind"] in ledger.DECISIONS
    assert line["facts"]["states"] == ["OH"]


def test_what_cannot_be_exported_is_told_at_its_field(agency: Api) -> None:
    for body, pointer in (
        ({"what": "secrets"}, "/what"),
        ({"what": "leads", "format": "xml"}, "/format"),
        ({"what": "licenses", "from": "2026-11-18"}, "/from"),
        ({"what": "leads", "from": "2026-11-18", "to": "2026-11-17"}, "/to"),
        ({"what": "leads", "to": "9999-12-31"}, "/to"),
        ({"what": "leads", "from": "yesterday"}, "/from"),
        ({"what": "leads", "from": 20261118}, "/from"),
    ):
        answer = agency.post("/exports", body, status=422)

        assert answer["errors"][0]["pointer"] == pointer


def test_a_vendors_own_key_takes_nothing_out(agency: Api) -> None:
    key = agency.new_key("data", vendor="acme")

    answers = [
        agency.call("POST", "/exports", json={"what": "leads"}, key=key),
        agency.call("GET", "/exports", key=key),
        agency.call("GET", "/exports/1", key=key),
        agency.call("GET", "/exports/1/file", key=key),
        agency.call("POST", "/people/export", json={"phone": "+16145550101"}, key=key),
        agency.call("POST", "/people/erase", json={"phone": "+16145550101", "reason": "x", "confirm": "x"}, key=key),
        agency.call("GET", "/people/requests/1", key=key),
        agency.call("GET", "/people/requests/1/file", key=key),
    ]

    assert {answer.status_code for answer in answers} == {403}


def test_the_list_has_the_newest_first_page_by_page(agency: Api) -> None:
    ids = [agency.post("/exports", {"what": "vendors"}, status=202)["id"] for _ in range(3)]

    first = agency.get("/exports?limit=2")
    second = agency.get(f"/exports?limit=2&cursor={first['next_cursor']}")

    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None
