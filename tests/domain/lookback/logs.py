"""Logs and rosters for the look back's tests, as small as a test needs them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from app.domain.lookback.analysis import LookBack
from app.domain.lookback.calls import LoggedCall
from app.domain.lookback.report import About, Kind, Report
from app.domain.lookback.roster_then import RosterThen
from app.workflows.lookback.rosters import roster_of_file
from tests.builders import Person, roster_file

TODAY = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
ABOUT = About("calls.csv", "threegate", "roster.csv", (), (), ())

AUSTIN, COLUMBUS, MIAMI, FORT_CAMPBELL = "78701", "43215", "33101", "42223"
"""ZIPs of Texas, Ohio and Florida; the last one is in Kentucky and Tennessee."""

OHIO_NUMBER, TEXAS_NUMBER, TOLL_FREE = "+16145550150", "+15125550151", "+18005550152"


def called(at: str = "2026-10-07T15:00:00+00:00", **changed: Any) -> LoggedCall:
    """A call from Columbus, Ohio, taken by NPN 90000001 for life; on a Wednesday at eleven."""
    whole = LoggedCall(
        line=2,
        at=datetime.fromisoformat(at).astimezone(UTC),
        caller=OHIO_NUMBER,
        producer="90000001",
        loa="life",
        answered_seconds=240,
        zip=COLUMBUS,
        state="OH",
        direction="inbound",
    )
    return whole._replace(**changed)


def roster(*people: Person) -> RosterThen:
    found = roster_of_file(roster_file(*people), now=TODAY, agents={"7001": "90000001"})
    assert isinstance(found, RosterThen)
    return found


def look_back(calls: Iterable[LoggedCall], *people: Person, **options: Any) -> Report:
    """The report on `calls`, by the roster of `people`."""
    then = roster(*people)
    looking = LookBack(lambda _: then, **options)
    for call in calls:
        looking.take(call)
    return looking.report(ABOUT)


def kinds(report: Report) -> set[Kind]:
    """What kinds of findings there are."""
    return {kind for kind, _ in report.evidence_total}
