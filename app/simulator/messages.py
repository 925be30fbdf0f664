"""Texts: sent, delivered or not, received, and STOP. Source: TELEPHONY.md sections 1, 6 and 7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.simulator import parameters
from app.simulator.errors import Refused
from app.simulator.record import Text
from app.simulator.script import Pause, Script
from app.simulator.webhooks import Failed, Request, deliver
from twiml import reader, verbs

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange

OPT_OUT = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
OPT_IN = {"START", "YES", "UNSTOP"}
HELP = {"HELP", "INFO"}
_ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. "
    "Reply HELP for help. Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


@dataclass(frozen=True)
class TextBehavior:
    """What becomes of a text: `ends` delivered, undelivered or failed, with its code; or refused when it is created."""

    ends: str = "delivered"
    error_code: int | None = None
    refused_code: int | None = None
    sent_after_seconds: float = 0.5
    ends_after_seconds: float = 2.0


LANDLINE = TextBehavior("undelivered", 30006)
UNREACHABLE_HANDSET = TextBehavior("undelivered", 30003)
NOT_A_MOBILE = TextBehavior(refused_code=21614)


def keyword(body: str) -> str | None:
    """STOP, START or HELP where `body` is one of their words and nothing else."""
    word = body.strip().upper()
    for name, words in (("STOP", OPT_OUT), ("START", OPT_IN), ("HELP", HELP)):
        if word in words:
            return name
    return None


class Messages:
    """All texts of the account."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.behaviors: dict[str, TextBehavior] = {}
        self._next_send: dict[str, datetime] = {}

    # --- from us ---

    def send(
        self,
        from_number: str,
        to_number: str,
        body: str,
        *,
        status_callback: str | None = None,
        direction: str = "outbound-api",
        by_carrier: bool = False,
    ) -> Text:
        """Queue a text. Raises Refused: 21610 after STOP, or what the behavior of `to_number` says."""
        exchange = self._exchange
        behavior = self.behaviors.get(to_number, TextBehavior())
        if (from_number, to_number) in exchange.record.opted_out and not by_carrier:
            raise Refused(21610)
        if behavior.refused_code is not None:
            raise Refused(behavior.refused_code)
        text = Text(exchange.sids.new("SM"), direction, from_number, to_number, body, exchange.now)
        text.status_callback, text.by_carrier = status_callback, by_carrier
        text.statuses.append((exchange.now, "queued"))
        exchange.record.texts[text.sid] = text
        exchange.spawn(self._delivery(text, behavior, self._wait_seconds(text)))
        return text

    def _wait_seconds(self, text: Text) -> float:
        """A long code sends one segment a second; the rest waits in its queue."""
        now = self._exchange.now
        leaves_at = max(now, self._next_send.get(text.from_number, now))
        self._next_send[text.from_number] = leaves_at + timedelta(seconds=parameters.segments(text.body))
        return (leaves_at - now).total_seconds()

    def _delivery(self, text: Text, behavior: TextBehavior, wait_seconds: float) -> Script[None]:
        yield Pause(wait_seconds + behavior.sent_after_seconds)
        pair = (text.from_number, text.to_number)
        if pair in self._exchange.record.opted_out and not text.by_carrier:
            # STOP arrived between queue and send.
            text.error_code = 21610
            self._becomes(text, "failed")
            return
        if behavior.ends == "failed":
            text.error_code = behavior.error_code
            self._becomes(text, "failed")
            return
        text.sent_at = self._exchange.now
        self._becomes(text, "sent")
        yield Pause(behavior.ends_after_seconds)
        text.error_code = behavior.error_code
        self._becomes(text, behavior.ends)

    def _becomes(self, text: Text, status: str) -> None:
        """The next status, and its callback; the first status (queued) has none."""
        exchange = self._exchange
        text.statuses.append((exchange.now, status))
        if text.status_callback:
            form = parameters.text_event(exchange, text, status)
            request = Request("POST", text.status_callback, form, "message-status", text.sid, is_voice=False)
            exchange.call_back(request)

    # --- to us ---

    def receive(self, from_number: str, to_number: str, body: str, extra: Mapping[str, str]) -> str:
        """A person's text arrives; STOP and its like are heeded here and reach the webhook, too."""
        exchange = self._exchange
        number = exchange.numbers[to_number]
        text = Text(exchange.sids.new("SM"), "inbound", from_number, to_number, body, exchange.now)
        text.statuses.append((exchange.now, "received"))
        exchange.record.texts[text.sid] = text
        self._heed(text)
        if number.sms_url is not None:
            exchange.spawn(self._hand_over(text, number.sms_url, extra))
        return text.sid

    def _heed(self, text: Text) -> None:
        word = keyword(text.body)
        pair = (text.to_number, text.from_number)
        opted_out = self._exchange.record.opted_out
        if word is None or (word == "START" and pair not in opted_out):
            return
        if word == "STOP":
            opted_out.add(pair)
        elif word == "START":
            opted_out.discard(pair)
        self.send(text.to_number, text.from_number, _ANSWERS[word], direction="outbound-reply", by_carrier=True)

    def _hand_over(self, text: Text, url: str, extra: Mapping[str, str]) -> Script[None]:
        """The webhook, and the texts that its reply asks for. A failure is logged, nothing more."""
        exchange = self._exchange
        form = tuple((dict(parameters.inbound_text(exchange, text)) | dict(extra)).items())
        fetched = yield from deliver(exchange, Request("POST", url, form, "message", text.sid, is_voice=False))
        if isinstance(fetched, Failed) or fetched.reply.status == 204 or not fetched.reply.body.strip():
            return
        if fetched.reply.content_type.startswith("text/plain"):
            self._answer(text, verbs.Message(fetched.reply.body))
            return
        try:
            document = reader.read(fetched.reply.body, lenient=exchange.switches.lenient, messaging=True)
        except reader.TwimlError as error:
            exchange.violation(error.code, error.message, url, text.sid)
            exchange.alert(error.code, error.message, url, text.sid)
            return
        for verb in document.verbs:
            if isinstance(verb, verbs.Message):
                self._answer(text, verb)

    def _answer(self, text: Text, message: verbs.Message) -> None:
        sender, recipient = message.from_ or text.to_number, message.to or text.from_number
        try:
            self.send(
                sender,
                recipient,
                message.body,
                status_callback=message.status_callback,
                direction="outbound-reply",
            )
        except Refused as refusal:
            self._exchange.alert(refusal.code, refusal.message, "", text.sid)
