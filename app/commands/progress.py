"""How far a long command is, on a terminal; elsewhere nothing is said, so that logs and pipes stay clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


@contextmanager
def percent_done(what: str, console: Console | None = None) -> Iterator[Callable[[int], None] | None]:
    """Takes percent, 0 to 100, and draws them on standard error; None where that is no terminal. Gone at the end."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=100)
        yield lambda percent: bar.update(task, completed=percent)
