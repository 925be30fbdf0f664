"""`threegate roster audit`, `audit` and `complaint` as a person types them."""

from __future__ import annotations

from click.testing import CliRunner

from app.commands import cli
from app.commands.output import operator
from tests.builders import licensed, roster_file
from tests.commands.conftest import Threegate
from tests.workflows.licenses.audits import but, without

ANA = licensed("Ana", 1, "OH", "TX", "FL")


def test_an_audit_from_the_file_to_the_signature(threegate: Threegate) -> None:
    threegate.roster(ANA)
    report = threegate.file("report.csv", roster_file(but(without(ANA, "TX"), "FL", expires="2029-12-31")))

    made = threegate.json("roster", "audit", report)
    early = threegate("audit", "sign", "1", "--role", "compliance", code=1)
    assigned = threegate.json("audit", "assign", "1", "2", "--to", "carol@example.com")
    resolved = threegate("audit", "resolve", "1", "2", "--as", "corrected", "--note", "imported again")
    signed = threegate.json("audit", "sign", "1", "--role", "compliance")

    assert (made["id"], made["period"], made["format"], made["again"]) == (1, "2026-11", "csv", False)
    assert (made["compared"], made["discrepancies"], made["suspended"], made["not_in_report"]) == (1, 2, 1, 0)
    assert [(one["state"], one["loa"], one["kind"], one["suspended"]) for one in made["items"]] == [
        ("FL", "life", "differing", False),
        ("TX", "life", "missing_there", True),
    ]
    assert early.stderr.strip() == "audit 1 is not signed: 2 discrepancies of it are open"
    assert [one["owner"] for one in assigned["items"]] == ["carol@example.com"] * 2
    assert "only an import that shows it active" in resolved.stderr
    assert (signed["signed_by"], signed["signed_role"]) == (operator(), "compliance")
    licenses = threegate.json("roster", "show", "--npn", ANA.npn)["licenses"]
    assert {held["state"]: held["status"] for held in licenses}["TX"] == "suspended"


def test_the_same_file_again_shows_the_first_audit(threegate: Threegate) -> None:
    threegate.roster(ANA)
    report = threegate.file("report.csv", roster_file(without(ANA, "TX")))
    first = threegate("roster", "audit", report).stdout

    again = threegate("roster", "audit", report).stdout

    assert again.splitlines()[0] == f"compared before, nothing changed: {first.splitlines()[0]}"
    assert again.splitlines()[1:] == first.splitlines()[1:]


def test_an_audit_is_told_in_a_sentence_and_a_table(threegate: Threegate) -> None:
    threegate.roster(ANA)
    report = threegate.file("report.csv", roster_file(but(ANA, "TX", status="revoked")))

    told, header, row = threegate("roster", "audit", report).stdout.splitlines()

    assert told == (
        "audit 1 for 2026-11, report.csv: 1 producers compared, 0 of ours not in the report; 1 discrepancies, 1 open, "
        "1 licenses suspended; not signed"
    )
    assert header.split("\t")[:5] == ["id", "npn", "state", "loa", "kind"]
    assert row.split("\t") == [
        "1",
        ANA.npn,
        "TX",
        "life",
        "lapsed",
        "status active",
        "status revoked",
        "suspended",
        "2026-11-20T15:00:00Z",
        "",
        "",
    ]


def test_audits_are_listed_and_shown(threegate: Threegate) -> None:
    threegate.roster(ANA)
    threegate("roster", "audit", threegate.file("a.csv", roster_file(without(ANA, "TX"))))
    threegate("roster", "audit", threegate.file("b.csv", roster_file(without(ANA, "TX", "FL"))))
    threegate("audit", "resolve", "2", "--as", "kept")

    listed = threegate.json("audit", "list")["items"]
    shown = threegate.json("audit", "show", "2")
    still_open = threegate.json("audit", "show", "2", "--open")

    assert [(one["id"], one["file_name"], one["discrepancies"], one["open"]) for one in listed] == [
        (2, "b.csv", 1, 0),
        (1, "a.csv", 1, 1),
    ]
    assert [one["resolved_as"] for one in shown["items"]] == ["kept"]
    assert still_open["items"] == []
    assert "b.csv" in threegate("audit", "list").stdout
    assert "FL" in threegate("audit", "show", "2").stdout


def test_what_cannot_be_done_is_one_line(threegate: Threegate) -> None:
    threegate.roster(ANA)
    report = threegate.file("report.csv", roster_file(without(ANA, "TX")))
    threegate("roster", "audit", report)
    threegate("audit", "resolve", "1", "--as", "kept")

    assert "no such file" in threegate("roster", "audit", report + "x", code=2).stderr.lower()
    assert "this month or the last" in threegate("roster", "audit", report, "--period", "2020-01", code=2).stderr
    assert "there is no audit 7" in threegate("audit", "show", "7", code=2).stderr
    assert "there is no audit 7" in threegate("audit", "sign", "7", "--role", "admin", code=2).stderr
    assert "there is no discrepancy 7" in threegate("audit", "resolve", "7", "--as", "kept", code=2).stderr
    assert "resolved already" in threegate("audit", "resolve", "1", "--as", "corrected", code=1).stderr
    assert "note" in threegate("audit", "resolve", "1", "--as", "mistaken", code=1).stderr


def test_a_file_that_cannot_be_read_is_refused_with_its_lines(threegate: Threegate) -> None:
    report = threegate.file("report.csv", roster_file(ANA).replace(b",life,", b",boats,", 1))

    result = CliRunner(env=threegate.environment).invoke(cli, ["roster", "audit", report])

    assert result.exit_code == 2
    assert f"{report}:2: loa:" in result.stderr
    assert result.stderr.strip().endswith("1 error; nothing was compared")


def test_complaints_are_logged_and_listed(threegate: Threegate) -> None:
    threegate.roster(ANA)

    logged = threegate.json("complaint", "log", "would not say who they were", "--npn", ANA.npn)
    listed = threegate.json("complaint", "list", "--npn", ANA.npn)

    assert (logged["id"], logged["npn"], logged["name"], logged["call_sid"]) == (1, ANA.npn, "Ana Tester", None)
    assert listed == {"items": [logged]}
    assert f"NPN {ANA.npn} Ana Tester" in threegate("complaint", "list").stdout
    assert "--npn: no producer" in threegate("complaint", "log", "x", "--npn", "7", code=2).stderr
    assert "--call: there is no such call" in threegate("complaint", "log", "x", "--call", "CA7", code=2).stderr
    assert "name the call or the producer" in threegate("complaint", "log", "x", code=2).stderr
