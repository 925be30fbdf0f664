"""`threegate dnc …` and `threegate dial …`."""

from __future__ import annotations

import pytest

from tests.commands.conftest import Threegate

OHIO = "+16145550150"


def scrub(threegate: Threegate, content: bytes, on: str = "2026-11-18", code: int = 0) -> str:
    result = threegate("dnc", "import", threegate.file("scrub.csv", content), "--scrubbed-on", on, code=code)
    return result.stdout if code == 0 else result.stderr


def test_a_scrub_is_kept_and_the_later_one_stands(threegate: Threegate) -> None:
    told = scrub(threegate, b"phone,listed\n(614) 555-0150,yes\n614-555-0151,no\n")
    scrub(threegate, b"phone,listed\n614-555-0150,no\n", on="2026-11-10")

    found = threegate.json("dnc", "show", OHIO)

    assert told.startswith("2 numbers were checked on 2026-11-18, 1 of them are listed; good to 2026-12-19")
    assert (found["listed"], found["scrubbed_on"], found["turned_to_us"]) == (True, "2026-11-18", False)
    assert found["own_list_since"] is None


@pytest.mark.parametrize("listed", [b"no,yes", b"yes,no"])
def test_of_two_answers_on_one_day_the_one_that_says_listed_stands(threegate: Threegate, listed: bytes) -> None:
    for word in listed.split(b","):
        scrub(threegate, b"phone,listed\n614-555-0150," + word + b"\n")

    assert threegate.json("dnc", "show", OHIO)["listed"] is True


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"phone,listed\nhello,yes\n", "2: phone: not a telephone number"),
        (b"phone,listed\n614-555-0150,maybe\n", "2: listed: expected yes or no"),
        (b"phone\n614-555-0150\n", "1: listed: the column is missing"),
        (b"phone,listed\n", "no row below it"),
    ],
)
def test_a_file_with_anything_wrong_in_it_is_kept_in_no_part(threegate: Threegate, content: bytes, told: str) -> None:
    path = threegate.file("scrub.csv", b"phone,listed\n614-555-0151,no\n")
    wrong = threegate.file("wrong.csv", content)
    threegate("dnc", "import", path, "--scrubbed-on", "2026-11-18")

    from click.testing import CliRunner

    from app.commands import cli

    result = CliRunner(env=threegate.environment).invoke(cli, ["dnc", "import", wrong, "--scrubbed-on", "2026-11-18"])

    assert result.exit_code == 2
    assert told in result.stderr
    assert threegate.json("dnc", "show", OHIO)["listed"] is None


def test_a_day_that_has_not_come_is_refused(threegate: Threegate) -> None:
    assert "has not come yet" in scrub(threegate, b"phone,listed\n614-555-0150,no\n", on="2026-11-19", code=2)


def test_a_number_is_put_on_our_own_list_once(threegate: Threegate) -> None:
    first, again = threegate("dnc", "add", "614-555-0150").stdout, threegate("dnc", "add", OHIO).stdout

    assert first == f"{OHIO} is on our own list\n"
    assert again == f"{OHIO} is on our own list, as it was before\n"
    assert threegate.json("dnc", "show", OHIO)["own_list_since"] == "2026-11-18T15:00:00Z"


def test_dialing_is_turned_off_and_on_and_the_ledger_has_both(threegate: Threegate) -> None:
    assert threegate.json("dial", "show")["dialing"] is True

    threegate("dial", "off", "--because", "odd bill")
    off = threegate.json("dial", "show", code=1)
    again = threegate("dial", "off", "--because", "once more").stdout
    threegate("dial", "on")

    assert (off["dialing"], off["because"], off["most_in_an_hour"], off["most_of_a_producer"]) == (
        False,
        "odd bill",
        300,
        30,
    )
    assert again == "dialing is off, as it was before\n"
    assert threegate.json("dial", "show")["dialing"] is True


def test_why_dialing_is_turned_off_must_be_said(threegate: Threegate) -> None:
    threegate("dial", "off", code=2)
