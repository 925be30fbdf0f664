"""What somebody typed into a form, read: money, whole numbers, days, one uploaded file. What is wrong is told by field."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import request

from app.web.console.asked import day_typed

_MONEY = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3})*|[0-9]+)(?:\.([0-9]{2}))?", re.ASCII)


class Form:
    """The form of this request. `wrong` fills as it is read: by field, why it cannot be taken."""

    def __init__(self) -> None:
        self.typed: dict[str, str] = {name: request.form.get(name, "") for name in request.form}
        self.wrong: dict[str, str] = {}

    def text(self, name: str) -> str:
        return self.typed.get(name, "").strip()

    def money(self, name: str) -> int | None:
        """Cents; None where nothing was typed."""
        text = self.text(name)
        if not text:
            return None
        match = _MONEY.fullmatch(text)
        if match is None or len(text) > 15:
            self.wrong[name] = "an amount of dollars, e.g. 450 or 450.50"
            return None
        return int(match[1].replace(",", "")) * 100 + int(match[2] or 0)

    def number(self, name: str) -> int | None:
        """A whole number; None where nothing was typed."""
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            self.wrong[name] = "a whole number"
            return None
        return int(text)

    def day(self, name: str) -> date | None:
        """A day; None where nothing was typed."""
        text = self.text(name)
        if not text:
            return None
        found = day_typed(text)
        if found is None:
            self.wrong[name] = "a day of the calendar, e.g. 2026-11-18"
        return found

    def values(self) -> dict[str, Any]:
        """What the page that is shown again needs to keep what was typed, and to say what is wrong with it."""
        return {"typed": self.typed, "wrong": self.wrong}


def uploaded(name: str, *, most_bytes: int) -> tuple[bytes, str] | None:
    """Content and name of the form's file, at most one byte more than is taken; None where none was chosen."""
    file = request.files.get(name)
    if file is None:
        return None
    try:
        return (file.read(most_bytes + 1), file.filename) if file.filename else None
    finally:
        file.close()
