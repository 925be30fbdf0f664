"""Twilio's legs become calls: in JSON and in CSV, in either order, and none of them twice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.call_logs.reading import Options, Unreadable
from tests.call_logs.logs import LIFE, MONDAY, leg, missed, page, read

RANG = [
    leg("CA1"),
    leg("CA2", parent="CA1", minutes=0.1, to="+16145550103", duration="", status="no-answer"),
    leg("CA3", parent="CA1", minutes=0.5, to="+16145550102", duration="60"),
    leg("CA4", parent="CA1", minutes=2, to="+16145550104", duration="5"),
]


def as_csv(legs: Sequence[Mapping[str, Any]], *, without: Sequence[str] = ()) -> str:
    """The legs under the header that public export scripts write."""
    headers = {
        "account_sid": "Account SID",
        "sid": "Call SID",
        "parent_call_sid": "Parent Call SID",
        "from": "From",
        "to": "To",
        "status": "Status",
        "direction": "Direction",
        "start_time": "Start Time",
        "end_time": "End Time",
        "duration": "Duration",
        "price": "Price",
    }
    kept = {member: header for member, header in headers.items() if member not in without}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(kept.values())
    writer.writerows([row.get(member) or "" for member in kept] for row in legs)
    return text.getvalue()


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("form", [page, as_csv])
def test_the_longest_completed_leg_took_the_call(tmp_path: Path, form: Any, newest_first: bool) -> None:
    legs = RANG[::-1] if newest_first else RANG

    calls, tally, layout = read(tmp_path, form(legs))

    (call,) = calls
    assert (call.at, call.caller, call.producer, call.answered_seconds) == (MONDAY, "+16145550101", "+16145550102", 60)
    assert (call.direction, call.loa, call.price_cents) == ("inbound", "life", None)
    assert (tally.rows, tally.unread()) == (4, ())
    assert layout.times == ("as written")
    assert layout.format == ("twilio-json" if form is page else "twilio-csv")


def test_where_nobody_answered_the_first_who_was_rung_is_named(tmp_path: Path) -> None:
    legs = [
        leg("CA1"),
        leg("CA3", parent="CA1", minutes=0.5, to="+16145550104", status="busy", duration=None),
        leg("CA2", parent="CA1", minutes=0.1, to="client:alice", status="no-answer", duration=None),
        leg("CA9", minutes=3, duration="8"),
    ]

    calls, _, _ = read(tmp_path, page(legs))

    assert [(call.producer, call.answered_seconds) for call in calls] == [("alice", 0), ("", 0)]


@pytest.mark.parametrize(
    ("to", "producer"),
    [("client:alice", "alice"), ("sip:bob@agency.example", "bob"), ("+16145550102", "+16145550102")],
)
def test_a_producer_is_named_without_the_way_to_reach_them(tmp_path: Path, to: str, producer: str) -> None:
    calls, _, _ = read(tmp_path, page([leg("CA1"), leg("CA2", parent="CA1", to=to)]))

    assert [call.producer for call in calls] == [producer]


def test_a_call_that_we_placed_is_one_only_where_it_connected_somebody(tmp_path: Path) -> None:
    ours: dict[str, Any] = {"direction": "outbound-api", "from": "+16145550190", "to": "+16145550101"}
    legs = [leg("CA1", **ours), leg("CA2", parent="CA1", to="+16145550102"), leg("CA3", **ours)]

    calls, tally, _ = read(tmp_path, page(legs), Options(loa_by_campaign={"+16145550190": "health"}))

    (call,) = calls
    assert (call.caller, call.direction, call.producer, call.loa) == (
        "+16145550101",
        "outbound",
        "+16145550102",
        "health",
    )
    assert missed(tally) == [("a call that we placed and that connected nobody else", 1, 1)]


def test_the_number_that_was_dialed_is_the_campaign(tmp_path: Path) -> None:
    legs = [*RANG, leg("CA5", to="+16145550191"), leg("CA6", to="+16145550192")]

    calls, tally, layout = read(
        tmp_path, page(legs), Options(loa_by_campaign={"+16145550190": "life", "+16145550191": "health"})
    )

    assert [call.loa for call in calls] == ["life", "health"]
    assert missed(tally) == [("no line of authority", 1, 1)]
    assert ("campaign", "to") in layout.columns


def test_legs_that_belong_to_no_call_of_the_file_are_told(tmp_path: Path) -> None:
    legs = [
        leg("CA2", parent="CA1"),
        leg("CA3", direction="trunking-originating"),
        leg("CA4", direction="outbound-dial"),
        leg("CA5", start_time=None, date_created=None),
        leg("CA6", direction=None),
    ]

    calls, tally, _ = read(tmp_path, page(legs))

    assert calls == []
    assert {why for why, _, _ in missed(tally)} == {
        "a leg of a call that is not in the file",
        "a leg of a SIP trunk, which does not say who took it",
        "a leg whose direction is none of Twilio's",
        "no time",
    }
    assert sum(rows for _, rows, _ in missed(tally)) == 5


def test_a_leg_that_was_never_dialed_is_of_when_it_was_made(tmp_path: Path) -> None:
    legs = [leg("CA1"), leg("CA2", parent="CA1", start_time="", duration="", status="canceled")]

    calls, tally, _ = read(tmp_path, page(legs))

    assert [(call.producer, call.answered_seconds) for call in calls] == [("+16145550102", 0)]
    assert tally.unread() == ()


@pytest.mark.parametrize("newest_first", [True, False])
def test_weeks_of_calls_are_joined_in_passing(tmp_path: Path, newest_first: bool) -> None:
    legs = [
        part
        for hour in range(24 * 7)
        for part in (
            leg(f"CA{hour}", minutes=60 * hour),
            leg(f"CB{hour}", parent=f"CA{hour}", minutes=60 * hour + 1, to=f"client:agent{hour}"),
        )
    ]

    calls, tally, _ = read(tmp_path, page(legs[::-1] if newest_first else legs))

    in_order = calls[::-1] if newest_first else calls
    assert [call.producer for call in in_order] == [f"agent{hour}" for hour in range(24 * 7)]
    assert tally.unread() == ()


def test_a_log_that_is_not_sorted_is_refused(tmp_path: Path) -> None:
    legs = [leg(f"CA{place}", minutes=60 * 24 * day) for place, day in enumerate((3, 9, 1))]

    with pytest.raises(Unreadable, match="sort the file by time"):
        read(tmp_path, page(legs))


@pytest.mark.parametrize("between", ["", "\n", ",\n"])
def test_pages_one_after_another_are_one_log_and_what_they_share_counts_once(tmp_path: Path, between: str) -> None:
    calls, tally, _ = read(tmp_path, between.join((page(RANG[2:][::-1]), page(RANG[:3][::-1]))))

    assert [call.answered_seconds for call in calls] == [60]
    assert (tally.rows, tally.unread()) == (5, ())


def test_a_bare_array_and_a_record_to_a_line_are_read_too(tmp_path: Path) -> None:
    array, _, _ = read(tmp_path, json.dumps(RANG))
    lines, _, _ = read(tmp_path, "\n".join(json.dumps(part) for part in RANG))

    assert [call.answered_seconds for call in array] == [call.answered_seconds for call in lines] == [60]
    assert [call.line for call in lines] == [1]


def test_a_page_that_does_not_fit_at_once_is_read_piece_by_piece(tmp_path: Path) -> None:
    legs = [leg(f"CA{place}", minutes=place, notes="x" * 1000) for place in range(300)]

    calls, _, _ = read(tmp_path, json.dumps(json.loads(page(legs)), indent=2))

    assert len(calls) == 300
    assert [call.line for call in calls[:2]] == [4, 20]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (page(RANG)[:-60], "line 1: the file ends here"),
        (page(RANG).replace('"page"', "page"), "not JSON from here on"),
        ("[" * 100_000, "not JSON|no calls"),
        ('{"records": []}', "Twilio's column 'from' is not there"),
        ("[]", "no calls in it"),
        ("{}", "no calls in it"),
    ],
)
def test_json_that_is_no_log_is_told_so(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(tmp_path, content)


def test_json_values_that_are_no_calls_are_told(tmp_path: Path) -> None:
    calls, tally, _ = read(tmp_path, json.dumps([leg("CA1"), 5, None, leg("CA2", duration=7, to=12)]))

    assert len(calls) == 2
    assert missed(tally) == [("JSON that is not a call of Twilio's", 2, 1)]


def test_without_a_parent_column_somebody_must_say_who_took_the_call(tmp_path: Path) -> None:
    text = as_csv(RANG, without=("parent_call_sid",))

    with pytest.raises(Unreadable, match="who took the call"):
        read(tmp_path, text)
    calls, tally, _ = read(tmp_path, text, Options(loa="life", columns={"producer_phone": "To"}))

    assert [(call.producer, call.answered_seconds) for call in calls] == [("+16145550190", 95)]
    assert missed(tally) == [("a leg of a call that is not in the file", 3, 3)]


def test_the_consoles_words_for_a_direction_are_understood(tmp_path: Path) -> None:
    legs = [leg("CA1", direction="Incoming"), leg("CA2", parent="CA1", direction="Outgoing Dial", status="Completed")]

    calls, _, _ = read(tmp_path, as_csv(legs), LIFE)

    assert [(call.direction, call.answered_seconds) for call in calls] == [("inbound", 95)]
