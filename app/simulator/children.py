"""Processes that this one starts, and ends, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GRACE_SECONDS = 5
"""Real seconds between asking a child to end and ending it."""

COMMAND_SECONDS = 60
"""Real seconds that a command may take."""


class ChildFailed(Exception):
    """A command said no, or a process that should run has ended; the message is one line."""


@dataclass
class Child:
    """A process that runs until it is told not to; what it prints goes to `log`."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raises ChildFailed where it has ended by itself."""
        code = self.process.poll()
        if code is not None:
            raise ChildFailed(f"{self.name} ended with {code}: {_last_line(self.log.read_text())} (see {self.log})")


class Children:
    """`threegate …` from outside, each process in a session of its own: Ctrl-C is ours to pass on."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = dict(environment)
        self._folder = folder
        self._running: list[Child] = []
        self._program = Path(sys.executable).with_name("threegate")

    def change(self, **environment: str) -> None:
        """What children that are started from now on find in their environment."""
        self._environment |= environment

    def command(self, *arguments: str, told: str | None = None) -> str:
        """Run `threegate …` to its end, `told` on its standard input; what it printed. Raises ChildFailed."""
        child = subprocess.Popen(
            [self._program, *arguments],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL if told is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            printed, complaint = child.communicate(told, timeout=COMMAND_SECONDS)
        except BaseException:
            _signal(child.pid, signal.SIGKILL)
            child.communicate()
            raise
        if child.returncode:
            raise ChildFailed(f"threegate {' '.join(arguments)}: {_last_line(complaint or printed)}")
        return printed

    def start(self, *arguments: str) -> Child:
        """Start `threegate …` and leave it running."""
        log = self._folder / f"{arguments[0]}.log"
        # One that is started anew goes on in the same file.
        with log.open("ab") as out:
            process = subprocess.Popen(
                [self._program, *arguments],
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(f"threegate {arguments[0]}", process, log)
        self._running.append(child)
        return child

    def check(self) -> None:
        """Raises ChildFailed where one of them has ended by itself."""
        for child in self._running:
            child.check()

    def kill(self, child: Child) -> None:
        """SIGKILL to it and to whatever it has started: no goodbye."""
        _signal(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self._running.remove(child)

    def end(self) -> None:
        """SIGTERM to all, SIGKILL to those who do not heed it, and to whatever they started themselves."""
        for child in self._running:
            _signal(child.process.pid, signal.SIGTERM)
        for child in self._running:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(GRACE_SECONDS)
            _signal(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self._running.clear()


def _signal(session: int, number: signal.Signals) -> None:
    """To every process of a session that we started; nothing where none is left."""
    with suppress(ProcessLookupError):
        os.killpg(session, number)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
