"""Documents that prove something, in a folder outside of the web root (setting THREEGATE_DOCUMENTS_DIR).

A file is named by the SHA-256 of what is in it, never by the name that somebody gave it, and its kind is told by its first
bytes. It is complete or not there: written beside, synced and renamed; only our own user reads it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path

LARGEST_DOCUMENT = 20 * 1024 * 1024

_KINDS = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_LONGEST_NAME = 255


class DocumentFolder:
    """The folder; it is made when the first document comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Keep the file and return its SHA-256; one that is there already stays. Raises OSError where it cannot be kept."""
        digest = hashlib.sha256(content).hexdigest()
        if self.has(digest):
            return digest
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # mkstemp: 0600, and nobody's link is followed.
        descriptor, partial = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".partial")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).rename(self.path(digest))
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        self._sync()
        return digest

    def has(self, digest: str) -> bool:
        """Whether the file is there, whole and as it was. Raises ValueError for what is no SHA-256."""
        try:
            with self.path(digest).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except FileNotFoundError:
            return False

    def read(self, digest: str) -> bytes | None:
        """What is in the file; None where it is gone, or is not what was kept. Raises ValueError for what is no SHA-256."""
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None

    def path(self, digest: str) -> Path:
        """Where the file with this SHA-256 lies, or would. Raises ValueError for what is no SHA-256."""
        if not _SHA256.fullmatch(digest):
            raise ValueError(f"{digest[:80]!r} is no SHA-256")
        return self._folder / digest

    def _sync(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def kind_of(content: bytes) -> str:
    """pdf, png, jpeg, text or other, by its first bytes and never by its name."""
    for magic, kind in _KINDS:
        if content.startswith(magic):
            return kind
    try:
        return "other" if "\0" in content.decode() else "text"
    except UnicodeDecodeError:
        return "other"


def shown_name(given: str) -> str:
    """A name fit to be shown: without folders, nothing that cannot be seen or turns the writing around; never a path."""
    last = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = last.encode("utf-8", "replace").decode()
    seen = "".join(mark for mark in plain if unicodedata.category(mark) not in _UNSEEN).strip()
    return seen[:_LONGEST_NAME] or "unnamed"
