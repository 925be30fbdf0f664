"""A row of cells as a call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from operator import itemgetter

from app.call_logs import cells as cell
from app.call_logs.cells import LONGEST_CELL, NONSENSE, Remembered, has_control, plain
from app.call_logs.layout import FIELDS
from app.call_logs.lines_of_authority import NO_LINE, NOT_A_LINE
from app.domain.lookback.calls import LoggedCall

BAD_CELL = f"a cell of more than {LONGEST_CELL} characters, or with a line break or a control character in it"
NO_LENGTH = "the seconds answered are not a length of time"

ReadRow = Callable[[int, list[str]], LoggedCall | str]
"""From the line a row begins on, and its cells, to the call or the sentence that says why it is none."""


def reader(
    places: Mapping[str, int],
    *,
    time_of: Callable[[str], datetime | str],
    loa_of: Callable[[str, str], str],
    direction_of: Callable[[str], str] = cell.direction,
    dialed: int | None = None,
    nobody: Collection[str] = (),
    loa_needed: bool = True,
) -> ReadRow:
    """What reads the rows of one file.

    `places` are the columns of our fields. `dialed` is the column that names the consumer of an outbound call. `nobody` are
    agents who are none: what the dialer calls itself. Without `loa_needed` a call may have no line.
    """
    # A column that is not there is the empty cell that is put behind every row.
    pick = itemgetter(*(places.get(field, -1) for field in FIELDS), -1 if dialed is None else dialed)
    seconds_of, cents_of, direction_meant = Remembered(cell.seconds), Remembered(cell.cents), Remembered(direction_of)

    def read(line: int, row: list[str]) -> LoggedCall | str:
        row.append("")
        picked = pick(row)
        together = "".join(picked)
        if (not together.isprintable() or len(together) > LONGEST_CELL) and any(
            len(text) > LONGEST_CELL or has_control(text.strip()) for text in picked
        ):
            return BAD_CELL
        picked = map(plain if '"' in together or "=" in together or "'" in together else str.strip, picked)
        at, caller, npn, phone, name, agent, zip_code, state, loa_said, answered, way, price, campaign, called = picked
        if ".0" in caller or ".0" in npn or ".0" in phone or ".0" in agent or ".0" in zip_code:
            caller, npn, phone, agent, zip_code = map(plain, (caller, npn, phone, agent, zip_code))

        moment = time_of(at)
        if isinstance(moment, str):
            return moment
        loa = loa_of(loa_said, campaign)
        if not loa and loa_needed:
            return NOT_A_LINE if loa_said else NO_LINE
        direction = direction_meant[way]
        if called and direction == "outbound":
            caller = called
        producer = npn or phone or name or agent
        seconds = seconds_of[answered]
        if agent in nobody:
            producer, seconds = "", 0
        if seconds == NONSENSE:
            return NO_LENGTH
        return LoggedCall(
            line, moment, caller, producer, loa, seconds, zip_code, state, direction, cents_of[price] if price else None
        )

    return read
