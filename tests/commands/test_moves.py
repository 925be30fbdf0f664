"""`threegate producer moved …` and what follows a move."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.storage.database import Database
from tests.commands.conftest import Threegate
from tests.workflows.licenses.moving import ANA, report, settled


@pytest.fixture
def desk(threegate: Threegate) -> Threegate:
    """Ana, of Ohio, licensed in Florida and Georgia too."""
    threegate.roster(ANA)
    threegate.open("OH")
    return threegate


def at(desk: Threegate, instant: str) -> None:
    desk.environment["THREEGATE_CLOCK"] = f"{instant}*0.000001"


def test_a_move_suspends_at_once_and_says_what_is_due(desk: Threegate) -> None:
    told = desk("producer", "moved", ANA.npn, "--to", "tx", "--on", "2026-11-10").stdout

    assert told.startswith(
        f"NPN {ANA.npn} moved from OH to TX on 2026-11-10; today is day 8. Suspended in FL, GA, OH, TX.\n"
    )
    assert "FL\tnonresident\t2026-12-10" in told
    checked = desk.json("authority", "check", "--npn", ANA.npn, "--state", "OH", "--loa", "life", code=1)
    assert checked["reasons"] == ["domicile_change_pending"]


def test_the_open_move_is_shown_with_what_is_missing(desk: Threegate) -> None:
    desk("producer", "moved", ANA.npn, "--to", "TX", "--on", "2026-10-01")

    shown = desk.json("producer", "move", ANA.npn)

    assert (shown["from"], shown["to"], shown["day"], shown["late"]) == ("OH", "TX", 48, True)
    assert (shown["suspended"], shown["exposed"], shown["exposed_calls"]) == (["FL", "GA", "OH", "TX"], [], 0)
    assert shown["states"][3]["missing"] == "the roster has OH as the resident state; import one that shows TX"
    assert "Reported late: 0 calls" in desk("producer", "move", ANA.npn).stdout
    assert [one["npn"] for one in desk.json("producer", "moves")["items"]] == [ANA.npn]
    assert f"{ANA.npn}\tOH\tTX\t2026-10-01\t48" in desk("producer", "moves").stdout


def test_a_state_is_filed_seen_and_restored(desk: Threegate) -> None:
    desk("producer", "moved", ANA.npn, "--to", "TX", "--on", "2026-11-10")
    filed = desk("producer", "move-filed", ANA.npn, "FL").stdout
    at(desk, "2026-11-19T15:00:00Z")
    desk.roster(settled(ANA, "TX", "FL"))
    at(desk, "2026-11-19T16:00:00Z")
    too_early = desk("producer", "move-restored", ANA.npn, "FL", code=1).stderr

    home = desk("producer", "move-restored", ANA.npn, "TX").stdout
    florida = desk.json("producer", "move-restored", ANA.npn, "FL")

    assert filed == f"NPN {ANA.npn}, FL: the new resident state comes first: TX is not restored\n"
    assert too_early == "the new resident state comes first: TX is not restored\n"
    assert home == f"NPN {ANA.npn}, TX: restored 2026-11-19T16:00:00Z\n"
    assert [one["state"] for one in florida["states"] if one["restored_at"]] == ["FL", "TX"]


def test_a_false_report_is_withdrawn(desk: Threegate, database: Database) -> None:
    report(database, datetime(2026, 11, 18, 15, tzinfo=UTC))
    at(desk, "2026-11-19T15:00:00Z")
    desk.roster(settled(ANA, "OH", "FL"))
    at(desk, "2026-11-19T16:00:00Z")

    told = desk("producer", "move-withdrawn", ANA.npn, "--because", "another Ana").stdout

    assert told == (
        f"NPN {ANA.npn} has not moved from OH to TX. Suspended in GA.\n"
        "  GA: no roster has shown life in GA since the move was reported\n"
    )
    assert desk("producer", "moves").stdout.splitlines()[-1].endswith("withdrawn")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("moved", "99", "--to", "TX", "--on", "2026-11-10"), 1),
        (("moved", ANA.npn, "--to", "OH", "--on", "2026-11-10"), 1),
        (("moved", ANA.npn, "--to", "TX", "--on", "2026-11-10", "--correct"), 1),
        (("moved", ANA.npn, "--to", "XX", "--on", "2026-11-10"), 2),
        (("moved", ANA.npn, "--to", "TX", "--on", "2026-11-20"), 2),
        (("moved", ANA.npn, "--to", "TX", "--on", "1949-12-31"), 2),
        (("moved", ANA.npn, "--to", "TX", "--on", "11/10/2026"), 2),
        (("moved", ANA.npn, "--to", "TX"), 2),
        (("move", ANA.npn), 1),
        (("move", "99"), 1),
        (("move-filed", ANA.npn, "FL"), 1),
        (("move-restored", ANA.npn, "FL"), 1),
        (("move-withdrawn", ANA.npn, "--because", "x"), 1),
        (("move-withdrawn", ANA.npn, "--because", " "), 2),
        (("move-withdrawn", ANA.npn), 2),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(desk: Threegate, arguments: tuple[str, ...], code: int) -> None:
    told = desk("producer", *arguments, code=code)

    assert len(told.stderr.strip().splitlines()) == 1
    assert desk.json("producer", "moves") == {"items": []}


def test_a_second_report_says_which_is_open_and_a_correction_changes_it(desk: Threegate) -> None:
    desk("producer", "moved", ANA.npn, "--to", "TX", "--on", "2026-11-10")

    refused = desk("producer", "moved", ANA.npn, "--to", "FL", "--on", "2026-11-10", code=1).stderr
    corrected = desk.json("producer", "moved", ANA.npn, "--to", "FL", "--on", "2026-11-12", "--correct")

    assert "a move from OH to TX on 2026-11-10 is open" in refused
    assert (corrected["to"], corrected["moved_on"]) == ("FL", "2026-11-10")
