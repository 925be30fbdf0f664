"""Signed arrivals of calls, ready to be sent, so that making them costs no measured time."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.carrier.addresses import INCOMING
from app.domain import area_codes
from app.simulator.signing import sign

ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef"
AUTH_TOKEN = "12345"
PUBLIC = "https://threegate.example.com"
CALLED = "+18005550199"
"""A number that was given for callers of California: their area code agrees, so nothing is asked."""


def _phones(*, californian: bool) -> list[str]:
    """Every fictitious number in the area codes of California, or of all other states."""
    states = {str(code): area_codes.lookup(str(code)).state for code in range(200, 1000)}
    codes = [code for code, state in states.items() if state is not None and (state == "CA") is californian]
    return [f"+1{code}55501{line:02d}" for code in codes for line in range(100)]


PRODUCERS_PHONES = _phones(californian=False)
"""None of them is a caller's: who calls from a producer's own phone hears a menu."""
_CALLERS = _phones(californian=True)
_numbers = count(1)


@dataclass(frozen=True)
class Arrival:
    """One POST of /voice/incoming with the 25 fields that the carrier sends."""

    body: bytes
    signature: str

    def environ(self) -> dict[str, Any]:
        """As a WSGI server hands it over."""
        return {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": INCOMING,
            "QUERY_STRING": "",
            "RAW_URI": INCOMING,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(self.body)),
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_X_TWILIO_SIGNATURE": self.signature,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

    def on_the_wire(self) -> bytes:
        """As a client writes it on a connection that it keeps."""
        head = (
            f"POST {INCOMING} HTTP/1.1\r\nHost: {urlsplit(PUBLIC).netloc}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(self.body)}\r\n"
            f"X-Twilio-Signature: {self.signature}\r\n\r\n"
        )
        return head.encode() + self.body


def arrivals(number: int) -> list[Arrival]:
    """So many new calls, each from another caller in California."""
    return [_arrival(next(_numbers)) for _ in range(number)]


def _arrival(number: int) -> Arrival:
    caller = _CALLERS[number % len(_CALLERS)]
    form = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "CallSid": f"CA{number:032x}",
        "CallStatus": "ringing",
        "CallToken": "%7B%22parentCallInfoToken%22%3A%22eyJhbGciOiJFUzI1NiJ9%22%7D",
        "Called": CALLED,
        "CalledCity": "",
        "CalledCountry": "US",
        "CalledState": "",
        "CalledZip": "",
        "Caller": caller,
        "CallerCity": "LOS ANGELES",
        "CallerCountry": "US",
        "CallerState": "CA",
        "CallerZip": "90012",
        "Direction": "inbound",
        "From": caller,
        "FromCity": "LOS ANGELES",
        "FromCountry": "US",
        "FromState": "CA",
        "FromZip": "90012",
        "StirVerstat": "TN-Validation-Passed-A",
        "To": CALLED,
        "ToCountry": "US",
        "ToState": "",
    }
    return Arrival(urlencode(form).encode(), sign(AUTH_TOKEN, PUBLIC + INCOMING, form.items()))
