"""Reports to draw: an empty one, on which a test states only what matters, and a rich one as an agency might get."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain import states
from app.domain.lookback.report import (
    About,
    Evidence,
    Exposure,
    Kind,
    LicenseToGet,
    LostMoney,
    MissingLicense,
    NotKnown,
    OutsideHours,
    ProducerRow,
    Range,
    Report,
    SinglePoint,
    SoldNotHeld,
    StateRow,
    Stranger,
    Unread,
    Week,
)

NONE = Range(0, 0)
FIRST = datetime(2026, 1, 5, 14, 3, 9, tzinfo=UTC)
LAST = datetime(2026, 3, 27, 22, 41, tzinfo=UTC)
PENALTIES = "NAIC Producer Licensing Model Act (#218), s. 12; the range is configuration, as of 2026-11-22"
FEES = "NIPR state page, as of 2026-11-22; NIPR's own fee included"


def report(**given: Any) -> Report:
    """A log without calls; `given` replaces fields."""
    empty = Report(
        about=about(),
        first_at=None,
        last_at=None,
        calls=0,
        taken=0,
        taken_unnamed=0,
        lost=0,
        without_authority=NONE,
        policy_only=0,
        missing=(),
        not_known_then=0,
        not_known=(),
        not_on_roster=0,
        strangers=(),
        asked=0,
        asked_taken=0,
        asked_because=(),
        presumed_held=0,
        elsewhere=NONE,
        elsewhere_source="",
        lost_licensed=NONE,
        lost_nobody_licensed=0,
        lost_not_known=0,
        outside_hours=OutsideHours(True, NONE, NONE, NONE),
        money=(),
        exposure=Exposure(0, 0, 0, NONE, 500, 5000, ""),
        sold_not_held=(),
        single_points=(),
        licenses_to_get=(),
        weeks=(),
        states=(),
        producers=(),
        evidence=(),
        evidence_total=(),
    )
    return replace(empty, **given)


def about(**given: Any) -> About:
    return replace(About("calls.csv", "CSV", "roster.csv", (), (), ()), **given)


def healthy() -> Report:
    """Calls, all taken, and nothing against any."""
    return report(
        first_at=FIRST,
        last_at=LAST,
        calls=412,
        taken=412,
        states=(state_row("OH", calls=300, taken=300, producers=6), state_row("TX", calls=112, taken=112, producers=4)),
        producers=(producer_row("Ann Lee", taken=412),),
        weeks=(week(FIRST.date(), calls=412, taken=412),),
    )


def state_row(code: str, **given: Any) -> StateRow:
    plain = StateRow(code, 10, 10, NONE, 0, 0, 0, NONE, NONE, 2)
    return replace(plain, **given)


def producer_row(name: str, **given: Any) -> ProducerRow:
    return replace(ProducerRow("90000001", name, "FL", 10, NONE, 0, 0), **given)


def week(begins: date, **given: Any) -> Week:
    return replace(Week(begins, 10, 10, NONE, 0, 0, NONE, NONE), **given)


def missing(**given: Any) -> MissingLicense:
    plain = MissingLicense(
        "90000001",
        "Ann Lee",
        "OH",
        "life",
        "license_expired",
        "The Ohio license expired on 2026-02-14 and was renewed on 2026-03-02",
        date(2026, 2, 15),
        date(2026, 3, 2),
        False,
        Range(3, 3),
        FIRST + timedelta(days=42),
        FIRST + timedelta(days=50),
    )
    return replace(plain, **given)


def evidence(kind: Kind = Kind.WITHOUT_AUTHORITY, **given: Any) -> Evidence:
    plain = Evidence(
        kind,
        118,
        FIRST + timedelta(days=43),
        "+1 614 *** **41",
        ("OH",),
        "verified",
        "90000001",
        "Ann Lee",
        "life",
        412,
        "The Ohio license expired on 2026-02-14",
    )
    return replace(plain, **given)


def license_to_get(**given: Any) -> LicenseToGet:
    plain = LicenseToGet(
        "90000001",
        "Ann Lee",
        "OH",
        "life",
        "renew the Ohio license, which expired on 2026-02-14",
        Range(3, 3),
        Range(9, 11),
        1060,
        7560,
        FEES,
        "1 to 5 business days",
    )
    return replace(plain, **given)


def single_point(**given: Any) -> SinglePoint:
    plain = SinglePoint(
        "90000001",
        "Ann Lee",
        "FL",
        "life",
        ("AL", "GA", "IL", "IN", "KY", "LA", "MO", "NC", "OH", "SC", "TN", "TX", "VA", "WY"),
        ("KY", "LA", "WY"),
        388,
        61,
        date(2027, 1, 31),
    )
    return replace(plain, **given)


def rich() -> Report:
    """A quarter of a small agency: something of every kind."""
    return report(
        about=About(
            "ringba-q1.csv",
            "Ringba",
            "roster-2026-11.csv",
            (
                ("at", "Call Date"),
                ("caller", "Caller ID"),
                ("producer", "Agent Name"),
                ("loa", "Campaign (by --loa)"),
                ("answered_seconds", "Connected Call Length"),
                ("zip", "tag:User:zip"),
                ("price", "Payout"),
            ),
            (Unread("no call time that can be read", 11, 204), Unread("no number of a caller", 3, 877)),
            (
                "The log's times have no zone; they were read as America/New_York, as the command said",
                "A call counts as taken from 30 seconds on",
                "The line of insurance is life for every call of the campaign FE-South",
            ),
        ),
        first_at=FIRST,
        last_at=LAST,
        calls=2143,
        taken=1904,
        taken_unnamed=6,
        lost=239,
        without_authority=Range(11, 17),
        policy_only=2,
        missing=(
            missing(calls=Range(5, 6)),
            missing(
                npn="90000002",
                name="Marcus Whitfield",
                state="TX",
                reason="no_license",
                why="No Texas license on this roster",
                since=None,
                until=None,
                calls=Range(3, 6),
                lines="health",
            ),
            missing(
                npn="90000004",
                name="Rosa Delgado-Hernández",
                state="NV",
                reason="resident_license_invalid",
                why="The resident license (Arizona) was inactive from 2026-01-20 to 2026-02-02",
                since=date(2026, 1, 20),
                until=date(2026, 2, 3),
                policy=True,
                calls=Range(2, 2),
            ),
            missing(
                npn="90000003",
                name="Dee Okafor",
                state="GA",
                reason="loa_missing",
                why="A Georgia license, but without the line casualty",
                lines="property+casualty",
                since=None,
                until=None,
                calls=Range(1, 3),
            ),
        ),
        not_known_then=23,
        not_known=(
            NotKnown(
                "90000005", "Priya Raman", "IL", "life", "The roster has no date of issue for the Illinois license", 14
            ),
            NotKnown(
                "90000003",
                "Dee Okafor",
                "MI",
                "health",
                "The status is inactive, and the roster does not say since when",
                9,
            ),
        ),
        not_on_roster=12,
        strangers=(Stranger("J. Barton", 9), Stranger("agent_0417", 3)),
        asked=341,
        asked_taken=287,
        asked_because=(("area_code_alone", 268), ("conflict", 51), ("zip_not_found", 14), ("nothing_known", 8)),
        presumed_held=262,
        elsewhere=Range(18, 31),
        elsewhere_source="BRFSS 2016 (7 in 100), Pew Research 2016 (10), Gallup-authored paper (12 of cell-only adults)",
        lost_licensed=Range(138, 151),
        lost_nobody_licensed=64,
        lost_not_known=24,
        outside_hours=OutsideHours(True, Range(14, 16), Range(3, 5), Range(0, 2)),
        money=(
            LostMoney("life", 171, Range(102, 110), 769500, Range(459000, 495000), 0),
            LostMoney("health", 68, Range(36, 41), 238000, Range(126000, 143500), 4),
        ),
        exposure=Exposure(3500, 85000, 7, Range(11, 17), 500, 5000, PENALTIES),
        sold_not_held=(
            SoldNotHeld("90000003", "Dee Okafor", "GA", "casualty", Range(1, 3)),
            SoldNotHeld("90000002", "Marcus Whitfield", "FL", "health", Range(0, 1)),
        ),
        single_points=(
            single_point(),
            single_point(
                npn="90000004",
                name="Rosa Delgado-Hernández",
                home_state="AZ",
                line="health",
                states=("CA", "NM", "NV", "UT"),
                alone_in=("NM",),
                calls=102,
                calls_alone=12,
                expires_on=None,
            ),
            single_point(
                npn="90000006", name="Chris", home_state="OH", states=("IN",), alone_in=(), calls=20, calls_alone=0
            ),
        ),
        licenses_to_get=(
            license_to_get(),
            license_to_get(
                npn="90000002",
                name="Marcus Whitfield",
                state="TX",
                lines="health",
                what="apply for a Texas non-resident license",
                unauthorized=Range(3, 6),
                lost=Range(22, 24),
                fee_low_cents=5560,
                fee_high_cents=5618,
                waiting="1 to 15 business days",
            ),
            license_to_get(
                npn="90000003",
                name="Dee Okafor",
                state="GA",
                lines="property+casualty",
                what="add the line casualty to the Georgia license",
                unauthorized=Range(1, 3),
                lost=NONE,
                fee_low_cents=None,
                fee_high_cents=None,
                fee_source="",
                waiting="",
            ),
            license_to_get(name="Not among the first three"),
        ),
        weeks=_weeks(),
        states=_states(),
        producers=(
            producer_row("Ann Lee", taken=702, without_authority=Range(5, 6), lost=61),
            producer_row(
                "Marcus Whitfield", npn="90000002", home_state="FL", taken=511, without_authority=Range(3, 7), lost=70
            ),
            producer_row(
                "Rosa Delgado-Hernández",
                npn="90000004",
                home_state="AZ",
                taken=402,
                without_authority=Range(2, 2),
                lost=31,
            ),
            producer_row(
                "Dee Okafor",
                npn="90000003",
                home_state="GA",
                taken=180,
                without_authority=Range(1, 2),
                not_known=9,
                lost=22,
            ),
            producer_row("Priya Raman", npn="90000005", home_state="OH", taken=97, not_known=14, lost=55),
            producer_row("", npn="", home_state="", taken=12),
        ),
        evidence=_evidence(),
        evidence_total=(
            (Kind.WITHOUT_AUTHORITY, 11),
            (Kind.DOUBTFUL_STATE, 6),
            (Kind.NOT_KNOWN_THEN, 23),
            (Kind.ASKED, 341),
            (Kind.LOST_LICENSED, 138),
            (Kind.OUTSIDE_HOURS, 17),
        ),
    )


def _weeks() -> tuple[Week, ...]:
    calls = (171, 186, 190, 164, 158, 201, 214, 190, 0, 183, 177, 163, 146)
    found = []
    for number, count in enumerate(calls):
        if not count:
            continue
        lost = count // 9 + number % 4
        found.append(
            week(
                date(2026, 1, 5) + timedelta(weeks=number),
                calls=count,
                taken=count - lost,
                without_authority=Range(number % 5, number % 5 + number % 3),
                not_known=(number * 7) % 6,
                lost=lost,
                lost_licensed=Range(lost // 2, lost // 2 + 2),
                outside_hours=Range(number % 2, number % 2 + number % 3),
            )
        )
    return tuple(found)


def _states() -> tuple[StateRow, ...]:
    return (
        state_row(
            "OH", calls=214, taken=190, without_authority=Range(5, 6), lost=24, lost_licensed=Range(9, 11), asked=30
        ),
        state_row(
            "TX", calls=402, taken=350, without_authority=Range(3, 6), lost=52, lost_licensed=Range(22, 24), asked=71
        ),
        state_row("NV", calls=58, taken=55, without_authority=Range(2, 2), lost=3, asked=4),
        state_row(
            "GA", calls=177, taken=160, without_authority=Range(1, 2), lost=17, lost_licensed=Range(12, 12), asked=22
        ),
        state_row(
            "FL", calls=388, taken=356, without_authority=Range(0, 1), lost=32, lost_licensed=Range(28, 30), producers=5
        ),
        state_row("CA", calls=121, taken=108, without_authority=Range(0, 2), lost=13, lost_licensed=Range(9, 10)),
        state_row("NC", calls=140, taken=118, lost=22, lost_licensed=Range(18, 20)),
        state_row("TN", calls=96, taken=90, lost=6, lost_licensed=Range(6, 6)),
        state_row("IL", calls=88, taken=88, not_known=14),
        state_row("MI", calls=41, taken=41, not_known=9),
        state_row("PA", calls=52, taken=52, outside_hours=Range(2, 4)),
        state_row("AL", calls=60, taken=60),
        state_row("AZ", calls=74, taken=74, producers=3),
        state_row("IN", calls=66, taken=66),
        state_row("KY", calls=31, taken=31, producers=1),
        state_row("LA", calls=24, taken=24, producers=1),
        state_row("VA", calls=48, taken=48),
        state_row("PR", calls=5, taken=0, lost=5, producers=0),
        state_row("several", calls=9, taken=8, without_authority=Range(0, 0), asked=9, lost=1, producers=0),
        state_row("", calls=49, taken=39, asked=49, lost=10, producers=0),
    )


def _evidence() -> tuple[Evidence, ...]:
    found = [evidence(line=118 + 40 * number, answered_seconds=61 + 97 * number) for number in range(6)]
    found += [
        evidence(
            line=300 + 11 * number,
            states=("TX",),
            name="Marcus Whitfield",
            npn="90000002",
            confidence="presumed",
            kind=Kind.DOUBTFUL_STATE,
            loa="health",
            caller="+1 512 *** **07",
            why="No Texas license on this roster",
        )
        for number in range(3)
    ]
    found += [
        evidence(
            Kind.LOST_LICENSED,
            line=71 + 9 * number,
            states=("NC",),
            npn="",
            name="",
            answered_seconds=0,
            caller="+1 704 *** **19",
            why="Ann Lee and 2 more were licensed",
        )
        for number in range(4)
    ]
    found.append(evidence(Kind.OUTSIDE_HOURS, line=15, states=("PA",), why="20:41 in Pennsylvania; calls end at 19:00"))
    found.append(evidence(Kind.NOT_KNOWN_THEN, line=900, states=("IL",), name="Priya Raman", npn="90000005"))
    found.append(
        evidence(Kind.ASKED, line=412, states=(), confidence="unknown", why="Nothing known but a toll-free number")
    )
    return tuple(found)


HOSTILE = "<script>alert('x')</script>\u202e\u2066\x1b[31m\x00\ud83d" + '"><img src=x onerror=1>{{ 7 * 7 }}' + "N" * 500


def hostile() -> Report:
    """The rich report, with text that wants out of its cell wherever a log or a roster may write."""
    whole = rich()
    return replace(
        whole,
        about=About(
            HOSTILE, HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),), (Unread(HOSTILE, 1, 2),), (HOSTILE, "]]></style></title>")
        ),
        missing=tuple(replace(row, name=HOSTILE, why=HOSTILE, lines=HOSTILE) for row in whole.missing),
        not_known=tuple(replace(row, name=HOSTILE, npn=HOSTILE, why=HOSTILE) for row in whole.not_known),
        strangers=(Stranger(HOSTILE, 4),),
        asked_because=((HOSTILE, 9),),
        elsewhere_source=HOSTILE,
        money=tuple(replace(row, loa=HOSTILE) for row in whole.money),
        exposure=replace(whole.exposure, source=HOSTILE),
        sold_not_held=tuple(replace(row, name=HOSTILE, line=HOSTILE) for row in whole.sold_not_held),
        single_points=tuple(replace(row, name=HOSTILE, line=HOSTILE) for row in whole.single_points),
        licenses_to_get=tuple(
            replace(row, name=HOSTILE, what=HOSTILE, fee_source=HOSTILE, waiting=HOSTILE)
            for row in whole.licenses_to_get
        ),
        states=(*whole.states, state_row(HOSTILE)),
        producers=tuple(replace(row, name=HOSTILE, npn=HOSTILE, home_state=HOSTILE) for row in whole.producers),
        evidence=tuple(
            replace(call, caller=HOSTILE, confidence=HOSTILE, name=HOSTILE, npn=HOSTILE, loa=HOSTILE, why=HOSTILE)
            for call in whole.evidence
        ),
    )


def everywhere() -> tuple[StateRow, ...]:
    """A row for each jurisdiction."""
    return tuple(state_row(code) for code in states.ALL)
