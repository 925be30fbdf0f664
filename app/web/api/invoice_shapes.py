"""What the addresses about invoices take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, create_model

from app.invoices.columns import FIELDS
from app.web.api.fields import Answer, Body
from app.web.api.paging import Page
from app.workflows.money.rule_line import LONGEST_REASON

_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,60}$")]
_Standing = Literal["accepted", "disputed", "cannot_say"]
Code = Literal[
    "unknown",
    "unanswered",
    "under_buffer",
    "duplicate",
    "wrong_state",
    "wrong_price",
    "wrong_seconds",
    "nothing_to_match",
    "ambiguous",
    "contradicted",
    "no_vendor",
    "call_open",
    "answer_unknown",
    "no_price",
    "state_unsure",
]


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("not a time zone, e.g. America/New_York")
    return text


class NewInvoiceQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    vendor: _Slug
    zone: Annotated[str, StringConstraints(max_length=60), AfterValidator(_zone)] | None = None
    file_name: Annotated[str, StringConstraints(max_length=255)] = "invoice.csv"


_Header = Annotated[str, StringConstraints(max_length=200)]
InvoiceQuery = create_model(
    "InvoiceQuery",
    __base__=NewInvoiceQuery,
    __doc__="`column_NAME`: the file's header for our column, where it must not be guessed; empty for none.",
    **{f"column_{name}": (_Header | None, None) for name in FIELDS},  # type: ignore[call-overload]
)


class InvoicesQuery(Page):
    vendor: _Slug | None = None


class LinesQuery(Page):
    """`verdict`: only lines that stand so."""

    verdict: _Standing | None = None


class LineRuling(Body):
    """`reason` is kept, and stands in the dispute."""

    ruling: Literal["accept", "dispute"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]


class InvoiceWithdrawal(Body):
    """`reason` is kept in the ledger."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]


class InvoiceAccepted(Answer):
    """`GET /invoices/requests/{request_id}` says how far it is."""

    request_id: int
    status: str


class InvoiceError(Answer):
    """What is wrong with one line of the file; `column` is the file's own name for it."""

    line: int
    column: str | None
    message: str
    value: str


class InvoiceRequest(Answer):
    """`status`: waiting, running, done or failed (`why`). Done, it has `invoice_id`, or `errors` of the file.

    `again`: this very file was received before, and that is its invoice. `unused`: headers that nothing was made of.
    """

    request_id: int
    status: str
    percent: int
    why: str
    asked_at: datetime
    finished_at: datetime | None
    invoice_id: int | None
    again: bool | None
    unused: list[str]
    errors: list[InvoiceError]
    errors_total: int


class InvoiceShown(Answer):
    """Money is in cents; lines count as they stand, rulings included. `late`: the window for disputes is over.

    `disputed_at`: when the dispute file was made last. `withdrawn_at`: it was read wrongly, and counts for nothing.
    `columns`: our column to the file's header.
    """

    id: int
    vendor: str
    file_name: str
    file_sha256: str
    columns: dict[str, str]
    time_zone: str
    received_at: datetime
    received_by: str
    dispute_until: datetime
    late: bool
    disputed_at: datetime | None
    withdrawn_at: datetime | None
    lines: int
    billed_cents: int
    accepted_lines: int
    accepted_cents: int
    disputed_lines: int
    disputed_cents: int
    undecided_lines: int
    undecided_cents: int


class ReasonCount(Answer):
    reason: Code
    lines: int
    cents: int


class InvoiceWithReasons(InvoiceShown):
    """`reasons` of the lines that do not stand accepted; a line with several counts in each."""

    reasons: list[ReasonCount]


class InvoiceList(Answer):
    """`next_cursor` is null on the last page."""

    items: list[InvoiceShown]
    next_cursor: str | None


class InvoiceLineShown(Answer):
    """A line as billed, our verdict with its evidence, and our record. `standing` is what counts: the verdict or a ruling."""

    line: int
    call_id: str | None
    external_id: str | None
    lead_id: int | None
    caller: str | None
    called: str | None
    at: datetime | None
    billed_seconds: int | None
    billed_state: str | None
    amount_cents: int
    verdict: _Standing
    standing: _Standing
    reasons: list[Code]
    evidence: list[str]
    call_sid: str | None
    arrived_at: datetime | None
    answered_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    our_seconds: int | None
    our_buffer_seconds: int | None
    our_price_cents: int | None
    ruled_at: datetime | None
    ruled_by: str | None
    ruled_reason: str | None


class InvoiceLines(Answer):
    """In the file's order. `next_cursor` is null on the last page."""

    items: list[InvoiceLineShown]
    next_cursor: str | None
