"""Everything out: exports, one person's data, packets of evidence."""

from __future__ import annotations

from app.web.console.doors import Section


def section() -> Section:
    return Section("data", "/data")
