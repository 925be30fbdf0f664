"""`threegate lookback`, as its user meets it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Held, licensed, roster_file
from tests.commands.conftest import Threegate

ANA = licensed("Ana", 1, "OH").holding(Held("OH"), Held("TX", expires="2026-09-30"))
HEADER = "at,caller,producer_npn,zip,state,loa,answered_seconds\n"
IN_OHIO = "2026-10-07T15:00:00Z,+16145550150,90000001,43215,OH,life,240\n"
IN_TEXAS = "2026-10-07T16:00:00Z,+15125550151,90000001,78701,TX,life,240\n"


@pytest.fixture
def threegate(tmp_path: Path, make_threegate: Callable[..., Threegate]) -> Threegate:
    """With a database that nobody has made: a look back over two files needs none."""
    return make_threegate(f"sqlite:///{tmp_path / 'nowhere' / 'none.db'}")


@pytest.fixture
def roster(threegate: Threegate) -> str:
    return threegate.file("roster.csv", roster_file(ANA))


def log_of(threegate: Threegate, *rows: str, header: str = HEADER) -> str:
    return threegate.file("calls.csv", (header + "".join(rows)).encode())


def test_two_files_tell_what_was_missing_since_when(threegate: Threegate, roster: str) -> None:
    told = threegate("lookback", "--calls", log_of(threegate, IN_OHIO, IN_TEXAS), "--roster", roster)

    assert "Texas life license expired, out of force since 2026-10-01" in told.stdout
    assert "calls.csv: read as threegate: at=at, caller=caller" in told.stderr


def test_json_has_the_whole_report(threegate: Threegate, roster: str) -> None:
    found = threegate.json("lookback", "--calls", log_of(threegate, IN_OHIO, IN_TEXAS), "--roster", roster)

    assert found["without_authority"] == {"best": 1, "worst": 1}
    assert (found["missing"][0]["reason"], found["missing"][0]["since"]) == ("license_expired", "2026-10-01")
    assert found["evidence"][0]["line"] == 3


def test_nothing_is_stored(threegate: Threegate, roster: str, tmp_path: Path) -> None:
    log = log_of(threegate, IN_OHIO, IN_TEXAS)
    before = sorted(tmp_path.rglob("*"))

    threegate("lookback", "--calls", log, "--roster", roster)

    assert sorted(tmp_path.rglob("*")) == before


def test_the_page_and_the_evidence_are_written_where_they_are_asked_for(
    threegate: Threegate, roster: str, tmp_path: Path
) -> None:
    page, evidence = tmp_path / "page.html", tmp_path / "found.csv"
    log = log_of(threegate, IN_OHIO, IN_TEXAS)

    threegate("lookback", "--calls", log, "--roster", roster, "--html", str(page), "--evidence", str(evidence))

    assert "Ana Tester" in page.read_text(encoding="utf-8")
    (row,) = csv.DictReader(evidence.read_text(encoding="utf-8").splitlines())
    assert (row["kind"], row["line"], row["caller"], row["npn"]) == (
        "without_authority", "3", "512-***-**51", "90000001",
    )  # fmt: skip


def test_nothing_in_the_evidence_opens_as_a_formula(threegate: Threegate, roster: str, tmp_path: Path) -> None:
    evidence = tmp_path / "found.csv"
    stranger = "2026-10-07T15:00:00Z,+16145550150,@SUM(A1),43215,OH,life,240\n"

    threegate("lookback", "--calls", log_of(threegate, stranger), "--roster", roster, "--evidence", str(evidence))

    (row,) = csv.DictReader(evidence.read_text(encoding="utf-8").splitlines())
    assert row["name"].startswith("'@SUM")


def test_times_without_a_zone_leave_the_hours_unjudged_and_say_how_to_mend_it(
    threegate: Threegate, roster: str
) -> None:
    log = log_of(threegate, IN_OHIO.replace("T15:00:00Z", " 22:30:00"))

    told = threegate("lookback", "--calls", log, "--roster", roster, "--json")
    zoned = threegate.json("lookback", "--calls", log, "--roster", roster, "--time-zone", "America/New_York")

    assert "--time-zone America/New_York" in told.stderr
    assert '"judged": false' in told.stdout
    assert zoned["outside_hours"]["unsaid"] == {"best": 1, "worst": 1}


def test_a_log_of_other_columns_is_read_by_what_is_said_of_them(threegate: Threegate, roster: str) -> None:
    log = log_of(
        threegate,
        "10/07/2026 11:00:00 AM,(512) 555-0151,jdoe,78701,Medicare 65,4:00\n",
        header="Call Date,ANI,Rep,Postal,Program,Talk Time\n",
    )
    agents = threegate.file("agents.csv", b"agent,npn\njdoe,90000001\n")
    said = ["--column", "agent=Rep", "--column", "campaign=Program", "--column", "zip=Postal"]
    more = ["--agents", agents, "--campaign-loa", "Medicare 65=health", "--time-zone", "America/New_York"]

    found = threegate.json("lookback", "--calls", log, "--roster", roster, *said, *more)

    assert (found["taken"], found["not_on_roster"], found["sold_not_held"][0]["line"]) == (1, 0, "health")


def test_without_a_roster_file_it_is_the_database(make_threegate: Callable[..., Threegate], tmp_path: Path) -> None:
    own = make_threegate(f"sqlite:///{tmp_path / 'own.db'}")
    log = log_of(own, IN_OHIO, IN_TEXAS)
    own("db", "upgrade")
    empty = own("lookback", "--calls", log, code=2)
    own.roster(ANA)

    assert "--roster FILE" in empty.stderr.splitlines()[-1]
    assert own.json("lookback", "--calls", log)["without_authority"] == {"best": 1, "worst": 1}


def test_our_own_calls_read_zero(make_threegate: Callable[..., Threegate], tmp_path: Path) -> None:
    own = make_threegate(f"sqlite:///{tmp_path / 'own.db'}")
    own("db", "upgrade")

    found = own.json("lookback", "--own", "--last", "30d")

    assert (found["clean"], found["without_authority"], found["unproved"]) == (True, {"best": 0, "worst": 0}, [])
    assert "It reads zero." in own("lookback", "--own", "--html", str(tmp_path / "own.html")).stdout
    assert "--last" in own("lookback", "--own", "--last", "soon", code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "give --calls FILE"),
        (["--calls", "none.csv"], "none.csv"),
        (["--calls", "CALLS", "--last", "30d"], "--own"),
        (["--own", "--calls", "CALLS"], "--own reads"),
        (["--calls", "CALLS", "--loa", "pets"], "--loa"),
        (["--calls", "CALLS", "--price", "life=cheap"], "--price"),
        (["--calls", "CALLS", "--price", "life"], "--price"),
        (["--calls", "CALLS", "--time-zone", "Ohio"], "--time-zone"),
        (["--calls", "CALLS", "--time-zone", "../../etc/passwd"], "--time-zone"),
        (["--calls", "CALLS", "--column", "at=Nope"], "Nope"),
        (["--calls", "CALLS", "--column", "height=at"], "height"),
        (["--calls", "CALLS", "--format", "excel"], "excel"),
        (["--calls", "CALLS", "--html", "/nowhere/page.html"], "/nowhere/page.html"),
        (["--calls", "CALLS", "--agents", "none.csv"], "none.csv"),
    ],
)
def test_bad_input_is_told_in_one_line(
    threegate: Threegate, roster: str, arguments: list[str], word: str, tmp_path: Path
) -> None:
    log = log_of(threegate, IN_OHIO)
    given = [log if argument == "CALLS" else argument for argument in arguments]
    given += [] if "--own" in given else ["--roster", roster]

    told = threegate("lookback", *given, code=2)

    assert word in told.stderr


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (HEADER.encode(), "no rows"),
        (b"PK\x03\x04 a spreadsheet", "spreadsheet"),
        (b"one,two\n1,2\n", "one, two"),
        ((HEADER + IN_OHIO.replace("life", "pets")).encode(), "line 2"),
    ],
)
def test_a_log_that_cannot_be_read_says_why(threegate: Threegate, roster: str, content: bytes, word: str) -> None:
    told = threegate_lines(threegate, threegate.file("calls.csv", content), roster)

    assert word in told[-1]


def test_a_roster_with_errors_names_them_and_nothing_is_judged(threegate: Threegate) -> None:
    bad = threegate.file("roster.csv", roster_file(ANA).replace(b"active", b"fine"))

    told = threegate_lines(threegate, log_of(threegate, IN_OHIO), bad)

    assert "status" in told[0]
    assert told[-1].endswith("nothing was judged")


def threegate_lines(threegate: Threegate, log: str, roster: str) -> list[Any]:
    """What is said where the answer is bad input; the layout may stand before it."""
    from click.testing import CliRunner

    from app.commands import cli

    result = CliRunner(env=threegate.environment).invoke(cli, ["lookback", "--calls", log, "--roster", roster])
    assert result.exit_code == 2, (result.output, result.exception)
    return result.stderr.strip().splitlines()
