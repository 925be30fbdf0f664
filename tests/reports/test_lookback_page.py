"""app/reports/lookback_page.py: one file that can be forwarded, whatever the log and the roster hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from app.domain import states
from app.domain.lookback.report import Kind, OutsideHours, Range, Report
from app.reports.lookback_page import page
from tests.reports import reports
from tests.reports.pages import ReadPage

SECTIONS = (
    *("one-page", "licenses", "map", "weeks", "missing", "sold", "single", "states", "producers"),
    *("unsettled", "hours", "evidence", "judged"),
)
KINDS_OF_REPORT = (reports.rich, reports.healthy, reports.report, reports.hostile)

any_report = pytest.mark.parametrize("made", KINDS_OF_REPORT, ids=lambda made: made.__name__)


@pytest.fixture(scope="module")
def rich() -> ReadPage:
    return ReadPage(
        page(reports.rich(), title="The look back: Sunbelt", written_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    )


# ---- what stands in it


def test_the_sections_stand_in_the_order_in_which_a_principal_asks(rich: ReadPage) -> None:
    found = tuple(section.attributes["id"] for section in rich.all("section"))

    assert found == SECTIONS


def test_the_masthead_says_in_one_line_whose_log_when_and_beside_what(rich: ReadPage) -> None:
    (line,) = rich.all("p", class_="read")

    assert line.text == "2,143 calls of ringba-q1.csv (Ringba)Jan 5 to Mar 27, 2026read beside roster-2026-11.csv"


def test_the_headline_numbers_are_ranges_that_say_what_they_rest_on(rich: ReadPage) -> None:
    values = [element.text for element in rich.all("dd", class_="value")]
    rests_on = [element.text for element in rich.all("dd", class_="rests")]

    assert values == ["11 to 17", "$3,500 to $85,000", "138 to 151", "$5,850 to $6,385", "341", "17 to 23"]
    assert rests_on[0] == "Of 1,904 calls taken. 11 for certain, up to 17 if every presumed state is right."
    assert rests_on[1] == "7 violations at $500, up to 17 calls at $5,000."


def test_three_licenses_are_advised_with_who_what_fee_and_wait(rich: ReadPage) -> None:
    text = rich.text

    assert len(re.findall("Would have caught", text)) == 3
    assert "Texas, health For Marcus Whitfield. Apply for a Texas non-resident license." in text
    assert "3 to 6 calls taken without authority and 22 to 24 lost leads Fee $55.60 to $56.18" in text
    assert "1 to 15 business days" in text
    assert "Not among the first three" not in text


def test_a_license_without_a_known_fee_says_so(rich: ReadPage) -> None:
    assert "1 to 3 calls taken without authority Fee Ask the state Waiting time Not known" in rich.text


def test_the_missing_license_says_since_when_and_marks_our_own_policy(rich: ReadPage) -> None:
    text = rich.text

    assert "license_expired Feb 15, 2026 held at last from Mar 2, 2026 5 to 6" in text
    assert "Never on this roster 3 to 6" in text
    assert "Our policy, not the law. Jan 20, 2026" in text


def test_a_license_that_came_later_is_not_told_as_never_held() -> None:
    late = reports.missing(since=None)

    text = ReadPage(page(reports.report(calls=3, taken=3, missing=(late,)))).text

    assert "Until Mar 2, 2026 held from then on" in text
    assert "Never on this roster" not in text


def test_evidence_is_grouped_by_kind_and_says_how_much_is_left_out(rich: ReadPage) -> None:
    captions = [caption.text for caption in rich.all("caption")]

    assert "State and roster leave no doubt. 11 calls; 5 of them left out here." in captions
    assert "The log does not settle the state. 341 calls; 340 of them left out here." in captions


def test_a_kind_whose_calls_are_all_left_out_is_still_counted() -> None:
    drawn = page(reports.report(calls=9, taken=9, evidence_total=((Kind.ASKED, 9),)))

    assert "The log does not settle the state. 9 calls; 9 of them left out here." in ReadPage(drawn).text


def test_how_it_was_judged_names_assumptions_sources_and_unread_rows(rich: ReadPage) -> None:
    judged = rich.all("section", id="judged")[0].text

    assert "they were read as America/New_York, as the command said." in judged
    assert "NAIC Producer Licensing Model Act (#218)" in judged
    assert "BRFSS 2016" in judged
    assert re.search(r"No call time that can be read\.\s+11\s+204", judged)
    assert re.search(r"Seconds answered\s+Connected Call Length", judged)
    assert "not legal advice" in judged
    assert "stricter than some statutes" in judged


def test_the_day_of_writing_is_told_in_utc_and_only_when_given(rich: ReadPage) -> None:
    elsewhere = datetime(2026, 11, 22, 23, 30, tzinfo=timezone(timedelta(hours=-5)))

    assert "Written Nov 22, 2026, 09:30 UTC." in rich.text
    assert "Written Nov 23, 2026, 04:30 UTC." in page(reports.report(), written_at=elsewhere)
    assert "Written" not in page(reports.report())


# ---- where nothing is wrong, and where there is nothing


def test_a_healthy_log_reads_as_healthy() -> None:
    read = ReadPage(page(reports.healthy()))

    assert "Nothing wrong was found in 412 calls." in read.text
    assert "No taken call that can be judged lacked a license." in read.text
    assert "No call fell outside calling hours." in read.text
    assert not read.all("span", class_="flag bad")
    assert not read.all("td", class_="bad")


def test_a_log_without_calls_says_only_that_and_how_it_was_read() -> None:
    read = ReadPage(page(reports.report()))

    assert [section.attributes["id"] for section in read.all("section")] == ["one-page", "judged"]
    assert "No call was read, so nothing can be said." in read.text
    assert "healthy" not in {element.attributes.get("class") for element in read.elements}


def test_hours_that_could_not_be_judged_are_never_told_as_kept() -> None:
    nothing = Range(0, 0)
    given = reports.report(calls=5, taken=5, outside_hours=OutsideHours(False, nothing, nothing, nothing))

    text = ReadPage(page(given)).text

    assert "Not judged" in text
    assert "nobody can say which calls fell outside the hours" in text
    assert "No call fell outside" not in text


# ---- what a browser makes of it


@pytest.mark.parametrize(
    "broken", ["<p><div></div></p>", "<ul><p></p></ul><li></li>", "<b><i></b></i>", "<main>", "<div/>"]
)
def test_a_tag_that_is_nested_wrongly_is_seen(broken: str) -> None:
    assert ReadPage(f"<body>{broken}</body>").wrong


@any_report
def test_every_tag_is_nested_and_closed(made: Callable[[], Report]) -> None:
    assert ReadPage(page(made())).wrong == []


@any_report
def test_nothing_is_loaded_from_outside_and_no_script_can_run(made: Callable[[], Report]) -> None:
    read = ReadPage(page(made()))

    policy = read.all("meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"]
    pointing = {
        value
        for element in read.elements
        for name, value in element.attributes.items()
        if name in ("src", "href", "action")
    }
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert all(value.startswith("#") for value in pointing)
    assert not {element.tag for element in read.elements} & {
        "script",
        "img",
        "link",
        "iframe",
        "object",
        "form",
    }
    assert not [name for element in read.elements for name in element.attributes if name.startswith("on")]
    style = read.all("style")[0].text
    assert not re.search(r"@import|https?:|url\((?!#)", style)


@any_report
def test_every_link_and_every_label_finds_its_target_and_no_id_stands_twice(made: Callable[[], Report]) -> None:
    read = ReadPage(page(made()))

    ids = [element.attributes["id"] for element in read.elements if "id" in element.attributes]
    wanted = {link.attributes["href"].removeprefix("#") for link in read.all("a")}
    for element in read.elements:
        wanted |= set(element.attributes.get("aria-labelledby", "").split())
    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)


@any_report
def test_headings_never_skip_a_level(made: Callable[[], Report]) -> None:
    levels = [int(element.tag[1]) for element in ReadPage(page(made())).elements if element.tag in ("h1", "h2", "h3")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_has_its_language_landmarks_and_a_way_past_them(rich: ReadPage) -> None:
    assert rich.all("html")[0].attributes["lang"] == "en"
    assert [len(rich.all(tag)) for tag in ("nav", "main", "footer")] == [1, 1, 1]
    assert rich.all("a")[0].attributes["href"] == "#main"
    assert "width=device-width" in rich.all("meta", name="viewport")[0].attributes["content"]


def test_every_table_has_a_caption_and_every_heading_its_scope(rich: ReadPage) -> None:
    assert len(rich.all("caption")) == len(rich.all("table"))
    assert {heading.attributes.get("scope") for heading in rich.all("th")} == {"col", "row"}


def test_both_drawings_have_a_name_and_a_description(rich: ReadPage) -> None:
    for drawing in rich.all("svg"):
        assert drawing.attributes["role"] == "img"
        assert len(drawing.attributes["aria-labelledby"].split()) == 2


@pytest.mark.parametrize("code", ["OH", "PR", "MP"])
def test_the_state_table_is_the_twin_of_the_map(code: str) -> None:
    drawn = ReadPage(page(reports.report(calls=560, taken=560, states=reports.everywhere())))

    table = drawn.all("div", id="states-table")[0].text

    assert re.search(rf"{states.name(code)}\s+{code}\s+10\s+10\s", table)


# ---- hostile text


def test_text_of_a_file_stays_text() -> None:
    drawn = page(reports.hostile(), title=reports.HOSTILE)

    assert "<script" not in drawn
    assert "<img" not in drawn
    assert "]]></style>" not in drawn
    assert "&lt;script&gt;" in drawn
    assert "{{ 7 * 7 }}" in drawn


def test_marks_that_turn_or_hide_text_are_gone_and_the_page_can_be_written() -> None:
    drawn = page(reports.hostile(), title=reports.HOSTILE)

    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\x00\x1b]", drawn)
    assert drawn.encode("utf-8")


def test_a_name_of_five_hundred_letters_is_cut_and_may_break() -> None:
    read = ReadPage(page(reports.hostile()))

    names = [element.text for element in read.all("th", **{"data-heading": "Producer"})]
    assert max(map(len, names)) < 200
    assert "N" * 25 not in page(reports.hostile()).split("<tbody", 1)[1].split("</tbody>", 1)[0]
