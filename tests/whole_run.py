"""Counts, at the end, how many tests ran on which database; and holds a whole run to being whole.

A test that is skipped, or that ran on one database only, looks as green as one that passed.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

NEITHER = "neither"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--whole",
        action="store_true",
        default=os.environ.get("CI", "").lower() in ("1", "true"),
        help="fail unless as many tests ran on each database, and nothing was skipped or expected to fail",
    )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and _gaps(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for gap in _gaps(config):
        terminalreporter.write_line(f"threegate: this run is not whole: {gap}", red=True)
    ran = _ran(terminalreporter.stats)
    sqlite, postgres, neither = ran["sqlite"], ran["postgres"], ran[NEITHER]
    terminalreporter.write_line(f"threegate: {sqlite} tests on sqlite, {postgres} on postgres, {neither} on neither")


def _ran(stats: dict[str, list[Any]]) -> dict[str, int]:
    """How many tests ran on each kind of database; those that asked for none stand under 'neither'."""
    ran = {"sqlite": 0, "postgres": 0, NEITHER: 0}
    for report in stats.get("passed", []) + stats.get("failed", []):
        if getattr(report, "when", None) == "call":
            ran[dict(report.user_properties).get("database_kind") or NEITHER] += 1
    return ran


def _gaps(config: pytest.Config) -> list[str]:
    """What keeps a run that should be whole from being so."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    # The workers of pytest-xdist report to nobody; the controller counts for them.
    if reporter is None or not config.getoption("--whole") or hasattr(config, "workerinput"):
        return []
    gaps = [
        f"{len(reporter.stats[outcome])} {outcome}"
        for outcome in ("skipped", "xfailed", "xpassed")
        if reporter.stats.get(outcome)
    ]
    ran = _ran(reporter.stats)
    if ran["sqlite"] != ran["postgres"]:
        gaps.append("not as many tests on sqlite as on postgres")
    return gaps
