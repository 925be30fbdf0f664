"""`threegate expansion` and `threegate state close` as a person types them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.storage import ledger
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from tests.builders import licensed
from tests.commands.conftest import Threegate

PDF = b"%PDF-1.7 certificate of authority"
ANA, BEN = licensed("Ana", 1, "OH", "TX"), licensed("Ben", 2, "OH")
LEE = ("--verified-by", "lee@agency.example")
_ledger = table_of(LedgerRow)


def entries(url: str, kind: str) -> list[ledger.Entry]:
    database = Database(url)
    with database.read() as tx:
        ids = tx.execute(select(_ledger.c.id).where(_ledger.c.kind == kind).order_by(_ledger.c.id)).scalars().all()
        found = [ledger.entry(tx, each) for each in ids]
    database.dispose()
    return [entry for entry in found if entry is not None]


def documents_in(threegate: Threegate) -> list[Path]:
    return list(Path(threegate.environment["THREEGATE_DOCUMENTS_DIR"]).iterdir())


def verified(threegate: Threegate, state: str = "TX", content: bytes = PDF) -> str:
    """A document that was brought, and verified by somebody else."""
    proof = threegate.json("expansion", "document", state, threegate.file("certificate.pdf", content))
    threegate("expansion", "verify", str(proof["id"]), *LEE)
    return str(proof["id"])


def test_a_state_goes_from_the_plan_to_the_opening(threegate: Threegate, database_url: str) -> None:
    threegate.roster(ANA, BEN)
    threegate.campaign()

    begun = threegate.json("expansion", "begin", "tx", "--budget", "200", "--agency-license", "A-1",
                           "--agency-expires", "2027-06-30")  # fmt: skip
    assert (begun["status"], begun["costs_cents"]["left"]) == ("planned", 20_000)
    assert begun["agency_license"]["until"] == "2027-07-01T05:00:00Z"
    assert [lack["code"] for lack in begun["missing"]] == ["document_missing"]

    threegate("expansion", "add", "TX", BEN.npn, "--loa", "life")
    threegate("expansion", "applied", "TX", BEN.npn, "--on", "2026-11-09")
    threegate("expansion", "paid", "TX", BEN.npn, "$55.60")
    done = threegate.json("expansion", "approved", "TX", BEN.npn, "--on", "2026-11-17")
    (application,) = done["applications"]
    assert (application["status"], application["estimated_cents"], application["paid_cents"]) == (
        "approved",
        5560,
        5560,
    )
    assert (done["fee"]["nipr_cents"], done["fee"]["as_of"]) == (560, "2026-11-22")

    opened = threegate.json("expansion", "open", "TX", "--document", verified(threegate))

    assert opened["states"][0]["agency_until"] == "2027-07-01T05:00:00Z"
    (gap,) = opened["gaps"]
    assert (gap["state"], gap["producers"], gap["loa"]) == ("TX", 1, "life")
    assert threegate.json("expansion", "show", "TX")["status"] == "open"
    assert threegate.json("expansion", "list", "--status", "open")["items"][0]["state"] == "TX"
    (entry,) = entries(database_url, "document_verified")
    assert (entry.facts["verified_by"], entry.facts["by"]) == ("lee@agency.example", "command")
    assert entry.actor.startswith("command:")
    assert entry.facts["uploaded_by"] == entry.actor


def test_who_brought_a_document_cannot_verify_it(threegate: Threegate) -> None:
    threegate("expansion", "begin", "TX")
    proof = threegate.json("expansion", "document", "TX", threegate.file("certificate.pdf", PDF))

    refused = threegate("expansion", "verify", str(proof["id"]), code=1)
    unopened = threegate("expansion", "open", "TX", "--document", str(proof["id"]), code=1)

    assert "another person must" in refused.stderr
    assert "must verify it" in unopened.stderr


def test_checks_that_fail_are_told_and_nobody_is_added(threegate: Threegate) -> None:
    threegate.roster(ANA)
    threegate("expansion", "begin", "TX")

    refused = threegate.json("expansion", "add", "TX", ANA.npn, "--loa", "life", code=1)
    told = threegate("expansion", "add", "TX", ANA.npn, "--loa", "life", code=1)

    assert [obstacle["code"] for obstacle in refused["obstacles"]] == ["held_already"]
    assert told.stderr.count("\n") == 1
    assert threegate.json("expansion", "show", "TX")["applications"] == []


def test_what_california_and_kansas_ask_besides_is_named(threegate: Threegate) -> None:
    assert "besides: fingerprints" in threegate("expansion", "begin", "CA").stdout
    assert "background check ($60)" in threegate("expansion", "begin", "KS").stdout


def test_over_budget_is_told(threegate: Threegate) -> None:
    threegate.roster(BEN)
    threegate("expansion", "begin", "CA", "--budget", "100")

    assert "over budget by $93.60" in threegate("expansion", "add", "CA", BEN.npn, "--loa", "life").stdout


def test_state_open_keeps_the_document_and_prints_the_gaps(threegate: Threegate, database_url: str) -> None:
    threegate.campaign()
    proof = threegate.file("proof.pdf", PDF)

    told = threegate("state", "open", "TX", "--document", proof, *LEE)

    assert "TX: opened, the whole state, verified by lee@agency.example" in told.stdout
    assert "gap: TX: no producer has authority for +18005550199 (Final expense, life) today" in told.stderr
    (kept,) = documents_in(threegate)
    assert kept.read_bytes() == PDF
    (entry,) = entries(database_url, "state_opened")
    assert (entry.facts["by"], entry.facts["verified_by"]) == ("command", "lee@agency.example")
    assert entry.actor.startswith("command:")
    (document,) = threegate.json("expansion", "show", "TX")["documents"]
    assert (document["uploaded_by"], document["verified_by"]) == (entry.actor, "lee@agency.example")


def test_a_campaign_is_told_its_gaps_too(threegate: Threegate) -> None:
    threegate.roster(ANA)
    threegate.open("OH", "FL")

    told = threegate.campaign()

    assert "no producer has authority there today: FL" in told.stderr
    assert "the state is not open: TX" in told.stderr


def test_a_state_is_closed_at_once_and_opened_again_on_a_document_again(
    threegate: Threegate, database_url: str
) -> None:
    threegate.roster(ANA)
    threegate("expansion", "begin", "TX")
    old = verified(threegate)
    threegate("expansion", "open", "TX", "--document", old)

    closed = threegate.json("state", "close", "tx", "--reason", "withdrawn")

    assert (closed["state"]["open"], closed["state"]["state"]) == (False, "TX")
    asked = ("authority", "check", "--npn", ANA.npn, "--state", "TX", "--loa", "life")
    assert threegate.json(*asked, code=1)["reasons"] == ["state_not_open"]
    threegate("expansion", "open", "TX", "--document", old, code=1)
    threegate("expansion", "begin", "TX")
    threegate("expansion", "open", "TX", "--document", old, code=1)
    threegate("expansion", "open", "TX", "--document", verified(threegate))
    assert threegate.json(*asked)["allowed"] is True
    (entry,) = entries(database_url, "state_closed")
    assert (entry.facts["reason"], entry.facts["by"]) == ("withdrawn", "command")
    assert "was closed already" in close_twice(threegate)


def close_twice(threegate: Threegate) -> str:
    threegate("expansion", "close", "TX")
    return threegate("state", "close", "TX").stdout


def test_a_territory_is_opened_and_widened(threegate: Threegate) -> None:
    threegate("expansion", "begin", "TX")
    document = ("expansion", "open", "TX", "--document", verified(threegate))

    pilot = threegate.json(*document, "--zips", threegate.file("zips.txt", b"75001\n"))
    wider = threegate.json(*document, "--zips", threegate.file("zips.txt", b"75001\n75002\n"))

    assert [one["states"][0]["zips"] for one in (pilot, wider)] == [["75001"], ["75001", "75002"]]


def test_what_an_installation_asks_for_is_named_when_it_is_missing(threegate: Threegate) -> None:
    threegate.environment |= {"THREEGATE_OPENING_NEEDS_DRILL_DAYS": "30", "THREEGATE_OPENING_NEEDS_PRODUCERS": "1"}
    proof = threegate.file("proof.pdf", PDF)

    refused = threegate("state", "open", "TX", "--document", proof, *LEE, code=1)

    assert "0 of 1 producers" in refused.stderr
    assert "threegate drill --state TX" in refused.stderr
    assert threegate.json("state", "list") == {"states": []}


@pytest.mark.parametrize("name", ["a\u202efdp.exe", "x" * 200 + ".pdf", "-rf.pdf", "..pdf", "a;b$(c).pdf", "शपथ.pdf"])
def test_a_files_name_is_never_where_it_lies(threegate: Threegate, name: str) -> None:
    threegate("expansion", "begin", "TX")

    proof = threegate.json("expansion", "document", "TX", threegate.file(name, PDF))

    (kept,) = documents_in(threegate)
    assert kept.name == proof["sha256"]
    assert "\u202e" not in threegate.json("expansion", "show", "TX")["documents"][0]["name"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("begin", "XX"), 2),
        (("begin", "TX", "--agency-license", "A-1"), 2),
        (("begin", "TX", "--budget", "a lot"), 2),
        (("begin", "TX", "--budget", "1.005"), 2),
        (("begin", "TX", "--budget", "Infinity"), 2),
        (("show", "TX"), 1),
        (("add", "TX", "90000001", "--loa", "life"), 1),
        (("applied", "TX", "90000001"), 1),
        (("applied", "XX", "90000001"), 1),
        (("verify", "1"), 2),
        (("open", "TX", "--document", "1"), 1),
        (("open", "XX", "--document", "1"), 2),
        (("close", "TX"), 1),
        (("close", "Texas"), 2),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(threegate: Threegate, words: tuple[str, ...], code: int) -> None:
    result = threegate("expansion", *words, code=code)

    assert len(result.stderr.strip().splitlines()) == 1


def test_a_program_called_pdf_is_refused(threegate: Threegate) -> None:
    threegate("expansion", "begin", "TX")

    refused = threegate("expansion", "document", "TX", threegate.file("certificate.pdf", b"MZ\x90\x00"), code=2)

    assert "by its first bytes" in refused.stderr


def test_without_calls_there_are_no_targets(threegate: Threegate) -> None:
    assert threegate.json("expansion", "targets") == {"days": 90, "items": []}
    assert threegate("expansion", "targets").stdout.startswith("state\tleads")


def test_projects_are_listed_in_the_order_in_which_they_were_begun(threegate: Threegate) -> None:
    for state in ("TX", "FL", "CA"):
        threegate("expansion", "begin", state)

    found: list[dict[str, Any]] = threegate.json("expansion", "list")["items"]

    assert [each["state"] for each in found] == ["TX", "FL", "CA"]
    assert "1\tTX\tplanned\t0\t0\t$0.00\tunknown\tdocument_missing" in threegate("expansion", "list").stdout
