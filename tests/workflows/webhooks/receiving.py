"""Whoever is told, in tests: a server of its own on this machine, which keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from app.outside.vendor_hooks import Answer


@dataclass(frozen=True)
class Received:
    """One delivery as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    def verified(self, secret: str) -> dict[str, Any]:
        """The event, where the library of Standard Webhooks finds the signature good."""
        told: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return told


@dataclass
class Receiver:
    """Answers with `status` (and `answer`); `meanwhile` is done before it does."""

    url: str = ""
    status: int = 204
    answer: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        self.received.append(
            Received({name.lower(): value for name, value in request.headers.items()}, request.get_data())
        )
        self.meanwhile()
        return Response(self.answer, self.status, self.headers)(environ, start_response)

    @property
    def types(self) -> list[str]:
        return [each.event["type"] for each in self.received]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """A test's output is for what failed."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver at an address of this machine."""
    receiver = Receiver()
    server = make_server("127.0.0.1", 0, receiver, threaded=True, request_handler=_Quiet)
    receiver.url = f"http://127.0.0.1:{server.port}/hooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Scripted:
    """A sender that sends nothing: each URL's next answer, the last one again and again; and what was posted."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    posted: list[tuple[str, str, str]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None
    secrets: list[tuple[str, ...]] = field(default_factory=list)

    def post(self, url: str, *, event_id: str, payload: str, secrets: Sequence[str]) -> Answer:
        self.posted.append((url, event_id, payload))
        self.secrets.append(tuple(secrets))
        self.meanwhile()
        waiting = self.answers.get(url)
        if not waiting:
            return Answer(204, "")
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The data of each event of this type that was posted."""
        events = [json.loads(payload) for _, _, payload in self.posted]
        return [event["data"] for event in events if event["type"] == kind]
