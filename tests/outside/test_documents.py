"""Files outside of the web root: named by their hash, whole or not there, ours alone."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.outside.documents import DocumentFolder, kind_of, shown_name
from app.settings import Settings

PDF = b"%PDF-1.7 certificate of authority"


def test_a_file_is_named_by_its_hash_and_read_by_nobody_else(tmp_path: Path) -> None:
    folder = DocumentFolder(tmp_path / "documents")

    digest = folder.keep(PDF)

    (kept,) = (tmp_path / "documents").iterdir()
    assert kept.name == digest == hashlib.sha256(PDF).hexdigest()
    assert kept.read_bytes() == PDF
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_the_same_file_again_is_the_same_file(tmp_path: Path) -> None:
    folder = DocumentFolder(tmp_path)
    written = folder.path(folder.keep(PDF)).stat().st_mtime_ns

    assert folder.path(folder.keep(PDF)).stat().st_mtime_ns == written
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_was_changed_is_not_what_it_was_and_the_true_one_mends_it(tmp_path: Path) -> None:
    folder = DocumentFolder(tmp_path)
    digest = folder.keep(PDF)
    folder.path(digest).write_bytes(PDF + b"!")

    assert not folder.has(digest)

    folder.keep(PDF)
    assert folder.has(digest)


@pytest.mark.parametrize("digest", ["../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_is_looked_up(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        DocumentFolder(tmp_path).has(digest)


def test_where_it_cannot_be_kept_nothing_is_left_behind(tmp_path: Path) -> None:
    folder = DocumentFolder(tmp_path)
    folder.path(hashlib.sha256(PDF).hexdigest()).mkdir()

    with pytest.raises(OSError, match="directory"):
        folder.keep(PDF)

    assert [path for path in tmp_path.iterdir() if not path.is_dir()] == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"MZ\x90\x00\x03 %PDF-1.4", "other"),
        (b" %PDF-1.4", "text"),
        (b"PK\x03\x04", "text"),
        (b"PK\x03\x04\x00", "other"),
        (b"\x7fELF\x02\x01\x01\x00", "other"),
    ],
)
def test_a_kind_is_told_by_the_first_bytes(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/proof.pdf", "proof.pdf"),
        ("C:\\Users\\kim\\proof.pdf", "proof.pdf"),
        ("proof.pdf\0.exe", "proof.pdf.exe"),
        ("certificate\u202efdp.exe", "certificatefdp.exe"),
        ("a\nb\x1b[31m.pdf", "ab[31m.pdf"),
        ("half \ud800.pdf", "half ?.pdf"),
        ("شهادة.pdf", "شهادة.pdf"),
        ("..", ".."),
        ("/", "unnamed"),
        ("", "unnamed"),
        ("x" * 5000, "x" * 255),
    ],
)
def test_a_name_is_only_ever_shown(given_name: str, shown: str) -> None:
    assert shown_name(given_name) == shown


@given(st.text())
def test_whatever_the_name_it_can_be_stored_and_printed(name: str) -> None:
    shown = shown_name(name)

    assert 1 <= len(shown) <= 255
    assert shown.encode()
    assert not any(mark in shown for mark in "/\\\0\n\r\u202e")


def test_the_folder_is_never_one_that_is_served() -> None:
    with pytest.raises(ValidationError, match="inside of the program"):
        Settings(documents_dir=Path("app/web/static"))
