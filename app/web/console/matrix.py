"""The license matrix: producers by states, a page at a time, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, request

from app.domain import states
from app.storage.coverage import Which
from app.web.console.asked import (
    asked_number,
    asked_requirement,
    asked_state_or_none,
    asked_text,
    requirement_choices,
    spelled,
)
from app.web.console.coverage import GATES
from app.web.console.doors import Section, read, render, tools
from app.web.console.sheets import sheet
from app.web.console.words import spoken
from app.workflows.authority.coverage import requirements
from app.workflows.authority.license_matrix import PRODUCERS_A_PAGE, Asked, Standing, every_row, matrix_page

WHICH = {
    Which.HOLDING: "Hold a license for it",
    Which.ALLOWED: "Have authority",
    Which.BLOCKED: "Have a license without authority",
    Which.SUSPENDED: "Suspended by us",
    Which.EVERYBODY: "Everybody on the roster",
}
SIGNS = {
    Standing.ALLOWED: ("●", "may take calls"),
    Standing.NOT_OPEN: ("○", "licensed, state not open"),
    Standing.BLOCKED: ("✕", "no authority"),
    Standing.OTHER_LINE: ("–", "licensed for another line"),
    Standing.NONE: ("", "no license"),
}
"""The symbol of a cell, and the words that it stands for."""


def add_to(pages: Section) -> None:
    pages.add("GET", "/matrix", license_matrix)
    pages.add("GET", "/matrix.csv", license_matrix_file)


def license_matrix() -> Response:
    now = tools().clock.now()
    with read() as tx:
        known = requirements(tx)
        asked = _asked(known)
        page = matrix_page(tx, asked, now, number=asked_number("page"))
    return render(
        "compliance/matrix.html",
        asked=asked,
        page=page,
        spelled=spelled(asked.requirement),
        choices=requirement_choices(known, asked.requirement),
        which=[(which.value, label) for which, label in WHICH.items()],
        states=[("", "All states"), *((code, states.name(code)) for code in states.ALL)],
        signs=SIGNS,
        gates=GATES,
        first=(page.number - 1) * PRODUCERS_A_PAGE + 1,
        kept=_kept(asked),
    )


def license_matrix_file() -> Response:
    """Every producer that the filters leave, a row for each license cell."""
    now = tools().clock.now()
    with read() as tx:
        asked = _asked(requirements(tx))
    head = ("npn", "name", "resident_state", "state", "line", "standing", "reasons", "expires_on")
    name = f"licenses-{str(asked.requirement).replace('|', '-or-').replace('+', '-and-')}-{now:%Y-%m-%d}.csv"
    return sheet(name, head, _file_rows(asked))


def _file_rows(asked: Asked) -> Iterator[tuple[Any, ...]]:
    requirement = str(asked.requirement)
    for row in every_row(tools().database, asked, tools().clock.now()):
        who = row.producer
        for state, cell in sorted(row.cells.items()):
            reasons = "; ".join(spoken(str(reason)) for reason in cell.reasons)
            standing = SIGNS[cell.standing][1]
            yield who.npn, who.name, who.resident_state, state, requirement, standing, reasons, cell.expires_on


def _asked(known: tuple[Any, ...]) -> Asked:
    which = request.args.get("which", "")
    return Asked(
        requirement=asked_requirement(known),
        which=Which(which) if which in set(Which) else Which.HOLDING,
        text=asked_text(),
        state=asked_state_or_none(),
    )


def _kept(asked: Asked) -> dict[str, str]:
    """The filters, for links that keep them."""
    said = {"line": str(asked.requirement), "which": asked.which.value, "q": asked.text, "state": asked.state or ""}
    return {name: value for name, value in said.items() if value}
