"""Logs of one row a call: which column says what, and which rows are no calls."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.call_logs.reading import Options, Unreadable, look
from tests.call_logs.logs import LIFE, MONDAY, missed, read, row, table

NEW_YORK = ZoneInfo("America/New_York")


def test_our_own_format_says_everything(tmp_path: Path) -> None:
    calls, tally, layout = read(tmp_path, table([row()]), Options())

    (call,) = calls
    assert (call.line, call.at, call.caller, call.producer) == (2, MONDAY, "+16145550101", "90000110")
    assert (call.loa, call.answered_seconds, call.zip, call.state) == ("life", 95, "43215", "OH")
    assert (call.direction, call.price_cents) == ("inbound", 4500)
    assert (layout.format, layout.times, layout.unused) == ("threegate", "as written", ())
    assert (tally.rows, tally.unread(), tally.bytes_read) == (1, (), len(table([row()])))


def test_of_npn_phone_name_and_agent_the_first_that_is_not_empty_is_the_producer(tmp_path: Path) -> None:
    rows = [
        row(producer_npn="", producer_phone="", producer_name="", agent="alice"),
        row(producer_npn="", producer_phone="", producer_name="Ana Lopez", agent="alice"),
        row(producer_npn="", producer_phone="+16145550102", producer_name="Ana Lopez", agent="alice"),
        row(producer_phone="+16145550102", producer_name="Ana Lopez", agent="alice"),
    ]

    calls, _, _ = read(tmp_path, table(rows))

    assert [call.producer for call in calls] == ["alice", "Ana Lopez", "+16145550102", "90000110"]


def test_headers_are_known_in_any_spelling_and_unknown_ones_are_shown(tmp_path: Path) -> None:
    text = (
        "Start-Time;Customer Phone;Agent Name;Talk Time;Mood\n10/5/2026 2:03:04 PM;(614) 555-0101;Ana Lopez;1:35;good\n"
    )

    calls, _, layout = read(tmp_path, text)

    assert layout.columns == (
        ("at", "Start-Time"),
        ("caller", "Customer Phone"),
        ("producer_name", "Agent Name"),
        ("answered_seconds", "Talk Time"),
    )
    assert (layout.format, layout.unused, layout.times) == ("csv", ("Mood",), "assumed UTC")
    assert (calls[0].at, calls[0].answered_seconds, calls[0].loa) == (MONDAY, 95, "life")


def test_the_person_says_what_a_header_does_not(tmp_path: Path) -> None:
    options = Options(loa="life", columns={"at": "Wann", "agent": "wer", "answered_seconds": "Dauer", "state": ""})
    text = "Wann,ANI,Wer,Dauer,State\n2026-10-05 10:03:04,6145550101,7,95,completed\n"

    calls, _, layout = read(tmp_path, text, Options(**{**vars(options), "time_zone": NEW_YORK}))

    assert (calls[0].at, calls[0].producer, calls[0].state) == (MONDAY, "7", "")
    assert (layout.times, layout.unused) == ("time zone given", ("State",))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"when": "at"}, "the fields are at, caller"),
        ({"at": "Nowhere"}, "the columns are at, caller"),
        ({"zip": "ssn"}, "never read"),
    ],
)
def test_a_column_that_cannot_be_meant_is_refused(tmp_path: Path, columns: dict[str, str], told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(tmp_path, table([row(ssn="x")]), Options(columns=columns))


def test_social_security_numbers_and_birth_dates_are_never_read(tmp_path: Path) -> None:
    _, _, layout = read(tmp_path, table([row(ssn="078-05-1120", **{"Date of Birth": "1970-01-01"})]))

    assert layout.unused == ("ssn", "Date of Birth")


@pytest.mark.parametrize("lacking", ["at", "caller", "producer_npn", "answered_seconds"])
def test_a_log_that_cannot_say_the_most_needed_names_its_columns(tmp_path: Path, lacking: str) -> None:
    cells = row()
    del cells[lacking]

    with pytest.raises(Unreadable, match=r"the columns are .*state.* --column "):
        read(tmp_path, table([cells]))


def test_a_column_that_is_there_twice_is_not_chosen_from(tmp_path: Path) -> None:
    text = table([row()]).replace("state", "zip")

    with pytest.raises(Unreadable, match="'zip' is there 2 times"):
        read(tmp_path, text)


def test_the_line_of_authority_comes_from_the_row_its_campaign_or_the_person(tmp_path: Path) -> None:
    rows = [
        row(loa="Casualty + Property"),
        row(loa="", campaign=" final expense"),
        row(loa="", campaign="Auto"),
        row(loa="medicare"),
    ]
    options = Options(loa="health", loa_by_campaign={"Final Expense ": "life"})

    calls, tally, _ = read(tmp_path, table(rows), options)
    unsaid, none, _ = read(tmp_path, table(rows), Options(loa_by_campaign={"final expense": "life"}))

    assert [call.loa for call in calls] == ["casualty+property", "life", "health"]
    assert missed(tally) == [("no line of authority that we know", 1, 5)]
    assert [call.loa for call in unsaid] == ["casualty+property", "life"]
    assert missed(none)[0] == ("no line of authority", 1, 4)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (Options(), "say which line these calls were for: --loa life"),
        (Options(loa="medicare"), "say e.g. --loa life"),
        (Options(loa_by_campaign={"x": "life"}), "no column names the campaign"),
    ],
)
def test_a_log_that_nothing_can_say_the_line_of_is_refused(tmp_path: Path, options: Options, told: str) -> None:
    cells = row()
    del cells["loa"], cells["campaign"]

    with pytest.raises(Unreadable, match=told):
        read(tmp_path, table([cells]), options)


def test_a_row_that_is_no_call_is_told_with_its_line(tmp_path: Path) -> None:
    good = table([row()])
    header, sound = good.splitlines()
    lines = [
        header,
        sound,
        sound.replace("2026-10-05T14:03:04Z", ""),
        sound.replace("2026-10-05T14:03:04Z", "2026-10-05"),
        sound.replace("2026-10-05T14:03:04Z", "soon"),
        sound.replace(",95,", ",-5,"),
        sound + ",more",
        "short,row",
        sound.replace("43215", "43\x00215"),
        sound.replace("43215", "4" * 501),
        "",
        sound,
    ]

    calls, tally, _ = read(tmp_path, "\n".join(lines))

    assert [call.line for call in calls] == [2, 12]
    assert tally.rows == 10
    assert missed(tally) == [
        ("no time", 1, 3),
        ("a date without a time of day", 1, 4),
        ("the time is not one we can read", 1, 5),
        ("the seconds answered are not a length of time", 1, 6),
        ("not as many cells as the header has columns", 2, 7),
        ("a cell of more than 500 characters, or with a line break or a control character in it", 2, 9),
    ]


@pytest.mark.parametrize("column", ["caller", "price", "notes"])
def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path, column: str) -> None:
    broken = table([row(notes="")] + [row(notes="")] * 4).splitlines()
    cells = broken[2].split(",")
    cells[list(row(notes="")).index(column)] = '"oops'
    broken[2] = ",".join(cells)

    calls, tally, _ = read(tmp_path, "\n".join(broken) + "\n")

    assert [call.line for call in calls] == [2, 4, 5, 6]
    assert [(unread.rows, unread.first_line) for unread in tally.unread()] == [(1, 3)]


@pytest.mark.parametrize("below", [4, 10, 250])
def test_a_quote_that_finds_another_below_swallows_nothing(tmp_path: Path, below: int) -> None:
    lines = table([row(notes="")] * 300).splitlines()
    lines[3] += '"oops'
    lines[below] += '"'

    calls, tally, _ = read(tmp_path, "\n".join(lines))

    assert len(calls) == 298
    assert set(range(2, 302)) - {call.line for call in calls} == {4, below + 1}
    assert sum(unread.rows for unread in tally.unread()) == 2


def test_notes_of_several_lines_are_one_row(tmp_path: Path) -> None:
    calls, tally, _ = read(tmp_path, table([row(notes='said "hi"\nand hung up'), row(notes="")]))

    assert [call.line for call in calls] == [2, 4]
    assert tally.unread() == ()


def test_a_line_of_immense_length_is_passed_over(tmp_path: Path) -> None:
    text = table([row(notes=""), row(notes="x" * 2_000_000), row(notes="")])

    calls, tally, _ = read(tmp_path, text)

    assert [call.line for call in calls] == [2, 4]
    assert [(unread.rows, unread.first_line) for unread in tally.unread()] == [(1, 3)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_found_out(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = table([row(producer_npn="", producer_name="José")], delimiter=delimiter)

    calls, tally, _ = read(tmp_path, text.encode(encoding))

    assert [call.producer for call in calls] == ["José"]
    assert tally.unread() == ()


def test_bytes_of_another_encoding_are_replaced_and_seen(tmp_path: Path) -> None:
    calls, _, _ = read(tmp_path, table([row(producer_npn="", producer_name="José")]).encode("latin-1"))

    assert [call.producer for call in calls] == ["Jos\N{REPLACEMENT CHARACTER}"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n \n", "empty"),
        (b"PK\x03\x04....", "spreadsheet"),
        (b"\x1f\x8b\x08....", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><table>", "web page"),
        (b"\x7fELF\x00\x00\x00\x01" * 10, "not a text file"),
        (b"just a sentence\n", "does not name columns"),
        (b'"at,"caller"x\n', "not readable as CSV"),
        (b"1,2,3\n4,5,6\n", "no column is known to say when the call was"),
    ],
)
def test_a_file_that_is_no_log_is_told_what_it_is(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(tmp_path, content)


def test_a_folder_and_a_file_that_is_not_there_are_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="directory"):
        look(tmp_path, LIFE)
    with pytest.raises(Unreadable, match="no such file"):
        look(tmp_path / "calls.csv", LIFE)
    with pytest.raises(Unreadable, match="there is no format 'xml'"):
        look(tmp_path / "calls.csv", Options(format="xml"))


def test_what_a_spreadsheet_did_to_cells_is_undone(tmp_path: Path) -> None:
    rows = [row(caller='="6145550101"', zip="43215.0", producer_npn="'90000110"), row(caller="1.61456E+10")]

    calls, _, _ = read(tmp_path, table(rows))

    assert (calls[0].caller, calls[0].zip, calls[0].producer) == ("6145550101", "43215", "90000110")
    assert calls[1].caller == "1.61456E+10"


def test_a_first_line_that_excel_adds_is_not_the_header(tmp_path: Path) -> None:
    calls, _, _ = read(tmp_path, "sep=;\n" + table([row()], delimiter=";"))

    assert [call.line for call in calls] == [3]


def test_who_the_consumer_is_depends_on_who_dialed(tmp_path: Path) -> None:
    text = (
        "Start Time,From,To,Direction,Agent,Duration\n"
        "2026-10-05 14:03:04Z,+16145550101,+16145550190,Inbound,alice,95\n"
        "2026-10-05 14:03:04Z,+16145550190,+16145550101,Outbound,alice,95\n"
    )

    calls, _, _ = read(tmp_path, text)

    assert [(call.caller, call.direction) for call in calls] == [
        ("+16145550101", "inbound"),
        ("+16145550101", "outbound"),
    ]


def test_a_time_without_zone_among_zoned_ones_is_not_guessed(tmp_path: Path) -> None:
    rows = [row()] * 200 + [row(at="2026-10-05 14:03:04")]

    calls, tally, layout = read(tmp_path, table(rows))
    given, _, _ = read(tmp_path, table(rows), Options(time_zone=NEW_YORK))

    assert (layout.times, len(calls)) == ("as written", 200)
    assert [(unread.rows, unread.first_line) for unread in tally.unread()] == [(1, 202)]
    assert given[-1].at == datetime(2026, 10, 5, 18, 3, 4, tzinfo=UTC)


def test_ringba_counts_the_connected_seconds(tmp_path: Path) -> None:
    text = (
        "Call Date,Campaign,Publisher,Target,Target Number,Caller ID,Number,Time To Connect,Call Length,"
        "Connected Call Length,Payout,Revenue\n"
        '"10/05/2026 02:03:04 PM",Final Expense,Acme,Ana,+16145550102,+16145550101,+16145550190,00:00:20,00:02:00,'
        "00:01:35,$42.50,$60.00\n"
        '"10/05/2026 02:04:04 PM",Final Expense,Acme,,,+16145550103,+16145550190,,00:00:25,,$0.00,\n'
    )

    calls, _, layout = read(tmp_path, text)

    assert layout.format == "ringba"
    assert [(call.caller, call.producer, call.answered_seconds, call.price_cents) for call in calls] == [
        ("+16145550101", "+16145550102", 95, 4250),
        ("+16145550103", "", 0, 0),
    ]


def test_ringba_as_its_api_names_things(tmp_path: Path) -> None:
    text = (
        "inboundCallId,callDt,campaignName,targetName,inboundPhoneNumber,callLengthInSeconds,"
        "connectedCallLengthInSeconds,payoutAmount\nRGB1,1791208984561,Final Expense,Ana,+16145550101,120,95,42.5\n"
    )

    calls, _, layout = read(tmp_path, text)

    assert (layout.format, layout.times) == ("ringba", "as written")
    assert (calls[0].at, calls[0].producer, calls[0].answered_seconds) == (MONDAY, "Ana", 95)


VICIDIAL = (
    "call_date\tphone_number_dialed\tstatus\tuser\tfull_name\tcampaign_id\tvendor_lead_code\tphone_number\tstate\t"
    "postal_code\tdate_of_birth\tlength_in_sec\talt_dial\tcustom_fields\n"
)


def test_vicidial_knows_who_dialed_and_when_nobody_answered(tmp_path: Path) -> None:
    text = VICIDIAL + (
        '2026-10-05 10:03:04\t6145550101\tSALE\t1001\tAna "Annie" Lopez\tFE\t\t6145550101\tOH\t43215\t0000-00-00'
        "\t95\t12.00\ta\tb\n"
        "2026-10-05 10:03:04\t6145550103\tDROP\tVDCL\tInbound No Agent\tFE\t\t6145550103\tOH\t43215\t\t60\t60.00\t\n"
        '2026-10-05 10:03:04\t6145550104\tA\t1001\t"Bob\tFE\t\t6145550104\tOH\t43215\t\t5\tNONE\t\n'
    )

    calls, tally, layout = read(tmp_path, text, Options(loa="life", time_zone=NEW_YORK))

    assert (layout.format, layout.times) == ("vicidial", "time zone given")
    assert "date_of_birth" in layout.unused
    assert [(call.at, call.producer, call.answered_seconds, call.direction) for call in calls] == [
        (MONDAY, 'Ana "Annie" Lopez', 95, "inbound"),
        (MONDAY, "", 0, "inbound"),
        (MONDAY, '"Bob', 5, "outbound"),
    ]
    assert tally.unread() == ()
