"""Audits: the roster held against a report, what that found, and who answers for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, abort, request, url_for

from app.rosters.csv_table import LARGEST_FILE
from app.storage import audits as storage
from app.storage import discrepancies, producer_profiles, requested_work
from app.storage.audits import Audit
from app.storage.database import Transaction
from app.web.console.asked import asked_number, sentence
from app.web.console.desk_words import show
from app.web.console.doors import Section, actor, done, read, refused, tools, user
from app.web.console.requested import under_way
from app.web.console.typed import Form, uploaded
from app.workflows.licenses import their_report
from app.workflows.licenses.audit_kept import KIND, ask_audit
from app.workflows.licenses.sign_audit import ROLES, NotSigned, sign_audit

MOST_SHOWN = 50
MOST_ASKED = 5
MOST_DISCREPANCIES = 100
ROOM_FOR_MULTIPART = 64 * 1024
UNPROCESSABLE = 422

FORMATS = {
    "any": "By its first bytes",
    "csv": "Our roster file",
    "nipr-detail": "NIPR detail report",
    "nipr-csr": "NIPR company-specialized report",
}

KINDS = {
    "missing_there": "Not in the report",
    "missing_here": "Not on the roster",
    "lapsed": "Lapsed by the report",
    "differing": "Differs",
    "sold_not_held": "Sold, not held",
    "unmapped": "Nobody can read it",
}
"""What a discrepancy is called. Source: docs/license-desk.md, Audits and complaints."""


def add_to(pages: Section) -> None:
    pages.add("GET", "/audits", audits)
    pages.add("POST", "/audits", audit_report, largest_body_bytes=LARGEST_FILE + ROOM_FOR_MULTIPART)
    pages.add("GET", "/audits/asked", audits_asked)
    pages.add("GET", "/audits/<int:audit_id>", audit)
    pages.add("POST", "/audits/<int:audit_id>/sign", sign)


# ---- all of them


def audits() -> Response:
    return _page()


def _page(*, status: int = 200, **more: Any) -> Response:
    now = tools().clock.now()
    with read() as tx:
        found = storage.newest(tx, MOST_SHOWN + 1, before=asked_number("before", least=0) or None)
        asked = requested_work.listed(tx, KIND, limit=MOST_ASKED)
        counts, signed_last = discrepancies.count_open(tx, now), storage.signed_last(tx)
    periods = [now.strftime("%Y-%m"), (now.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")]
    return show(
        "audits.html",
        status=status,
        audits=found[:MOST_SHOWN],
        older=found[MOST_SHOWN - 1].id if len(found) > MOST_SHOWN else None,
        counts=counts,
        signed_last=signed_last,
        formats=list(FORMATS.items()),
        periods=[(period, period) for period in periods],
        **_asked(asked),
        **{"typed": {}, "wrong": {}, **more},
    )


def audits_asked() -> Response:
    """The fragment that looks again while a report is compared."""
    with read() as tx:
        asked = requested_work.listed(tx, KIND, limit=MOST_ASKED)
    return show("audits_asked.html", **_asked(asked))


def _asked(asked: list[requested_work.RequestedWork]) -> dict[str, Any]:
    recent = tools().clock.now() - timedelta(days=1)
    return {"asked": [work for work in asked if work.asked_at >= recent], "is_under_way": under_way(asked)}


def audit_report() -> Response:
    form = Form()
    file = uploaded("file", most_bytes=LARGEST_FILE)
    file_format, npn = form.text("format"), form.text("npn")
    if file_format not in FORMATS:
        abort(404)
    if file is None:
        form.wrong["file"] = "Choose a file."
    elif len(file[0]) > LARGEST_FILE:
        form.wrong["file"] = f"At most {LARGEST_FILE // 1024 // 1024} MB."
    elif not file[0]:
        form.wrong["file"] = "The file is empty."
    if npn and not (npn.isascii() and npn.isdecimal() and len(npn) <= 10):
        form.wrong["npn"] = "An NPN is 1 to 10 digits."
    if form.wrong or file is None:
        return _page(status=UNPROCESSABLE, **form.values())
    content, name = file
    ask_audit(
        content,
        file_name=name,
        file_format=their_report.format_of(content) if file_format == "any" else file_format,
        npn=npn or None,
        whole=bool(form.text("whole")),
        period=form.text("period") or None,
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    return done("The report is being compared. What it finds comes by itself.", to=url_for("desk.audits"))


# ---- one of them


def audit(audit_id: int) -> Response:
    only_open = request.args.get("show") != "all"
    after = asked_number("after", least=0)
    now = tools().clock.now()
    with read() as tx:
        found = _loaded(tx, audit_id)
        shown = discrepancies.of_audit(
            tx, audit_id, after=after, limit=MOST_DISCREPANCIES + 1, only_open=only_open and found.open > 0
        )
        names = producer_profiles.names(tx, [one.npn for one in shown])
        unsettled = storage.unsettled(tx, audit_id)
    return show(
        "audit.html",
        audit=found,
        discrepancies=shown[:MOST_DISCREPANCIES],
        next_after=shown[MOST_DISCREPANCIES - 1].id if len(shown) > MOST_DISCREPANCIES else None,
        only_open=only_open and found.open > 0,
        names=names,
        kinds=KINDS,
        unsettled=unsettled,
        is_overdue=lambda one: one.is_overdue(now),
        role=user().role.value,
        may_sign=user().role.value in ROLES,
        me=user().email,
    )


def _loaded(tx: Transaction, audit_id: int) -> Audit:
    found = storage.load(tx, audit_id)
    if found is None:
        abort(404)
    return found


def sign(audit_id: int) -> Response:
    """Who is signed in answers for it, in the role that they have here: not in one that they say."""
    outcome = sign_audit(audit_id, user().role.value, actor=actor(), database=tools().database, now=tools().clock.now())
    if outcome is None:
        abort(404)
    to = url_for("desk.audit", audit_id=audit_id)
    if isinstance(outcome, NotSigned):
        return refused(f"Not signed: {sentence(outcome.why)}", to=to)
    return done(f"Signed. You answer for {outcome.period} as {outcome.signed_role}.", to=to)
