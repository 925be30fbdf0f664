"""A report is made: at once where it is about few calls, by the scheduler where it is about many; never in one long read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.service_report.days import Span, span_before
from app.domain.service_report.report import Asked, Gathering, ServiceReport
from app.storage import finished_reports, report_facts, requested_work
from app.storage.database import Database, Transaction
from app.storage.report_facts import Only

FEW_CALLS = 2000
"""So many are counted while a page waits, in less than a second; more is the scheduler's work."""

FRESH_FOR = timedelta(seconds=60)
"""A report of days that are not over is made anew when it is older."""

SETTLES_WITHIN = timedelta(days=3)
"""Promises are kept and lists worked off after a day is over; a report made later than this stands for good."""

SETTLING_FOR = timedelta(hours=1)
"""Until then a report of past days is made anew when it is older."""

MOST_OPEN = 20
"""So many different reports may wait at once."""


@dataclass(frozen=True)
class Found:
    """`report` is the newest there is, None where there is none yet. `waiting`: the number of the request for a newer one.

    `why_not`: why there is no newer one, where it failed or too many wait.
    """

    report: ServiceReport | None
    waiting: int | None = None
    why_not: str = ""


def find_report(
    asked: Asked,
    *,
    anew: bool = False,
    actor: str,
    database: Database,
    now: datetime,
    few_calls: int = FEW_CALLS,
) -> Found:
    """The report at once, or the newest older one while another is made. `anew`: even a fresh one is not good enough."""
    kept = asked.kept()
    with database.read() as tx:
        there = finished_reports.look(tx, kept)
        few = _few(tx, asked, now, few_calls)
    older = None if there.done is None or there.done.found is None else ServiceReport.restored(there.done.found)
    if older is not None and is_fresh(older, now) and not anew:
        return Found(_targeted(older, asked))
    if few:
        return Found(make_report(asked, database=database, now=now))
    older = None if older is None else _targeted(older, asked)
    if there.open is not None:
        return Found(older, waiting=there.open.id)
    if there.failed is not None and there.failed.asked_at > now - FRESH_FOR:
        return Found(older, why_not=there.failed.why)
    with database.begin() as tx:
        if requested_work.open_count(tx, finished_reports.KIND) >= MOST_OPEN:
            return Found(older, why_not="too many reports are being made; try again in a minute")
        return Found(older, waiting=finished_reports.ask(tx, kept, asked_by=actor, now=now))


def is_fresh(report: ServiceReport, now: datetime) -> bool:
    """Whether nothing that matters can have changed since it was made."""
    age, ends = now - report.as_of, report.asked.days.ends(report.asked.zone)
    if report.as_of < ends:
        return age < FRESH_FOR
    return report.as_of >= ends + SETTLES_WITHIN or age < SETTLING_FOR


def _few(tx: Transaction, asked: Asked, now: datetime, few_calls: int) -> bool:
    begins, ends = span_before(asked.days, asked.zone, now).since, asked.days.ends(asked.zone)
    return report_facts.fewer_than(tx, few_calls, since=begins, until=ends)


def _targeted(report: ServiceReport, asked: Asked) -> ServiceReport:
    return report.with_target(asked.target_percent)


def make_report(asked: Asked, *, database: Database, now: datetime) -> ServiceReport:
    """Count every call of the days, and of as many days before, page by page."""
    only = Only(asked.campaign, asked.vendor)
    days = Span(asked.days.begins(asked.zone), asked.days.ends(asked.zone))
    gathering = _gathered(asked, days, only, database=database, now=now)
    before = _gathered(asked, span_before(asked.days, asked.zone, now), only, database=database, now=now).total
    checks = 0
    if only == report_facts.EVERYTHING:
        checks = report_facts.checks_refused(database, since=days.since, until=days.until)
    with database.read() as tx:
        campaigns, vendors = report_facts.sold_by(tx)
        people = report_facts.producer_names(tx, map(int, gathering.by_producer))
    names = {
        "campaign": {number: campaigns[number] for number in gathering.by_campaign if number in campaigns},
        "vendor": {slug: vendors[slug] for slug in gathering.by_vendor if slug in vendors},
        "producer": {str(producer_id): name for producer_id, (name, _) in people.items()},
        "npn": {str(producer_id): npn for producer_id, (_, npn) in people.items()},
    }
    return gathering.report(asked, before=before, names=names, checks_refused=checks)


def _gathered(asked: Asked, span: Span, only: Only, *, database: Database, now: datetime) -> Gathering:
    gathering = Gathering(within=asked.within, as_of=now)
    for calls in report_facts.pages(database, since=span.since, until=span.until, zone=asked.zone, only=only):
        gathering.add(calls)
    return gathering


def do_report(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """The scheduler's way to it (do_requested.py)."""
    with database.begin() as tx:
        finished_reports.forget_older(tx, asked)
    return make_report(Asked.restored(asked), database=database, now=now).kept()
