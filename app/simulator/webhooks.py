"""Deliveries: signed requests, redirects followed, retries as the URL's fragment asks. Source: TELEPHONY.md
sections 1-3."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urldefrag, urlencode, urljoin, urlsplit

from app.simulator.products import ProductTimedOut, ProductUnreachable, Reply
from app.simulator.record import Attempt, Form, Webhook
from app.simulator.script import Outside, Pause, Script
from app.simulator.signing import sign, signed_url

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange

MOST_REDIRECTS = 10
READ_TIMEOUT_SECONDS = 15.0
_RETRY_POLICIES = {"4xx", "5xx", "ct", "rt", "all"}


class Trouble(Enum):
    """What can befall one HTTP exchange with the product."""

    REFUSED = "no connection"
    TIMEOUT_BEFORE = "the request is lost, the carrier waits in vain"
    TIMEOUT_AFTER = "the product acts, its reply is lost"
    SERVER_ERROR = "a proxy answers 502"
    DUPLICATED = "the request arrives twice"
    DELAYED = "the request travels for `seconds`"
    REPLAYED = "the same request arrives once more, `seconds` later"


@dataclass
class WebhookFault:
    """`trouble` for the next `times` requests whose URL contains `url_contains` (and of `kind`, where given)."""

    trouble: Trouble
    url_contains: str = ""
    kind: str = ""
    times: int = 1
    seconds: float = 5.0

    def strikes(self, url: str, kind: str) -> bool:
        if self.times < 1 or self.url_contains not in url or self.kind not in ("", kind):
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class Fetched:
    """A reply below 400, and the address it finally came from."""

    url: str
    reply: Reply


@dataclass(frozen=True)
class Failed:
    """No usable reply; `code` as in Twilio's debugger."""

    url: str
    code: int
    message: str


@dataclass(frozen=True)
class Request:
    """One webhook to deliver. `sid` is the leg's or the text's; `is_voice` rules how an HTTPS port is signed."""

    method: str
    url: str
    form: Form
    kind: str
    sid: str
    is_voice: bool = True


@dataclass(frozen=True)
class _Overrides:
    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})
    read_seconds: float = READ_TIMEOUT_SECONDS


def deliver(exchange: Exchange, request: Request) -> Script[Fetched | Failed]:
    """Send `request` until it is answered or its retries are used up."""
    webhook = Webhook(exchange.now, request.kind, request.method, request.url, request.form, request.sid)
    exchange.record.webhooks.append(webhook)
    if urlsplit(request.url).scheme not in ("http", "https") or not urlsplit(request.url).hostname:
        return _conclude(exchange, webhook, Failed(request.url, 11100, "invalid URL format"))
    overrides = _overrides(exchange, request)
    token = hashlib.md5(f"{request.sid}:{len(exchange.record.webhooks)}".encode()).hexdigest()
    outcome: Fetched | Failed = Failed(request.url, 11200, "never attempted")
    for _ in range(overrides.retries + 1):
        outcome, retry = yield from _attempt(exchange, request, webhook, token, overrides)
        if not (retry & overrides.policies or (retry and "all" in overrides.policies)):
            break
    return _conclude(exchange, webhook, outcome)


def _conclude(exchange: Exchange, webhook: Webhook, outcome: Fetched | Failed) -> Fetched | Failed:
    if isinstance(outcome, Failed):
        webhook.error_code = outcome.code
        exchange.alert(outcome.code, outcome.message, webhook.url, webhook.sid)
    return outcome


def _attempt(
    exchange: Exchange, request: Request, webhook: Webhook, token: str, overrides: _Overrides
) -> Script[tuple[Fetched | Failed, frozenset[str]]]:
    """One attempt with its redirects: the outcome, and the retry policies that it falls under."""
    url, method, form = urldefrag(request.url).url, request.method, request.form
    for _ in range(MOST_REDIRECTS + 1):
        attempt = Attempt(exchange.now, url, method)
        webhook.attempts.append(attempt)
        try:
            reply = yield from _exchange(exchange, request, method, url, form, token, overrides)
        except ProductTimedOut as error:
            attempt.error = f"11205 {error}"
            return Failed(url, 11205, f"no reply in time: {error}"), frozenset({"rt"})
        except ProductUnreachable as error:
            attempt.error = f"11205 {error}"
            return Failed(url, 11205, f"no connection: {error}"), frozenset({"ct"})
        attempt.status = webhook.status = reply.status
        webhook.reply = reply.body
        if reply.status >= 400:
            failure = Failed(url, 11200, f"HTTP {reply.status}")
            return failure, frozenset({"5xx" if reply.status >= 500 else "4xx"})
        if reply.status < 300:
            return Fetched(url, reply), frozenset()
        location = reply.headers.get("location")
        if reply.status not in (301, 302, 303, 307) or not location:
            return Failed(url, 11216, f"HTTP {reply.status} cannot be followed"), frozenset()
        # A followed redirect is a GET without the body: the digits keyed are gone (TELEPHONY.md section 1).
        url, method, form = urldefrag(urljoin(url, location)).url, "GET", ()
    return Failed(url, 11215, "too many redirects"), frozenset()


def _exchange(
    exchange: Exchange, request: Request, method: str, url: str, form: Form, token: str, overrides: _Overrides
) -> Script[Reply]:
    if method == "GET" and form:
        url += ("&" if urlsplit(url).query else "?") + urlencode(form)
        form = ()
    headers = {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
        "X-Home-Region": "us1",
        "X-Twilio-Signature": sign(exchange.auth_token, signed_url(url, voice=request.is_voice), form),
    }
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
    if exchange.switches.idempotency_token:
        headers["I-Twilio-Idempotency-Token"] = token

    def ask() -> Reply:
        return exchange.product.request(method, url, form, headers)

    return (yield from _with_trouble(exchange, request, url, ask, overrides))


def _with_trouble(
    exchange: Exchange, request: Request, url: str, ask: Callable[[], Reply], overrides: _Overrides
) -> Script[Reply]:
    if (hosted := exchange.bins.get(url)) is not None:
        return Reply(200, "text/xml", hosted)
    if exchange.is_unplugged:
        raise ProductUnreachable("unplugged")
    fault = next((fault for fault in exchange.webhook_faults if fault.strikes(url, request.kind)), None)
    seconds = fault.seconds if fault else 0.0
    match fault.trouble if fault else None:
        case Trouble.REFUSED:
            raise ProductUnreachable("refused (fault)")
        case Trouble.TIMEOUT_BEFORE:
            yield Pause(overrides.read_seconds)
            raise ProductTimedOut("request lost (fault)")
        case Trouble.TIMEOUT_AFTER:
            yield Outside(ask)
            yield Pause(overrides.read_seconds)
            raise ProductTimedOut("reply lost (fault)")
        case Trouble.SERVER_ERROR:
            return Reply(502, "text/html", "Bad Gateway")
        case Trouble.DUPLICATED:
            yield Outside(ask)
        case Trouble.DELAYED:
            yield Pause(seconds)
        case Trouble.REPLAYED:
            exchange.spawn(_replay(ask, seconds))
    reply: Reply = yield Outside(ask)
    if exchange.switches.reply_seconds:
        yield Pause(exchange.switches.reply_seconds)
    return reply


def _replay(ask: Callable[[], Reply], seconds: float) -> Script[None]:
    """The request once more; whoever sends it learns nothing new."""
    yield Pause(seconds)
    with suppress(ProductUnreachable):
        yield Outside(ask)


def _overrides(exchange: Exchange, request: Request) -> _Overrides:
    """What `#rc=2&rp=all` asks for. A bad `rp` is 11243, and the defaults hold."""
    asked = {name: values[-1] for name, values in parse_qs(urldefrag(request.url).fragment).items()}
    policies = frozenset(asked.get("rp", "ct").split(","))
    if not policies <= _RETRY_POLICIES:
        exchange.alert(11243, f"retry policy {asked['rp']!r} is invalid", request.url, request.sid)
        return _Overrides()
    retries = asked.get("rc", "1")
    milliseconds = asked.get("rt", "15000")
    return _Overrides(
        min(int(retries), 5) if retries.isdigit() else 1,
        policies,
        min(int(milliseconds), 15_000) / 1000 if milliseconds.isdigit() else READ_TIMEOUT_SECONDS,
    )
