"""Texts by REST: create, fetch, list. Source: TELEPHONY.md section 5."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.simulator import rest_fields as judge
from app.simulator.errors import Refused, text_of
from app.simulator.messages import LONGEST_IN_QUEUE_SECONDS
from app.simulator.parameters import API_VERSION, segments, timestamp
from app.simulator.rest_fields import E164, PAGING, Fields

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange
    from app.simulator.record import Text

LONGEST_BODY = 1600
Answer = tuple[int, Mapping[str, Any]]


def create_text(exchange: Exchange, fields: Fields) -> Answer:
    judge.refuse_unknown(fields, {"To", "From", "Body", "StatusCallback", "ValidityPeriod"})
    to_number, from_number, body = fields.get("To", ""), fields.get("From", ""), fields.get("Body", "")
    if not to_number:
        raise Refused(21604)
    if not from_number:
        raise Refused(21603)
    if not body:
        raise Refused(21602)
    if len(body) > LONGEST_BODY:
        raise Refused(21617)
    if not E164.fullmatch(to_number):
        raise Refused(21211, to_number)
    if from_number not in exchange.numbers:
        raise Refused(21606, from_number)
    longest = LONGEST_IN_QUEUE_SECONDS
    validity_seconds = judge.whole_number(fields, "ValidityPeriod", longest, 1, longest, 20422)
    status_callback = judge.url(fields, "StatusCallback", 21609)
    text = exchange.messages.send(
        from_number,
        to_number,
        body,
        status_callback=status_callback,
        validity_seconds=validity_seconds if "ValidityPeriod" in fields else None,
    )
    return 201, layout(exchange, text)


def fetch_text(exchange: Exchange, fields: Fields, sid: str) -> Answer:
    judge.refuse_unknown(fields, ())
    text = exchange.record.texts.get(sid)
    if text is None:
        raise Refused(20404, f"Messages/{sid}")
    return 200, layout(exchange, text)


def list_texts(exchange: Exchange, fields: Fields) -> Answer:
    judge.refuse_unknown(fields, {"To", "From", "DateSent", "DateSent<", "DateSent>"} | PAGING)
    sent = judge.date_filter(fields, "DateSent")
    listed_until = exchange.now - timedelta(seconds=exchange.switches.message_list_lag_seconds)
    found = [
        text
        for text in exchange.record.texts.values()
        if text.created_at <= listed_until
        and fields.get("To", text.to_number) == text.to_number
        and fields.get("From", text.from_number) == text.from_number
        and sent(text.sent_at or (text.created_at if text.direction == "inbound" else None))
    ]
    return judge.page(exchange, fields, "messages", found, lambda text: layout(exchange, text))


def layout(exchange: Exchange, text: Text) -> dict[str, Any]:
    """A text as REST shows it: counts are strings, `error_code` a number or null."""
    uri = f"/2010-04-01/Accounts/{exchange.account_sid}/Messages/{text.sid}"
    return {
        "sid": text.sid,
        "account_sid": exchange.account_sid,
        "messaging_service_sid": None,
        "to": text.to_number,
        "from": text.from_number,
        "body": text.body,
        "status": text.status,
        "direction": text.direction,
        "num_segments": str(segments(text.body)),
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "error_code": text.error_code,
        "error_message": text_of(text.error_code) if text.error_code is not None else None,
        "api_version": API_VERSION,
        "date_created": timestamp(text.created_at),
        "date_sent": timestamp(text.sent_at) if text.sent_at else None,
        "date_updated": timestamp(text.statuses[-1][0]),
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }
