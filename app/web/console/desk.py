"""The license desk: expansion into states, audits, complaints, lines that nobody can read, drills, the ledger."""

from __future__ import annotations

from app.web.console import (
    audits,
    complaints,
    discrepancies,
    drills,
    expansion,
    expansion_project,
    ledger_page,
    unmapped,
)
from app.web.console.doors import Section


def section() -> Section:
    pages = Section("desk", "/desk")
    for subject in (expansion, expansion_project, audits, discrepancies, complaints, unmapped, drills, ledger_page):
        subject.add_to(pages)
    return pages
