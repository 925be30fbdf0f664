"""What vendors bill, against our own record."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import Response

from app.domain.billing.record import Verdict
from app.invoices.columns import FIELDS
from app.invoices.reading import LARGEST_FILE
from app.storage import campaigns, requested_work, uploads
from app.storage import invoices as storage
from app.storage.database import Transaction
from app.storage.invoices import Invoice, Line
from app.storage.requested_work import RequestedWork
from app.web.api.bodies import takes, takes_query
from app.web.api.invoice_shapes import (
    InvoiceAccepted,
    InvoiceError,
    InvoiceLines,
    InvoiceLineShown,
    InvoiceList,
    InvoiceQuery,
    InvoiceRequest,
    InvoiceShown,
    InvoicesQuery,
    InvoiceWithdrawal,
    InvoiceWithReasons,
    LineRuling,
    LinesQuery,
    NewInvoiceQuery,
    ReasonCount,
)
from app.web.api.keys import key, needs, tools
from app.web.api.paging import after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add, add_file
from app.web.api.uploads import one_file, takes_file
from app.web.spreadsheet import csv_response
from app.workflows.money.ask_invoice import KIND, ask_invoice
from app.workflows.money.make_dispute import HEADER, make_dispute
from app.workflows.money.rule_line import NotRuled, rule_line
from app.workflows.money.withdraw_invoice import NotWithdrawn, withdraw_invoice

_ROOM_FOR_MULTIPART = 64 * 1024
_FILES = ("text/csv",)


def add_to(blueprint: APIBlueprint) -> None:
    one = f"/invoices/{ID}invoice_id>"
    add(blueprint, "POST", "/invoices", post_invoice, InvoiceAccepted, status=202, problems=[413, 415, 422])
    add(blueprint, "GET", "/invoices", list_invoices, InvoiceList, problems=[422])
    request = f"/invoices/requests/{ID}request_id>"
    add(blueprint, "GET", request, get_invoice_request, InvoiceRequest, problems=[404])
    add(blueprint, "GET", one, get_invoice, InvoiceWithReasons, problems=[404])
    add(blueprint, "GET", f"{one}/lines", list_invoice_lines, InvoiceLines, problems=[404, 422])
    add_file(blueprint, f"{one}/dispute.csv", get_dispute, _FILES, problems=[404])
    add(blueprint, "POST", f"{one}/withdraw", post_withdrawal, InvoiceShown, problems=[404, *REFUSES_BODIES])
    rule = f"{one}/lines/{ID}line_number>/rule"
    add(blueprint, "POST", rule, rule_invoice_line, InvoiceLineShown, problems=[404, 409, *REFUSES_BODIES])


# ---- receiving


@needs("billing", largest_body_bytes=LARGEST_FILE + _ROOM_FOR_MULTIPART)
@takes_file(*_FILES)
@takes_query(InvoiceQuery)
def post_invoice(query: NewInvoiceQuery) -> InvoiceAccepted:
    """Hand in a vendor's invoice; the scheduler holds each line against our record. Its window for disputes begins now."""
    _only_ours()
    content, file_name = one_file(_FILES, query.file_name, most_bytes=LARGEST_FILE)
    if not content:
        raise Problem(422, "The file is empty.", [{"field": "file", "message": "is empty"}])
    if len(content) > LARGEST_FILE:
        raise Problem(413, f"An invoice is at most {LARGEST_FILE // 1024 // 1024} MB; split it.")
    with tools().database.read() as tx:
        if campaigns.vendor(tx, query.vendor) is None:
            raise _no_vendor(query.vendor)
    said = {name: getattr(query, f"column_{name}") for name in FIELDS}
    request_id = ask_invoice(
        content,
        file_name=file_name,
        vendor=query.vendor,
        columns={name: header for name, header in said.items() if header is not None},
        zone=ZoneInfo(query.zone or tools().settings.time_zone),
        actor=key().actor,
        database=tools().database,
        now=tools().clock.now(),
    )
    return InvoiceAccepted(request_id=request_id, status=requested_work.WAITING)


@needs("billing")
def get_invoice_request(request_id: int) -> InvoiceRequest:
    """How far an invoice is that was handed in, and what came of it."""
    with tools().database.read() as tx:
        work = requested_work.load(tx, request_id)
        if work is None or work.kind != KIND or key().vendor_id is not None:
            raise Problem(404, "Nobody has handed in such an invoice; requests are kept for 30 days.")
        upload = uploads.load(tx, work.asked["upload"])
    return _request(work, 100 if work.status == requested_work.DONE else upload.percent if upload else 0)


def _request(work: RequestedWork, percent: int) -> InvoiceRequest:
    found = work.found or {}
    errors = [
        InvoiceError(line=error["line"], column=error["column"], message=error["why"], value=error["value"])
        for error in found.get("errors", [])
    ]
    return InvoiceRequest(
        request_id=work.id,
        status=work.status,
        percent=percent,
        why=work.why,
        asked_at=work.asked_at,
        finished_at=work.finished_at,
        invoice_id=found.get("invoice"),
        again=found.get("again"),
        unused=found.get("unused", []),
        errors=errors,
        errors_total=found.get("errors_total", 0),
    )


# ---- looking


@needs("billing")
@takes_query(InvoicesQuery)
def list_invoices(query: InvoicesQuery) -> InvoiceList:
    """Invoices whose lines have their verdicts, oldest first."""
    with tools().database.read() as tx:
        vendor_id = key().vendor_id
        if query.vendor is not None:
            named = campaigns.vendor(tx, query.vendor)
            if named is None or vendor_id not in (None, named.vendor_id):
                raise _no_vendor(query.vendor)
            vendor_id = named.vendor_id
        after = after_cursor(query.cursor)
        found = storage.listed(tx, vendor_id=vendor_id, after=after, limit=query.limit + 1)
    page = found[: query.limit]
    return InvoiceList(
        items=[InvoiceShown(**_fields(one)) for one in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )


@needs("billing")
def get_invoice(invoice_id: int) -> InvoiceWithReasons:
    """One invoice: lines and money by how they stand, and by reason."""
    with tools().database.read() as tx:
        one = _there(tx, invoice_id)
        reasons = storage.count_reasons(tx, invoice_id)
    counted = [ReasonCount(reason=reason, lines=n, cents=cents) for reason, (n, cents) in sorted(reasons.items())]
    return InvoiceWithReasons(**_fields(one), reasons=counted)


@needs("billing")
@takes_query(LinesQuery)
def list_invoice_lines(invoice_id: int, query: LinesQuery) -> InvoiceLines:
    """The lines of an invoice with their verdicts and evidence."""
    with tools().database.read() as tx:
        _there(tx, invoice_id)
        standing = None if query.verdict is None else Verdict(query.verdict)
        after = after_cursor(query.cursor)
        found = storage.lines_of(tx, invoice_id, standing=standing, after=after, limit=query.limit + 1)
    page = found[: query.limit]
    return InvoiceLines(
        items=[_line(line) for line in page],
        next_cursor=cursor_after(page[-1].line) if len(found) > len(page) else None,
    )


@needs("billing")
def get_dispute(invoice_id: int) -> Response:
    """The dispute file for the vendor; late ones say so, in the file, its name and the header Threegate-Dispute-Late."""
    with tools().database.read() as tx:
        _there(tx, invoice_id)
    made = make_dispute(invoice_id, actor=key().actor, database=tools().database, now=tools().clock.now())
    if made is None:
        raise _no_invoice()
    answer = csv_response(made.file_name, HEADER, made.rows)
    answer.headers["Threegate-Dispute-Late"] = "yes" if made.late else "no"
    return answer


# ---- a person's word


@needs("billing")
@takes(LineRuling)
def rule_invoice_line(invoice_id: int, line_number: int, body: LineRuling) -> InvoiceLineShown:
    """Overrule the verdict on a line, by its line of the file."""
    _only_ours()
    outcome = rule_line(
        invoice_id,
        line_number,
        body.ruling,
        body.reason,
        actor=key().actor,
        database=tools().database,
        now=tools().clock.now(),
    )
    if outcome is None:
        raise Problem(404, "There is no such line.")
    if isinstance(outcome, NotRuled):
        raise Problem(409, f"Not ruled: {outcome.why}.")
    return _line(outcome)


@needs("billing")
@takes(InvoiceWithdrawal)
def post_withdrawal(invoice_id: int, body: InvoiceWithdrawal) -> InvoiceShown:
    """Take back an invoice that was read wrongly; its file can then be handed in again."""
    _only_ours()
    outcome = withdraw_invoice(
        invoice_id, body.reason, actor=key().actor, database=tools().database, now=tools().clock.now()
    )
    if outcome is None:
        raise _no_invoice()
    if isinstance(outcome, NotWithdrawn):
        raise Problem(422, f"Not withdrawn: {outcome.why}.", [{"pointer": "/reason", "message": outcome.why}])
    return InvoiceShown(**_fields(outcome))


# ---- what they share


def _only_ours() -> None:
    if key().vendor_id is not None:
        raise Problem(403, "A vendor's own key reads invoices; it hands none in and rules on none.")


def _there(tx: Transaction, invoice_id: int) -> Invoice:
    one = storage.load(tx, invoice_id)
    if one is None or one.finished_at is None or key().vendor_id not in (None, one.vendor_id):
        raise _no_invoice()
    return one


def _no_invoice() -> Problem:
    return Problem(404, "There is no such invoice.")


def _no_vendor(slug: str) -> Problem:
    why = f"there is no vendor {slug!r}"
    return Problem(422, f"vendor: {why}", [{"field": "vendor", "message": why}])


def _fields(one: Invoice) -> dict[str, Any]:
    own = {"file_sha256": one.sha256, "late": one.is_late(tools().clock.now())}
    return {name: own.get(name, getattr(one, name, None)) for name in InvoiceShown.model_fields}


def _line(line: Line) -> InvoiceLineShown:
    theirs = {
        "call_id": line.their_call_id or None,
        "external_id": line.their_external_id or None,
        "lead_id": line.their_lead_id,
        "caller": line.their_caller,
        "called": line.their_called,
        "at": line.their_at,
        "billed_seconds": line.their_seconds,
        "billed_state": line.their_state,
        "evidence": [sentence for _, sentence in line.evidence],
        "reasons": list(line.reasons),
    }
    return InvoiceLineShown(**{name: theirs[name] if name in theirs else getattr(line, name) for name in _LINE})


_LINE = tuple(InvoiceLineShown.model_fields)
