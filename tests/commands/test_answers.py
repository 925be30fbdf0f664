"""Commands that answer: authority, presence, residence, ledger, journal."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import text

from app.storage import desk, journal
from app.storage.database import Database
from app.storage.journal import Entry
from tests.builders import licensed
from tests.commands.conftest import Threegate
from tests.unguarded import take_guard_away

ANA, BEN = licensed("Ana", 1, "OH", "PA"), licensed("=Ben", 2, "PA")


@pytest.fixture
def staffed(threegate: Threegate) -> Threegate:
    threegate.roster(ANA, BEN)
    threegate.open("OH")
    return threegate


# ---- authority


def test_yes_is_0_and_answers_as_the_api(staffed: Threegate) -> None:
    found = staffed.json("authority", "check", "--npn", ANA.npn, "--state", "ohio", "--loa", "life")

    assert found == {"allowed": True, "state": "OH", "reasons": [], "decision_id": found["decision_id"]}


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        ({"--npn": BEN.npn}, ["no_license"]),
        ({"--npn": "123"}, ["no_license"]),
        ({"--state": "PA"}, ["state_not_open"]),
        ({"--loa": "health"}, ["loa_missing"]),
        ({"--at": "2019-12-31T23:59:59-05:00"}, ["license_not_yet_effective"]),
    ],
)
def test_no_is_1_with_every_reason(staffed: Threegate, asked: dict[str, str], reasons: list[str]) -> None:
    options = {"--npn": ANA.npn, "--state": "OH", "--loa": "life", **asked}

    found = staffed.json("authority", "check", *(part for option in options.items() for part in option), code=1)

    assert (found["allowed"], found["reasons"]) == (False, reasons)


@pytest.mark.parametrize(
    "asked",
    [
        {"--npn": "abc"},
        {"--state": "Atlantis"},
        {"--loa": "boats"},
        {"--at": "2026-11-18T15:00:00"},
        {"--at": "noon"},
        {"--at": "0001-01-01T00:00:00+23:59"},
    ],
)
def test_a_question_that_makes_no_sense_is_2(staffed: Threegate, asked: dict[str, str]) -> None:
    options = {"--npn": ANA.npn, "--state": "OH", "--loa": "life", **asked}

    staffed("authority", "check", *(part for option in options.items() for part in option), code=2)


def test_the_matrix_has_a_row_for_each_license(staffed: Threegate) -> None:
    rows = staffed.json("authority", "matrix")["rows"]

    assert [(row["npn"], row["state"], row["allowed"], row["reasons"]) for row in rows] == [
        (ANA.npn, "OH", True, []),
        (ANA.npn, "PA", False, ["state_not_open"]),
        (BEN.npn, "PA", False, ["state_not_open"]),
    ]
    assert len(staffed.json("authority", "matrix", "--npn", BEN.npn)["rows"]) == 1
    staffed("authority", "matrix", "--npn", "123", code=1)
    assert ANA.npn in staffed("authority", "matrix").stdout


def test_no_cell_of_the_matrix_is_a_formula(staffed: Threegate) -> None:
    rows = list(csv.DictReader(io.StringIO(staffed("authority", "matrix", "--csv").stdout)))

    assert [row["name"] for row in rows] == ["Ana Tester", "Ana Tester", "'=Ben Tester"]
    assert [row["authority"] for row in rows] == ["yes", "no", "no"]


# ---- presence


def test_presence_is_set(staffed: Threegate, database: Database) -> None:
    shown = staffed.json("producer", "presence", ANA.npn, "available")

    assert shown == {
        "npn": ANA.npn,
        "presence": "available",
        "availability": "available",
        "present_until": shown["present_until"],
    }
    with database.read() as tx:
        assert [seat.presence for seat in desk.overview(tx)] == ["available", "offline"]
    staffed("producer", "presence", "123", "available", code=2)


# ---- ledger and journal


def test_the_ledger_counts_what_is_not_sealed_yet(staffed: Threegate) -> None:
    found = staffed.json("ledger", "verify")

    assert (found["ok"], found["entries"], found["sealed"], found["unsealed"]) == (True, 2, 0, 2)
    assert found["unsealed_since"].startswith("2026-11-18T15:00:00")
    assert "2 entries" in staffed("ledger", "verify").stdout


def test_an_empty_ledger_has_nothing_to_anchor(threegate: Threegate) -> None:
    threegate("ledger", "anchor", code=1)


def test_an_anchor_is_what_the_chain_must_go_through(staffed: Threegate, database: Database) -> None:
    anchor = staffed.file("anchor.json", staffed("ledger", "anchor").stdout.encode())
    assert staffed.json("ledger", "verify", "--anchor", anchor)["ok"] is True
    with database.begin() as tx:
        take_guard_away(tx)
        tx.execute(text("DELETE FROM ledger WHERE seq = 2"))

    found = staffed.json("ledger", "verify", "--anchor", anchor, code=1)

    assert "cut short" in found["bad"]["why"]
    assert staffed.json("ledger", "verify")["ok"] is True  # a chain alone cannot know


def test_a_changed_entry_is_named(staffed: Threegate, database: Database) -> None:
    staffed("ledger", "anchor")
    with database.begin() as tx:
        take_guard_away(tx)
        tx.execute(text("UPDATE ledger SET actor = 'nobody' WHERE seq = 1"))

    told = staffed("ledger", "verify", code=1)

    assert "place 1 of the chain" in told.stderr


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"seq": "x", "hash": "", "at": "2026-11-18T15:00:00Z"}'])
def test_what_is_no_anchor_is_refused(staffed: Threegate, content: bytes) -> None:
    staffed("ledger", "verify", "--anchor", staffed.file("anchor.json", content), code=2)


def test_the_journal_is_replayed_once(threegate: Threegate, database: Database) -> None:
    from datetime import UTC, datetime
    from pathlib import Path

    form = [
        ("CallSid", "CA" + "1" * 32),
        ("AccountSid", "AC" + "1" * 32),
        ("From", "+16145550150"),
        ("To", "+18005550199"),
        ("CallStatus", "ringing"),
        ("Direction", "inbound"),
        ("ApiVersion", "2010-04-01"),
    ]
    folder = Path(threegate.environment["THREEGATE_JOURNAL_DIR"])
    assert journal.append(folder, Entry("voice", datetime(2026, 11, 18, 14, 59, tzinfo=UTC), "k", form))

    assert threegate.json("journal", "replay") == {"replayed": 1}
    assert threegate.json("journal", "replay") == {"replayed": 0}


# ---- residence


@pytest.mark.parametrize(
    ("options", "outcome", "states", "confidence"),
    [
        (("--zip", "43215"), "resolved", ["OH"], "likely"),
        (("--zip", "43215", "--vendor-state", "OH"), "resolved", ["OH"], "verified"),
        (("--zip", "97910"), "resolved", ["ID", "OR"], "shared"),
        (("--phone", "614-555-0150"), "presumed", ["OH"], "presumed"),
        (("--zip", "43215", "--vendor-state", "TX"), "ask", ["OH", "TX"], "conflict"),
        (("--vendor-state", "TX"), "ask", [], "unknown"),
        (("--phone", "+18005550150"), "ask", [], "unknown"),
    ],
)
def test_one_residence(
    threegate: Threegate, options: tuple[str, ...], outcome: str, states: list[str], confidence: str
) -> None:
    found = threegate.json("residence", *options)

    assert (found["outcome"], found["states"], found["confidence"]) == (outcome, states, confidence)
    assert found["why"]
    assert outcome in threegate("residence", *options).stdout


def _checked(threegate: Threegate, content: bytes) -> list[dict[str, Any]]:
    shown = threegate("residence", "--file", threegate.file("leads.csv", content))
    return list(csv.DictReader(io.StringIO(shown.stdout)))


def test_a_list_is_answered_row_by_row_in_its_order(threegate: Threegate) -> None:
    rows = _checked(
        threegate,
        b"id,phone,zip,vendor_state,note\r\n"
        b'1,+16145550150,43215,OH,"a, b"\r\n'
        b"2,6145550150,,,\r\n"
        b"3,,97910,,\r\n"
        b"4,,43215,TX,x\r\n"
        b"5,,,,\r\n",
    )

    assert [(row["id"], row["outcome"], row["states"], row["confidence"]) for row in rows] == [
        ("1", "resolved", "OH", "verified"),
        ("2", "presumed", "OH", "presumed"),
        ("3", "resolved", "ID|OR", "shared"),
        ("4", "ask", "OH|TX", "conflict"),
        ("5", "ask", "", "unknown"),
    ]
    assert list(rows[0])[:5] == ["id", "phone", "zip", "vendor_state", "note"]
    assert rows[0]["note"] == "a, b"


def test_what_a_list_has_besides_goes_through_as_it_is(threegate: Threegate) -> None:
    content = b'\xef\xbb\xbfName,ZIP\n=HYPERLINK("x"),43215\n\xe9\xff,02134\nshort\nlong,43215,more\n'
    path = threegate.file("leads.csv", content)

    shown = threegate("residence", "--file", path).stdout_bytes.splitlines()

    assert shown[0] == b"Name,ZIP,outcome,states,confidence,source,why"
    assert shown[1].startswith(b'"=HYPERLINK(""x"")",43215,resolved,OH,')
    assert shown[2].startswith(b"\xe9\xff,02134,resolved,MA,")
    assert shown[3].startswith(b"short,,ask,,unknown,")
    assert shown[4].startswith(b"long,43215,more,")


@pytest.mark.parametrize("content", [b"", b"name,street\nx,y\n", b'zip\n"' + b"x" * 1_100_000])
def test_a_list_that_cannot_be_read_is_2(threegate: Threegate, content: bytes) -> None:
    threegate("residence", "--file", threegate.file("leads.csv", content), code=2)


def test_progress_is_told_on_a_terminal_and_nowhere_else(threegate: Threegate) -> None:
    """Standard error is a terminal here; what is written to standard output is the same as without one."""
    path = threegate.file("leads.csv", b"zip\n" + b"43215\n" * 12_000)
    terminal, behind = os.openpty()
    command = [sys.executable, "-c", "from app.commands import main; main()", "residence", "--file", path]

    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=behind, env=threegate.environment, check=True)
    os.close(behind)
    told = os.read(terminal, 10_000).decode()
    os.close(terminal)

    assert [line.strip() for line in told.split("\r") if line.strip()] == ["5,000 rows", "10,000 rows", "12,000 rows"]
    shown = threegate("residence", "--file", path)
    assert (shown.stdout_bytes, shown.stderr) == (ran.stdout, "")


@pytest.mark.parametrize("options", [(), ("--file", "/nowhere/leads.csv"), ("--file", "x", "--zip", "43215")])
def test_residence_needs_something_to_look_at(threegate: Threegate, options: tuple[str, ...]) -> None:
    threegate("residence", *options, code=2)
