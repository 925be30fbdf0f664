"""The tour on paper: headings, lines as they come, the table at the end. Colors on a terminal only."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.simulator import wording
from app.simulator.narrator import all_settled_before, closing, is_settled_by_person, tell
from app.simulator.storyline import Line, People, Story, name_of

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
        self._played: list[Story] = []

    def head(self, number: int, of: int, title: str) -> None:
        self._printed = 0
        self.console.print()
        self.console.print(Rule(Text(f"{number} of {of}: {title}", "bold"), align="left", style="dim"))

    def go_on(self, story: Story) -> None:
        """Print what is settled and was not printed yet."""
        until = min(all_settled_before(story), story.first.second - self._lag_seconds)
        lines = tell(story, self._people)
        settled = next(
            (nth for nth, line in enumerate(lines) if line.second is not None and line.second >= until), len(lines)
        )
        self._print(lines[self._printed : settled])
        self._printed = max(self._printed, settled)

    def close(self, story: Story) -> None:
        """Print the rest, and how the call came out."""
        self._print(tell(story, self._people)[self._printed :])
        self._print(closing(story.first, self._people, later=story.later))
        self._played.append(story)

    def summary(self) -> None:
        """The calls side by side."""
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold")
        table.add_column("call", justify="right")
        table.add_column("from")
        for name in ("producers", "refused", "rung"):
            table.add_column(name, justify="right")
        table.add_column("connected to")
        table.add_column("lead")
        for nth, story in enumerate(self._played, 1):
            cells = summary_row(story, self._people)
            table.add_row(str(nth), *(Text(cell) for cell in cells))
        self.console.print(table)

    def _print(self, lines: Sequence[Line]) -> None:
        for line in lines:
            for row in _rows(line, self.console):
                self.console.print(row)


def summary_row(story: Story, people: People) -> tuple[str, ...]:
    """The caller's state, producers considered, refused and rung, who was connected, who has the lead."""
    first = next((decision for decision in story.first.decisions if decision["kind"] == "offer"), None)
    producers = first["producers"] if first else []
    rung = sum(
        moment.what == "rings" and not facts.is_consumer(moment.leg)
        for facts in story.calls
        for moment in facts.moments
    )
    lead = story.calls[-1].lead
    by_whom = " by a supervisor" if is_settled_by_person(story.calls[-1]) else ""
    return (
        wording.state_names(story.first.story["residence"]["states"]),
        str(len(producers)),
        str(sum(not producer["allowed"] for producer in producers)),
        str(rung),
        ", ".join(_connected(story, people)) or "nobody",
        f"{wording.custody(lead['custody'])}{by_whom}" if lead else "none",
    )


def _connected(story: Story, people: People) -> list[str]:
    return [
        f"{name_of(bridge.number, people)}{' (callback)' if facts.was_placed else ''}"
        for facts in story.calls
        for bridge in facts.bridges
    ]


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
