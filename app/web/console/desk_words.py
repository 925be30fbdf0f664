"""How the desk's pages say amounts, sizes and counts; and what a page of the desk is rendered with."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.reports import wording
from app.reports.wording import counted
from app.web.console.asked import capital
from app.web.console.doors import render


def size(size_bytes: int) -> str:
    """ "412 KB", "3.4 MB"."""
    if size_bytes < 1000:
        return counted(size_bytes, "byte")
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} KB"


def plain_money(cents: int | None) -> str:
    """As somebody would type it; empty for None."""
    return "" if cents is None else f"{cents // 100}" + (f".{cents % 100:02}" if cents % 100 else "")


def who(actor: str | None) -> str:
    """A name of the ledger as a page says it: "kim@agency.example", "kim at a command", "the key dialer"."""
    kind, _, name = (actor or "").partition(":")
    match kind:
        case "user":
            return name
        case "command":
            return f"{name} at a command"
        case "key":
            return f"the key {name}"
    return actor or ""


WORDS: dict[str, Any] = {
    "money": wording.dollars,
    "plain_money": plain_money,
    "size": size,
    "counted": counted,
    "capital": capital,
    "line_words": wording.lines,
    "listed": wording.listed,
    "who": who,
}


def show(template: str, /, *, status: int = 200, **values: Any) -> Response:
    """A page of the desk."""
    return render(f"desk/{template}", status=status, **WORDS, **values)
