"""What calls cost, and what vendors bill for them."""

from __future__ import annotations

from app.web.console.doors import Section


def section() -> Section:
    return Section("money", "/money")
