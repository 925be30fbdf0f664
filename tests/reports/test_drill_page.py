"""app/reports/drill_page.py: one file that can be forwarded, whatever the roster holds and however callers fared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.drill_report import Covered, DrillReport, Experience, NotRung, Rung, Skipped, Told
from app.reports.drill_page import page
from tests.reports.pages import ReadPage

AT = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\u202eevil"

KEPT = Experience(
    key="accepted",
    title="Somebody licensed is free, and accepts",
    at=AT,
    caller="+12165550100",
    outcome="Connected to Grace Lee after 19 s.",
    wrong=(),
    told=(Told(0.0, "caller", "216-555-0100 calls 800-555-0199"), Told(19.2, "Grace Lee", "is connected", "bridge")),
    rung=(Rung("90000004", "Grace Lee", 10.0, "pressed 1 and was connected"),),
    not_rung=(NotRung("90000005", "Ana Ruiz", "not needed: Grace Lee took the call"),),
    custody="served",
    person_after_seconds=19.2,
)
PROMISED = replace(
    KEPT,
    key="outside_hours",
    title="Outside the hours",
    outcome="Promised a call by 08:05 EST on Thu, Nov 19.",
    custody="promised",
    person_after_seconds=None,
    promise_after_seconds=12.0,
    promised_by=datetime(2026, 11, 19, 13, 5, tzinfo=UTC),
)
BROKEN = replace(KEPT, key="suspended", wrong=("Grace Lee had no authority at that moment, and was connected",))


def covered(*experiences: Experience, state: str = "OH", name: str = "Final expense") -> Covered:
    return Covered(
        state=state,
        campaign="+18005550199",
        name=name,
        requirement="life",
        at=AT,
        zip_code="43001",
        as_if_open=False,
        licensed=("Grace Lee", "Ana Ruiz"),
        refused=(NotRung("90000002", "Dana Cole", "the license there has expired", ("license_expired",)),),
        refused_total=1,
        gaps=("Only Grace Lee is licensed: nobody is left while they are away or in a talk.",),
        experiences=experiences,
        skipped=(Skipped("home_suspended", "The license at home is suspended", "nobody is licensed here"),),
    )


def report(*several: Covered) -> DrillReport:
    return DrillReport(at=AT, run_by="command:alice", roster_version=7, seconds=5.8, covered=several)


KINDS = {
    "kept": report(covered(KEPT, PROMISED)),
    "broken": report(covered(KEPT, BROKEN), covered(PROMISED, state="TX")),
    "nobody": report(replace(covered(), licensed=(), refused=(), refused_total=0, gaps=(), skipped=())),
    "hostile": report(
        replace(
            covered(replace(KEPT, told=(Told(0.0, HOSTILE, HOSTILE, "speech"),), rung=(), wrong=(HOSTILE,))),
            name=HOSTILE,
            licensed=(HOSTILE,),
            refused=(NotRung("1", HOSTILE, HOSTILE, (HOSTILE,)),),
        )
    ),
}
any_report = pytest.mark.parametrize("made", KINDS.values(), ids=KINDS)


@any_report
def test_the_page_is_sound_and_stands_alone(made: DrillReport) -> None:
    read = ReadPage(page(made))

    ids = [element.attributes["id"] for element in read.elements if "id" in element.attributes]
    assert read.wrong == []
    assert len(ids) == len(set(ids))
    assert read.all("script") == []
    assert not any("http" in value for element in read.elements for value in element.attributes.values())
    assert "\u202e" not in read.html


@any_report
def test_every_link_of_the_page_leads_somewhere_on_it(made: DrillReport) -> None:
    read = ReadPage(page(made))

    ids = {element.attributes.get("id") for element in read.elements}
    assert all(link.attributes["href"].removeprefix("#") in ids for link in read.all("a"))


def test_the_page_says_how_callers_fared_and_who_was_rung() -> None:
    text = ReadPage(page(KINDS["kept"])).text

    assert "2 pretended callers called, and every one of them would have been treated as promised." in text
    assert "Connected to Grace Lee after 19 s." in text
    assert "Licensed, and not rung Ana Ruiz Not needed: Grace Lee took the call." in text
    assert "A call by Nov 19, 2026, 08:05 EST." in text
    assert "license_expired" in text
    assert "The license at home is suspended: nobody is licensed here." in text
    assert "roster version 7" in text


def test_what_is_wrong_stands_first_and_its_story_is_open() -> None:
    read = ReadPage(page(KINDS["broken"]))

    flags = [element.text for element in read.all("span", class_="flag")]
    opened = [element for element in read.all("details") if "open" in element.attributes]
    assert flags[0] == "Wrong"
    assert "1 of them would have been treated against a promise" in read.text
    assert "Grace Lee had no authority at that moment, and was connected." in read.text
    assert len(opened) == 1
