"""A door into the pretended world: somebody with a terminal has a consumer call one of our numbers.

POST /pretended/calls with From, To and, where the consumer keys a ZIP when asked, Zip. 201 {"call_sid": …}. It listens
where the carrier's REST half does, on this machine only, and exists in the demo only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from app.simulator.exchange import Exchange
from app.simulator.parties import CallerBehavior, talks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/pretended/calls"
TALKS_SECONDS = 120.0
LARGEST_FORM_BYTES = 4096

_FICTIONAL = re.compile(r"\+1[2-9]\d\d55501\d\d")


class PretendedCalls:
    """A WSGI app. The consumer waits patiently, holds the line where nobody is free, and talks for two minutes."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            answer = self._answer(Request(environ))
        except HTTPException as error:
            answer = _told(error.code or 500, {"error": error.name})
        return answer(environ, start_response)

    def _answer(self, asked: Request) -> Response:
        asked.max_content_length = LARGEST_FORM_BYTES
        if asked.method != "POST":
            return _told(405, {"error": "POST a form with From and To."})
        number, to, zip_code = (asked.form.get(name, "") for name in ("From", "To", "Zip"))
        if not _FICTIONAL.fullmatch(number):
            return _told(422, {"error": "From: a fictional number, +1 and an area code and 55501 and two digits."})
        with self._exchange.lock:
            if to not in self._exchange.numbers:
                return _told(404, {"error": f"To: nobody has the number {to[:20]}."})
            self._exchange.add_person(number, talks(TALKS_SECONDS))
            call = self._exchange.call(number, to, _patient(zip_code))
        return _told(201, {"call_sid": call.sid})


def _patient(zip_code: str) -> CallerBehavior:
    replies = {"1 to stay": ["1"], **({"ZIP": [zip_code]} if zip_code else {})}
    return CallerBehavior(answers=replies, barge_in=True, press_after_seconds=3.0, talk_seconds=TALKS_SECONDS)


def _told(status: int, what: dict[str, str]) -> Response:
    return Response(json.dumps(what) + "\n", status, content_type="application/json")
