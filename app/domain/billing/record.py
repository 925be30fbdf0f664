"""One line of an invoice, and what our record knows of the call that it bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.billing.clock import billable_seconds
from app.domain.residency import Residence
from app.domain.states import State


class Verdict(StrEnum):
    """`cannot_say`: our record does not decide it, so a person does."""

    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    CANNOT_SAY = "cannot_say"


class Reason(StrEnum):
    """Why a line is disputed."""

    UNKNOWN = "unknown"
    UNANSWERED = "unanswered"
    UNDER_BUFFER = "under_buffer"
    DUPLICATE = "duplicate"
    WRONG_STATE = "wrong_state"
    WRONG_PRICE = "wrong_price"
    WRONG_SECONDS = "wrong_seconds"


class Doubt(StrEnum):
    """Why our record cannot say."""

    NOTHING_TO_MATCH = "nothing_to_match"
    AMBIGUOUS = "ambiguous"
    CONTRADICTED = "contradicted"
    NO_VENDOR = "no_vendor"
    CALL_OPEN = "call_open"
    ANSWER_UNKNOWN = "answer_unknown"
    NO_PRICE = "no_price"
    STATE_UNSURE = "state_unsure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found about a line; `sentence` says what it rests on."""

    code: Reason | Doubt
    sentence: str


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line as the vendor wrote it: numbers in E.164, `at` in UTC, money in cents. None or empty: the line does not say.

    `line` is the physical line of the file. `call_id` is our CallSid, or an id of the vendor's.
    """

    line: int
    amount_cents: int
    call_id: str = ""
    external_id: str = ""
    lead_id: int | None = None
    caller: str | None = None
    called: str | None = None
    at: datetime | None = None
    billable_seconds: int | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class OurCall:
    """A call that came in, as our record has it, with what the vendor said of its lead (`stated`, as they wrote it).

    `vendor_id` is who sold it, None where nobody is named; `person` the caller's own number, None where it is not known.
    """

    call_id: int
    call_sid: str
    vendor_id: int | None
    campaign_id: int | None
    lead_id: int | None
    to_number: str
    arrived_at: datetime
    answered_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    served_seconds: int = 0
    external_id: str | None = None
    from_number: str = ""
    person: str | None = None
    stated: str | None = None
    residence: Residence | None = None
    zip_code: str | None = None

    @property
    def billable_seconds(self) -> int | None:
        return billable_seconds(self.answered_at, self.ended_at)


@dataclass(frozen=True, slots=True)
class BilledBefore:
    """The line that billed the call first; `invoice_id` None: one of this very invoice."""

    line: int
    invoice_id: int | None = None


def instant(at: datetime) -> str:
    """An instant as sentences here have it."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def dollars(cents: int) -> str:
    """ "$45.00"."""
    return f"${cents // 100:,}.{cents % 100:02}"
