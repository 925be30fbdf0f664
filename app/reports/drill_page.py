"""The drill as one HTML page that can be forwarded: no script, nothing from outside, readable on paper and on a phone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain import states
from app.domain.drill_report import Covered, DrillReport
from app.domain.states import State
from app.reports import wording
from app.reports.cells import NAME, NUMBER, TEXT, Cell, Table, columns
from app.reports.templating import templates
from app.reports.wording import counted, shown

_MOST_NAMED = 8
_MOST_FINDINGS = 40


@dataclass(frozen=True)
class Headline:
    """One number: `value` large, `of` what, and `rests_on` below it."""

    of: str
    value: str
    rests_on: str
    weight: str


@dataclass(frozen=True)
class Finding:
    """Something wrong, or thin; `weight` is bad or watch."""

    weight: str
    title: str
    told: str


def page(report: DrillReport) -> str:
    """A complete HTML document."""
    return (
        templates()
        .get_template("drill.html.jinja")
        .render(
            report=report,
            masthead=_masthead(report),
            headline=_headline(report),
            numbers=_numbers(report),
            findings=_findings(report),
            overview=_overview(report),
            key=_key,
            where=_where,
            local=_local,
            refused=_refused,
            licensed=_licensed,
            span=_span,
            short=_short,
        )
    )


# ---- the top


def _masthead(report: DrillReport) -> tuple[str, ...]:
    found = dict.fromkeys(one.state for one in report.covered)
    campaigns = dict.fromkeys(one.campaign for one in report.covered)
    at = report.at.astimezone(UTC)
    return (
        f"{counted(len(found), 'state')}, {counted(len(campaigns), 'campaign')}",
        f"roster version {report.roster_version:,}",
        f"{wording.day(at.date())}, {at:%H:%M} UTC",
        f"by {shown(report.run_by, 60)}",
    )


def _headline(report: DrillReport) -> str:
    total, failed = len(report.experiences), _failed(report)
    callers = counted(total, "pretended caller")
    if failed:
        return f"{callers} called, and {failed:,} of them would have been treated against a promise."
    thin = sum(bool(one.gaps) for one in report.covered)
    rest = f" {counted(thin, 'place is', 'places are')} thin all the same." if thin else ""
    return f"{callers} called, and every one of them would have been treated as promised.{rest}"


def _failed(report: DrillReport) -> int:
    return sum(not experience.passed for experience in report.experiences)


def _numbers(report: DrillReport) -> tuple[Headline, ...]:
    failed, gaps = _failed(report), sum(len(one.gaps) for one in report.covered)
    waits = [one.person_after_seconds for one in report.experiences if one.person_after_seconds is not None]
    promised = [one for one in report.experiences if one.promise_after_seconds is not None]
    listed = sum(one.custody == "escalated" for one in report.experiences)
    return (
        Headline(
            "treated against a promise",
            f"{failed:,}",
            f"Of {counted(len(report.experiences), 'caller')}.",
            "bad" if failed else "good",
        ),
        Headline("spoke with a licensed person", f"{len(waits):,}", _waits(waits), ""),
        Headline(
            "were promised a call",
            f"{len(promised):,}",
            "Each at a lawful time, in the campaign's hours.",
            "",
        ),
        Headline(
            "went to the supervisors' list", f"{listed:,}", "With a deadline, and told that a person follows up.", ""
        ),
        Headline("thin places", f"{gaps:,}", "Nothing is wrong there yet.", "watch" if gaps else "good"),
        Headline("people dialed", "0", "All of it happened on a copy, with a pretended carrier.", "good"),
    )


def _waits(waits: list[float]) -> str:
    if not waits:
        return "Nobody."
    return f"The soonest after {_span(min(waits))}, the last after {_span(max(waits))}."


def _findings(report: DrillReport) -> tuple[Finding, ...]:
    wrong = [
        Finding("bad", f"{_where(one)}: {experience.title}", wording.sentence(why))
        for one in report.covered
        for experience in one.experiences
        for why in experience.wrong
    ]
    thin = [Finding("watch", _where(one), shown(gap, 300)) for one in report.covered for gap in one.gaps]
    return tuple([*wrong, *thin][:_MOST_FINDINGS])


# ---- tables


def _overview(report: DrillReport) -> Table:
    return Table(
        key="overview-table",
        caption="Each state with each campaign",
        columns=columns(
            ("State", NAME),
            ("Campaign", TEXT),
            ("Licensed", NUMBER),
            ("Callers", NUMBER),
            ("Against a promise", NUMBER),
            ("Soonest person", TEXT),
            ("Not drilled", NUMBER),
        ),
        rows=tuple(_overview_row(one) for one in report.covered),
        headed=True,
    )


def _overview_row(one: Covered) -> tuple[Cell, ...]:
    failed = sum(not experience.passed for experience in one.experiences)
    waits = [each.person_after_seconds for each in one.experiences if each.person_after_seconds is not None]
    return (
        Cell(wording.state(one.state), "drilled as if it were open" if one.as_if_open else ""),
        Cell(shown(one.name, 60), f"{shown(one.campaign)}, {wording.lines(one.requirement)}"),
        Cell(f"{len(one.licensed):,}", weight={0: "bad", 1: "watch"}.get(len(one.licensed), "")),
        Cell(f"{len(one.experiences):,}"),
        Cell(f"{failed:,}", weight="bad" if failed else "none"),
        Cell(_span(min(waits)) if waits else "nobody", weight="" if waits else "watch"),
        Cell(f"{len(one.skipped):,}", weight="watch" if one.skipped else "none"),
    )


def _refused(one: Covered) -> Table:
    return Table(
        key=f"{_key(one)}-refused",
        caption="No authority for such a call: no path may ring them",
        columns=columns(("Producer", NAME), ("Why", TEXT)),
        rows=tuple(
            (
                Cell(shown(refused.name), f"NPN\u00a0{shown(refused.npn)}"),
                Cell(shown(refused.why, 300), shown(", ".join(refused.codes), 200)),
            )
            for refused in one.refused
        ),
    )


# ---- words


def _key(one: Covered) -> str:
    """An id that stands once on the page."""
    return f"{one.state}-{re.sub('[^0-9]', '', one.campaign)}".lower()


def _where(one: Covered) -> str:
    return f"{wording.state(one.state)}, {shown(one.name, 60)}"


def _short(one: Covered, report: DrillReport) -> str:
    """For the list of places: the campaign only where there are several."""
    several = len({each.campaign for each in report.covered}) > 1
    return _where(one) if several else wording.state(one.state)


def _local(at: datetime, state: State) -> str:
    here = at.astimezone(states.zones(state)[0])
    return f"{wording.day(here.date())}, {here:%H:%M} {here.tzname()}"


def _licensed(one: Covered) -> str:
    """Who may take such a call, in a sentence."""
    if not one.licensed:
        return f"Nobody may take a {wording.lines(one.requirement)} call from {wording.state(one.state)}."
    named = wording.listed([shown(name, 60) for name in one.licensed], most=_MOST_NAMED)
    return f"{named} may take a {wording.lines(one.requirement)} call from {wording.state(one.state)}."


def _span(seconds: float) -> str:
    """14 s, 3 min 20 s."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole}\u00a0s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes}\u00a0min" + (f" {rest}\u00a0s" if rest else "")
