"""What the records look like on the wire."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field

from app.domain.call import Disposition, Outcome, Phase
from app.domain.lead import Custody
from app.storage import callbacks, escalations, received_texts, recordings, texts
from app.web.api.fields import Answer, told_as

CALLBACK_STATUSES = Literal["promised", "dialing", "done", "escalated", "cancelled"]
ESCALATION_STATUSES = Literal["open", "claimed", "assigned", "resolved"]


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
    """One ring of one producer; `outcome` is null while it lasts. `dialed` is phone or softphone."""

    npn: str
    dialed: str
    leg_sid: str | None
    outcome: Annotated[str, told_as(*Outcome)] | None
    started_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None


class Event(Answer):
    """`obeyed` false: it came late or out of order, and was noted only."""

    key: str
    happening: str
    at: datetime
    obeyed: bool
    phase: Annotated[str, told_as(*Phase)]
    facts: dict[str, Any]


class Recording(Answer):
    """A recorded talk: `states` are those whose rule decided, `basis` says on whose consent. The sound is the carrier's."""

    sid: str
    seconds: int | None
    states: list[str]
    basis: str
    retain_until: date


class Call(Answer):
    """`from` and `to` are as the carrier gave them, E.164 where they are numbers.

    The vendor bills from `answered_at`: `billable_seconds` run from there to the end, 0 where the call was never answered,
    null while it lasts. `buffer_seconds`, `answer_after_seconds` and `when_nobody` are the campaign's, as they are set now.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    call_sid: str
    lead_id: int | None
    campaign: str | None
    from_number: str = Field(alias="from")
    to_number: str = Field(alias="to")
    phase: Annotated[str, told_as(*Phase)]
    disposition: Annotated[str, told_as(*Disposition)] | None
    tier: int
    residence: Residence
    attempts: list[Attempt]
    decisions: list[int]
    events: list[Event]
    recordings: list[Recording]
    arrived_at: datetime
    answered_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    buffer_seconds: int | None
    answer_after_seconds: int | None
    when_nobody: str | None
    billable_seconds: int | None
    served_seconds: int


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
    status: Annotated[str, told_as(*get_args(CALLBACK_STATUSES))]
    due_at: datetime
    promised_by: datetime
    attempts: int


class NextCall(Answer):
    """The call that is promised; `npn` is the producer it is for, null: whoever is free."""

    due_at: datetime
    promised_by: datetime
    npn: str | None


class Escalation(Answer):
    """One item of the supervisors' queue; `assigned_to` is an NPN, `next` null where nobody is to call the person.

    `outcome` is promised where a callback took it over; where that is not kept, a new escalation is opened.
    """

    id: int
    lead_id: int
    call_sid: str | None
    state: str | None
    status: Annotated[str, told_as(*get_args(ESCALATION_STATUSES))]
    reason: str
    opened_at: datetime
    due_at: datetime
    age_seconds: int
    claimed_by: str | None
    assigned_to: str | None
    outcome: str | None
    note: str
    next: NextCall | None


class Text(Answer):
    """A message that was sent or waits to be, not before `not_before`. `notified`: yes, no, pending; silence is a no."""

    kind: str
    to: str
    body: str
    status: str
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    error: str | None
    notified: str


class Message(Answer):
    """A message that the person wrote to us, and how it was understood."""

    sid: str
    at: datetime
    body: str
    understood_as: str


class Lead(Answer):
    """`custody` says where it is, `owed_by` until when somebody owes it a step.

    `notified` is that of the last text to the person; null where there is none. `consent` is what was posted, whole: a
    text, or an object.
    """

    lead_id: int
    campaign: str | None
    phone: str | None
    first_name: str
    last_name: str
    state: str | None
    zip: str | None
    external_id: str | None
    consent: str | dict[str, Any] | None
    created_at: datetime
    custody: Annotated[str, told_as(*Custody)]
    owed_by: datetime | None
    closed_as: str | None
    calls: list[str]
    callbacks: list[Callback]
    escalations: list[Escalation]
    notified: str | None
    texts: list[Text]
    messages: list[Message]


def consent(kept: str | None) -> str | dict[str, Any] | None:
    """As it was posted: what was written down from an object (workflows keep it as text) is that object again."""
    if kept is not None and kept.startswith("{"):
        with suppress(ValueError, RecursionError):
            found: dict[str, Any] = json.loads(kept)
            if json.dumps(found, ensure_ascii=False) == kept:
                return found
    return kept


def recording(kept: recordings.Recording) -> Recording:
    return Recording(
        sid=kept.recording_sid,
        seconds=kept.seconds,
        states=list(kept.states),
        basis=kept.basis,
        retain_until=kept.retain_until,
    )


def callback(promise: callbacks.Callback) -> Callback:
    return Callback(**{name: getattr(promise, name) for name in Callback.model_fields})


def escalation(waiting: escalations.Escalation, now: datetime) -> Escalation:
    own = ("age_seconds", "assigned_to", "next")
    return Escalation(
        **{name: getattr(waiting, name) for name in Escalation.model_fields if name not in own},
        age_seconds=waiting.age_seconds(now),
        assigned_to=waiting.assigned_npn,
        next=NextCall(**vars(waiting.next)) if waiting.next else None,
    )


def text(sent: texts.Text) -> Text:
    return Text(
        kind=sent.kind,
        to=sent.to_number,
        body=sent.body,
        status=sent.status,
        created_at=sent.created_at,
        not_before=sent.not_before,
        sent_at=sent.sent_at,
        error=sent.error,
        notified=sent.notified,
    )


def message(received: received_texts.ReceivedText) -> Message:
    return Message(
        sid=received.message_sid,
        at=received.at,
        body=received.body,
        understood_as=received.understood_as,
    )
