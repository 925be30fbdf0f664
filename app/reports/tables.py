"""The tables of the page: what stands in each cell, in words."""

from __future__ import annotations

from datetime import date

from app.domain.lookback.report import Report
from app.reports import cells, wording
from app.reports.cells import Cell, Table
from app.reports.charts import PARTS, split
from app.reports.wording import shown


def missing(report: Report) -> Table:
    """Which license was missing, and since when."""
    rows = tuple(
        (
            cells.person(row.name, row.npn),
            Cell(wording.state(row.state)),
            Cell(cells.capital(wording.lines(row.lines))),
            Cell(wording.sentence(row.why), "Our policy, not the law." if row.policy else shown(row.reason)),
            _since(row.since, row.until),
            cells.wrong(row.calls),
            Cell(wording.span(row.first_at.date(), row.last_at.date())),
        )
        for row in report.missing
    )
    columns = cells.columns(
        ("Producer", cells.NAME),
        ("State", cells.TEXT),
        ("Line", cells.TEXT),
        ("What was missing", cells.TEXT),
        ("Since", cells.TEXT),
        ("Calls", cells.NUMBER),
        ("Taken", cells.TEXT),
    )
    return Table(
        "missing-table", "Licenses that calls were taken without, the most calls first", columns, rows, cards=True
    )


def sold_not_held(report: Report) -> Table:
    """Lines sold in a state where the producer holds a license, but not that line."""
    rows = tuple(
        (
            cells.person(row.name, row.npn),
            Cell(wording.state(row.state)),
            Cell(cells.capital(wording.lines(row.line))),
            cells.wrong(row.calls),
        )
        for row in report.sold_not_held
    )
    columns = cells.columns(
        ("Producer", cells.NAME), ("State", cells.TEXT), ("Line sold, not held", cells.TEXT), ("Calls", cells.NUMBER)
    )
    return Table("sold-table", "Lines sold under a license that does not have them", columns, rows)


def states(report: Report) -> Table:
    """A row a state: the twin of the map."""
    rows = tuple(
        (
            Cell(wording.state(row.state), row.state if len(row.state) == 2 else ""),
            cells.plain(row.calls),
            cells.plain(row.taken),
            cells.wrong(row.without_authority),
            cells.unsettled(row.not_known),
            cells.plain(row.asked),
            cells.plain(row.lost),
            cells.wrong(row.lost_licensed),
            cells.watched(row.outside_hours),
            cells.plain(row.producers),
        )
        for row in report.states
    )
    columns = cells.columns(
        ("State", cells.NAME),
        ("Calls", cells.NUMBER),
        ("Taken", cells.NUMBER),
        ("Without authority", cells.NUMBER),
        ("Not known then", cells.NUMBER),
        ("Would be asked", cells.NUMBER),
        ("Lost", cells.NUMBER),
        ("Lost, somebody licensed", cells.NUMBER),
        ("Outside hours", cells.NUMBER),
        ("Producers licensed", cells.NUMBER),
    )
    return Table("states-table", "Every state of the log, the worst first", columns, rows)


def producers(report: Report) -> Table:
    """A row a producer."""
    rows = tuple(
        (
            cells.person(row.name, row.npn) if row.npn else Cell("Not on the roster", "all of them together"),
            Cell(wording.state(row.home_state) if row.home_state else "Not known"),
            cells.plain(row.taken),
            cells.wrong(row.without_authority),
            cells.unsettled(row.not_known),
            cells.plain(row.lost),
        )
        for row in report.producers
    )
    columns = cells.columns(
        ("Producer", cells.NAME),
        ("Resident state", cells.TEXT),
        ("Taken", cells.NUMBER),
        ("Without authority", cells.NUMBER),
        ("Not known then", cells.NUMBER),
        ("Lost", cells.NUMBER),
    )
    return Table("producers-table", "Everybody who stands in the log", columns, rows)


def weeks(report: Report) -> Table:
    """A row a week: the twin of the chart."""
    rows = []
    for week in report.weeks:
        parts = split(week)
        numbers = tuple(cells.plain(parts[part.key]) for part in PARTS)
        rows.append(
            (Cell(wording.day(week.begins)), cells.plain(week.calls), *numbers, cells.watched(week.outside_hours))
        )
    headings = (
        *("Without authority", "…in doubt", "Not known then", "Nothing against it"),
        *("Lost, licensed", "…in doubt", "Lost otherwise", "Outside hours"),
    )
    columns = cells.columns(
        ("Week of", cells.NAME), ("Calls", cells.NUMBER), *((heading, cells.NUMBER) for heading in headings)
    )
    return Table("weeks-table", "Calls by week, Monday to Sunday, UTC", columns, tuple(rows))


def money(report: Report) -> Table:
    """What was paid for lost leads, a row a line."""
    rows = tuple(
        (
            Cell(cells.capital(wording.lines(row.loa)) or "Not known"),
            cells.plain(row.leads),
            cells.wrong(row.licensed),
            Cell(wording.dollars(row.cents), f"{row.unpriced:,} without a price" if row.unpriced else ""),
            Cell(wording.dollars_ranged(row.licensed_cents.best, row.licensed_cents.worst)),
        )
        for row in report.money
    )
    columns = cells.columns(
        ("Line", cells.NAME),
        ("Lost", cells.NUMBER),
        ("Somebody licensed", cells.NUMBER),
        ("Paid", cells.NUMBER),
        ("Of it, licensed", cells.NUMBER),
    )
    return Table("money-table", "What was paid for lost leads", columns, rows)


def not_known(report: Report) -> Table:
    """Whom today's roster cannot judge, and why it cannot."""
    rows = tuple(
        (
            cells.person(row.name, row.npn),
            Cell(wording.state(row.state)),
            Cell(cells.capital(wording.lines(row.lines))),
            Cell(wording.sentence(row.why)),
            cells.plain(row.calls),
        )
        for row in report.not_known
    )
    columns = cells.columns(
        ("Producer", cells.NAME),
        ("State", cells.TEXT),
        ("Line", cells.TEXT),
        ("Why it cannot be said", cells.TEXT),
        ("Calls", cells.NUMBER),
    )
    return Table("not-known-table", "Calls that today's roster cannot judge", columns, rows, cards=True)


def asked(report: Report) -> Table:
    """Why callers would have been asked."""
    rows = tuple(
        (Cell(wording.sentence(wording.because(why))), cells.plain(calls)) for why, calls in report.asked_because
    )
    return Table(
        "asked-table",
        "Why callers would have been asked for a ZIP",
        cells.columns(("Why", cells.NAME), ("Calls", cells.NUMBER)),
        rows,
    )


def strangers(report: Report) -> Table:
    """Who is in the log and not on the roster."""
    rows = tuple((Cell(shown(row.named) or "No name"), cells.plain(row.calls)) for row in report.strangers)
    columns = cells.columns(("As the log names them", cells.NAME), ("Calls", cells.NUMBER))
    return Table("strangers-table", "In the log, not on the roster", columns, rows)


def outside_hours(report: Report) -> Table:
    """Calls outside hours, by who placed them."""
    hours = report.outside_hours
    rows = tuple(
        (Cell(who, note), calls)
        for who, note, calls in (
            ("Placed by the agency", "the limits are for these", cells.wrong(hours.outbound)),
            ("Placed by the consumer", "live transfers and callers who dialed in", cells.watched(hours.inbound)),
            ("The log does not say", "", cells.watched(hours.unsaid)),
            ("Together", "", cells.watched(hours.total)),
        )
    )
    return Table(
        "hours-table",
        "Calls outside hours",
        cells.columns(("Who placed the call", cells.NAME), ("Calls", cells.NUMBER)),
        rows,
    )


def unread(report: Report) -> Table:
    """Rows that are no calls."""
    rows = tuple(
        (Cell(wording.sentence(row.why)), cells.plain(row.rows), Cell(f"{row.first_line:,}"))
        for row in report.about.unread
    )
    columns = cells.columns(("Why", cells.NAME), ("Rows", cells.NUMBER), ("First line", cells.NUMBER))
    return Table("unread-table", "Rows that could not be read as calls", columns, rows)


def columns_used(report: Report) -> Table:
    """Which column of the file was read as what."""
    rows = tuple((Cell(wording.field(ours)), Cell(shown(theirs))) for ours, theirs in report.about.columns)
    columns = cells.columns(("Read as", cells.NAME), ("Column of the file", cells.TEXT))
    return Table("columns-table", "Columns of the log that were read", columns, rows)


def _since(since: date | None, until: date | None) -> Cell:
    if since:
        return Cell(wording.day(since), f"held at last from {wording.day(until)}" if until else "and not renewed")
    if until:
        return Cell(f"Until {wording.day(until)}", "held from then on")
    return Cell("Never on this roster")
