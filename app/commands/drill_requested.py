"""Drills that were asked for, each as `threegate drill` in a process of its own: the tick shares its interpreter with none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from app.storage.database import Database
from app.workflows.do_requested import CannotBeDone, Interrupted

LONGEST_SECONDS = 3600.0
"""Real seconds; an agency of 1,000 producers in every state takes minutes."""

REFUSED = (1, 2)
"""Exit codes with which the command says why not."""


class DrillsInChildren:
    """A handler of requested work. `stop` ends the drill that runs, which is then begun again by the next scheduler."""

    def __init__(self, environment: Mapping[str, str], *, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._environment = dict(environment)
        self._longest_seconds = longest_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._is_over = False

    def __call__(self, asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
        """The drills' ids, and whether they passed. The child reads the same settings, and so the same database."""
        child = self._start(_arguments(asked))
        try:
            printed, complaint = child.communicate(timeout=self._longest_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise CannotBeDone(f"it took longer than {self._longest_seconds / 60:.0f} minutes; ask for less") from None
        if self._is_over:
            raise Interrupted("the scheduler ends")
        if printed:
            found: dict[str, Any] = json.loads(printed)
            return found
        if child.returncode in REFUSED and "Traceback" not in complaint:
            raise CannotBeDone(complaint or "the drill gave no reason")
        raise RuntimeError(f"threegate drill ended with {child.returncode}: {complaint[-2000:]}")

    def _start(self, arguments: list[str]) -> subprocess.Popen[str]:
        with self._lock:
            if self._is_over:
                raise Interrupted("the scheduler ends")
            self._child = subprocess.Popen(
                [Path(sys.executable).with_name("threegate"), *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            return self._child

    def stop(self) -> None:
        with self._lock:
            self._is_over = True
            if self._child is not None:
                self._child.terminate()


def _arguments(asked: dict[str, Any]) -> list[str]:
    states = [argument for state in asked["states"] for argument in ("--state", state)]
    campaign = ["--campaign", asked["campaign"]] if asked["campaign"] else []
    return ["drill", *states, *campaign, "--asked-by", asked["asked_by"]]
