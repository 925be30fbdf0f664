"""The REST half: Calls, Messages and Recordings under /2010-04-01, HTTP Basic, form in, JSON out. Source: TELEPHONY.md
section 5.

Unknown or unsimulated parameters are refused (20001), so that nothing is asked for that would silently not
happen.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from app.simulator import rest_calls, rest_recordings, rest_texts
from app.simulator.errors import Refused
from app.simulator.record import Form, RestRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from app.simulator.exchange import Exchange


class RestTrouble(Enum):
    """What can befall one REST request. A timeout *after* effect is the one that makes a second ring."""

    RATE_LIMITED = "429, never processed"
    SERVER_ERROR = "500"
    TIMEOUT_BEFORE = "no reply, nothing happened"
    TIMEOUT_AFTER = "no reply, but it happened"
    MALFORMED = "it happened, the JSON is cut"


@dataclass
class RestFault:
    """`trouble` for the next `times` requests whose path contains `path_contains` (and of `method`, and To
    `to_number`, where given)."""

    trouble: RestTrouble
    path_contains: str = ""
    method: str = ""
    times: int = 1
    to_number: str = ""

    def strikes(self, method: str, path: str, to_number: str = "") -> bool:
        if self.times < 1 or self.path_contains not in path or self.method not in ("", method):
            return False
        if self.to_number not in ("", to_number):
            return False
        self.times -= 1
        return True


class Silence(Exception):
    """The carrier does not answer: whoever serves the REST half lets its client wait."""


_BASE = "/2010-04-01/Accounts/<account>"
_ROUTES = Map(
    [
        Rule(f"{_BASE}/Calls.json", endpoint="calls", methods=["GET", "POST"]),
        Rule(f"{_BASE}/Calls/<sid>.json", endpoint="call", methods=["GET", "POST"]),
        Rule(f"{_BASE}/Messages.json", endpoint="texts", methods=["GET", "POST"]),
        Rule(f"{_BASE}/Messages/<sid>.json", endpoint="text", methods=["GET"]),
        Rule(f"{_BASE}/Recordings/<sid>.json", endpoint="recording", methods=["DELETE"]),
        Rule(f"{_BASE}/Recordings/<sid>.mp3", endpoint="sound", methods=["GET"]),
    ]
)
Body = Mapping[str, Any] | bytes | None
"""JSON, a sound, or nothing."""

Handler = Callable[..., tuple[int, Body]]
_HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("calls", "GET"): rest_calls.list_calls,
    ("calls", "POST"): rest_calls.create_call,
    ("call", "GET"): rest_calls.fetch_call,
    ("call", "POST"): rest_calls.update_call,
    ("texts", "GET"): rest_texts.list_texts,
    ("texts", "POST"): rest_texts.create_text,
    ("text", "GET"): rest_texts.fetch_text,
    ("recording", "DELETE"): rest_recordings.delete_recording,
    ("sound", "GET"): rest_recordings.fetch_sound,
}


class RestHalf:
    """A WSGI application."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        exchange = self._exchange
        with exchange.lock:
            faults = exchange.rest_faults
            to_number = request.values.get("To", "")
            fault = next((one for one in faults if one.strikes(request.method, request.path, to_number)), None)
            trouble = fault.trouble if fault else None
            if trouble is RestTrouble.TIMEOUT_BEFORE:
                self._keep(request, None, "", trouble)
                raise Silence
            status, body, headers = self._process(request, trouble)
            is_sound = isinstance(body, bytes)
            sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
            if trouble is RestTrouble.MALFORMED:
                sent = sent[: len(sent) // 2]
            silent = trouble is RestTrouble.TIMEOUT_AFTER
            self._keep(request, None if silent else status, "" if is_sound else sent.decode(), trouble)
            if silent:
                raise Silence
        media_type = rest_recordings.MEDIA_TYPE if is_sound else "application/json"
        return Response(sent, status, headers=headers, content_type=media_type)

    def _process(self, request: Request, trouble: RestTrouble | None) -> tuple[int, Body, dict[str, str]]:
        try:
            if trouble is RestTrouble.RATE_LIMITED:
                raise Refused(20429)
            if trouble is RestTrouble.SERVER_ERROR:
                raise Refused(20500)
            return (*self._route(request), {})
        except Refused as refusal:
            headers = {"Twilio-Concurrent-Requests": "1"} if refusal.code == 20429 else {}
            return refusal.status, refusal.body(), headers

    def _route(self, request: Request) -> tuple[int, Body]:
        exchange = self._exchange
        given = request.authorization
        if given is None or (given.username, given.password) != (exchange.account_sid, exchange.auth_token):
            raise Refused(20003)
        try:
            endpoint, values = _ROUTES.bind_to_environ(request.environ).match()
        except MethodNotAllowed as error:
            raise Refused(20004) from error
        except HTTPException as error:
            raise Refused(20404, request.path) from error
        if values["account"] != exchange.account_sid:
            raise Refused(20404, request.path)
        named = {name: value for name, value in values.items() if name != "account"}
        fields: MultiDict[str, str] = request.form if request.method == "POST" else request.args
        return _HANDLERS[endpoint, request.method](exchange, fields, **named)

    def _keep(self, request: Request, status: int | None, body: str, trouble: RestTrouble | None) -> None:
        fields = request.form if request.method == "POST" else request.args
        form: Form = tuple(fields.items(multi=True))
        fault = trouble.value if trouble else ""
        self._exchange.record.rest_requests.append(
            RestRequest(self._exchange.now, request.method, request.path, form, status, body, fault)
        )


class WsgiAdapter(BaseAdapter):
    """Lets a requests.Session talk to a WSGI application without a socket: mount it under "https://".

    A `Silence` becomes the ReadTimeout that the client would have seen.
    """

    def __init__(self, app: RestHalf) -> None:
        super().__init__()
        self._client = Client(app, use_cookies=False)

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        parts = urlsplit(request.url or "")
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        try:
            answer = self._client.open(
                path=parts.path,
                base_url=f"{parts.scheme}://{parts.netloc}",
                query_string=parts.query,
                method=request.method or "GET",
                data=body,
                headers=headers,
            )
        except Silence as error:
            raise requests.ReadTimeout("the carrier does not answer (fault)", request=request) from error
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers = CaseInsensitiveDict(answer.headers.items())
        response.raw = io.BytesIO(answer.get_data())
        response.url = request.url or ""
        response.request = request
        response.encoding = "utf-8"
        return response

    def close(self) -> None:
        """Nothing to close."""
