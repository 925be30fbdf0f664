"""The kill drill by hand: `python -m tests.kills --kills 100 --seed 1`. Exit code 1 where anything was lost or doubled."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from app.timekeeping import SystemClock
from tests import postgres
from tests.databases import PostgresCopies
from tests.kills.drill import Outcome, drill

SPEED = 6.0
DISTINCT_EVENTS = 12
"""Different last events that a drill of a hundred kills must have seen."""


def main() -> int:
    options = _options()
    # Each request to the carrier's REST half would be a line.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    clock = SystemClock()
    began = clock.now()
    folder = Path(options.keep or tempfile.mkdtemp(prefix="threegate-kills-"))
    folder.mkdir(parents=True, exist_ok=True)
    with postgres.running() as server:
        copies = PostgresCopies(server, owner="kills")
        with copies.fresh() as url:
            outcome = drill(
                folder,
                url,
                kills=options.kills,
                seed=options.seed,
                speed=options.speed,
                say=lambda line: print(f"{(clock.now() - began).total_seconds():6.1f} s {line}", flush=True),
            )
        copies.close()
    _report(outcome)
    print(
        f"\n{options.kills} kills, seed {options.seed}, speed {options.speed:g}: {clock.now() - began}, logs in {folder}"
    )
    few = options.kills >= 100 and len(outcome.last_events) < DISTINCT_EVENTS
    return 1 if outcome.wrong or few else 0


def _report(outcome: Outcome) -> None:
    print("\n| last committed event | kills |\n|---|---|")
    for event, count in outcome.last_events.most_common():
        print(f"| {event} | {count} |")
    print("\n| | |\n|---|---|")
    for name, count in outcome.figures.items():
        print(f"| {name} | {count} |")
    print("\n| checked | looked at | wrong |\n|---|---|---|")
    for name, found in outcome.found.items():
        print(f"| {name} | {found.looked_at} | {len(found.wrong)} |")
    for line in outcome.wrong:
        print(f"WRONG {line}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=SPEED)
    parser.add_argument("--keep", help="folder for the logs of both processes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
