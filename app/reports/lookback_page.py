"""The look back as one HTML page that can be forwarded: no script, nothing from outside, readable on paper and on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.domain.lookback.report import LicenseToGet, Report
from app.reports import cells, charts, evidence_tables, sentences, tables, wording
from app.reports.templating import templates
from app.reports.wording import counted, ranged, shown

_TOP_LICENSES = 3
_FLAGS = {"bad": "Wrong", "watch": "Watch", "good": "Sound"}


@dataclass(frozen=True)
class Number:
    """One headline: `value` large, `of` what, and `rests_on` below it."""

    of: str
    value: str
    rests_on: str
    weight: str


@dataclass(frozen=True)
class Advice:
    """A license to get, in words."""

    who: str
    what: str
    where: str
    caught: str
    fee: str
    fee_source: str
    waiting: str


def page(report: Report, *, title: str = "The look back", written_at: datetime | None = None) -> str:
    """A complete HTML document. `written_at` stands in its foot, in UTC; without it no date of writing is given."""
    return (
        templates()
        .get_template("lookback.html.jinja")
        .render(
            report=report,
            title=shown(title, 120) or "The look back",
            written=_written(written_at),
            masthead=_masthead(report),
            headline=sentences.headline(report),
            numbers=_numbers(report) if report.calls else (),
            findings=sentences.findings(report),
            flags=_FLAGS,
            advice=tuple(_advice(license_) for license_ in report.licenses_to_get[:_TOP_LICENSES]),
            map=charts.tile_map(report.states),
            map_legend=tuple(
                (what.value, charts.LETTERS.get(what, ""), charts.MEANINGS[what]) for what in charts.Standing
            ),
            chart=charts.weeks_chart(report.weeks),
            chart_legend=charts.PARTS,
            chart_cut=max(len(report.weeks) - charts.WEEKS_DRAWN, 0),
            weeks_drawn=charts.WEEKS_DRAWN,
            tables=tables,
            surveyed=sentences.SURVEYED,
            single_points=tuple(
                (
                    sentences.single_point(point),
                    _expires(point.expires_on),
                    wording.listed(map(wording.state, point.alone_in)),
                )
                for point in report.single_points
            ),
            alone=any(point.alone_in for point in report.single_points),
            evidence=evidence_tables.evidence(report),
            sources=_sources(report),
            # A call against our own policy only breaks no law: where the analysis leaves it out, the page says so.
            exposure_without_policy=report.exposure.calls.worst + report.policy_only <= report.without_authority.worst,
            fees_given=any(license_.fee_low_cents is not None for license_ in report.licenses_to_get[:_TOP_LICENSES]),
        )
    )


def _written(at: datetime | None) -> str:
    if at is None:
        return ""
    utc = at.astimezone(UTC)
    return f"{wording.day(utc.date())}, {utc:%H:%M} UTC"


def _masthead(report: Report) -> tuple[str, ...]:
    """What was read, in pieces that fit one line."""
    about = report.about
    name = shown(about.calls_name, 60) or "a call log"
    kind = shown(about.calls_format, 30)
    log = f"{counted(report.calls, 'call')} of {name}" + (f" ({kind})" if kind else "")
    when = wording.span(report.first_at.date(), report.last_at.date()) if report.first_at and report.last_at else ""
    roster = f"read beside {shown(about.roster_name, 60) or 'a roster'}"
    return tuple(filter(None, (log, when, roster)))


def _numbers(report: Report) -> tuple[Number, ...]:
    authority, lost, risk = report.without_authority, report.lost_licensed, report.exposure
    hours = report.outside_hours.total
    return (
        Number(
            "taken without authority",
            ranged(authority),
            f"Of {counted(report.taken, 'call')} taken. {sentences.sure(authority)}",
            _weight(authority.best, authority.worst),
        ),
        Number(
            "exposure",
            wording.dollars_ranged(risk.low_usd * 100, risk.high_usd * 100),
            f"{counted(risk.violation_days, 'violation')} at {wording.dollars(risk.penalty_low_usd * 100)}, "
            f"up to {counted(risk.calls.worst, 'call')} at {wording.dollars(risk.penalty_high_usd * 100)}."
            if risk.high_usd
            else "No call without authority, so no penalty.",
            _weight(risk.low_usd, risk.high_usd),
        ),
        Number(
            "lost although somebody licensed existed",
            ranged(lost),
            f"Of {counted(report.lost, 'lost lead')}.",
            _weight(lost.best, lost.worst),
        ),
        _lost_money(report),
        Number(
            "should have been asked for a ZIP",
            f"{report.asked:,}",
            f"{report.asked_taken:,} of them were taken with the state unsettled.",
            _weight(0, report.asked),
        ),
        Number(
            "outside calling hours",
            ranged(hours) if report.outside_hours.judged else "Not judged",
            f"{ranged(report.outside_hours.outbound)} of them placed by the agency."
            if report.outside_hours.judged
            else "The log's times have no zone.",
            _weight(report.outside_hours.outbound.best, hours.worst if report.outside_hours.judged else 1),
        ),
    )


def _lost_money(report: Report) -> Number:
    paid, all_cents, unpriced = sentences.money_ranges(report)
    of = "paid for leads so lost"
    if not all_cents and unpriced:
        return Number(of, "Not known", "Neither log nor command gives a price.", "watch")
    rests_on = f"{wording.dollars(all_cents)} for all that were lost"
    rests_on += f"; {counted(unpriced, 'lead has', 'leads have')} no price." if unpriced else "."
    return Number(of, wording.dollars_ranged(paid.best, paid.worst), rests_on, _weight(paid.best, paid.worst))


def _weight(certain: int, possible: int) -> str:
    return "bad" if certain else "watch" if possible else "good"


def _advice(license_: LicenseToGet) -> Advice:
    caught = []
    if license_.unauthorized.worst:
        caught.append(f"{counted(license_.unauthorized, 'call')} taken without authority")
    if license_.lost.worst:
        caught.append(f"{counted(license_.lost, 'lost lead')}")
    low, high = license_.fee_low_cents, license_.fee_high_cents
    known = [fee for fee in (low, high) if fee is not None]
    return Advice(
        who=shown(license_.name) or f"NPN {shown(license_.npn)}",
        what=wording.sentence(license_.what),
        where=f"{wording.state(license_.state)}, {wording.lines(license_.lines)}",
        caught=" and ".join(caught) or "none of this log",
        fee=wording.dollars_ranged(min(known), max(known)) if known else "Ask the state",
        fee_source=cells.capital(shown(license_.fee_source, 300)),
        waiting=cells.capital(shown(license_.waiting, 200)) or "Not known",
    )


def _expires(on: date | None) -> str:
    return f"It expires {wording.day(on)}." if on else "It is perpetual."


def _sources(report: Report) -> tuple[tuple[str, str], ...]:
    """What the numbers rest on, as text: a page that is forwarded links nowhere."""
    given = [("Penalties", report.exposure.source), ("Callers who live elsewhere", report.elsewhere_source)]
    fees = dict.fromkeys(license_.fee_source for license_ in report.licenses_to_get)
    given += [("Fees", source) for source in fees]
    return tuple((of, shown(source, 600)) for of, source in given if shown(source))
