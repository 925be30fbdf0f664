"""What the records look like on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from app.storage import texts, work
from app.web.api.fields import Answer


class Residence(Answer):
    """The defaults are a residence that is not settled yet."""

    states: list[str] = Field(default_factory=list)
    source: str = "none"
    confidence: str = "unknown"
    conflict: bool = False
    zip: str | None = None
    why: str = ""


class Evidence(Answer):
    """What a residence was judged on; `stated_states` are what producers reported through wrong-state."""

    keyed_zip: str | None
    vendor_zip: str | None
    vendor_state: str | None
    area_code: str | None
    stated_states: list[str]


class ResidenceThen(Residence):
    """The residence as it stood when it was decided, with its evidence."""

    evidence: Evidence


class Attempt(Answer):
    """One ring of one producer; `outcome` is null while it lasts."""

    npn: str
    leg_sid: str | None
    outcome: str | None
    started_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None


class Event(Answer):
    """`obeyed` false: it came late or out of order, and was noted only."""

    key: str
    happening: str
    at: datetime
    obeyed: bool
    phase: str
    facts: dict[str, Any]


class Call(Answer):
    """`from` and `to` are as the carrier gave them, E.164 where they are numbers."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    call_sid: str
    lead_id: int | None
    campaign: str | None
    from_number: str = Field(alias="from")
    to_number: str = Field(alias="to")
    phase: str
    disposition: str | None
    tier: int
    residence: Residence
    attempts: list[Attempt]
    decisions: list[int]
    events: list[Event]
    arrived_at: datetime
    answered_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None


class Opening(Answer):
    open: bool
    in_territory: bool
    agency_until: datetime | None


class Question(Answer):
    """What the gate was asked; `carrier` null: none in particular."""

    states: list[str]
    loa: str
    zip: str | None
    carrier: str | None
    campaign: str | None
    openings: dict[str, Opening]


class LicenseRow(Answer):
    """A license as the decision saw it; `id` is NPN/state/line."""

    id: str
    state: str
    loa: str
    license_number: str
    status: str
    version: int
    verified_at: datetime
    authority_from: datetime | None
    authority_until: datetime | None


class Considered(Answer):
    """`verdict`: chosen, refused (no authority), unavailable, or passed_over (later in the order, or tried already)."""

    npn: str
    name: str
    allowed: bool
    reasons: list[str]
    availability: str
    verdict: str


class Seal(Answer):
    seq: int
    hash: str


class Decision(Answer):
    """`npn` is who was chosen or allowed, null where it is a no; `about` is the one producer that was asked about.

    `residence` is null for a decision without a call (a check, a ping). `producers` are derived anew on reading
    (`re_derived`), by the same rule, from the roster at `roster_version`.
    """

    id: int
    at: datetime
    kind: str
    actor: str
    call_sid: str | None
    lead_id: int | None
    question: Question
    residence: ResidenceThen | None
    allowed: bool
    npn: str | None
    about: str | None
    reasons: list[str]
    rests_on: list[LicenseRow]
    producers: list[Considered]
    re_derived: bool = True
    roster_version: int
    rule_version: int
    seal: Seal | None


class Callback(Answer):
    """A promise: may start at `due_at`, must have started by `promised_by`."""

    id: int
    lead_id: int
    phone: str
    state: str | None
    status: str
    due_at: datetime
    promised_by: datetime
    attempts: int


class Escalation(Answer):
    """One item of the supervisors' queue."""

    id: int
    lead_id: int
    call_sid: str | None
    state: str | None
    status: str
    reason: str
    opened_at: datetime
    due_at: datetime


class Text(Answer):
    """A message that was sent or waits to be."""

    kind: str
    to: str
    body: str
    status: str
    created_at: datetime
    sent_at: datetime | None
    error: str | None


class Lead(Answer):
    """`custody` says where it is, `owed_by` until when somebody owes it a step."""

    lead_id: int
    campaign: str | None
    phone: str | None
    first_name: str
    last_name: str
    state: str | None
    zip: str | None
    external_id: str | None
    created_at: datetime
    custody: str
    owed_by: datetime | None
    closed_as: str | None
    calls: list[str]
    callbacks: list[Callback]
    escalations: list[Escalation]
    texts: list[Text]


def callback(promise: work.Callback) -> Callback:
    return Callback(**{name: getattr(promise, name) for name in Callback.model_fields})


def escalation(waiting: work.Escalation) -> Escalation:
    return Escalation(**{name: getattr(waiting, name) for name in Escalation.model_fields})


def text(sent: texts.Text) -> Text:
    return Text(
        kind=sent.kind,
        to=sent.to_number,
        body=sent.body,
        status=sent.status,
        created_at=sent.created_at,
        sent_at=sent.sent_at,
        error=sent.error,
    )
