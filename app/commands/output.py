"""How commands answer: data on standard output, messages on standard error.

Exit 0 is done, 1 where the answer is no, 2 for bad input.
"""

from __future__ import annotations

import json
import os
import pwd
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.rosters.errors import Refusal
from app.wiring import Tools, tools

SHOWN = 100
"""As many errors of one file are printed."""


def operator() -> str:
    """Who gives the command, as the roster's history and the ledger name them: "command:alice"."""
    try:
        return f"command:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:  # a container's user need not have a name
        return f"command:uid {os.getuid()}"


def command_tools() -> Tools:
    """The tools of this process, put away when the command ends."""
    found = tools()
    click.get_current_context().call_on_close(found.database.dispose)
    return found


def refuse(message: str, *, code: int = 2) -> NoReturn:
    """One line on standard error, and the exit code of bad input."""
    click.echo(message, err=True)
    sys.exit(code)


def read_file(path: Path, largest: int) -> bytes:
    """The file's bytes; bad input where there is none, or more than `largest`."""
    try:
        if path.stat().st_size > largest:
            refuse(f"{path}: larger than {largest // 1024 // 1024} MB")
        return path.read_bytes()
    except OSError as error:
        refuse(f"{path}: {error.strerror}")


def refuse_file(path: Path, refusal: Refusal, *, as_json: bool, consequence: str = "nothing was imported") -> NoReturn:
    """Each error as FILE:LINE: COLUMN: why, and that nothing was done."""
    shown = refusal.errors[:SHOWN]
    if as_json:
        print_json(
            {
                "errors": [
                    {"line": error.line, "column": error.column, "why": error.why, "value": error.value}
                    for error in shown
                ],
                "total": refusal.total,
            }
        )
    for error in shown:
        click.echo(f"{path}:{error}{f' (it says {error.value!r})' if error.value else ''}", err=True)
    rest = f", the first {len(shown)} shown" if refusal.total > len(shown) else ""
    refuse(f"{path}: {refusal.total} error{'s' * (refusal.total != 1)}{rest}; {consequence}")


def print_json(value: Mapping[str, Any]) -> None:
    click.echo(json.dumps(value, indent=2))


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A drawn table on a terminal, tab-separated lines elsewhere."""
    if not sys.stdout.isatty():
        for row in (header, *rows):
            click.echo("\t".join(row))
        return
    table = Table(*header)
    for row in rows:
        # Text, because what comes from a file must not be read as rich's markup.
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
