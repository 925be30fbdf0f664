"""One interleaved run of everything; prints tables of ratios. See docs/performance.md."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from app.storage.database import Database
from app.timekeeping import SystemClock
from tests import postgres
from tests.bench import apps, gate, lookback, pixel, profiling, roster_import, rosters, startup
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
    """One line of a table. `play` runs so many requests with so many callers."""

    name: str
    play: Callable[[int, int], Sample]
    samples: dict[int, list[Sample]] = field(default_factory=dict)

    def rate(self, callers: int) -> float:
        return median(sample.rate for sample in self.samples[callers])


def main() -> None:
    options = _options()
    with ExitStack() as run:
        folder = Path(run.enter_context(tempfile.TemporaryDirectory(prefix="threegate-bench-")))
        if options.lookback:
            lookback.report(folder)
            return
        if options.pixel:
            pixel.report(folder)
            return
        if options.roster:
            _roster(folder, sqlite_only=options.sqlite_only)
            return
        copies = SqliteCopies(_made(folder / "template"))
        sqlite = run.enter_context(_filled(copies.fresh(_made(folder / "m")), MEDIUM))
        if options.profile:
            profiling.report(apps.product(sqlite, folder), lambda: rosters.make_ready(sqlite, _clock.now()))
            return
        databases = {"SQLite M": sqlite}
        if not options.sqlite_only:
            pg = PostgresCopies(run.enter_context(postgres.running()), owner="bench")
            run.callback(pg.close)
            databases["PostgreSQL M"] = run.enter_context(_filled(pg.fresh(), MEDIUM))
        _measure("In process, no server", _inside(databases, folder), databases, options)
        with ExitStack() as servers:
            contenders = _behind_gunicorn(servers, databases, folder)
            _measure("gunicorn 2 x 2 over loopback", contenders, databases, options)
        if options.large:
            databases["SQLite L"] = run.enter_context(_filled(copies.fresh(_made(folder / "l")), LARGE))
        _print_gate(databases)
        seconds, kib = startup.cold_start(folder)
        print(f"\nCold start of the web app: {seconds:.2f} s, {kib / 1024:.0f} MiB resident")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--profile", action="store_true", help="where our webhook's time goes (SQLite M)")
    parser.add_argument("--large", action="store_true", help="the gate's statement over 1.8 million licenses too")
    parser.add_argument("--lookback", action="store_true", help="rows a second of a look back, and its memory")
    parser.add_argument("--roster", action="store_true", help="a roster file of 500,000 rows, and who waits meanwhile")
    parser.add_argument("--pixel", action="store_true", help="from a webhook to its row on a supervisor's board")
    parser.add_argument("--sqlite-only", action="store_true", help="start no PostgreSQL")
    parser.add_argument("--rounds", type=int, default=7, help="of each contender, taking turns")
    parser.add_argument("--requests", type=int, default=400, help="in a round; at most 900: each holds a producer")
    return parser.parse_args()


def _roster(folder: Path, *, sqlite_only: bool) -> None:
    with ExitStack() as run:
        copies = SqliteCopies(_made(folder / "template"))
        urls = {"SQLite": run.enter_context(copies.fresh(_made(folder / "roster")))}
        if not sqlite_only:
            pg = PostgresCopies(run.enter_context(postgres.running()), owner="bench")
            run.callback(pg.close)
            urls["PostgreSQL"] = run.enter_context(pg.fresh())
        roster_import.report(folder, urls)


@contextmanager
def _filled(fresh: AbstractContextManager[str], size: Size) -> Iterator[Database]:
    with fresh as url:
        database = Database(url)
        try:
            rosters.fill(database, size, _clock.now())
            yield database
        finally:
            database.dispose()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


# ---- the contenders


def _inside(databases: dict[str, Database], folder: Path) -> list[Contender]:
    made = {FLOOR: apps.bare(), SIGNED: apps.signed()}
    made |= {name: apps.product(database, folder) for name, database in databases.items()}

    def playing(name: str) -> Callable[[int, int], Sample]:
        return lambda requests, callers: in_process(made[name], arrivals(requests), callers)

    return [Contender(name, playing(name)) for name in made]


def _behind_gunicorn(servers: ExitStack, databases: dict[str, Database], folder: Path) -> list[Contender]:
    """Each has its own server; only the one that is asked has anything to do."""
    ports = {}
    for name, arguments in {
        FLOOR: ["bare"],
        SIGNED: ["signed"],
        **{
            name: ["product", database.url.render_as_string(hide_password=False), str(folder)]
            for name, database in databases.items()
        },
    }.items():
        pid, ports[name] = servers.enter_context(serving(*arguments))
        weights = workers_kib(pid)
        print(f"  {name}: workers " + ", ".join(f"{rss // 1024} MiB RSS, {pss // 1024} PSS" for rss, pss in weights))

    def playing(name: str) -> Callable[[int, int], Sample]:
        return lambda requests, callers: over_loopback(ports[name], arrivals(requests), callers)

    return [Contender(name, playing(name)) for name in ports]


# ---- measuring and telling


def _measure(
    title: str, contenders: list[Contender], databases: dict[str, Database], options: argparse.Namespace
) -> None:
    """Contenders take turns within a round, so that what slows the machine slows them all."""
    for round_ in range(-1, options.rounds):
        for callers in CALLERS:
            for contender in contenders:
                if contender.name in databases:
                    rosters.make_ready(databases[contender.name], _clock.now())
                sample = contender.play(options.requests, callers)
                if round_ >= 0:  # the one before warms up
                    contender.samples.setdefault(callers, []).append(sample)
    floor, signed = contenders[0], contenders[1]
    for callers in CALLERS:
        print(f"\n{title}, {callers} caller{'s' if callers > 1 else ''}")
        print(
            f"  {'':26}{'/bare':>8}{'/signed':>9}{'1/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'p99/bare':>10}{'no offer':>10}"
        )
        for contender in contenders:
            rate, samples = contender.rate(callers), contender.samples[callers]
            p99 = percentile(samples, 99)
            print(
                f"  {contender.name:26}{rate / floor.rate(callers):8.2f}{rate / signed.rate(callers):9.2f}{rate:9.0f}"
                f"{percentile(samples, 50):9.2f}{p99:9.2f}{p99 / percentile(floor.samples[callers], 99):10.1f}"
                f"{1e6 * median(sample.cpu for sample in samples):9.0f}"
                f"{sum(sample.turned_away for sample in samples):10}"
            )


def _print_gate(databases: dict[str, Database]) -> None:
    print(f"\nThe gate's statement, median us{'':5}" + "".join(f"{state:>8}" for state in ("CA", "GU", "XX")))
    for name, database in databases.items():
        rosters.make_ready(database, _clock.now())
        found = gate.microseconds(database, _clock.now())
        print(f"  {name:34}" + "".join(f"{us:8.0f}" for us in found.values()))


if __name__ == "__main__":
    main()
