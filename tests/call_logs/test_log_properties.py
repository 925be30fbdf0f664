"""Whatever the bytes are: every row is read or told, and nothing else happens."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.call_logs.cells import has_control
from app.call_logs.reading import FORMATS, Options, Unreadable
from tests.call_logs.logs import LIFE, leg, page, read, row, table

SOUND = (table([row()] * 3).encode(), page([leg("CA1"), leg("CA2", parent="CA1")]).encode())

_MARKS = [
    b",",
    b"\t",
    b";",
    b'"',
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"=",
    b"'",
    b"\xff",
    b"\xe9",
    b" ",
    b"[",
    b"]",
    b"{",
    b"}",
    b":",
]
_WORDS = b"at caller producer_npn answered_seconds loa 2026-10-05T14:03:04Z 95 life 1e999 null".split()
_MEMBERS = [f'"{name}"'.encode() for name in ("calls", "sid", "from", "to", "direction", "duration", "\\ud800")]
_PIECES = st.sampled_from([*_MARKS, *_WORDS, *_MEMBERS])
_BYTES = st.one_of(
    st.binary(max_size=300),
    st.lists(_PIECES, max_size=60).map(b"".join),
    st.lists(_PIECES, max_size=40).map(b"".join).map(lambda junk: table([row()]).encode() + junk),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sound file with some of its bytes replaced."""
    content = draw(st.sampled_from(SOUND))
    for _ in range(draw(st.integers(1, 4))):
        begins = draw(st.integers(0, len(content)))
        ends = begins + draw(st.integers(0, 12))
        content = content[:begins] + draw(st.one_of(_PIECES, st.binary(max_size=6))) + content[ends:]
    return content


@settings(max_examples=300, deadline=None)
@given(st.one_of(_BYTES, damaged(), damaged()), st.sampled_from([*[None] * 12, *FORMATS]))
def test_any_bytes_are_refused_as_a_whole_or_told_row_by_row(content: bytes, format_name: str | None) -> None:
    with TemporaryDirectory() as folder:
        try:
            calls, tally, layout = read(Path(folder), content, Options(loa="life", format=format_name))
        except Unreadable as refused:
            event("refused")
            if not str(refused).isprintable():
                raise AssertionError(str(refused)) from refused
            return

    event("read")
    told = sum(unread.rows for unread in tally.unread())
    if layout.format.startswith("twilio"):
        assert len(calls) + told <= tally.rows
    else:
        assert len(calls) + told == tally.rows
    assert all(call.loa and call.answered_seconds >= 0 for call in calls)
    shown = [*layout.unused, *(text for call in calls for text in (call.caller, call.producer, call.zip, call.state))]
    assert not any(has_control(text) for text in shown)


@settings(max_examples=60, deadline=None)
@given(st.permutations(list(row(agent="alice", notes="x"))), st.integers(0, 3))
def test_the_order_of_the_columns_does_not_matter(order: list[str], seed: int) -> None:
    random_ones = random.Random(seed)
    rows = [row(agent="alice", notes="x", zip=str(random_ones.randint(10000, 99999))) for _ in range(5)]
    with TemporaryDirectory() as folder:
        expected, _, _ = read(Path(folder), table(rows))

        calls, _, _ = read(Path(folder), table([{name: cells[name] for name in order} for cells in rows]), LIFE)

    assert calls == expected
