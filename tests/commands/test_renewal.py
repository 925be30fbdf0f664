"""`threegate renewal …`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.outside.notices import NullNotices
from app.storage.database import Database
from app.workflows.licenses.watch_renewals import watch_renewals
from tests.builders import Held, licensed
from tests.commands.conftest import Threegate

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
ANA = licensed("Ana", 1, "OH")


def import_and_watch(threegate: Threegate, *held: Held) -> None:
    threegate.roster(ANA.holding(*held))
    database = Database(threegate.environment["DATABASE_URL"])
    watch_renewals(database=database, notices=NullNotices(), now=NOW)
    database.dispose()


@pytest.fixture
def office(threegate: Threegate) -> Threegate:
    import_and_watch(threegate, Held("OH", expires="2026-12-08"), Held("TX", expires="2026-11-30"))
    return threegate


def test_the_resident_license_is_listed_first(office: Threegate) -> None:
    listed = office("renewal", "list").stdout.splitlines()

    assert listed[1].split("\t")[1:] == [
        *[ANA.npn, "Ana Tester", "OH", "1", "life", "2026-12-08", "20", "", "", "untouched"]
    ]
    assert listed[2].split("\t")[3:5] == ["TX", ""]


def test_a_renewal_is_given_to_somebody_and_its_steps_are_marked(office: Threegate) -> None:
    (first, _) = office.json("renewal", "list")["items"]
    number = str(first["id"])

    office("renewal", "assign", number, "kim@example.com")
    marked = office.json("renewal", "step", number, "education")
    told = office("renewal", "step", number, "paid").stdout

    assert (marked["owner"], marked["steps"]["education"]) == ("kim@example.com", "2026-11-18T15:00:00Z")
    assert told == f"renewal {number}: Ana Tester, OH, belongs to kim@example.com; done: education, paid\n"


def test_what_the_roster_has_closed_is_a_no(office: Threegate) -> None:
    number = str(next(one["id"] for one in office.json("renewal", "list")["items"] if one["state"] == "TX"))
    import_and_watch(office, Held("TX", expires="2028-11-30"))

    refused = office("renewal", "step", number, "filed", code=1)

    assert refused.stderr == f"no: the roster has closed renewal {number} as renewed\n"
    (closed,) = office.json("renewal", "list", "--closed")["items"]
    assert (closed["state"], closed["closed_as"]) == ("TX", "renewed")


@pytest.mark.parametrize(
    "arguments", [("assign", "999", "kim"), ("assign", "1", " "), ("step", "1", "closed"), ("calendar", " ")]
)
def test_what_cannot_be_done_is_told_in_one_line(office: Threegate, arguments: tuple[str, ...]) -> None:
    office("renewal", *arguments, code=2)


def test_a_calendars_address_is_printed_once(office: Threegate) -> None:
    first = office("renewal", "calendar", "kim@example.com")
    second = office.json("renewal", "calendar", "kim@example.com")

    assert first.stdout.startswith("http://127.0.0.1:8000/calendar/")
    assert "is not shown again" in first.stderr
    assert (second["name"], second["rotated"]) == ("kim@example.com", True)
    assert second["address"] != first.stdout.strip()
