"""`threegate lead import`, `threegate export`, `threegate person …`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from app.storage.exports import EXPORTS
from tests.commands.conftest import Threegate

AGENCY = "+18005550199"
LIST = b"phone,first_name,state,address\n6145550101,Ada,OH,1 Elm St\nx,Bob,,\n6145550102,Cy,OH,\n6145550101,Ada,OH,\n"


@pytest.fixture
def agency(threegate: Threegate) -> Threegate:
    threegate("vendor", "add", "acme", "--name", "Acme")
    threegate.campaign()
    return threegate


def test_a_list_is_tried_taken_and_taken_again_without_anybody_twice(agency: Threegate) -> None:
    file = agency.file("list.csv", LIST)
    command = ("lead", "import", file, "--campaign", "(800) 555-0199", "--vendor", "acme")

    tried = agency.json(*command, "--dry-run")
    nothing = agency.json("person", "erase", "--phone", "6145550101", "--reason", "a test", "--yes")
    taken = agency.json(*command)
    again = agency(*command)

    assert tried["counts"] == taken["counts"] == {"added": 2, "duplicate": 1, "refused": 1}
    assert tried["refused"] == [{"line": 3, "column": "phone", "why": "not a telephone number"}]
    assert nothing["nothing_there"]
    assert "0 added, 3 there already, 1 refused" in again.stdout
    assert "list.csv:3: phone: not a telephone number" in again.stderr


def test_a_list_that_cannot_be_taken_is_told_in_one_line(agency: Threegate) -> None:
    file = agency.file("list.csv", LIST)

    assert "no campaign has the number" in agency("lead", "import", file, "--campaign", "+18005550111", code=2).stderr
    assert "no such vendor" in agency("lead", "import", file, "--campaign", AGENCY, "--vendor", "x", code=2).stderr


def test_an_export_is_printed_or_written(agency: Threegate, tmp_path: Path) -> None:
    agency("lead", "import", agency.file("list.csv", LIST), "--campaign", AGENCY)

    printed = agency("export", "leads").stdout
    agency("export", "leads", "--format", "jsonl", "--from", "2026-11-18", "--out", str(tmp_path / "leads.jsonl"))
    listed = agency.json("export")

    rows = list(csv.DictReader(io.StringIO(printed.removeprefix("\ufeff"))))
    lines = [json.loads(line) for line in (tmp_path / "leads.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["phone"] for row in rows] == ["(614) 555-0101", "(614) 555-0102"]
    assert [line["phone"] for line in lines] == ["+16145550101", "+16145550102"]
    assert [one["what"] for one in listed["exports"]] == list(EXPORTS)
    assert "stands now" in agency("export", "vendors", "--from", "2026-11-18", code=2).stderr


def test_a_person_is_taken_out_and_erased(agency: Threegate, tmp_path: Path) -> None:
    agency("lead", "import", agency.file("list.csv", LIST), "--campaign", AGENCY)
    out = tmp_path / "person.json"

    agency("person", "export", "--phone", "614-555-0101", "--out", str(out))
    agency("person", "erase", "--lead", "1", "--reason", "asked by letter", code=1)
    erased = agency("person", "erase", "--lead", "1", "--reason", "asked by letter", "--yes").stdout
    again = agency("person", "erase", "--phone", "6145550101", "--reason", "asked by letter", "--yes").stdout
    verified = agency("ledger", "verify").stdout

    person = json.loads(out.read_text(encoding="utf-8"))
    assert (person["phone"], person["leads"][0]["address"]) == ("+16145550101", "1 Elm St")
    assert "erased: 1 leads" in erased
    assert "kept: 1 suppressions" in erased
    assert again.startswith("nothing there")
    assert "the chain holds" in verified
    assert "opted_out" in agency("lead", "import", agency.file("list.csv", LIST), "--campaign", AGENCY).stderr


def test_one_person_is_meant_and_an_event_in_the_journal_comes_first(agency: Threegate, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.mkdir(exist_ok=True)
    spooled = {"kind": "voice", "at": "2026-11-18T14:59:00+00:00", "key": "CA1", "form": [["From", "+16145550101"]]}
    (journal / "20261118-voice-CA1.json").write_text(json.dumps(spooled), encoding="utf-8")

    assert "--phone" in agency("person", "erase", "--reason", "x", "--yes", code=2).stderr
    assert "no lead 9" in agency("person", "erase", "--lead", "9", "--reason", "x", "--yes", code=2).stderr
    waits = agency("person", "erase", "--phone", "6145550101", "--reason", "x", "--yes", code=1).stderr
    assert "journal" in waits
