"""Asking the product's doors by hand: signed as the carrier signs, one at a time or several at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urldefrag, urlsplit

from app.simulator.products import Reply, WsgiProduct
from app.simulator.signing import sign, signed_url
from tests.product import AUTH_TOKEN, PUBLIC, Stage

Form = Iterable[tuple[str, str]]


def ask(stage: Stage, url: str, form: Form, *, method: str = "POST") -> Reply:
    """One signed request to `url` (absolute, or a path of ours)."""
    address = urldefrag(url if url.startswith("http") else PUBLIC + url).url
    pairs = list(form)
    voice = not urlsplit(address).path.startswith("/sms")
    headers = {
        "X-Twilio-Signature": sign(AUTH_TOKEN, signed_url(address, voice=voice), pairs),
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
    }
    return WsgiProduct(stage.app).request(method, address, pairs, headers)


def at_once(stage: Stage, url: str, form: Sequence[tuple[str, str]], copies: int = 8) -> set[str]:
    """The different replies that `copies` deliveries of one webhook at one instant get; each must be well received."""
    start = Barrier(copies)

    def deliver() -> Reply:
        start.wait(timeout=10)
        return ask(stage, url, form)

    with ThreadPoolExecutor(copies) as pool:
        replies = [future.result(timeout=30) for future in [pool.submit(deliver) for _ in range(copies)]]
    assert {reply.status for reply in replies} <= {200, 204}
    return {reply.body for reply in replies}


def arrival_form(sid: str, number: str, to_number: str, **more: str) -> list[tuple[str, str]]:
    return list(
        {
            "CallSid": sid,
            "From": number,
            "To": to_number,
            "CallStatus": "ringing",
            "Direction": "inbound",
            **more,
        }.items()
    )


def leg_form(sid: str, parent: str, number: str, **more: str) -> list[tuple[str, str]]:
    """What the carrier sends about a producer's leg."""
    form = {"CallSid": sid, "ParentCallSid": parent, "From": "+18005550199", "To": number, "Direction": "outbound-dial"}
    return list({**form, "CallStatus": "in-progress", **more}.items())
