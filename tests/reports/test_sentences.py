"""app/reports/sentences.py: what was found, in words that claim no more than the numbers."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.lookback.report import LostMoney, OutsideHours, Range, Stranger, Unread
from app.reports import sentences, wording
from app.reports.sentences import Finding, dollars, findings, headline, ranged, single_point
from tests.reports import reports

NONE = Range(0, 0)


def found(key: str, **given: Any) -> Finding:
    report = reports.report(**{"calls": 100, "taken": 90, "lost": 10, **given})
    return next(finding for finding in findings(report) if finding.key == key)


@pytest.mark.parametrize(
    ("range_", "said"),
    [(Range(5, 5), "5"), (Range(5, 7), "5 to 7"), (Range(1204, 1377), "1,204 to 1,377"), (NONE, "0")],
)
def test_a_range_is_one_number_where_nothing_is_in_doubt(range_: Range, said: str) -> None:
    assert ranged(range_) == said


@pytest.mark.parametrize(
    ("cents", "said"), [(0, "$0"), (5, "$0.05"), (560, "$5.60"), (171000, "$1,710"), (-250, "-$2.50")]
)
def test_dollars_have_cents_only_where_there_are_some(cents: int, said: str) -> None:
    assert dollars(cents) == said


@pytest.mark.parametrize(
    ("range_", "said"),
    [
        (Range(5, 5), "5 for certain."),
        (Range(5, 7), "5 for certain, up to 7 if every presumed state is right."),
        (Range(0, 7), "None for certain, up to 7 if every presumed state is right."),
        (NONE, "None, even in the worst case."),
    ],
)
def test_how_sure_a_count_is_stands_beside_it(range_: Range, said: str) -> None:
    assert sentences.sure(range_) == said


@pytest.mark.parametrize(
    ("range_", "title", "weight"),
    [
        (Range(5, 7), "5 to 7 calls taken without authority", "bad"),
        (Range(1, 1), "1 call taken without authority", "bad"),
        (Range(0, 2), "Up to 2 calls taken without authority", "watch"),
        (NONE, "No call was taken without authority", "good"),
    ],
)
def test_what_is_only_possible_is_not_told_as_certain(range_: Range, title: str, weight: str) -> None:
    finding = found("without_authority", without_authority=range_)

    assert (finding.title, finding.weight) == (title, weight)


def test_calls_against_our_own_policy_only_are_told_apart() -> None:
    finding = found("without_authority", without_authority=Range(4, 4), policy_only=2, missing=(reports.missing(),))

    assert finding.told == (
        "4 for certain. The most by one producer in one state: Ann Lee, Ohio, life, 3 calls. "
        "For 2 only our own policy is against it (the resident license), which is stricter than some statutes."
    )


def test_a_clean_record_does_not_cover_calls_that_nobody_can_judge() -> None:
    finding = found("without_authority", not_known_then=20)

    assert finding.told.startswith("70 calls of the 90 taken could be judged")


def test_lost_leads_without_a_price_are_not_told_as_free() -> None:
    unpriced = LostMoney("life", 10, Range(6, 6), 0, NONE, 10)

    finding = found("lost", lost_licensed=Range(6, 6), money=(unpriced,))

    assert "What they cost is not known" in finding.told
    assert "$" not in finding.told


def test_lost_leads_say_what_was_paid_for_them() -> None:
    finding = found(
        "lost", lost_licensed=Range(6, 7), money=(LostMoney("life", 10, Range(6, 7), 45000, Range(27000, 31500), 0),)
    )

    assert (
        finding.told
        == "6 to 7 of 10 lost leads came from a state where a producer was licensed. $270 to $315 was paid for them."
    )


def test_no_call_outside_hours_is_good_news_only_where_it_was_judged() -> None:
    kept = found("outside_hours")
    unjudged = found("outside_hours", outside_hours=OutsideHours(False, NONE, NONE, NONE))

    assert (kept.title, kept.weight) == ("No call fell outside calling hours", "good")
    assert (unjudged.title, unjudged.weight) == ("Calling hours could not be judged", "watch")


@pytest.mark.parametrize(("outbound", "weight"), [(Range(1, 1), "bad"), (Range(0, 1), "watch"), (NONE, "watch")])
def test_calls_that_consumers_placed_weigh_less_than_calls_to_them(outbound: Range, weight: str) -> None:
    finding = found("outside_hours", outside_hours=OutsideHours(True, Range(9, 9), outbound, NONE))

    assert finding.weight == weight


def test_only_who_placed_calls_outside_hours_is_named() -> None:
    finding = found("outside_hours", outside_hours=OutsideHours(True, Range(4, 4), Range(7, 7), NONE))

    assert finding.told.startswith("7 calls placed by the agency and 4 calls placed by the consumer. ")


def test_callers_known_by_area_code_alone_may_live_elsewhere() -> None:
    finding = found("elsewhere", presumed_held=262, elsewhere=Range(18, 31))

    assert finding.title == "18 to 31 more calls may have come from another state"
    assert "7 to 12 in 100" in finding.told


def test_strangers_are_named_and_nameless_calls_counted() -> None:
    finding = found("not_on_roster", not_on_roster=4, strangers=(Stranger("J. Barton", 4),), taken_unnamed=1)

    assert finding.title == "4 calls taken by somebody whom the roster does not have"
    assert "does not have J. Barton." in finding.told
    assert "1 taken call names nobody at all." in finding.told


def test_rows_that_could_not_be_read_say_where_to_look() -> None:
    about = reports.rich().about

    assert found("unread", about=about).told == "The commonest cause: no call time that can be read, first on line 204."


def test_a_single_point_says_what_goes_and_where_nobody_else_is() -> None:
    assert single_point(reports.single_point()) == (
        "If Ann Lee's Florida life license lapses, 14 states go with it; in 3 of them nobody else is licensed. "
        "388 calls of this log came from there, 61 of them from where nobody else is."
    )


def test_a_single_point_of_one_state_is_told_in_the_singular() -> None:
    alone = single_point(reports.single_point(states=("GA",), alone_in=("GA",), calls=1, calls_alone=0))
    covered = single_point(reports.single_point(states=("GA",), alone_in=(), calls=1, calls_alone=0))

    assert "1 state goes with it; there nobody else is licensed." in alone
    assert "1 state goes with it; somebody else is licensed there too." in covered


def test_the_worst_comes_first_and_what_is_sound_last() -> None:
    order = ["bad", "watch", "good"]

    weights = [order.index(finding.weight) for finding in findings(reports.rich())]

    assert weights == sorted(weights)
    assert weights[0] == 0


def test_a_healthy_log_is_told_in_good_findings_only() -> None:
    assert {finding.weight for finding in findings(reports.healthy())} == {"good"}


@pytest.mark.parametrize("unread", [(), (Unread("no number", 3, 2),)])
def test_an_empty_log_is_one_thing_to_watch(unread: tuple[Unread, ...]) -> None:
    about = reports.about(unread=unread)

    (finding,) = findings(reports.report(about=about))

    assert (finding.key, finding.weight) == ("no_calls", "watch")
    assert ("3 rows could not be read" in finding.told) is bool(unread)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Nothing wrong was found in 100 calls."),
        (
            {"not_known_then": 4},
            "Nothing was found against the calls that could be judged; 4 taken calls could not be.",
        ),
        ({"without_authority": Range(1, 1)}, "1 call was taken without authority."),
        (
            {"without_authority": Range(0, 2), "lost_licensed": Range(3, 3)},
            "Up to 2 calls were taken without authority; 3 leads were lost although somebody licensed existed.",
        ),
    ],
)
def test_the_headline_says_the_worst_in_a_sentence(given: dict[str, Any], said: str) -> None:
    assert headline(reports.report(**{"calls": 100, "taken": 90, "lost": 10, **given})) == said


def test_no_sentence_carries_what_a_terminal_would_obey() -> None:
    told = "".join(finding.title + finding.told for finding in findings(reports.hostile()))

    assert not set(told) & set("\x1b\x00\u202e\u2066")
    assert "N" * 200 not in told


# ---- words


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("life", "life"),
        ("property+casualty", "property and casualty"),
        ("personal_lines|property+casualty", "personal lines, or property and casualty"),
        ("", ""),
    ],
)
def test_a_requirement_reads_as_words(requirement: str, said: str) -> None:
    assert wording.lines(requirement) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  Ann\tLee\n", "Ann Lee"),
        ("Ann\u202eeeL", "AnneeL"),
        ("\x1b[31mred", "[31mred"),
        ("\ud83d", "\ufffd"),
        ("José Núñez", "José Núñez"),
        ("x" * 81, "x" * 79 + "…"),
    ],
)
def test_text_of_a_file_is_made_harmless(text: str, said: str) -> None:
    assert wording.shown(text) == said


@pytest.mark.parametrize(("code", "said"), [("OH", "Ohio"), ("", "Not known"), ("several", "More than one state")])
def test_a_state_is_named(code: str, said: str) -> None:
    assert wording.state(code) == said
