"""The compliance section: what needs a person today. Its other pages stand beside it, a subject each."""

from __future__ import annotations

from flask import Response

from app.storage import compliance_counts, own_calls
from app.web.console import coverage, lookback, matrix, moves, producers, renewals
from app.web.console.asked import link_to, spelled
from app.web.console.doors import Section, read, render, tools
from app.workflows.authority.coverage import uncovered
from app.workflows.lookback import monthly

_ELSEWHERE = {"audits": ("desk.audits",), "unmapped": ("desk.unmapped",), "imports": ("admin.imports",)}
"""Pages of other sections that the overview leads to, for those who may open them."""


def section() -> Section:
    pages = Section("compliance", "/compliance")
    pages.add("GET", "", overview)
    for subject in (coverage, matrix, producers, renewals, moves, lookback):
        subject.add_to(pages)
    return pages


def overview() -> Response:
    now = tools().clock.now()
    with read() as tx:
        waiting = compliance_counts.waiting(tx, now)
        sources = compliance_counts.sources(tx, now)
        dark = {requirement: states for requirement, states in uncovered(tx, now).items() if states}
        last_look_back = own_calls.last_look_back(tx, monthly.KIND)
    return render(
        "compliance/overview.html",
        waiting=waiting,
        sources=sources,
        old_sources=[source for source in sources if source.warned],
        dark=dark,
        last_look_back=last_look_back,
        spelled=spelled,
        sources_told=producers.SOURCES,
        links={name: link_to(*endpoints) for name, endpoints in _ELSEWHERE.items()},
    )
