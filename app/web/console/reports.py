"""Reports: how well callers were served, by hour, state, vendor, campaign and producer; each table as a file."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Response, abort, request, session, url_for

from app.domain.service_report.report import avoided
from app.reports import service_charts, service_tables, service_wording
from app.reports.service_tables import SHEETS, by_offered
from app.storage import report_facts
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.web.console.report_question import CHOICES, Question, question_of
from app.web.spreadsheet import csv_response
from app.workflows.make_report import Found, find_report

ROWS_SHOWN = 12
"""Rows of a table before the rest is folded away."""

MOST_ROWS = 200
"""Rows of a page's table; the file has all of them."""

_OWN_LEVEL = "service_level"


def section() -> Section:
    pages = Section("reports", "/reports")
    pages.add("GET", "", overview)
    pages.add("GET", "/progress", progress)
    pages.add("POST", "/anew", make_anew)
    pages.add("GET", "/<table>.csv", sheet)
    return pages


def overview() -> Response:
    """The newest report there is for what is asked, at once; a newer one is on its way where it is old."""
    question = _question()
    with read() as tx:
        campaigns, vendors = report_facts.sold_by(tx)
    asked = question.asked
    if (asked.campaign and asked.campaign not in campaigns) or (asked.vendor and asked.vendor not in vendors):
        abort(404)
    found = _found(question)
    return render(
        "reports/overview.html",
        status=422 if question.wrong else 200,
        question=question,
        choices=CHOICES,
        campaigns=campaigns,
        vendors=vendors,
        found=found,
        report=found.report,
        service=service_wording,
        charts=service_charts,
        tables=service_tables,
        by_offered=by_offered,
        rows_shown=ROWS_SHOWN,
        most_rows=MOST_ROWS,
        compared=service_wording.compared(asked.days, is_open=asked.days.covers(tools().clock.now(), asked.zone)),
        estimate=None if found.report is None else avoided(found.report),
    )


def progress() -> Response:
    """The fragment that waits for a report: when it is there, the browser loads the page anew."""
    question = _question()
    found = _found(question)
    answer = render("reports/progress.html", found=found, question=question)
    if found.report is not None and found.waiting is None:
        answer.headers["HX-Refresh"] = "true"
    return answer


def make_anew() -> Response:
    """Even a report that is new enough is made once more."""
    question = _question()
    found = _found(question, anew=True)
    back = url_for("reports.overview", **question.parameters())
    if found.why_not:
        return refused(f"It was not made anew: {found.why_not}.", to=back)
    return done("It is being made anew." if found.waiting else "It is new as of now.", to=back)


def sheet(table: str) -> Response:
    """One table of the report as a file."""
    if table not in SHEETS:
        abort(404)
    question = _question()
    found = _found(question)
    if found.report is None:
        back = url_for("reports.overview", **question.parameters())
        return refused("This report is still being made. Take the file when the page shows it.", to=back)
    made = SHEETS[table](found.report)
    days = found.report.asked.days
    return csv_response(f"threegate-{table}-{days.first}-to-{days.last}", made.header, made.rows)


def _question() -> Question:
    """What is asked; the agency's threshold and target, or those that somebody set last, until they sign out."""
    typed = request.form if request.method == "POST" else request.args
    settings = tools().settings
    own = {
        "within": str(settings.service_within_seconds),
        "target": str(settings.service_target_percent),
        **session.get(_OWN_LEVEL, {}),
    }
    question = question_of({**own, **typed.to_dict()}, zone=ZoneInfo(settings.time_zone), now=tools().clock.now())
    if request.method == "GET" and not question.wrong and ("within" in typed or "target" in typed):
        asked = question.asked
        session[_OWN_LEVEL] = {"within": str(asked.within_seconds), "target": str(asked.target_percent)}
    return question


def _found(question: Question, *, anew: bool = False) -> Found:
    return find_report(question.asked, anew=anew, actor=actor(), database=tools().database, now=tools().clock.now())
