"""The watched folder: each file that is put there is imported once, and then lies in done/ or, with its errors, in rejected/."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.domain.report_age import day_of
from app.outside.notices import Notice, Notices
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import notices as told
from app.storage import report_intake, unmapped_lines
from app.storage.database import Collision, Database, OutOfReach
from app.storage.report_intake import IMPORTED, REJECTED, REPEATED, Look
from app.workflows.licenses import their_report
from app.workflows.licenses.files import sha256
from app.workflows.licenses.import_nipr import NotImported, import_nipr
from app.workflows.licenses.import_roster import import_roster
from app.workflows.licenses.weigh_report import NIPR_FEED

log = logging.getLogger(__name__)

ACTOR = "folder"
DONE, REJECTED_FOLDER = "done", "rejected"

SETTLES_AFTER = timedelta(seconds=30)
"""So far apart two looks must find a file the same: whoever writes it may pause."""

CLAIM_ENDS_AFTER = timedelta(hours=1)
ERRORS_WRITTEN = 1000
NAMED = 20

_ENDINGS = (".xml", ".csv")
_LONGEST_NAME = 180
"""In characters; with a time in front and .txt behind it still fits every file system."""

_NPN_IN_NAME = re.compile(r"(?:^|[^0-9a-z])npn[-_ ]?([1-9][0-9]{0,9})(?![0-9])|^([1-9][0-9]{0,9})$", re.IGNORECASE)


@dataclass(frozen=True)
class _Unread:
    """The file cannot be read as what was looked at; `changed`: somebody still writes it."""

    why: str
    changed: bool = False


def watch_folder(*, folder: Path, database: Database, notices: Notices, now: datetime) -> int:
    """Import what lies there. Returns how many files were taken, sound or not.

    Older files go first. A file is taken once two looks found it the same; links, folders and other kinds of files are
    left alone. A detail report that does not say its NPN is named by it: 90000003.xml, report-npn90000003.xml.
    """
    try:
        found = sorted(_looks(folder), key=lambda look: (look.modified_ns, look.name))
    except OSError as error:
        log.error("the watched folder cannot be read: %s", error.strerror)
        return 0
    with database.begin() as tx:
        report_intake.forget_gone(tx, {look.name for look in found})
    taken = 0
    for look in found:
        with database.begin() as tx:
            file_id = report_intake.look(tx, look, now, settles_after=SETTLES_AFTER, claim_ends_after=CLAIM_ENDS_AFTER)
        if file_id is not None:
            taken += _take(folder, look, file_id, database=database, now=now)
    _tell(database=database, notices=notices, now=now)
    return taken


def _looks(folder: Path) -> Iterator[Look]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not entry.name.lower().endswith(_ENDINGS):
                continue
            if not _is_storable(entry.name):
                log.error("a file of the watched folder is left alone, because of its name: %r", entry.name[:100])
                continue
            with suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield Look(entry.name, status.st_size, status.st_mtime_ns)


def _is_storable(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and name.isprintable() and "/" not in name and "\\" not in name


def _take(folder: Path, look: Look, file_id: int, *, database: Database, now: datetime) -> int:
    content = _read(folder / look.name, look)
    if isinstance(content, _Unread) and content.changed:
        with database.begin() as tx:
            report_intake.release(tx, file_id, now)
        return 0
    if isinstance(content, _Unread):
        _reject(folder, look, file_id, None, [content.why], database=database, now=now)
        return 1
    digest = sha256(content)
    if _was_imported(digest, database):
        outcome = REPEATED
    else:
        errors = _imported_or_not(content, look, database=database, now=now)
        if errors:
            _reject(folder, look, file_id, digest, errors, database=database, now=now)
            return 1
        outcome = IMPORTED
    with database.begin() as tx:
        report_intake.conclude(tx, file_id, outcome, sha256=digest, now=now)
    _move(folder, look, DONE, file_id, database=database, now=now)
    return 1


def _read(path: Path, look: Look) -> bytes | _Unread:
    """The very file that was looked at, and not what a link of the same name leads to."""
    if look.size_bytes > LARGEST_FILE:
        return _Unread(f"larger than {LARGEST_FILE // 1024 // 1024} MB")
    try:
        # Not blocking, because a pipe of that name would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not _is_same(os.fstat(file.fileno()), look):
                return _Unread("it changed", changed=True)
            content = file.read(look.size_bytes + 1)
            return content if _is_same(os.fstat(file.fileno()), look) else _Unread("it changed", changed=True)
    except PermissionError:
        return _Unread("the scheduler may not read it")
    except OSError:
        return _Unread("it is gone", changed=True)


def _is_same(status: os.stat_result, look: Look) -> bool:
    return stat.S_ISREG(status.st_mode) and (status.st_size, status.st_mtime_ns) == (look.size_bytes, look.modified_ns)


def _was_imported(digest: str, database: Database) -> bool:
    """The very same content. Where a person has said what a line is since, it is worth another reading."""
    with database.read() as tx:
        imported_at = report_intake.imported_at(tx, digest)
        answered_at = unmapped_lines.last_answered_at(tx)
    return imported_at is not None and (answered_at is None or answered_at < imported_at)


def _imported_or_not(content: bytes, look: Look, *, database: Database, now: datetime) -> list[str]:
    """As `_import`. A fault of ours rejects the file: it must not keep those behind it waiting for ever."""
    try:
        return _import(content, look, database=database, now=now)
    except (*OutOfReach, Collision):
        raise
    except Exception:
        log.exception("a file of the watched folder cannot be imported: %s", look.name)
        return ["we failed on it, and the scheduler's log says how"]


def _import(content: bytes, look: Look, *, database: Database, now: datetime) -> list[str]:
    """What is wrong with the file; nothing where it was imported."""
    known = their_report.format_of(content)
    if known == their_report.CSV:
        rows = import_roster(content, file_name=look.name, actor=ACTOR, dry_run=False, database=database, now=now)
        return _errors(rows) if isinstance(rows, Refusal) else []
    made_at = min(now, datetime.fromtimestamp(look.modified_ns // 1_000_000_000, UTC))
    outcome = import_nipr(
        content,
        file_name=look.name,
        file_format=known,
        npn=_npn_in(look.name) if known == their_report.DETAIL else None,
        # It cannot have been made after it was put there.
        made_on=day_of(made_at),
        source=NIPR_FEED,
        actor=ACTOR,
        dry_run=False,
        database=database,
        now=now,
    )
    if isinstance(outcome, NotImported):
        return [outcome.why]
    return _errors(outcome) if isinstance(outcome, Refusal) else []


def _npn_in(name: str) -> str | None:
    found = _NPN_IN_NAME.search(name.rpartition(".")[0])
    return (found[1] or found[2]) if found else None


def _errors(refusal: Refusal) -> list[str]:
    shown = [
        f"{error}{f' (it says {error.value!r})' if error.value else ''}" for error in refusal.errors[:ERRORS_WRITTEN]
    ]
    return [*shown, f"{refusal.total} in all"] if refusal.total > len(shown) else shown


# ---- where a file goes


def _reject(
    folder: Path, look: Look, file_id: int, digest: str | None, errors: list[str], *, database: Database, now: datetime
) -> None:
    with database.begin() as tx:
        report_intake.conclude(tx, file_id, REJECTED, sha256=digest, now=now)
    log.error("a file of the watched folder was rejected: %s", look.name)
    moved = _move(folder, look, REJECTED_FOLDER, file_id, database=database, now=now)
    if moved is not None:
        told_errors = "\n".join([f"{look.name}: nothing of it was imported.", "LINE: COLUMN: WHY", *errors, ""])
        try:
            moved.with_name(f"{moved.name}.txt").write_text(told_errors, "utf-8", "replace")
        except OSError as error:
            log.error("its errors cannot be written down: %s", error.strerror)


def _move(folder: Path, look: Look, where: str, file_id: int, *, database: Database, now: datetime) -> Path | None:
    """Its new place. A file that cannot be moved stays; it is known, and not imported again."""
    source, target = folder / look.name, folder / where / f"{now:%Y%m%dT%H%M%S%f}-{look.name}"
    try:
        target.parent.mkdir(exist_ok=True)
        os.replace(source, target)
        if not _is_same(os.stat(target, follow_symlinks=False), look) and not source.exists():
            # Another file of that name came meanwhile: nobody has read it yet.
            os.replace(target, source)
            return None
    except OSError as error:
        log.error("%s stays in the watched folder: %s", look.name, error.strerror)
        with database.begin() as tx:
            report_intake.note_stays(tx, file_id)
        return None
    return target


# ---- who is told


def _tell(*, database: Database, notices: Notices, now: datetime) -> None:
    """One notice of everything that was rejected since the last; where it reached nobody, again the next time."""
    if not notices.anybody:
        return
    with database.begin() as tx:
        rejected = report_intake.claim_untold(tx, 1000)
    if not rejected:
        return
    lines = [one.name for one in rejected[:NAMED]]
    if len(rejected) > NAMED:
        lines.append(f"and {len(rejected) - NAMED} more")
    count = f"{len(rejected)} file{'s' * (len(rejected) != 1)}"
    body = "\n".join([*lines, f"What is wrong stands in {REJECTED_FOLDER}/, in a .txt beside each."])
    if not notices.send(Notice(f"Watched folder: {count} rejected, nothing of them imported", body)):
        with database.begin() as tx:
            report_intake.untell(tx, rejected)
            told.note_failure(tx, now)
