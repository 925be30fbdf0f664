"""Somebody else's program that is told what happened: a receiver of webhooks, which believes only what is signed."""

from __future__ import annotations

import hmac
import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/pretended/crm"
LARGEST_BYTES = 64 * 1024
KEPT = 500


@dataclass(frozen=True)
class Received:
    """One event as it came; `verified` is None where no secret is known to check it with."""

    event_id: str
    type: str
    payload: dict[str, Any]
    verified: bool | None


class Crm:
    """A WSGI app. With a `secret` (it may come later) an unsigned event is answered 401 and not kept."""

    def __init__(
        self,
        secret: str | None = None,
        *,
        tell: Callable[[Received], None] = lambda received: None,
        fails: Callable[[], bool] = lambda: False,
    ) -> None:
        """`tell` is called for each event; `fails` says whether this one is answered 500, so that it comes again."""
        self.secret = secret
        self.received: deque[Received] = deque(maxlen=KEPT)
        self._tell = tell
        self._fails = fails

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            answer = self._answer(Request(environ))
        except HTTPException as error:
            answer = Response(f"{error.name}\n", error.code or 500)
        return answer(environ, start_response)

    def _answer(self, asked: Request) -> Response:
        asked.max_content_length = LARGEST_BYTES
        if asked.method != "POST":
            return Response("POST an event here.\n", 405)
        body = asked.get_data()
        if self._fails():
            return Response("We are busy; come again.\n", 500)
        verified = None if self.secret is None else _is_signed(self.secret, asked, body)
        if verified is False:
            return Response("The signature is not ours.\n", 401)
        try:
            payload = json.loads(body)
            received = Received(asked.headers.get("webhook-id", ""), str(payload["type"]), payload, verified)
        except (ValueError, KeyError, TypeError):
            return Response("That is no event.\n", 422)
        self.received.append(received)
        self._tell(received)
        return Response(status=204)


def _is_signed(secret: str, asked: Request, body: bytes) -> bool:
    """Whether one of the signatures is right. How old it is does not matter here: a demo's clock is not ours."""
    event_id, at, given = (asked.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    try:
        expected = Webhook(secret).sign(event_id, datetime.fromtimestamp(int(at), UTC), body.decode())
    except (ValueError, OverflowError, OSError):
        return False
    return any(hmac.compare_digest(expected, one) for one in given.split(" "))
