"""A ZIP file that is the same bytes for the same content: no clock, no user, one order; each member's SHA-256 is kept."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

_WHEN = (1980, 1, 1, 0, 0, 0)
"""The first instant that a ZIP file can spell."""


class Member:
    """One file of the archive, while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self.size = file, hashlib.sha256(), 0

    def write(self, content: bytes) -> None:
        self._digest.update(content)
        self.size += len(content)
        self._file.write(content)

    def line(self, value: Mapping[str, Any]) -> None:
        """One line of JSON."""
        self.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Archive:
    """Members are written one after another. `members` says of each its SHA-256 and its size in bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.members: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @contextmanager
    def member(self, name: str) -> Iterator[Member]:
        info = zipfile.ZipInfo(name, _WHEN)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        # The same whatever system this runs on.
        info.create_system = 3
        with self._zip.open(info, "w", force_zip64=True) as file:
            member = Member(file)
            yield member
        self.members[name] = {"sha256": member.sha256, "size": member.size}

    def add(self, name: str, content: bytes) -> None:
        with self.member(name) as member:
            member.write(content)
