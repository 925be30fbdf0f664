"""The tour on paper: headings, lines as they come, the table at the end. Colors on a terminal only."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.simulator import wording
from app.simulator.facts import Facts
from app.simulator.narrator import Line, People, closing, narrate, settled_before

WIDTH = 100
"""Columns; less on a narrower terminal."""

_STYLES = {
    "phone": "",
    "speech": "italic",
    "gate": "cyan",
    "yes": "green",
    "no": "red",
    "bridge": "bold green",
    "outside": "yellow",
}
_MARKS = {"yes": "✓", "no": "✗", "bridge": "●", "outside": "!"}


def new_console() -> Console:
    """Standard output, at most WIDTH columns."""
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return console


class Playbill:
    """Prints a tour, each line once. What is younger than `lag_seconds` (of the call) may not be known in full."""

    def __init__(self, console: Console, people: People, *, lag_seconds: float = 0.0) -> None:
        self.console = console
        self._people = people
        self._lag_seconds = lag_seconds
        self._printed = 0
        self._played: list[Facts] = []

    def head(self, number: int, of: int, title: str) -> None:
        self._printed = 0
        self.console.print()
        self.console.print(Rule(Text(f"{number} of {of}: {title}", "bold"), align="left", style="dim"))

    def go_on(self, facts: Facts) -> None:
        """Print what is settled and was not printed yet."""
        until = min(settled_before(facts), facts.second - self._lag_seconds)
        lines = narrate(facts, self._people)
        settled = next(
            (nth for nth, line in enumerate(lines) if line.second is not None and line.second >= until), len(lines)
        )
        self._print(lines[self._printed : settled])
        self._printed = max(self._printed, settled)

    def close(self, facts: Facts) -> None:
        """Print the rest, and how the call came out."""
        self._print(narrate(facts, self._people)[self._printed :])
        self._print(closing(facts, self._people))
        self._played.append(facts)

    def summary(self) -> None:
        """The calls side by side."""
        table = Table(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), header_style="bold")
        table.add_column("call", justify="right")
        table.add_column("from")
        for name in ("producers", "refused", "rung"):
            table.add_column(name, justify="right")
        table.add_column("connected to")
        table.add_column("lead")
        for nth, facts in enumerate(self._played, 1):
            cells = summary_row(facts, self._people)
            table.add_row(str(nth), *(Text(cell) for cell in cells))
        self.console.print(table)

    def _print(self, lines: Sequence[Line]) -> None:
        for line in lines:
            for row in _rows(line, self.console):
                self.console.print(row)


def summary_row(facts: Facts, people: People) -> tuple[str, ...]:
    """The caller's state, producers considered, refused and rung, who was connected, custody of the lead."""
    first = next((decision for decision in facts.decisions if decision["kind"] == "offer"), None)
    producers = first["producers"] if first else []
    rung = {moment.leg for moment in facts.moments if moment.what == "rings"}
    names = [people[bridge.number].name if bridge.number in people else bridge.number for bridge in facts.bridges]
    return (
        wording.state_names(facts.story["residence"]["states"]),
        str(len(producers)),
        str(sum(not producer["allowed"] for producer in producers)),
        str(len(rung)),
        ", ".join(names) or "nobody",
        wording.custody(facts.lead["custody"]) if facts.lead else "none",
    )


_INDENT = 24
"""Columns before the text: the second, who, and a mark."""


def _rows(line: Line, console: Console) -> list[Text]:
    """One line on paper: second, who, and what, wrapped under itself."""
    second = "" if line.second is None else f"{line.second:.1f} s"
    style = _STYLES[line.tone]
    text = Text.assemble((line.text, style), (f"  {line.code}" if line.code else "", "dim"))
    first, *rest = text.wrap(console, console.width - _INDENT)
    mark = _MARKS.get(line.tone, " ")
    head = Text.assemble((f"{second:>8} ", "dim"), (f"{line.who:<12} ", "bold"), (f"{mark} ", style), first)
    rows = [head, *(Text.assemble(" " * _INDENT, row) for row in rest)]
    for row in rows:
        row.rstrip()
    return rows
