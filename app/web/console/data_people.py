"""The people pages."""

from __future__ import annotations

from app.web.console.doors import Section


def add_to(pages: Section) -> None:
    pass
