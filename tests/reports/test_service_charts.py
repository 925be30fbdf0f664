"""The drawings of a service report: well-formed, every number in a title or a table, misses hatched."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.domain.service_report.days import Days
from app.domain.service_report.report import Asked, Gathering, ServiceReport
from app.domain.service_report.tally import Tally
from app.reports import service_charts, service_wording
from tests.domain.service_report.test_service_report import call, lead, ring

_SVG = "{http://www.w3.org/2000/svg}"


def report(target_percent: int = 80) -> ServiceReport:
    gathering = Gathering(within=timedelta(seconds=20), as_of=datetime(2026, 11, 18, 20, tzinfo=UTC))
    gathering.add(
        [
            *(call(ring(5), lead=lead(nth), hour=9) for nth in range(9)),
            call(ring(25), lead=lead(20), hour=9),
            call(ring(25), lead=lead(21), hour=14, on="2026-11-17"),
        ]
    )
    days = Days(date(2026, 11, 17), date(2026, 11, 18))
    asked = Asked(days, ZoneInfo("America/New_York"), target_percent=target_percent)
    return gathering.report(asked, before=Tally(), names={}, checks_refused=0)


def drawn(markup: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_every_hour_says_its_number_and_a_missed_target_is_hatched() -> None:
    svg = drawn(service_charts.hours_chart(report(), service_charts.WIDE))

    bars = {bar.findtext(f"{_SVG}title"): bar for bar in svg.iter(f"{_SVG}g") if "bar" in bar.attrib["class"]}
    met, missed = bars["9 am: 90 % within 20 s, 9 of 10 callers"], bars["2 pm: 0 % within 20 s, 0 of 1 callers"]
    assert [rect.attrib.get("class") for rect in met.iter(f"{_SVG}rect")] == [None]
    assert [rect.attrib.get("class") for rect in missed.iter(f"{_SVG}rect")] == [None, "hatch"]


def test_drawings_of_one_thing_have_ids_of_their_own() -> None:
    drawings = [
        *(service_charts.hours_chart(report(), canvas) for canvas in (service_charts.WIDE, service_charts.NARROW)),
        *(service_charts.days_chart(report(), canvas) for canvas in (service_charts.WIDE, service_charts.NARROW)),
        service_charts.speed_chart(report()),
    ]

    ids = [part.attrib["id"] for drawing in drawings for part in drawn(drawing).iter() if "id" in part.attrib]

    assert len(ids) == len(set(ids)) == 3 * len(drawings)


def test_bars_of_the_speed_of_answer_hold_every_answered_call() -> None:
    bars = service_charts.speed_bars(report())

    assert sum(calls for _, calls, _ in bars) == 11
    assert [(label, calls, in_time) for label, calls, in_time in bars if calls] == [
        ("0–5", 9, True),
        ("20–30", 2, False),
    ]


def test_the_answer_is_one_sentence_and_rounds_nothing_away() -> None:
    assert service_wording.answer(report(), "Today") == (
        "Today 11 of 11 callers reached a licensed producer; 82 % within 20 seconds, target 80 %."
    )
    assert [service_wording.percent(value) for value in (None, 0, 0.2, 99.9, 100)] == [
        "–",
        "0 %",
        "1 %",
        "99 %",
        "100 %",
    ]


def test_whoever_was_not_answered_is_told_of() -> None:
    gathering = Gathering(within=timedelta(seconds=20), as_of=datetime(2026, 11, 18, 20, tzinfo=UTC))
    gathering.add([call(lead=lead(1)), call(lasted=3, answered_at=None, lead=lead(2))])
    made = gathering.report(report().asked, before=Tally(), names={}, checks_refused=0)

    told = service_wording.what_became(made)

    assert told == (
        "Of the others 1 hung up first. 1 caller who hung up within 5 seconds is left out. No lead is lost."
    )
