"""`threegate invoice …` as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands import cli
from app.commands.output import operator
from tests.commands.conftest import Threegate

BILL = b"call_id,external_id,amount\nCA00000000000000000000000000000001,,45\ntheirs-1,,30.50\n"


@pytest.fixture
def shop(threegate: Threegate) -> Threegate:
    threegate("vendor", "add", "acme", "--name", "Acme Leads")
    return threegate


def test_an_invoice_from_the_file_to_the_dispute(shop: Threegate, tmp_path: Path) -> None:
    file, out = shop.file("november.csv", BILL), tmp_path / "dispute.csv"

    received = shop.json("invoice", "import", file, "--vendor", "acme")
    again = shop.json("invoice", "import", file, "--vendor", "acme")
    ruled = shop.json("invoice", "rule", "1", "3", "dispute", "--reason", "not ours")
    listed = shop.json("invoice", "list")["items"]
    shown = shop.json("invoice", "show", "1")
    made = shop.json("invoice", "dispute", "1", "--out", str(out))

    assert (received["id"], received["vendor"], received["again"]) == (1, "acme", False)
    assert (received["disputed_lines"], received["disputed_cents"], received["undecided_cents"]) == (1, 4500, 3050)
    assert (again["id"], again["again"]) == (1, True)
    assert (ruled["verdict"], ruled["standing"], ruled["ruled_by"]) == ("cannot_say", "disputed", operator())
    assert [(one["id"], one["disputed_cents"], one["late"]) for one in listed] == [(1, 7550, False)]
    assert shown["reasons"] == {
        "nothing_to_match": {"lines": 1, "cents": 3050},
        "unknown": {"lines": 1, "cents": 4500},
    }
    assert [(line["line"], line["reasons"]) for line in shown["items"]] == [(2, ["unknown"]), (3, ["nothing_to_match"])]
    assert (made["file"], made["late"]) == (str(out), False)
    assert out.read_text("utf-8-sig").splitlines()[-1].startswith("total,")


def test_an_invoice_is_told_in_sentences(shop: Threegate) -> None:
    told = shop("invoice", "import", shop.file("november.csv", BILL), "--vendor", "acme").stdout.splitlines()

    assert told == [
        "read: call_id from 'call_id', external_id from 'external_id', amount from 'amount'",
        "invoice 1 of acme, november.csv: 2 lines",
        "disputes until 2026-11-25 15:00 UTC",
        "accepted: 0, $0.00",
        "disputed: 1, $45.00",
        "for a person to decide: 1, $30.50",
        "line 2, $45.00: disputed (unknown). No call that this vendor sold us has the CallSid "
        "CA00000000000000000000000000000001.",
        "line 3, $30.50: cannot say (nothing_to_match). We were never told the id theirs-1, and the line gives neither "
        "caller and time nor a lead.",
    ]
    assert "november.csv" in shop("invoice", "list").stdout
    assert "disputes until" in shop("invoice", "show", "1").stdout
    assert "line 2, $45.00: accepted" in shop("invoice", "rule", "1", "2", "accept", "--reason", "paid once").stdout


def test_columns_and_the_zone_can_be_said(shop: Threegate) -> None:
    bill = shop.file("x.csv", b"number,when,paid,amount\n6145550150,2026-11-18 10:00,45,9\n")

    found = shop.json(
        *("invoice", "import", bill, "--vendor", "acme", "--zone", "America/Chicago"),
        *("--column", "caller=number", "--column", "at=when", "--column", "amount=paid"),
    )

    assert found["columns"] == {"caller": "number", "at": "when", "amount": "paid"}
    assert [(line["at"], line["amount_cents"]) for line in found["items"]] == [("2026-11-18T16:00:00Z", 4500)]


def test_an_invoice_that_was_read_wrongly_is_withdrawn_and_read_again(shop: Threegate) -> None:
    file = shop.file("november.csv", BILL)
    shop("invoice", "import", file, "--vendor", "acme")

    withdrawn = shop.json("invoice", "withdraw", "1", "--reason", "wrong zone")
    anew = shop.json("invoice", "import", file, "--vendor", "acme", "--zone", "UTC")

    assert withdrawn["withdrawn_at"] == "2026-11-18T15:00:00Z"
    assert "withdrawn: it counts for nothing" in shop("invoice", "show", "1").stdout
    assert (anew["id"], anew["again"]) == (2, False)
    assert [one["id"] for one in shop.json("invoice", "list")["items"]] == [2]
    assert "there is no invoice 7" in shop("invoice", "withdraw", "7", "--reason", "x", code=2).stderr


def test_what_cannot_be_done_is_one_line(shop: Threegate) -> None:
    file = shop.file("november.csv", BILL)
    shop("invoice", "import", file, "--vendor", "acme")

    def refused(*arguments: str, code: int = 2) -> str:
        return shop("invoice", *arguments, code=code).stderr

    assert "there is no vendor 'nobody'" in refused("import", file, "--vendor", "nobody")
    assert "--zone Mars" in refused("import", file, "--vendor", "acme", "--zone", "Mars")
    assert "NAME=THEIRS" in refused("import", file, "--vendor", "acme", "--column", "amount")
    assert "no such file" in refused("import", file + "x", "--vendor", "acme").lower()
    assert "there is no invoice 7" in refused("show", "7")
    assert "there is no invoice 7" in refused("dispute", "7", "--out", file + ".out")
    assert "has no line 9" in refused("rule", "1", "9", "accept", "--reason", "x")
    assert "stands disputed already" not in refused("rule", "1", "2", "accept", "--reason", " ", code=1)


def test_a_file_with_a_wrong_row_is_refused_with_its_lines(shop: Threegate) -> None:
    file = shop.file("bad.csv", b"call_id,amount\nCA1,free\n")

    result = CliRunner(env=shop.environment).invoke(cli, ["invoice", "import", file, "--vendor", "acme"])

    assert result.exit_code == 2
    assert f"{file}:2: amount: not an amount of dollars" in result.stderr
    assert result.stderr.strip().endswith("1 error; nothing was imported")
    assert shop.json("invoice", "list") == {"items": []}
