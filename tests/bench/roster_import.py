"""Large roster files: seconds, peak memory, and how long a webhook's small transaction waits meanwhile."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from app.domain import area_codes, states, tables
from app.domain.states import State
from app.rosters.csv_roster import COLUMNS
from app.storage import ledger
from app.storage.database import Database
from app.timekeeping import SystemClock

ROWS = 500_000
LICENSES_EACH = 25
CHANGED = 500
PAUSE_SECONDS = 0.02
"""Between the small transactions, as a busy line's webhooks come."""

_THREEGATE = Path(sys.executable).with_name("threegate")
# A child's peak is never below what its parent weighed when it forked, so a parent that weighs nothing stands between.
_WEIGHED = (
    "import resource, subprocess, sys; "
    "code = subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], 'wb')).returncode; "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); "
    "sys.exit(code)"
)


def report(folder: Path, databases: dict[str, str], rows: int = ROWS) -> None:
    """A line for each database, by its URL, and each of three imports of so many rows."""
    first, changed = folder / "roster.csv", folder / "changed.csv"
    _write(first, rows)
    _write(changed, rows, expired=CHANGED)
    megabytes = first.stat().st_size / 1e6
    print(f"\nA roster file of {rows:,} rows, {rows // LICENSES_EACH:,} producers, {megabytes:.0f} MB")
    print(f"  {'':26}{'seconds':>10}{'peak MiB':>10}{'versions':>10}{'writes':>8}{'p99 ms':>8}{'longest ms':>12}")
    for name, url in databases.items():
        for what, file in {"new": first, "unchanged": first, f"{CHANGED} changed": changed}.items():
            seconds, kib, told, waits, versions = _run(url, file, folder)
            counted = told["licenses_added"] + told["licenses_changed"] + told["licenses_unchanged"]
            if counted != rows:
                raise SystemExit(f"{counted} of {rows} rows were imported")
            waits.sort()
            print(
                f"  {f'{name}, {what}':26}{seconds:10.1f}{kib / 1024:10.0f}{versions:10}{len(waits):8}"
                f"{1000 * waits[int(0.99 * len(waits))]:8.0f}{1000 * waits[-1]:12.0f}",
                flush=True,
            )


def _run(url: str, file: Path, folder: Path) -> tuple[float, int, dict[str, Any], list[float], int]:
    """Seconds, peak KiB, what was told, the seconds that each small write took, and how many versions were made."""
    answer = folder / "answer.json"
    command = [str(_THREEGATE), "roster", "import", str(file), "--json"]
    database = Database(url)
    try:
        before = _version(database)
        with _small_writes(database) as waits:
            began = time.perf_counter()
            ran = subprocess.run(
                [sys.executable, "-S", "-c", _WEIGHED, str(answer), *command],
                env={**os.environ, "DATABASE_URL": url, "THREEGATE_ENV": "test"},  # noqa: TID251 - a child's
                capture_output=True,
                text=True,
            )
            seconds = time.perf_counter() - began
        if ran.returncode:
            raise SystemExit(ran.stderr)
        told = json.loads(answer.read_text(encoding="utf-8"))
        return seconds, int(ran.stdout), told, waits, _version(database) - before
    finally:
        database.dispose()


def _version(database: Database) -> int:
    with database.read() as tx:
        return ledger.roster_version(tx)


@contextmanager
def _small_writes(database: Database) -> Iterator[list[float]]:
    """While this is open, one small writing transaction after the other; how many seconds each took."""
    waits: list[float] = []
    over = threading.Event()
    clock = SystemClock()

    def write() -> None:
        while not over.wait(PAUSE_SECONDS):
            began = time.perf_counter()
            with database.begin() as tx:
                ledger.write(tx, kind="bench", now=clock.now(), actor="bench", facts={})
            waits.append(time.perf_counter() - began)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        yield waits
    finally:
        over.set()
        writing.join()


# ---- the file


def _write(path: Path, rows: int, *, expired: int = 0) -> None:
    """Producers with LICENSES_EACH licenses each; of the first `expired` of them one license has been revoked."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        people = islice(_phones(), rows // LICENSES_EACH)
        for number, (home, phone) in enumerate(people):
            for there, state in enumerate(_states(home)):
                revoked = there == LICENSES_EACH - 1 and number < expired
                writer.writerow(_row(number, home, phone, state, "revoked" if revoked else "active"))


def _row(number: int, home: State, phone: str, state: State, status: str) -> list[str]:
    npn = str(10_000_000 + number)
    return [
        npn,
        "Producer",
        f"Number {number}",
        f"producer{number}@agency.example",
        phone,
        home,
        state,
        f"{state}-{npn}",
        "resident" if state == home else "nonresident",
        "life",
        status,
        f"20{10 + number % 15}-{1 + number % 12:02}-01",
        f"20{28 + number % 5}-{1 + number % 12:02}-28",
    ]


def _states(home: State) -> list[State]:
    return [home, *(state for state in states.ALL if state != home)][:LICENSES_EACH]


def _phones() -> Iterator[tuple[State, str]]:
    """A producer's home state and fictional number; each area code has a hundred."""
    codes = [(state, code) for code, state, *_ in tables.rows("area_codes.csv") if area_codes.lookup(code).state]
    for last in range(100):
        for state, code in codes:
            yield state, f"+1{code}55501{last:02}"
