"""Everything out: exports, one person's data, packets of evidence."""

from __future__ import annotations

from app.web.console import data_exports, data_packets, data_people
from app.web.console.doors import Section


def section() -> Section:
    pages = Section("data", "/data")
    for subject in (data_exports, data_people, data_packets):
        subject.add_to(pages)
    return pages
