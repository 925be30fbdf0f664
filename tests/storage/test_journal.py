"""The journal: complete files or none, oldest first, and honest about what it could not keep."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.storage import journal
from app.storage.journal import Entry

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
FORM = [("CallSid", "CA1"), ("From", "+16145550150"), ("Body", "añ🛑"), ("Blank", "")]


def test_what_is_kept_comes_back_as_it_was_oldest_first(tmp_path: Path) -> None:
    later, earlier = (Entry("voice", NOW + timedelta(seconds=nth), f"CA{nth}", FORM) for nth in (5, 1))
    assert all(journal.append(tmp_path / "deep" / "journal", entry) for entry in (later, earlier))

    assert [entry for _, entry in journal.entries(tmp_path / "deep" / "journal")] == [earlier, later]


def test_what_was_replayed_is_gone_and_what_nobody_can_read_is_kept_aside(tmp_path: Path) -> None:
    for key in ("one", "two", "three"):
        journal.append(tmp_path, Entry("text", NOW, key, FORM))
    paths = {entry.key: path for path, entry in journal.entries(tmp_path)}

    journal.remove(paths["one"])
    journal.remove(paths["one"])
    journal.set_aside(paths["two"])

    assert [entry.key for _, entry in journal.entries(tmp_path)] == ["three"]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_was_not_finished_is_never_read(tmp_path: Path) -> None:
    (tmp_path / ".20261118-voice-CA1.partial").write_text('{"kind": "vo')

    assert list(journal.entries(tmp_path)) == []


def test_one_event_delivered_eight_times_at_once_is_one_whole_file(tmp_path: Path) -> None:
    entry = Entry("voice", NOW, "CA1", FORM)

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: journal.append(tmp_path, entry), range(8)))

    assert kept == [True] * 8
    assert [found for _, found in journal.entries(tmp_path)] == [entry]


def test_where_it_cannot_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert journal.append(tmp_path / "file", Entry("voice", NOW, "CA1", FORM)) is False


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert list(journal.entries(tmp_path / "none")) == []
