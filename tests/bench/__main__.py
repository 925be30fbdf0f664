"""One interleaved run of everything; prints tables of ratios. See docs/performance.md."""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from app.storage.database import Database
from app.timekeeping import SystemClock
from tests import postgres
from tests.bench import apps, gate, rosters, startup
from tests.bench.load import Sample, in_process, over_loopback, percentile
from tests.bench.rosters import LARGE, MEDIUM, Size
from tests.bench.served import serving, workers_kib
from tests.bench.webhooks import arrivals
from tests.databases import PostgresCopies, SqliteCopies

CALLERS = (1, 16)
FLOOR, SIGNED = "bare Flask", "bare + form + signature"
_clock = SystemClock()


@dataclass
class Contender:
    """One line of the table. `play` runs so many requests with so many callers."""

    name: str
    play: Callable[[int, int], Sample]
    samples: dict[int, list[Sample]] = field(default_factory=dict)


def main() -> None:
    options = _options()
    with ExitStack() as run:
        folder = Path(run.enter_context(tempfile.TemporaryDirectory(prefix="threegate-bench-")))
        copies = SqliteCopies(folder)
        sqlite = run.enter_context(_filled(copies.fresh(_made(folder / "m")), MEDIUM))
        if options.profile:
            _profile(sqlite, folder)
            return
        databases = {"SQLite M": sqlite}
        if not options.sqlite_only:
            server = run.enter_context(postgres.running())
            pg = PostgresCopies(server, owner="bench")
            run.callback(pg.close)
            databases["PostgreSQL M"] = run.enter_context(_filled(pg.fresh(), MEDIUM))
        _in_process(databases, folder, options)
        _served(databases, folder, options)
        if options.large:
            databases["SQLite L"] = run.enter_context(_filled(copies.fresh(_made(folder / "l")), LARGE))
        _gate(databases)
        seconds, kib = startup.cold_start(folder)
        print(f"\nCold start of the web app: {seconds:.2f} s, {kib / 1024:.0f} MiB resident")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--profile", action="store_true", help="where our webhook's time goes (SQLite M)")
    parser.add_argument("--large", action="store_true", help="the gate's statement over 1.8 million licenses too")
    parser.add_argument("--sqlite-only", action="store_true", help="start no PostgreSQL")
    parser.add_argument("--rounds", type=int, default=7, help="of each contender, taking turns")
    parser.add_argument("--requests", type=int, default=400, help="in a round; at most 900, one producer each")
    return parser.parse_args()


@contextmanager
def _filled(urls: Iterator[str] | ExitStack, size: Size) -> Iterator[Database]:
    raise NotImplementedError
