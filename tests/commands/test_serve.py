"""`threegate serve`, as a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.commands.conftest import Threegate

PROGRAM = Path(sys.executable).with_name("threegate")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@pytest.mark.slow
def test_it_is_alive_before_it_has_a_database_and_ends_when_told(
    tmp_path: Path, make_threegate: Callable[..., Threegate]
) -> None:
    threegate = make_threegate("postgresql://nobody@127.0.0.1:1/nothing")
    port = _free_port()
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", str(port), "--workers", "1"],
        env=threegate.environment,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "Booting worker" in line:
                break
        # The socket listens before its worker is ready; the request waits in it.
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
            assert json.load(answer) == {"status": "alive"}
    finally:
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=30)

    assert process.returncode == 0, rest
    assert not list(tmp_path.rglob("*.ctl"))
