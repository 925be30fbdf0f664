"""How far a log has been read, and which of its rows are no calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.lookback.report import Unread


@dataclass
class Tally:
    """Filled while reading. `rows` counts those that were read and those that were not; blank ones are no rows.

    `bytes_read` is for a word of progress: it moves in steps, and is the file's size at the end.
    """

    rows: int = 0
    bytes_read: int = 0
    _unread: dict[str, list[int]] = field(default_factory=dict)

    def miss(self, why: str, line: int) -> None:
        """One row that is no call. `why` is one of a few sentences, and names no value."""
        told = self._unread.setdefault(why, [0, line])
        told[0] += 1
        told[1] = min(told[1], line)

    def unread(self) -> tuple[Unread, ...]:
        """Every reason, in the order of its first line."""
        found = [Unread(why, rows, first_line) for why, (rows, first_line) in self._unread.items()]
        return tuple(sorted(found, key=lambda unread: (unread.first_line, unread.why)))
