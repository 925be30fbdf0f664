"""An application under gunicorn as `threegate serve` runs it: 2 workers of 2 threads, on loopback.

python -m tests.bench.served bare|signed|product PORT [DATABASE_URL FOLDER]
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WORKERS = THREADS = 2


@contextmanager
def serving(kind: str, *more: str) -> Iterator[tuple[int, int]]:
    """(process, port) of a server whose workers are ready."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.served", kind, str(port), *more], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        booted = 0
        for line in process.stderr:
            booted += "is ready" in line
            if booted == WORKERS:
                break
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()


def workers_kib(server: int) -> list[tuple[int, int]]:
    """(RSS, PSS) of each worker of a server, in KiB."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    found = []
    for child in children:
        lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB")}
        found.append((sizes["Rss"], sizes["Pss"]))
    return found


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _serve(kind: str, port: str, *more: str) -> None:
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    from tests.bench import apps

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": f"127.0.0.1:{port}",
                "workers": WORKERS,
                "threads": THREADS,
                "worker_class": "gthread",
                "keepalive": 95,
                "control_socket_disable": True,
                "post_worker_init": lambda worker: worker.log.info("worker %s is ready", worker.pid),
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            if kind == "product":
                from app.storage.database import Database

                return apps.product(Database(more[0]), Path(more[1]))
            return {"bare": apps.bare, "signed": apps.signed}[kind]()

    Server().run()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
