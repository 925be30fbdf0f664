"""What calls cost, and what vendors bill for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import Response, abort, request, url_for

from app.domain.billing.record import Verdict
from app.invoices.columns import FIELDS
from app.invoices.reading import LARGEST_FILE
from app.reports import wording
from app.reports.wording import counted
from app.storage import campaigns, requested_work
from app.storage import invoices as storage
from app.storage.database import Transaction
from app.storage.invoices import Invoice
from app.storage.requested_work import RequestedWork
from app.web.console.asked import asked_number, capital, sentence
from app.web.console.desk_words import who
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.web.console.requested import under_way
from app.web.console.typed import Form, uploaded
from app.web.spreadsheet import csv_response
from app.workflows.money.ask_invoice import KIND, ask_invoice
from app.workflows.money.make_dispute import HEADER, make_dispute
from app.workflows.money.rule_line import LONGEST_REASON, RULINGS, NotRuled, rule_line
from app.workflows.money.withdraw_invoice import NotWithdrawn, withdraw_invoice

MOST_SHOWN = 50
MOST_LINES = 50
MOST_ASKED = 5
SOON = timedelta(days=2)
UNPROCESSABLE = 422
_ROOM_FOR_MULTIPART = 64 * 1024

STANDINGS = {"disputed": "Disputed", "cannot_say": "To decide", "accepted": "Accepted", "all": "All lines"}
"""The views of an invoice's lines, by what they show."""

REASONS = {
    "unknown": "No such call",
    "unanswered": "Never answered",
    "under_buffer": "Under the buffer",
    "duplicate": "Duplicate",
    "wrong_state": "Wrong state",
    "wrong_price": "Price too high",
    "wrong_seconds": "Too many seconds",
    "nothing_to_match": "Nothing to match",
    "ambiguous": "Several calls fit",
    "contradicted": "Contradicts itself",
    "no_vendor": "Vendor not named",
    "call_open": "Call has no end",
    "answer_unknown": "Answer not known",
    "no_price": "No price agreed",
    "state_unsure": "State in doubt",
}
"""What a reason or a doubt is called. Source: docs/money.md."""


def section() -> Section:
    pages = Section("money", "/money")
    pages.add("GET", "", invoices)
    pages.add("POST", "", upload, largest_body_bytes=LARGEST_FILE + _ROOM_FOR_MULTIPART)
    pages.add("GET", "/asked", invoices_asked)
    pages.add("GET", "/<int:invoice_id>", invoice)
    pages.add("GET", "/<int:invoice_id>/dispute.csv", dispute)
    pages.add("POST", "/<int:invoice_id>/withdraw", withdraw)
    pages.add("POST", "/<int:invoice_id>/lines/<int:line>/rule", rule)
    return pages


def _show(template: str, /, *, status: int = 200, **values: Any) -> Response:
    return render(
        f"money/{template}",
        status=status,
        money=wording.dollars,
        counted=counted,
        capital=capital,
        who=who,
        reason_words=REASONS,
        **values,
    )


# ---- all of them


def invoices() -> Response:
    return _page()


def _page(*, status: int = 200, **more: Any) -> Response:
    now = tools().clock.now()
    with read() as tx:
        found = storage.newest(tx, MOST_SHOWN + 1, before=asked_number("before", least=0) or None)
        asked = requested_work.listed(tx, KIND, limit=MOST_ASKED)
        sellers = campaigns.vendors(tx)
    open_ones = [one for one in found if not one.is_late(now) and one.disputed_lines + one.undecided_lines]
    return _show(
        "invoices.html",
        status=status,
        invoices=found[:MOST_SHOWN],
        older=found[MOST_SHOWN - 1].id if len(found) > MOST_SHOWN else None,
        soonest=min(open_ones, key=lambda one: one.dispute_until, default=None),
        open_cents=sum(one.disputed_cents + one.undecided_cents for one in open_ones),
        is_late=lambda one: one.is_late(now),
        is_soon=lambda one: not one.is_late(now) and one.dispute_until - now <= SOON,
        vendors=[(seller.slug, seller.name) for seller in sellers],
        fields=FIELDS,
        zone=tools().settings.time_zone,
        largest=LARGEST_FILE // 1024 // 1024,
        **_asked(asked),
        **{"typed": {}, "wrong": {}, **more},
    )


def invoices_asked() -> Response:
    """The fragment that looks again while an invoice is held against our record."""
    with read() as tx:
        asked = requested_work.listed(tx, KIND, limit=MOST_ASKED)
    return _show("asked.html", **_asked(asked))


def _asked(asked: list[RequestedWork]) -> dict[str, Any]:
    recent = tools().clock.now() - timedelta(days=1)
    return {"asked": [work for work in asked if work.asked_at >= recent], "is_under_way": under_way(asked)}


def upload() -> Response:
    """Keep the file, and have the scheduler hold it against our record."""
    form = Form()
    file = uploaded("file", most_bytes=LARGEST_FILE)
    if file is None:
        form.wrong["file"] = "Choose a file."
    elif len(file[0]) > LARGEST_FILE:
        form.wrong["file"] = f"At most {LARGEST_FILE // 1024 // 1024} MB: split it."
    elif not file[0]:
        form.wrong["file"] = "The file is empty."
    zone = form.text("zone") or tools().settings.time_zone
    if zone not in available_timezones():
        form.wrong["zone"] = "Not a time zone, e.g. America/New_York."
    columns = _columns(form)
    with read() as tx:
        seller = campaigns.vendor(tx, form.text("vendor").replace("\0", ""))
    if seller is None:
        form.wrong["vendor"] = "Choose a vendor."
    if form.wrong or file is None or seller is None:
        return _page(status=UNPROCESSABLE, **form.values())
    ask_invoice(
        file[0],
        file_name=file[1],
        vendor=seller.slug,
        columns=columns,
        zone=ZoneInfo(zone),
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    return done("The invoice is being held against our record. What it comes to comes by itself.", to=_home())


def _columns(form: Form) -> dict[str, str]:
    """One a line: NAME=THEIRS."""
    said: dict[str, str] = {}
    for text in form.text("columns").splitlines():
        name, separator, theirs = text.partition("=")
        if not text.strip():
            continue
        if not separator or name.strip() not in FIELDS or name.strip() in said:
            form.wrong["columns"] = f"One a line, e.g. amount=Total. The names are {', '.join(FIELDS)}; each once."
            break
        said[name.strip()] = theirs.strip()
    return said


def _home() -> str:
    return url_for("money.invoices")


# ---- one of them


def invoice(invoice_id: int) -> Response:
    """Totals, and the lines that stand as asked."""
    now = tools().clock.now()
    after = asked_number("after", least=0)
    with read() as tx:
        found = _found(tx, invoice_id)
        shown = request.args.get("show") or _first_view(found)
        if shown not in STANDINGS:
            abort(404)
        standing = None if shown == "all" else Verdict(shown)
        lines = storage.lines_of(tx, invoice_id, standing=standing, after=after, limit=MOST_LINES + 1)
        reasons = storage.count_reasons(tx, invoice_id)
    return _show(
        "invoice.html",
        invoice=found,
        lines=lines[:MOST_LINES],
        next_after=lines[MOST_LINES - 1].line if len(lines) > MOST_LINES else None,
        reasons=sorted(reasons.items(), key=lambda one: -one[1][1]),
        is_late=found.is_late(now),
        is_soon=found.dispute_until - now <= SOON,
        shown=shown,
        views=[(name, words, _many(found, name)) for name, words in STANDINGS.items()],
        rulings={"accepted": ("dispute",), "disputed": ("accept",)},
        longest_reason=LONGEST_REASON,
    )


def _found(tx: Transaction, invoice_id: int) -> Invoice:
    found = storage.load(tx, invoice_id)
    if found is None or found.finished_at is None:
        abort(404)
    return found


def _first_view(found: Invoice) -> str:
    """What is to be done comes first."""
    return "disputed" if found.disputed_lines else "cannot_say" if found.undecided_lines else "all"


def _many(found: Invoice, shown: str) -> int:
    of = {"disputed": found.disputed_lines, "cannot_say": found.undecided_lines, "accepted": found.accepted_lines}
    return of.get(shown, found.lines)


def dispute(invoice_id: int) -> Response:
    """The dispute file for the vendor."""
    made = make_dispute(invoice_id, actor=actor(), database=tools().database, now=tools().clock.now())
    if made is None:
        abort(404)
    return csv_response(made.file_name, HEADER, made.rows)


def rule(invoice_id: int, line: int) -> Response:
    """Overrule one line."""
    form = Form()
    ruling, shown = form.text("ruling"), form.text("show")
    if ruling not in RULINGS or shown not in STANDINGS:
        abort(404)
    outcome = rule_line(
        invoice_id,
        line,
        ruling,
        form.text("reason").replace("\0", ""),
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if outcome is None:
        abort(404)
    to = url_for("money.invoice", invoice_id=invoice_id, show=shown)
    if isinstance(outcome, NotRuled):
        return refused(f"Line {line} is as it was: {sentence(outcome.why)}", to=to)
    return done(f"Line {line} is {outcome.standing}, on your word.", to=to)


def withdraw(invoice_id: int) -> Response:
    """Take back an invoice that was read wrongly."""
    outcome = withdraw_invoice(
        invoice_id,
        Form().text("reason").replace("\0", ""),
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if outcome is None:
        abort(404)
    if isinstance(outcome, NotWithdrawn):
        return refused(f"Not withdrawn: {sentence(outcome.why)}", to=url_for("money.invoice", invoice_id=invoice_id))
    return done(f"Invoice {invoice_id} counts for nothing any more. Its file can be checked again.", to=_home())
