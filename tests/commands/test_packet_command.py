"""`threegate packet`: a ZIP file at --out, or nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.builders import licensed
from tests.commands.conftest import Threegate

ANA = licensed("Ana", 1, "OH")


@pytest.fixture
def asked(threegate: Threegate) -> Threegate:
    threegate.campaign()
    threegate.roster(ANA)
    threegate.open("OH")
    threegate("authority", "check", "--npn", ANA.npn, "--state", "OH", "--loa", "life")
    return threegate


def test_a_packet_is_written_and_says_its_manifests_digest(asked: Threegate) -> None:
    out = asked.folder / "ohio.zip"

    told = asked.json("packet", "--state", "oh", "--from", "2026-11-01", "--to", "2026-11-30", "--out", str(out))

    assert (told["file"], told["calls"]) == (str(out), 0)
    assert len(told["manifest_sha256"]) == 64
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert "summary.html" in archive.namelist()
    assert sorted(path.name for path in asked.folder.glob("*ohio*")) == ["ohio.zip"]
    assert "manifest's SHA-256" in asked("packet", "--producer", ANA.npn, "--out", str(out)).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--state", "OH", "--producer", "90000001"),
        ("--state", "XX"),
        ("--producer", "1"),
        ("--call", "CA1"),
        ("--state", "OH", "--from", "2026-11-30", "--to", "2026-11-01"),
        ("--state", "OH", "--from", "2026-11-18", "--call", "CA1"),
    ],
)
def test_bad_input_writes_nothing(asked: Threegate, arguments: tuple[str, ...]) -> None:
    asked("packet", *arguments, "--out", str(asked.folder / "no.zip"), code=2)

    assert not (asked.folder / "no.zip").exists()


def test_a_folder_that_is_not_there_is_bad_input(asked: Threegate) -> None:
    asked("packet", "--state", "OH", "--out", str(Path(asked.folder) / "nowhere" / "no.zip"), code=2)
