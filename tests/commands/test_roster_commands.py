"""`threegate roster` and `threegate state` as a person types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from app.commands.roster import roster
from app.commands.state import state
from tests.rosters.files import appointment, appointments_csv, bea, roster_csv, row


class Terminal:
    """Types commands against one database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            "DATABASE_URL": database_url,
            "THREEGATE_ENV": "test",
            "THREEGATE_CLOCK": "2026-11-18T15:00:00Z",
            "THREEGATE_SQLITE_SYNCHRONOUS": "OFF",
            "THREEGATE_DOCUMENTS_DIR": str(folder / "documents"),
        }

    def file(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def type(self, command: click.Command, *words: str) -> Result:
        result = CliRunner().invoke(command, words, env=self._environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, command: click.Command, *words: str) -> dict[str, Any]:
        result = self.type(command, *words, "--json")
        assert result.exit_code == 0, result.output
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer


@pytest.fixture
def terminal(database_url: str, tmp_path: Path) -> Terminal:
    return Terminal(database_url, tmp_path)


def test_a_roster_is_imported_and_shown(terminal: Terminal) -> None:
    texas = row(state="tx", residency="nonresident", license_number="TX-1", expiration_date="perpetual")
    file = terminal.file("roster.csv", roster_csv(row(expiration_date=""), texas, bea()))

    imported = terminal.json(roster, "import", file)

    differences = imported.pop("differences")
    assert [each["subject"] for each in differences] == ["producer", "license", "license", "producer", "license"]
    assert imported == {
        "version": 1,
        "producers_added": 2,
        "producers_changed": 0,
        "licenses_added": 3,
        "licenses_changed": 0,
        "licenses_unchanged": 0,
        "unroutable": 1,
        "dry_run": False,
        "differences_total": 5,
        "exposed": [],
        "moved": [],
    }
    shown = terminal.json(roster, "show", "--npn", "1234567")
    for license_ in shown["licenses"]:
        assert license_.pop("verified_at").startswith("2026-11-18T15:00:0")
    assert shown == {
        "npn": "1234567",
        "first_name": "Ana",
        "last_name": "Lopez",
        "email": "ana@agency.example",
        "phone": "+16145550101",
        "resident_state": "OH",
        "suspended": False,
        "licenses": [
            {
                "state": "OH",
                "loa": "life",
                "license_number": "OH-1",
                "residency": "resident",
                "status": "active",
                "effective_date": "2020-01-01",
                "expiration_date": None,
                "authority_from": "2020-01-01T05:00:00Z",
                "authority_until": None,
            },
            {
                "state": "TX",
                "loa": "life",
                "license_number": "TX-1",
                "residency": "nonresident",
                "status": "active",
                "effective_date": "2020-01-01",
                "expiration_date": "perpetual",
                "authority_from": "2020-01-01T07:00:00Z",
                "authority_until": "9999-12-31T00:00:00Z",
            },
        ],
    }


def test_what_a_person_reads_is_on_standard_output(terminal: Terminal) -> None:
    file = terminal.file("roster.csv", roster_csv(row()))

    dry = terminal.type(roster, "import", file, "--dry-run")
    real = terminal.type(roster, "import", file)
    again = terminal.type(roster, "import", file)
    shown = terminal.type(roster, "show", "--npn", "1234567")

    assert (dry.exit_code, real.exit_code, again.exit_code, shown.exit_code) == (0, 0, 0, 0)
    assert "nothing was written" in dry.stdout
    assert "roster version 1: producers: 1 added" in real.stdout
    assert "nothing changed" in again.stdout
    assert "Ana Lopez" in shown.stdout
    assert "OH\tlife\tOH-1\tresident\tactive\t2020-01-01\t2027-06-30" in shown.stdout
    assert not dry.stderr + real.stderr + again.stderr + shown.stderr


def test_each_difference_is_told_before_it_applies(terminal: Terminal) -> None:
    terminal.type(roster, "import", terminal.file("roster.csv", roster_csv(row())))
    file = terminal.file("changed.csv", roster_csv(row(status="revoked"), bea()))

    dry = terminal.type(roster, "import", file, "--dry-run")
    counted = terminal.json(roster, "import", file, "--dry-run")

    assert dry.stdout.splitlines()[:3] == [
        "NPN 1234567 OH life changed: active to 2027-06-30 -> revoked to 2027-06-30",
        "NPN 7654321 added: Bea Lopez, +16145550102, resident in OH",
        "NPN 7654321 OH life added: active to 2027-06-30",
    ]
    assert (counted["version"], counted["differences_total"]) == (None, 3)
    assert counted["differences"][0] == {
        "npn": "1234567",
        "subject": "license",
        "state": "OH",
        "loa": "life",
        "what": "changed",
        "before": "active to 2027-06-30",
        "after": "revoked to 2027-06-30",
    }


def test_nobody_is_exit_1(terminal: Terminal) -> None:
    for words in (("show", "--npn", "5"), ("show", "--npn", "5", "--json"), ("show", "--npn", "x\udcff")):
        result = terminal.type(roster, *words)

        assert result.exit_code == 1
        assert not result.stdout
        assert "no producer has NPN" in result.stderr


def test_each_error_is_told_as_file_line_column_and_why(terminal: Terminal) -> None:
    file = terminal.file("roster.csv", roster_csv(row(), bea(status="activ", phone="x")))

    result = terminal.type(roster, "import", file)

    assert result.exit_code == 2
    assert not result.stdout
    phone, status, summary = result.stderr.splitlines()
    assert phone.startswith(f"{file}:3: phone: ")
    assert status.startswith(f"{file}:3: status: must be one of active, ")
    assert "2 errors; nothing was imported" in summary
    assert terminal.type(roster, "show", "--npn", "1234567").exit_code == 1


def test_errors_beyond_a_hundred_are_counted(terminal: Terminal) -> None:
    file = terminal.file("roster.csv", roster_csv(*[row(npn="x")] * 150))

    result = terminal.type(roster, "import", file)

    assert len(result.stderr.splitlines()) == 101
    assert "150 errors, the first 100 shown" in result.stderr


def test_errors_can_be_read_by_a_program(terminal: Terminal) -> None:
    file = terminal.file("roster.csv", roster_csv(row(npn="x")))

    result = terminal.type(roster, "import", file, "--json")

    assert result.exit_code == 2
    [error] = json.loads(result.stdout)["errors"]
    assert (error["line"], error["column"], error["value"]) == (2, "npn", "x")


def test_a_file_that_is_not_there_is_told_in_one_line(terminal: Terminal) -> None:
    for words in (("import", "nowhere.csv"), ("import", str(terminal.folder))):
        result = terminal.type(roster, *words)

        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1


def test_appointments_come_by_a_file_of_their_own(terminal: Terminal) -> None:
    terminal.json(roster, "import", terminal.file("roster.csv", roster_csv(row())))
    file = terminal.file("appointments.csv", appointments_csv(appointment()))

    assert terminal.json(roster, "import", file, "--format", "appointments") == {
        "version": 2,
        "appointments_added": 1,
        "appointments_changed": 0,
        "appointments_unchanged": 0,
        "dry_run": False,
    }
    assert "1 as they were" in terminal.type(roster, "import", file, "--format", "appointments").stdout


def test_states_are_opened_and_listed(terminal: Terminal) -> None:
    proof = terminal.file("proof.pdf", b"%PDF-1.4")
    zips = terminal.file("zips.txt", b"43215\n43201\n")

    first = terminal.json(state, "open", "TX", "--document", proof, "--verified-by", "c@agency.example")
    terminal.type(state, "open", "OH", "--document", proof, "--verified-by", "c@agency.example", "--zips", zips)

    assert (first["version"], first["changed"]) == (1, ["TX"])
    ohio, texas = terminal.json(state, "list")["states"]
    assert (ohio["state"], ohio["open"], ohio["zips"]) == ("OH", True, ["43201", "43215"])
    assert (texas["state"], texas["zips"], texas["verified_by"]) == ("TX", None, "c@agency.example")
    assert "TX\tyes\tthe whole state\tc@agency.example\tproof.pdf" in terminal.type(state, "list").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("XX", "--document", "proof", "--verified-by", "c@agency.example"),
        ("OH", "--document", "nowhere.pdf", "--verified-by", "c@agency.example"),
        ("OH", "--document", "empty", "--verified-by", "c@agency.example"),
        ("OH", "--document", "proof", "--verified-by", "me"),
        ("OH", "--document", "proof", "--verified-by", "c@agency.example", "--zips", "nowhere"),
    ],
)
def test_a_state_is_not_opened_without_proof(terminal: Terminal, words: tuple[str, ...]) -> None:
    known = {"proof": terminal.file("proof", b"proof"), "empty": terminal.file("empty", b"")}

    result = terminal.type(state, "open", *(known.get(word, word) for word in words))

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert terminal.json(state, "list") == {"states": []}


def test_a_state_needs_a_document_and_a_name(terminal: Terminal) -> None:
    assert terminal.type(state, "open", "OH").exit_code == 2
    assert terminal.type(state, "open", "--document", "x", "--verified-by", "c@agency.example").exit_code == 2
