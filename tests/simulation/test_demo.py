"""`threegate demo` as a person starts it: a process, which starts others, and leaves none behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from app.settings import process_environment
from app.simulator.api import Api
from app.simulator.installation import free_port
from app.simulator.office import PASSWORD, SIGN_INS

THREEGATE = Path(sys.executable).with_name("threegate")
A_MINUTE = 60.0
TOUR = 110.0
"""It takes under a minute by itself (INTERFACE.md section 1); a machine that is busy with tests proves nothing of that."""
SETTING_UP = 300.0
"""Some 30 seconds where nothing else runs: a dozen processes, and the morning in advance."""


@pytest.fixture
def environment() -> dict[str, str]:
    """Ours, without credentials."""
    return {name: value for name, value in process_environment().items() if not name.startswith("TWILIO_")}


class Running:
    """A demo that runs until it is told to stop; `printed` is what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.printed = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line

    def wait_for(self, look: Callable[[], Any], seconds: float = A_MINUTE) -> Any:
        """What `look` finds, as soon as it finds anything."""
        for _ in range(int(seconds / 0.25)):
            if found := look():
                return found
            assert self.process.poll() is None, self.printed
            threading.Event().wait(0.25)
        pytest.fail(f"not seen within {seconds} s; printed was:\n{self.printed}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(A_MINUTE)
        self._reader.join()
        return code


@pytest.fixture
def running(tmp_path: Path, environment: dict[str, str]) -> Iterator[Running]:
    process = subprocess.Popen(
        [THREEGATE, "demo", "--port", str(free_port()), "--speed", "20"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    demo = Running(process)
    yield demo
    if process.poll() is None:
        demo.stop()
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.slow
def test_the_tour_ends_by_itself_and_tells_six_calls(tmp_path: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [THREEGATE, "demo", "--once"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=TOUR
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 100
    for fact in (
        "Ben Ortiz    ✗ holds no license there  no_license",
        "Ana Ruiz     ● is connected with the caller",
        "Nobody on the roster may take this call.",
        "Frank Doyle is judged once more at the key press and refused",
        "Ben Ortiz      a machine picks up",
        "assigns it to Ana Ruiz, and is refused: the license there has not begun yet",
        "from the caller: “Can you make it tomorrow at 2 pm?”",
        "Grace Lee      is rung first, for a callback to 614-555-0154",
        "Grace Lee    ● is connected with the caller",
        "You are number 1 in line.",
        "Grace Lee (callback)  served",
        "✓ Every lead is served, or on somebody's list.",
    ):
        assert fact in done.stdout
    assert done.stdout.count("The caller was connected to nobody.") == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_opens_at_work_lets_each_role_and_a_vendor_in_and_leaves_nothing_behind(
    running: Running, tmp_path: Path
) -> None:
    running.wait_for(lambda: re.search(r"Stop +Ctrl-C", running.printed), SETTING_UP)
    address, key = _printed(running, "Open"), _printed(running, "API key")
    api, sessions = Api(address, key), _children_of(running.process.pid)
    at_first = _escalations(api)
    landed = {one.role: _sign_in(address, one.email) for one in SIGN_INS}

    running.wait_for(lambda: _escalations(api) > at_first)
    running.wait_for(lambda: api.get("/callbacks?status=done")["items"])
    _connect_a_vendor(running, tmp_path)
    code = running.stop()

    assert code == 0, running.printed
    assert at_first >= 2
    assert PASSWORD in running.printed
    assert [one.email for one in SIGN_INS if one.email not in running.printed] == []
    assert {role: (answer.status_code, "/login" in answer.url) for role, answer in landed.items()} == dict.fromkeys(
        landed, (200, False)
    )
    assert len(sessions) == 2
    assert [session for session in sessions if _lives(session)] == []


def _connect_a_vendor(running: Running, folder: Path) -> None:
    """README's lines as they stand, pasted into a shell beside the demo: from the ping to the line of the invoice."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    section = readme.split("## Connect your vendor")[1].split("\n## ")[0]
    lines = "\n".join(re.findall(r"```bash\n(.*?)```", section, re.DOTALL))
    settings = dict(re.findall(r"\b(API|WORLD|KEY)=(\S+)", running.printed))
    (folder / ".venv").symlink_to(sys.prefix)

    shell = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", lines],
        cwd=folder,
        env={**process_environment(), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = shell.communicate(timeout=A_MINUTE * 3)
    finally:
        # What it left in the background, where it did not come to its end.
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGTERM)

    assert shell.returncode == 0, printed
    (line,) = json.loads(re.findall(r'^\{\n    "items".*?^\}', printed, re.DOTALL | re.MULTILINE)[-1])["items"]
    call = Api(settings["API"].removesuffix("/api/v1"), settings["KEY"]).get(f"/calls/{line['call_sid']}")
    assert call["phase"] == "ended"
    assert call["billable_seconds"] == line["our_seconds"]
    if call["disposition"] == "connected":
        told = [line for line in printed.splitlines() if line.startswith("lead.connected  signed")]
        assert any(call["call_sid"] in line and "MINE-1" in line for line in told), printed
    # Who is free at that moment, chance decides; what is billable, the seconds.
    assert line["verdict"] == ("accepted" if line["our_seconds"] >= line["our_buffer_seconds"] else "disputed")


def test_a_port_in_use_is_one_line(tmp_path: Path, environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        done = _demo("--port", str(port), cwd=tmp_path, environment=environment)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Port {port} is in use. Choose another one: scripts/demo --port {port + 1}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["set", "in .env"])
def test_the_demo_does_not_run_beside_real_credentials(how: str, tmp_path: Path, environment: dict[str, str]) -> None:
    if how == "set":
        environment["TWILIO_AUTH_TOKEN"] = "12345"
    else:
        (tmp_path / ".env").write_text("TWILIO_AUTH_TOKEN=12345\n")

    done = _demo("--once", cwd=tmp_path, environment=environment)

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "real credentials" in done.stderr


def _demo(*arguments: str, cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [THREEGATE, "demo", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=A_MINUTE
    )


def _printed(running: Running, name: str) -> str:
    found = re.search(rf"^{name} +(\S+)", running.printed, re.MULTILINE)
    assert found is not None, running.printed
    return found[1]


def _escalations(api: Api) -> int:
    """How many items the supervisors' queue has had."""
    return len(api.get("/escalations?limit=200")["items"])


def _sign_in(address: str, email: str) -> requests.Response:
    """The page that somebody lands on."""
    with requests.Session() as browser:
        form = browser.get(f"{address}/", timeout=30)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
        assert token is not None, form.text
        filled = {"email": email, "password": PASSWORD, "csrf_token": token[1]}
        return browser.post(form.url, filled, timeout=30)


def _children_of(pid: int) -> list[int]:
    """The processes that `pid` has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if listed.exists():
        return [int(child) for child in listed.read_text().split()]
    # Where there is no /proc there is ps; a small container has it the other way round.
    shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(child) for child, parent in map(str.split, shown.splitlines()) if int(parent) == pid]


def _lives(session: int) -> bool:
    """Whether any process is left in the process group of `session`."""
    try:
        os.killpg(session, 0)
    except ProcessLookupError:
        return False
    return True
