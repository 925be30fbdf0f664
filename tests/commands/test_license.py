"""`threegate license …`, `producer suspend` and `unsuspend`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.outside.notices import NullNotices
from app.storage.database import Database
from app.workflows.licenses.watch_lapses import watch_lapses
from tests.builders import Held
from tests.commands.conftest import Threegate
from tests.workflows.licenses.lapsing import FLO, GIL, campaign, promised

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


@pytest.fixture
def office(threegate: Threegate) -> Threegate:
    threegate.roster(FLO, GIL)
    threegate.open("FL", "GA")
    return threegate


def table(office: Threegate, *arguments: str) -> list[list[str]]:
    return [line.split("\t") for line in office(*arguments).stdout.splitlines()]


def test_the_impact_of_a_resident_license_is_told(office: Threegate) -> None:
    told = office("license", "impact", "--npn", FLO.npn).stdout.splitlines()

    assert told == [
        f"NPN {FLO.npn} {FLO.name}, resident in FL, without FL at 2026-11-18T15:00:00Z:",
        "Authority that goes: 3 lines in 3 states: FL, GA, OH",
        "\t".join(("state", "loa", "license", "expires_on", "rests", "open", "left", "who")),
        "\t".join(("FL", "life", f"FL-{FLO.npn}", "2027-12-31", "itself", "open", "0", "")),
        "\t".join(("GA", "life", f"GA-{FLO.npn}", "2027-12-31", "on it", "open", "1", GIL.npn)),
        "\t".join(("OH", "life", f"OH-{FLO.npn}", "2027-12-31", "on it", "", "1", GIL.npn)),
        "Dark: FL for life: open, and nobody else could take a call",
        "Promised calls that nobody else could keep: 0",
        "Of the last 30 days: 0 of 0 calls that arrived, 0 of 0 that were bridged, 0 of them to this producer.",
    ]


def test_the_impact_has_the_calls_that_must_move_and_no_number(office: Threegate) -> None:
    database = Database(office.environment["DATABASE_URL"])
    owed = promised(database, "FL", NOW + timedelta(days=1), NOW, campaign_id=campaign(database))
    database.dispose()

    told = office("license", "impact", "--npn", FLO.npn).stdout
    found = office.json("license", "impact", "--npn", FLO.npn, "--without", "Florida")

    assert f"  lead {owed.lead_id}, callback {owed.id}, FL, due 2026-11-19T15:00:00Z" in told
    assert found["dark_states"] == ["FL"]
    assert found["callbacks"] == [
        {
            "callback_id": owed.id,
            "lead_id": owed.lead_id,
            "states": ["FL"],
            "due_at": "2026-11-19T15:00:00Z",
            "promised_by": "2026-11-19T15:15:00Z",
        }
    ]
    assert owed.phone not in told
    assert found["last_30_days"] == {
        "arrived": 0,
        "arrived_there": 0,
        "bridged": 0,
        "bridged_there": 0,
        "bridged_there_to_them": 0,
    }


def test_the_impact_on_a_planned_day(office: Threegate) -> None:
    found = office.json("license", "impact", "--npn", FLO.npn, "--on", "2026-12-31", "--without", "GA")

    assert (found["at"], found["without"], found["states"]) == ("2026-12-31T05:00:00Z", ["GA"], ["GA"])


def test_a_license_is_suspended_and_what_goes_is_told(office: Threegate) -> None:
    told = office("license", "suspend", "--npn", FLO.npn, "--state", "ga", "--reason", "the state called").stdout
    again = office("license", "suspend", "--npn", FLO.npn, "--state", "GA", "--reason", "the state called").stdout
    refused = office("authority", "check", "--npn", FLO.npn, "--state", "GA", "--loa", "life", code=1).stdout

    assert told.startswith(f"NPN {FLO.npn} {FLO.name}, GA: suspended for life (roster version ")
    assert "Authority that goes: 1 line in 1 state: GA" in told
    assert again == f"NPN {FLO.npn} {FLO.name}, GA: was not in force; nothing changed\n"
    assert "license_not_active" in refused


def test_a_suspension_since_a_day_tells_the_exposure(office: Threegate) -> None:
    suspend = ("license", "suspend", "--npn", FLO.npn, "--state", "FL", "--loa", "life", "--reason", "lapsed")

    found = office.json(*suspend, "--since", "2026-11-01")

    assert (found["suspended"], found["exposed"], found["states"]) == (["life"], [], ["FL", "GA", "OH"])
    assert "Exposure: 0 calls bridged since 2026-11-01" in office(*suspend, "--since", "2026-11-01").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("impact", "--npn", "1"), 1, "no producer has NPN 1"),
        (("impact", "--npn", FLO.npn, "--without", "TX"), 1, f"NPN {FLO.npn} has no license in TX"),
        (("impact", "--npn", FLO.npn, "--without", "Ontario"), 2, "'Ontario' is not one of the 56 jurisdictions"),
        (("impact", "--npn", FLO.npn, "--on", "soon"), 2, "'soon' is not a day of the calendar"),
        (("suspend", "--npn", FLO.npn, "--state", "TX", "--reason", "x"), 1, f"NPN {FLO.npn} has no license in TX"),
        (("suspend", "--npn", FLO.npn, "--state", "FL", "--reason", " "), 2, "a reason is needed"),
        (("suspend", "--npn", FLO.npn, "--state", "FL"), 2, "--reason"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    office: Threegate, arguments: tuple[str, ...], code: int, told: str
) -> None:
    assert told in office("license", *arguments, code=code).stderr


def test_lapses_are_listed_with_what_went_and_whether_they_are_back(threegate: Threegate) -> None:
    threegate.roster(FLO)
    database = Database(threegate.environment["DATABASE_URL"])
    watch_lapses(database=database, notices=NullNotices(), now=NOW - timedelta(minutes=1))
    threegate.roster(FLO.holding(Held("FL", status="inactive")))
    watch_lapses(database=database, notices=NullNotices(), now=NOW)
    database.dispose()

    (header, row) = table(threegate, "license", "lapses")
    lapsed = dict(zip(header, row, strict=True))
    threegate.roster(FLO)
    (back,) = threegate.json("license", "lapses")["items"]

    assert {name: lapsed[name] for name in ("npn", "state", "loa", "how", "states", "lines", "stands")} == {
        "npn": FLO.npn,
        "state": "FL",
        "loa": "life",
        "how": "csv",
        "states": "3",
        "lines": "3",
        "stands": "lapsed",
    }
    assert back["stands"] == "back in force"
    assert back["going"] == [{"state": state, "loa": "life"} for state in ("FL", "GA", "OH")]


def test_a_producer_is_suspended_and_given_back(office: Threegate) -> None:
    taken = office("producer", "suspend", FLO.npn, "--reason", "complaint 7").stdout
    check = ("authority", "check", "--npn", FLO.npn, "--state", "GA", "--loa", "life")
    during = office(*check, code=1).stdout
    again = office("producer", "suspend", FLO.npn, "--reason", "complaint 7").stdout
    back = office.json("producer", "unsuspend", FLO.npn, "--reason", "settled")

    assert "suspended (roster version" in taken
    assert "Authority that goes: 3 lines in 3 states: FL, GA, OH" in taken
    assert "producer_suspended" in during
    assert again == f"NPN {FLO.npn} {FLO.name}: was suspended already\n"
    assert (back["suspended"], back["lines"]) == (False, [])
    office(*check)


def test_a_producer_needs_a_reason_and_must_be_known(office: Threegate) -> None:
    assert "--reason" in office("producer", "suspend", FLO.npn, code=2).stderr
    assert "a reason is needed" in office("producer", "unsuspend", FLO.npn, "--reason", " ", code=2).stderr
    assert "no producer has NPN 1" in office("producer", "suspend", "1", "--reason", "x", code=1).stderr
