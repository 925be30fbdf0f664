"""The journal: what came in while the database was out of reach, one fsynced file an event.

A file is complete or not there: it is written beside, synced and renamed. Replaying is idempotent by the call's sid, so a file
that is replayed and not yet removed does no harm.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Entry:
    """`kind` is the door (voice, text, status); `form` the webhook's parameters."""

    kind: str
    at: datetime
    key: str
    form: list[tuple[str, str]]


def append(folder: Path, entry: Entry) -> bool:
    """Keep an event. False where not even that was possible: then nothing may be promised to the caller."""
    name = f"{entry.at:%Y%m%dT%H%M%S%f}-{entry.kind}-{entry.key}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Two deliveries of one webhook may be written at one instant: each its own file, one name in the end.
        partial = folder / f".{name}.{os.getpid()}.{threading.get_ident()}.partial"
        final = folder / f"{name}.json"
        with partial.open("w", encoding="utf-8") as file:
            json.dump({**asdict(entry), "at": entry.at.isoformat()}, file)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(final)
        _sync_folder(folder)
    except OSError:
        return False
    return True


def entries(folder: Path) -> Iterator[tuple[Path, Entry]]:
    """What waits to be replayed, oldest first."""
    for path in sorted(folder.glob("*.json")):
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        yield (
            path,
            Entry(
                kind=fields["kind"],
                at=datetime.fromisoformat(fields["at"]),
                key=fields["key"],
                form=[(name, value) for name, value in fields["form"]],
            ),
        )


def remove(path: Path) -> None:
    """The event is in the database now."""
    path.unlink(missing_ok=True)


def set_aside(path: Path) -> None:
    """Keep the file, and do not replay it again."""
    path.rename(path.with_suffix(".unreadable"))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
