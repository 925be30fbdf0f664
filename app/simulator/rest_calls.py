"""Calls by REST: create, redirect, end, fetch, list. Source: TELEPHONY.md section 5."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.simulator import rest_fields as judge
from app.simulator.documents import Fallback, Step, Subscription
from app.simulator.errors import Refused
from app.simulator.interpreter import go_elsewhere
from app.simulator.parameters import API_VERSION, timestamp
from app.simulator.rest_fields import E164, PAGING, Fields

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange
    from app.simulator.legs import Leg

_EVENTS = {"initiated", "ringing", "answered", "completed"}
_CREATE = {
    "To", "From", "Url", "Method", "Twiml", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod",
    "StatusCallbackEvent", "Timeout",
}  # fmt: skip
_UPDATE = {
    "Url", "Method", "Twiml", "Status", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod",
}  # fmt: skip
_FILTERS = {
    "To", "From", "Status", "ParentCallSid",
    "StartTime", "StartTime<", "StartTime>", "EndTime", "EndTime<", "EndTime>",
}  # fmt: skip
LONGEST_TWIML = 4000
Answer = tuple[int, Mapping[str, Any]]


def create_call(exchange: Exchange, fields: Fields) -> Answer:
    judge.refuse_unknown(fields, _CREATE)
    to_number, from_number = fields.get("To", ""), fields.get("From", "")
    if not to_number:
        raise Refused(21201)
    if not E164.fullmatch(to_number) and not to_number.startswith("client:"):
        raise Refused(21211, to_number)
    if not E164.fullmatch(from_number):
        raise Refused(21212, from_number)
    if from_number not in exchange.own_numbers:
        raise Refused(21210, from_number)
    step = _step(fields)
    if step is None:
        raise Refused(21205, "Url or Twiml is required")
    ring_seconds = judge.whole_number(fields, "Timeout", 60, 1, 600, 21208)
    call = exchange.place_call(
        from_number,
        to_number,
        step,
        ring_seconds=ring_seconds,
        subscription=_subscription(fields),
        fallback=_fallback(fields),
    )
    return 201, layout(call.leg)


def update_call(exchange: Exchange, fields: Fields, sid: str) -> Answer:
    judge.refuse_unknown(fields, _UPDATE)
    leg = _leg(exchange, sid)
    step, status = _step(fields), fields.get("Status")
    if step is not None and status is not None:
        raise Refused(20422, "Status excludes Url and Twiml")
    if status not in (None, "completed", "canceled"):
        raise Refused(20422, f"Status {status!r}")
    if not leg.is_live:
        raise Refused(21220, "Call is not in-progress. Cannot redirect.")
    leg.subscription = _subscription(fields) or leg.subscription
    leg.fallback = _fallback(fields) or leg.fallback
    if status is not None:
        _end(leg, status)
    elif step is not None:
        if leg.direction != "inbound" and leg.answered_at is None:
            raise Refused(21220, "Call is not in-progress. Cannot redirect.")
        go_elsewhere(leg, step)
    return 200, layout(leg)


def _end(leg: Leg, status: str) -> None:
    """`canceled` ends what is queued or rings, and leaves a talk alone; `completed` ends both.

    A phone that rings within a Dial counts as in progress: only `completed` stops it.
    """
    if leg.answered_at is not None:
        if status == "completed":
            leg.end("completed", "by REST")
        return
    if leg.dialed_by is not None and status == "canceled":
        return
    if leg.status == "queued":
        leg.subscription = None  # a call canceled while queued has no status callback
    leg.end("completed" if leg.direction == "inbound" and status == "completed" else "canceled", "by REST")


def fetch_call(exchange: Exchange, fields: Fields, sid: str) -> Answer:
    judge.refuse_unknown(fields, ())
    return 200, layout(_leg(exchange, sid))


def list_calls(exchange: Exchange, fields: Fields) -> Answer:
    judge.refuse_unknown(fields, _FILTERS | PAGING)
    started, ended = judge.date_filter(fields, "StartTime"), judge.date_filter(fields, "EndTime")
    listed_until = exchange.now - timedelta(seconds=exchange.switches.call_list_lag_seconds)
    wanted = {name: fields[name] for name in ("To", "From", "Status", "ParentCallSid") if name in fields}

    def matches(leg: Leg) -> bool:
        has = {
            "To": leg.to_number,
            "From": leg.from_number,
            "Status": leg.status,
            "ParentCallSid": leg.parent.sid if leg.parent else "",
        }
        return (
            leg.started_at <= listed_until
            and all(has[name] == value for name, value in wanted.items())
            and started(leg.started_at)
            and ended(leg.ended_at)
        )

    found = [leg for leg in exchange.record.legs.values() if matches(leg)]
    return judge.page(exchange, fields, "calls", found, layout)


def _leg(exchange: Exchange, sid: str) -> Leg:
    leg = exchange.record.legs.get(sid)
    if leg is None:
        raise Refused(20404, f"Calls/{sid}")
    return leg


def _step(fields: Fields) -> Step | None:
    url, text = judge.url(fields, "Url", 21205), fields.get("Twiml")
    if url and text:
        raise Refused(20422, "Url excludes Twiml")
    if text is not None and len(text) > LONGEST_TWIML:
        raise Refused(20422, f"Twiml is longer than {LONGEST_TWIML} characters")
    if text:
        return Step("", text=text)
    return Step(url, judge.method(fields, "Method")) if url else None


def _subscription(fields: Fields) -> Subscription | None:
    url = judge.url(fields, "StatusCallback", 21609)
    events = frozenset(fields.getlist("StatusCallbackEvent")) or frozenset({"completed"})
    if not events <= _EVENTS:
        raise Refused(21626, ", ".join(sorted(events - _EVENTS)))
    return Subscription(url, judge.method(fields, "StatusCallbackMethod"), events) if url else None


def _fallback(fields: Fields) -> Fallback | None:
    url = judge.url(fields, "FallbackUrl", 21205)
    return Fallback(url, judge.method(fields, "FallbackMethod")) if url else None


def layout(leg: Leg) -> dict[str, Any]:
    """A call as REST shows it; `duration` is a string, and there only at the end."""
    uri = f"/2010-04-01/Accounts/{leg.exchange.account_sid}/Calls/{leg.sid}"
    started = leg.answered_at or (leg.started_at if not leg.is_live or leg.direction == "inbound" else None)
    return {
        "sid": leg.sid,
        "date_created": timestamp(leg.started_at),
        "date_updated": timestamp(leg.ended_at or leg.answered_at or leg.started_at),
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "account_sid": leg.exchange.account_sid,
        "to": leg.to_number,
        "to_formatted": leg.to_number,
        "from": leg.from_number,
        "from_formatted": leg.from_number,
        "phone_number_sid": None,
        "status": _shown(leg),
        "start_time": timestamp(started) if started else None,
        "end_time": timestamp(leg.ended_at) if leg.ended_at else None,
        "duration": str(leg.duration) if not leg.is_live else None,
        "price": None,
        "price_unit": "USD",
        "direction": leg.direction,
        "answered_by": None,
        "api_version": API_VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
    }


def _shown(leg: Leg) -> str:
    """The call resource knows no `initiated`; a dialed leg is never queued."""
    if leg.status != "initiated":
        return leg.status
    return "queued" if leg.parent is None else "ringing"
