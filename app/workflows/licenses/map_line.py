"""A person says what a line is that nobody could read: once, for every producer of that state, class and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.lines import Line
from app.domain.states import State
from app.rosters import loa_codes
from app.rosters.loa_codes import Class, Mirror
from app.storage import access, ledger, report_licenses, unmapped_lines
from app.storage.database import Database, Transaction
from app.storage.roster_changes import RosterChange
from app.storage.unmapped_lines import UnmappedLine
from app.workflows.licenses.weigh_report import SOURCES

LONGEST_NAME = 200
"""As it is compared: without case and punctuation."""


@dataclass(frozen=True)
class NotMapped:
    """Nothing was done, and why. `replaceable`: it is done where the former answer is to be replaced."""

    why: str
    replaceable: bool = False


@dataclass(frozen=True)
class LineMapped:
    """The answer as it stands; no `lines`: it gives no authority. It gives none by itself, either: an import does.

    `answered` so many lines waited for it. `suspended` are licenses that rested on another answer, as (NPN, state, line).
    """

    state: State
    license_class: str
    loa: str
    lines: tuple[Line, ...]
    answered: int
    suspended: tuple[tuple[str, State, Line], ...]


def map_line(
    line_id: int,
    lines: Sequence[Line],
    *,
    replace: bool,
    actor: str,
    database: Database,
    now: datetime,
) -> LineMapped | NotMapped | None:
    """Keep the answer for the readers of reports; the next import acts on it. None: there is no such line.

    Another answer is only changed with `replace`. Lines that it takes back are suspended at once in that state, for
    everybody whose license a report showed last: which answer each rests on is not kept, and an import brings back
    those that rest on something else.
    """
    wanted = tuple(sorted(set(lines)))
    with database.begin() as tx:
        change = RosterChange(tx, now=now, actor=actor, source="change")
        access.take_turns(tx, "line_mappings")
        asked = unmapped_lines.load(tx, line_id)
        if asked is None:
            return None
        if why := _cannot_be_answered(asked):
            return NotMapped(why)
        before = unmapped_lines.answer_to(tx, asked.question)
        if before is not None and before.lines != wanted and not replace:
            said = "+".join(before.lines) or "none"
            why = f"{before.mapped_by} said {said!r}; replacing it suspends what rested on it until the next import"
            return NotMapped(why, replaceable=True)
        if before is None or before.lines != wanted:
            unmapped_lines.put_answer(tx, asked.question, wanted, by=actor, now=now)
        taken_back = [] if before is None else [line for line in before.lines if line not in wanted]
        suspended = report_licenses.suspend(change, asked.state, taken_back, SOURCES)
        answered = _resolve(tx, asked, actor, now)
        outcome = LineMapped(asked.state, asked.license_class, asked.loa, wanted, answered, tuple(suspended))
        if before is None or before.lines != wanted or answered:
            facts = {
                **{"state": outcome.state, "license_class": outcome.license_class, "loa": outcome.loa},
                "lines": list(wanted),
                "before": None if before is None else list(before.lines),
                "answered": answered,
                "suspended": ["/".join(key) for key in suspended],
                "version": change.version,
            }
            ledger.write(tx, kind="line_mapped", now=now, actor=actor, facts=facts)
        return outcome


def _cannot_be_answered(asked: UnmappedLine) -> str | None:
    _, license_class, loa = asked.question
    if not loa:
        return f"there is no line to say anything of ({asked.why}); the state has to mend it"
    if max(len(license_class), len(loa)) > LONGEST_NAME:
        return "a name of more than 200 letters is no name of a line"
    class_ = loa_codes.class_of(asked.state, "", asked.license_class)
    if class_ is Class.PRODUCER and isinstance(loa_codes.meaning(asked.state, asked.loa_code, asked.loa_name), Mirror):
        return "it stands for whatever the resident license holds, which the next report has to show"
    return None


def _resolve(tx: Transaction, asked: UnmappedLine, actor: str, now: datetime) -> int:
    alike = [line.id for line in unmapped_lines.of_state(tx, asked.state) if line.question == asked.question]
    unmapped_lines.resolve(tx, alike, by=actor, now=now)
    return len(alike)
