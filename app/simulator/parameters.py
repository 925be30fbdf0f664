"""The parameters of every webhook, blank ones included. Source: TELEPHONY.md section 1 and the captured examples."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from app.simulator.account import CLIENT
from app.simulator.geography import Place, place_of
from app.simulator.record import Form, Text

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange
    from app.simulator.legs import Leg

API_VERSION = "2010-04-01"
_FIRST_ONLY = {"StirVerstat", "CallToken"}
_CALL_TOKEN = (
    "%7B%22parentCallInfoToken%22%3A%22eyJhbGciOiJFUzI1NiJ9.e30.AAAA%22%2C%22identityHeaderTokens%22%3A%5B%5D%7D"
)
SIP_CODES = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487", "failed": "404"}


def timestamp(instant: datetime) -> str:
    """RFC 2822, UTC: Tue, 05 May 2026 15:04:26 +0000."""
    return format_datetime(instant)


def voice(leg: Leg, call_status: str | None = None) -> Form:
    """What every request about a call carries."""
    said = {"From": leg.from_number, "To": leg.to_number} | leg.overrides
    form = {
        "AccountSid": leg.exchange.account_sid,
        "ApiVersion": API_VERSION,
        "CallSid": leg.sid,
        "CallStatus": call_status or leg.status,
        "Called": said["To"],
        "Caller": said["From"],
        "Direction": leg.direction,
        "From": said["From"],
        "To": said["To"],
    }
    if leg.parent is not None:
        form["ParentCallSid"] = leg.parent.sid
    caller, called = place(leg.exchange, said["From"]), place(leg.exchange, said["To"])
    for prefix, where in (("Caller", caller), ("From", caller), ("Called", called), ("To", called)):
        # A browser is nowhere: the carrier leaves these out.
        if not form[prefix].startswith(CLIENT):
            form |= _place_fields(prefix, where)
    lasting = {name: value for name, value in leg.overrides.items() if name not in _FIRST_ONLY}
    return tuple((form | lasting).items())


def place(exchange: Exchange, number: str) -> Place:
    return exchange.places.get(number) or place_of(number)


def _place_fields(prefix: str, where: Place) -> dict[str, str]:
    return {
        f"{prefix}City": where.city,
        f"{prefix}State": where.state,
        f"{prefix}Zip": where.zip,
        f"{prefix}Country": where.country,
    }


def first_request(leg: Leg) -> Form:
    """What only the request for the first document of an inbound call carries."""
    verstat = leg.overrides.get("StirVerstat", leg.exchange.switches.stir_verstat)
    if verstat is None or leg.direction != "inbound":
        return ()
    return (("StirVerstat", verstat), ("CallToken", leg.overrides.get("CallToken", _CALL_TOKEN)))


def call_event(leg: Leg, sequence_number: int) -> Form:
    """A call's status callback: durations only at the end, CallDuration in seconds and Duration in billed minutes."""
    form: list[tuple[str, str]] = [
        *voice(leg),
        ("Timestamp", timestamp(leg.exchange.now)),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", str(sequence_number)),
    ]
    if not leg.is_live:
        form += [("CallDuration", str(leg.duration)), ("Duration", str(-(-leg.duration // 60)))]
        if leg.direction != "inbound":
            form.append(("SipResponseCode", SIP_CODES[leg.status]))
    return tuple(form)


def inbound_text(exchange: Exchange, text: Text) -> Form:
    sender, recipient = place(exchange, text.from_number), place(exchange, text.to_number)
    form = _place_fields("From", sender) | _place_fields("To", recipient)
    form |= {
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageSid": text.sid,
        "SmsStatus": "received",
        "AccountSid": exchange.account_sid,
        "ApiVersion": API_VERSION,
        "From": text.from_number,
        "To": text.to_number,
        "Body": text.body,
        "NumMedia": "0",
        "NumSegments": str(segments(text.body)),
        "ReferralNumMedia": "0",
    }
    return tuple(form.items())


def text_event(exchange: Exchange, text: Text, status: str) -> Form:
    """A text's status callback; RawDlrDoneDate (YYMMDDhhmm) only once a handset or carrier reported."""
    form = {
        "SmsSid": text.sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": text.to_number,
        "MessageSid": text.sid,
        "AccountSid": exchange.account_sid,
        "From": text.from_number,
        "ApiVersion": API_VERSION,
    }
    if status in ("failed", "undelivered") and text.error_code is not None:
        form["ErrorCode"] = str(text.error_code)
    if status in ("delivered", "undelivered"):
        form["RawDlrDoneDate"] = f"{exchange.now:%y%m%d%H%M}"
    return tuple(form.items())


_GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_DOUBLE = set("^{}\\[~]|€\f")


def segments(body: str) -> int:
    """How many segments `body` takes: 160 GSM-7 or 70 UCS-2, in parts 153 or 67. Source: [oai][seg]."""
    if all(character in _GSM7 or character in _GSM7_DOUBLE for character in body):
        length = sum(2 if character in _GSM7_DOUBLE else 1 for character in body)
        single, part = 160, 153
    else:
        length, single, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // part)
