"""The calls themselves, as tables: one a kind, the worst kind first."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.lookback.report import Evidence, Kind, Report
from app.reports import cells, wording
from app.reports.cells import Cell, Table
from app.reports.wording import counted, shown

KINDS = {
    Kind.WITHOUT_AUTHORITY: ("Taken without authority", "State and roster leave no doubt."),
    Kind.DOUBTFUL_STATE: (
        "Taken without authority if a doubtful state is right",
        "The caller's state was presumed, disputed or not known.",
    ),
    Kind.LOST_LICENSED: ("Lost, although somebody was licensed", "Nobody answered."),
    Kind.LOST_DOUBTFUL: (
        "Lost, although somebody was licensed, if a doubtful state is right",
        "Nobody answered.",
    ),
    Kind.OUTSIDE_HOURS: ("Outside calling hours", "Outside the hours that the law of the state gives."),
    Kind.NOT_ON_ROSTER: ("Taken by somebody whom the roster does not have", "Nothing can be said of them."),
    Kind.NOT_KNOWN_THEN: ("Not known then", "Today's roster cannot say what held on that day."),
    Kind.ASKED: ("The caller would have been asked for a ZIP", "The log does not settle the state."),
    Kind.LOST_NOBODY_LICENSED: ("Lost, and nobody was licensed", "A producer could not have taken it."),
}
_EVIDENCE_COLUMNS = cells.columns(
    ("Line of file", cells.NAME),
    ("Time, UTC", cells.FIXED),
    ("Caller", cells.FIXED),
    ("State", cells.TEXT),
    ("Producer", cells.TEXT),
    ("Line of insurance", cells.TEXT),
    ("Seconds", cells.NUMBER),
    ("Why", cells.TEXT),
)


@dataclass(frozen=True)
class Group:
    """Evidence of one kind. The caption says how much of it is not on the page."""

    title: str
    table: Table


def evidence(report: Report) -> tuple[Group, ...]:
    """The calls themselves, a group a kind, the worst kind first."""
    totals = dict(report.evidence_total)
    groups = []
    for kind, (title, meaning) in KINDS.items():
        of_kind = [call for call in report.evidence if call.kind is kind]
        total = max(totals.get(kind, 0), len(of_kind))
        if not total:
            continue
        left_out = total - len(of_kind)
        caption = f"{meaning} {counted(total, 'call')}"
        caption += f"; {left_out:,} of them left out here." if left_out else "."
        rows = tuple(_evidence_row(call) for call in of_kind)
        table = Table(
            f"evidence-{kind.value.replace('_', '-')}", caption, _EVIDENCE_COLUMNS, rows, cards=True, headed=True
        )
        groups.append(Group(title, table))
    return tuple(groups)


def _evidence_row(call: Evidence) -> tuple[Cell, ...]:
    where = " and ".join(wording.state(state) for state in call.states) or "Not known"
    return (
        Cell(f"{call.line:,}"),
        Cell(wording.day(call.at.date()), f"{call.at:%H:%M:%S}"),
        Cell(shown(call.caller, 24) or "Withheld"),
        Cell(where, shown(call.confidence)),
        cells.person(call.name, call.npn),
        Cell(cells.capital(wording.lines(call.loa))),
        cells.plain(call.answered_seconds),
        Cell(wording.sentence(call.why)),
    )
