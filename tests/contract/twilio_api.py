"""Twilio's REST API as its own OpenAPI document describes it, at the wire below the real client.

Every request is checked against that document and against the rules that it does not spell out (TELEPHONY.md
section 5); every answer that claims to be a good one is checked, too, so that the tests lie neither way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import responses
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "12345"
BASE_URL = "https://api.twilio.com"
HERE = f"/2010-04-01/Accounts/{ACCOUNT}"
CALL = "CA1111222233334444555566667777888a"
TEXT = "SM0f1e2d3c4b5a69788796a5b4c3d2e1f0"

DOCUMENT = Path(__file__).parents[1] / "data" / "openapi" / "twilio_calls_messages.json"
EVENTS = {"initiated", "ringing", "answered", "completed"}

Answer = tuple[int, str] | Exception


class RuleBroken(AssertionError):
    """Twilio would not take this request, though its OpenAPI document lets it pass."""


@cache
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return read


@cache
def openapi() -> OpenAPI:
    return OpenAPI.from_dict(document())


@dataclass
class TwilioApi:
    """Gives the answers in turn, the last one for ever; keeps what was asked. `first` comes before each."""

    answers: list[Answer]
    first: Callable[[requests.PreparedRequest], None]
    asked: list[requests.PreparedRequest] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, list[str]]:
        """The last request's form."""
        return form_of(self.asked[-1])

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str] | Exception:
        check_request(request)
        self.first(request)
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(request)
        if isinstance(answer, Exception):
            return answer
        status, body = answer
        return status, {"Content-Type": "application/json"}, body


@contextmanager
def twilio_api(
    *answers: Answer, first: Callable[[requests.PreparedRequest], None] = lambda _: None
) -> Iterator[TwilioApi]:
    api = TwilioApi(list(answers), first)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for method in ("GET", "POST"):
            wire.add_callback(method, re.compile(re.escape(BASE_URL) + "/.*"), callback=api.answer)
        yield api


def check_request(request: requests.PreparedRequest) -> None:
    """Raises what openapi-core found, or RuleBroken."""
    openapi().validate_request(RequestsOpenAPIRequest(request))
    if not (request.headers.get("Authorization") or "").startswith("Basic "):
        raise RuleBroken("20003: no credentials")
    if request.method == "POST":
        _check_form(urlsplit(request.url or "").path.removeprefix(HERE), form_of(request))


def check_answer(request: requests.PreparedRequest, status: int, body: str) -> None:
    """Whether Twilio's document knows such an answer to this request."""
    response = requests.Response()
    response.status_code = status
    response._content = body.encode("utf-8")
    response.headers["Content-Type"] = "application/json"
    openapi().validate_response(RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(response))


def form_of(request: requests.PreparedRequest) -> dict[str, list[str]]:
    body = request.body or ""
    text = body if isinstance(body, str) else body.decode("utf-8")
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        fields.setdefault(name, []).append(value)
    return fields


def _check_form(path: str, fields: dict[str, list[str]]) -> None:
    template = re.sub("(CA|SM)[0-9a-f]{32}", "{Sid}", path)
    operation = document()["paths"]["/2010-04-01/Accounts/{AccountSid}" + template]["post"]
    content = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
    if unknown := fields.keys() - content["schema"]["properties"].keys():
        raise RuleBroken(f"unknown fields {unknown}")
    if template == "/Messages.json":
        _check_text(fields)
    elif template == "/Calls.json":
        _check_call(fields)
    for name in ("Url", "StatusCallback", "FallbackUrl"):
        for url in fields.get(name, []):
            if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
                raise RuleBroken(f"21205: {name}={url!r} is not an absolute address")
    if "Url" in fields and "Twiml" in fields:
        raise RuleBroken("Url and Twiml exclude each other")


def _check_text(fields: dict[str, list[str]]) -> None:
    if not {"From", "MessagingServiceSid"} & fields.keys():
        raise RuleBroken("21603: no From")
    if not fields.get("Body", [""])[0]:
        raise RuleBroken("21602: no Body")
    if len(fields["Body"][0]) > 1_600:
        raise RuleBroken("21617: Body is longer than 1600")
    if not 1 <= int(fields.get("ValidityPeriod", ["1"])[0]) <= 36_000:
        raise RuleBroken("ValidityPeriod is out of range")
    _check_number("21211", fields["To"][0])


def _check_call(fields: dict[str, list[str]]) -> None:
    if not {"Url", "Twiml", "ApplicationSid"} & fields.keys():
        raise RuleBroken("21205: no Url")
    if set(fields.get("StatusCallbackEvent", [])) - EVENTS:
        raise RuleBroken("StatusCallbackEvent is not one of the four")
    if not 5 <= int(fields.get("Timeout", ["60"])[0]) <= 600:
        raise RuleBroken("Timeout is out of range")
    # A browser of ours is called by its name.
    if not re.fullmatch(r"client:\w{1,256}", fields["To"][0], re.ASCII):
        _check_number("21211", fields["To"][0])


def _check_number(code: str, number: str) -> None:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise RuleBroken(f"{code}: {number!r} is not E.164")


def call(**changed: Any) -> dict[str, Any]:
    """A call as Twilio shows it. `duration` is a string, instants are RFC 2822."""
    return {
        "sid": CALL,
        "account_sid": ACCOUNT,
        "parent_call_sid": None,
        "from": "+13125550147",
        "to": "+18005550199",
        "status": "completed",
        "direction": "inbound",
        "start_time": "Tue, 05 May 2026 15:04:05 +0000",
        "end_time": "Tue, 05 May 2026 15:04:47 +0000",
        "duration": "42",
        **changed,
    }


def text(**changed: Any) -> dict[str, Any]:
    """A message as Twilio shows it."""
    return {
        "sid": TEXT,
        "account_sid": ACCOUNT,
        "from": "+13125550188",
        "to": "+12175550123",
        "body": "You missed two calls and are out of rotation. Reply ON to come back.",
        "status": "queued",
        "direction": "outbound-api",
        "error_code": None,
        "num_segments": "1",
        "num_media": "0",
        "date_created": "Tue, 05 May 2026 15:04:05 +0000",
        "date_sent": None,
        **changed,
    }


def page(of: str, *records: dict[str, Any], next_page_uri: str | None = None) -> str:
    """One page of a list; `of` is `calls` or `messages`."""
    return json.dumps({of: records, "page": 0, "page_size": 200, "next_page_uri": next_page_uri})


def error(code: int, status: int, message: str = "no") -> Answer:
    """What Twilio answers when it refuses."""
    url = f"https://www.twilio.com/docs/errors/{code}"
    return status, json.dumps({"code": code, "message": message, "more_info": url, "status": status})
