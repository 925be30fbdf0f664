"""Fetching a document for a leg: what counts as TwiML, and the fallback URL where it fails. Source:
TELEPHONY.md 1, 3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from app.simulator import parameters
from app.simulator.products import Reply
from app.simulator.record import Form
from app.simulator.script import Script
from app.simulator.webhooks import Failed, Request, deliver
from twiml import reader, verbs

if TYPE_CHECKING:
    from app.simulator.legs import Leg


@dataclass(frozen=True)
class Fallback:
    """Where Twilio asks when a document cannot be fetched or obeyed."""

    url: str
    method: str = "POST"


@dataclass(frozen=True)
class Subscription:
    """Which of a call's events are called back, and where."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True)
class Step:
    """The next document of a leg: asked for at `url`, or given as `text` (REST's Twiml=)."""

    url: str
    method: str = "POST"
    extra: Form = ()
    kind: str = "document"
    call_status: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Opened:
    """A document that can be obeyed. `url` is what relative addresses are relative to."""

    url: str
    verbs: tuple[verbs.Verb, ...]

    def resolve(self, url: str) -> str:
        return urljoin(self.url, url) if self.url else url

    def step(self, action: str | None, method: str, extra: Form, kind: str) -> Step:
        """The document that `action` names; the current one again where it names none."""
        return Step(self.resolve(action) if action is not None else self.url, method, extra, kind)


Check = Callable[[tuple[verbs.Verb, ...]], None]
"""Raises TwimlError for verbs that this leg may not be given."""


def anything(_: tuple[verbs.Verb, ...]) -> None:
    """A caller's own leg may be given any verb."""


def open_document(leg: Leg, step: Step, *, check: Check = anything, fall_back: bool = True) -> Script[Opened | None]:
    """The document of `step`, or the fallback's; None where neither can be had."""
    outcome = yield from _read(leg, step, check)
    if isinstance(outcome, Failed) and fall_back and leg.fallback is not None:
        errors = (("ErrorCode", str(outcome.code)), ("ErrorUrl", outcome.url))
        again = replace(
            step,
            url=leg.fallback.url,
            method=leg.fallback.method,
            extra=(*step.extra, *errors),
            kind="fallback",
            text=None,
        )
        outcome = yield from _read(leg, again, check)
    return None if isinstance(outcome, Failed) else outcome


def _read(leg: Leg, step: Step, check: Check) -> Script[Opened | Failed]:
    if step.text is not None:
        return _understand(leg, "", Reply(200, "text/xml", step.text), check)
    form = (*parameters.voice(leg, step.call_status), *step.extra)
    fetched = yield from deliver(leg.exchange, Request(step.method, step.url, form, step.kind, leg.sid))
    if isinstance(fetched, Failed):
        return fetched
    return _understand(leg, fetched.url, fetched.reply, check)


def _understand(leg: Leg, url: str, reply: Reply, check: Check) -> Opened | Failed:
    exchange = leg.exchange
    kind = reply.content_type.partition(";")[0].strip().lower()
    if kind.startswith("audio/"):
        return Opened(url, (verbs.Play(url), verbs.Hangup()))
    try:
        if not kind:
            raise reader.TwimlError(11200, "no Content-Type")
        if kind not in ("text/xml", "application/xml", "text/html", "text/plain"):
            raise reader.TwimlError(12300, f"invalid Content-Type {kind}")
        document = reader.read(reply.body, lenient=exchange.switches.lenient)
        check(document.verbs)
    except reader.TwimlError as error:
        if kind == "text/plain" and error.code == reader.PARSE_FAILURE and reply.body.strip():
            return Opened(url, (verbs.Say(reply.body), verbs.Hangup()))
        exchange.violation(error.code, error.message, url, leg.sid)
        exchange.alert(error.code, error.message, url, leg.sid)
        return Failed(url, error.code, error.message)
    for warning in document.warnings:
        exchange.violation(warning.code, warning.message, url, leg.sid)
    return Opened(url, document.verbs)
