"""How long the web process takes to start, and what it weighs then.

python -m tests.bench.startup FOLDER    makes the app once, prints its resident KiB
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

REPEATS = 5


def cold_start(folder: Path) -> tuple[float, int]:
    """(seconds, resident KiB), medians: a new interpreter imports and makes the app, and ends."""
    took, weighed = [], []
    for _ in range(REPEATS):
        began = time.perf_counter()
        said = subprocess.run(
            [sys.executable, "-m", "tests.bench.startup", str(folder)], capture_output=True, text=True, check=True
        )
        took.append(time.perf_counter() - began)
        weighed.append(int(said.stdout))
    return median(took), int(median(weighed))


def _start(folder: Path) -> None:
    from app.storage.database import Database
    from tests.bench.apps import product

    product(Database(f"sqlite:///{folder / 'cold.db'}"), folder)
    lines = Path("/proc/self/status").read_text().splitlines()
    print(next(line.split()[1] for line in lines if line.startswith("VmRSS")))


if __name__ == "__main__":
    _start(Path(sys.argv[1]))
