"""The ground truth: what really happened, whatever the product says. Nothing here is ever read back by the carrier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.simulator.calls import Call
    from app.simulator.legs import Leg

Form = tuple[tuple[str, str], ...]
FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True)
class Happening:
    """One dated line of a call's story; `order` counts over all calls, `leg` is where, `detail` is for people."""

    order: int
    at: datetime
    leg: Leg
    what: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.leg.number} {self.what} {self.detail}".rstrip()


@dataclass
class Heard:
    """What was played to a leg; `until` is when it ended, earlier than planned where it was cut short."""

    at: datetime
    kind: str
    text: str
    language: str = ""
    until: datetime | None = None
    cut: bool = False


@dataclass
class Offered:
    """One Gather or Record and what came of it: the digits, or what was said; None is silence."""

    at: datetime
    num_digits: int | None
    action: str | None
    digits: str | None = None
    speech: str | None = None


@dataclass(frozen=True)
class Pressed:
    """One key; `heeded` is false where nothing was listening for it."""

    at: datetime
    key: str
    heeded: bool


@dataclass
class Bridge:
    """Two people who could hear each other: the leg that dialed and the leg it dialed; instants, None while it
    lasts."""

    parent: Leg
    child: Leg
    since: datetime
    until: datetime | None = None

    @property
    def seconds(self) -> float | None:
        return (self.until - self.since).total_seconds() if self.until else None


@dataclass
class Attempt:
    """One HTTP exchange of a webhook: a status, or what went wrong (11205 and its like)."""

    at: datetime
    url: str
    method: str
    status: int | None = None
    error: str = ""


@dataclass
class Webhook:
    """One request to the product with all its attempts; `kind` is document, whisper, action, gather, redirect,
    fallback, status, message, message-status or recording. `sid` is the leg's, or the text's."""

    at: datetime
    kind: str
    method: str
    url: str
    form: Form
    sid: str
    attempts: list[Attempt] = field(default_factory=list)
    status: int | None = None
    reply: str = ""
    error_code: int | None = None

    @property
    def params(self) -> dict[str, str]:
        return dict(self.form)


@dataclass
class Text:
    """One text; `statuses` are dated. `direction` is inbound, outbound-api or outbound-reply."""

    sid: str
    direction: str
    from_number: str
    to_number: str
    body: str
    created_at: datetime
    statuses: list[tuple[datetime, str]] = field(default_factory=list)
    error_code: int | None = None
    status_callback: str | None = None
    sent_at: datetime | None = None
    by_carrier: bool = False
    """The carrier's own answer to STOP, START or HELP."""
    validity_seconds: int | None = None
    """How long it may wait in the carrier's queue, where that was asked for."""

    @property
    def status(self) -> str:
        return self.statuses[-1][1]


@dataclass(frozen=True)
class RestRequest:
    """One request of the product to the REST half, and what it was told; status None where it was told nothing."""

    at: datetime
    method: str
    path: str
    form: Form
    status: int | None
    body: str
    fault: str = ""


@dataclass(frozen=True)
class Violation:
    """A document or a Dial that Twilio would refuse or warn of."""

    at: datetime
    code: int
    message: str
    url: str
    sid: str


@dataclass(frozen=True)
class Alert:
    """A line of the carrier's debugger: a webhook that failed."""

    at: datetime
    code: int
    message: str
    url: str
    sid: str


@dataclass(frozen=True)
class Recording:
    sid: str
    leg: Leg
    since: datetime
    seconds: int
    url: str


@dataclass
class Record:
    """All of it, in the order it happened."""

    calls: list[Call] = field(default_factory=list)
    legs: dict[str, Leg] = field(default_factory=dict)
    bridges: list[Bridge] = field(default_factory=list)
    webhooks: list[Webhook] = field(default_factory=list)
    texts: dict[str, Text] = field(default_factory=dict)
    rest_requests: list[RestRequest] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    deleted_recordings: set[str] = field(default_factory=set)
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    """(number of ours, the person's number): STOP blocks one pair."""
    _lines: int = 0

    def line(self, at: datetime, leg: Leg, what: str, detail: str) -> Happening:
        """The next line of the story."""
        self._lines += 1
        return Happening(self._lines, at, leg, what, detail)

    def call(self, sid: str) -> Call:
        """The call that `sid` (of any of its legs) belongs to."""
        return next(call for call in self.calls if any(leg.sid == sid for leg in call.legs))

    def webhooks_to(self, fragment: str) -> list[Webhook]:
        """Webhooks whose URL contains `fragment`."""
        return [webhook for webhook in self.webhooks if fragment in webhook.url]

    def texts_to(self, number: str) -> list[Text]:
        """What was sent to `number`, the carrier's own answers to STOP and HELP too."""
        return [text for text in self.texts.values() if text.to_number == number]

    def texts_from(self, number: str) -> list[Text]:
        return [text for text in self.texts.values() if text.from_number == number]

    def transcript(self) -> Sequence[Happening]:
        """Every call's happenings, by time."""
        lines = [line for leg in self.legs.values() for line in leg.happenings]
        return sorted(lines, key=lambda line: line.order)
