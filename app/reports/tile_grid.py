"""Where each of the 56 jurisdictions stands on a map of equal tiles: north up, west left, territories last.

Equal tiles keep a large state from dominating and a small one from vanishing.
"""

from __future__ import annotations

from app.domain.states import State

# One string a row, four characters a column.
_GRID = """
AK  .   .   .   .   .   .   .   .   .   ME
.   .   .   .   .   .   .   .   .   VT  NH
WA  ID  MT  ND  MN  WI  MI  .   NY  MA  RI
OR  NV  WY  SD  IA  IL  IN  OH  PA  NJ  CT
CA  UT  CO  NE  MO  KY  WV  VA  MD  DE  .
.   AZ  NM  KS  AR  TN  NC  SC  DC  .   .
.   .   .   OK  LA  MS  AL  GA  .   .   .
HI  .   .   TX  .   .   .   .   FL  .   .
AS  GU  MP  .   .   .   .   .   .   PR  VI
"""
PLACES: dict[State, tuple[int, int]] = {
    code: (column, row)
    for row, text in enumerate(_GRID.strip().splitlines())
    for column, code in enumerate(text.split())
    if code != "."
}
"""(column, row) of each, from 0."""

STEP, TILE = 54, 50
"""From tile to tile, and how wide a tile is."""

COLUMNS, ROWS = (1 + max(place[axis] for place in PLACES.values()) for axis in (0, 1))

# Two more on each side, for the borders of the tiles at the edge.
VIEW_BOX = f"-2 -2 {COLUMNS * STEP} {ROWS * STEP}"


def corner(code: State) -> tuple[int, int]:
    """Where the upper left corner of its tile stands."""
    column, row = PLACES[code]
    return column * STEP, row * STEP
