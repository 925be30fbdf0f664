"""GET /authority/matrix: who may take what, where, now; page by page."""

from __future__ import annotations

import base64
import binascii
from itertools import islice

from apiflask import APIBlueprint

from app.web.api.bodies import takes_query
from app.web.api.fields import Answer, Npn
from app.web.api.keys import needs, tools
from app.web.api.paging import Page
from app.web.api.presence import is_npn
from app.web.api.problems import Problem
from app.web.api.routes import add
from app.workflows.authority.matrix import Cell, Place, cells_after, place_of


class MatrixQuery(Page):
    npn: Npn | None = None


class MatrixCell(Answer):
    """`territory`: only some ZIPs of the state are open."""

    npn: str
    name: str
    state: str
    loa: str
    allowed: bool
    territory: bool
    reasons: list[str]


class Matrix(Answer):
    """`next_cursor` is null on the last page."""

    items: list[MatrixCell]
    next_cursor: str | None


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/authority/matrix", show_matrix, Matrix, problems=[422])


@needs("roster")
@takes_query(MatrixQuery)
def show_matrix(query: MatrixQuery) -> Matrix:
    """Who may take what, where, now: a row for each license, by NPN, state and line."""
    after = _place(query.cursor)
    with tools().database.read() as tx:
        cells = list(islice(cells_after(tx, tools().clock.now(), after, npn=query.npn), query.limit + 1))
    page = cells[: query.limit]
    return Matrix(
        items=[_cell(cell) for cell in page],
        next_cursor=_place_cursor(place_of(page[-1])) if len(cells) > len(page) else None,
    )


def _cell(cell: Cell) -> MatrixCell:
    return MatrixCell(
        npn=cell.npn,
        name=cell.name,
        state=cell.state,
        loa=cell.line,
        allowed=cell.allowed,
        territory=cell.territory,
        reasons=list(cell.reasons),
    )


def _place_cursor(place: Place) -> str:
    """Opaque, so that nobody computes one."""
    written = f"after {place.npn} {place.state} {place.line}"
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _place(cursor: str | None) -> Place:
    if cursor is None:
        return Place()
    try:
        written = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        word, npn, state, line = written.split(" ")
        place = Place(npn, state, line)
        if word != "after" or not is_npn(npn) or _place_cursor(place) != cursor:
            raise ValueError(cursor)
    except (ValueError, binascii.Error):
        why = "no cursor of ours; take next_cursor as it is"
        raise Problem(422, f"cursor: {why}", [{"field": "cursor", "message": why}]) from None
    return place
