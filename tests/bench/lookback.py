"""The look back over long logs: rows a second, and a peak of memory that does not grow with the log."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import cycle, islice
from pathlib import Path

from app.domain import area_codes, phone, tables

ROWS = (100_000, 1_000_000)
_LICENSES = 500
_SHIPPED = Path(__file__).resolve().parents[2] / "app" / "data" / "demo" / "lookback"
_THREEGATE = Path(sys.executable).with_name("threegate")
# A child's peak is never below what its parent weighed when it forked, so a parent that weighs nothing stands between.
_WEIGHED = (
    "import resource, subprocess, sys; "
    "code = subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], 'wb')).returncode; "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); "
    "sys.exit(code)"
)


def report(folder: Path, several: tuple[int, ...] = ROWS) -> None:
    """Prints a line for each length of log. The first run warms the disk's cache and is not told."""
    roster = _write_roster(folder / "roster.csv")
    _run(_write_calls(folder / "warm.csv", 1_000), roster, folder)
    print(
        f"\nThe look back, {_LICENSES} licenses\n  {'rows':>10}{'seconds':>10}{'rows/s':>10}{'peak MiB':>10}{'log MB':>8}"
    )
    for rows in several:
        log = _write_calls(folder / f"{rows}.csv", rows)
        seconds, kib, read = _run(log, roster, folder)
        if read != rows:
            raise SystemExit(f"{read} of {rows} rows were read as calls")
        megabytes = log.stat().st_size / 1e6
        print(f"  {rows:10,}{seconds:10.1f}{rows / seconds:10,.0f}{kib / 1024:10.0f}{megabytes:8.0f}", flush=True)
        log.unlink()


def _run(log: Path, roster: Path, folder: Path) -> tuple[float, int, int]:
    """Seconds, peak KiB and calls read, of one `threegate lookback --json` in its own process."""
    answer = folder / "answer.json"
    command = [str(_THREEGATE), "lookback", "--calls", str(log), "--roster", str(roster), "--json"]
    began = time.perf_counter()
    ran = subprocess.run([sys.executable, "-S", "-c", _WEIGHED, str(answer), *command], capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return seconds, int(ran.stdout), json.loads(answer.read_text(encoding="utf-8"))["calls"]


def _write_roster(path: Path) -> Path:
    """The first licenses of the shipped roster."""
    lines = (_SHIPPED / "roster.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: _LICENSES + 1]), encoding="utf-8")
    return path


def _write_calls(path: Path, rows: int) -> Path:
    """The shipped log again and again, each time some seconds later, from other numbers and other ZIPs of the state."""
    with (_SHIPPED / "calls.csv").open(encoding="utf-8", newline="") as file:
        header, *shipped = csv.reader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(islice(_rows([row for row in shipped if _is_sound(row, len(header))]), rows))
    return path


def _rows(shipped: list[list[str]]) -> Iterator[list[str]]:
    for number, (at, caller, producer, zip5, *others) in enumerate(cycle(shipped)):
        again = number // len(shipped)
        later = datetime.fromisoformat(at) + timedelta(seconds=7 * again)
        if caller[-4:].isdigit():
            caller = f"{caller[:-2]}{(int(caller[-2:]) + again) % 100:02}"
        if zip5 in _neighbors():
            state, position = _neighbors()[zip5]
            position = (position + again) % len(_zips()[state])
            zip5 = _zips()[state][position]
            code = _area_code(caller)
            if code in _codes()[state]:
                caller = caller.replace(
                    code, _codes()[state][position * len(_codes()[state]) // len(_zips()[state])], 1
                )
        yield [f"{later:%Y-%m-%dT%H:%M:%SZ}", caller, producer, zip5, *others]


@cache
def _area_code(caller: str) -> str:
    number = phone.parse(caller)
    return (number and number.area_code) or ""


def _is_sound(row: list[str], width: int) -> bool:
    return len(row) == width and row[0].endswith("Z") and row[5] != "pet"


@cache
def _zips() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for first, last, state, kind, _source in tables.rows("zip_codes.csv"):
        if kind == "single":
            found[state] += (f"{number:05}" for number in range(int(first), int(last) + 1))
    return found


@cache
def _neighbors() -> dict[str, tuple[str, int]]:
    """The state of a ZIP, and its place among that state's."""
    return {zip5: (state, position) for state, alike in _zips().items() for position, zip5 in enumerate(alike)}


@cache
def _codes() -> dict[str, list[str]]:
    """A state's area codes. Neighboring ZIPs get the same one, as in life, so that callers repeat themselves as in life."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, state, *_others in tables.rows("area_codes.csv"):
        if area_codes.lookup(code).state:
            found[state].append(code)
    return found
