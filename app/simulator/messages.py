"""Texts: sent, delivered or not, received, and STOP. Source: TELEPHONY.md sections 1, 6 and 7."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.simulator import parameters
from app.simulator.errors import Refused
from app.simulator.record import Text
from app.simulator.replies import Speech, choose
from app.simulator.script import Pause, Script
from app.simulator.text_behavior import LANDLINE as LANDLINE  # what texts come to is asked for here, too
from app.simulator.text_behavior import NOT_A_MOBILE as NOT_A_MOBILE
from app.simulator.text_behavior import TextBehavior as TextBehavior
from app.simulator.webhooks import Failed, Request, deliver
from twiml import reader, verbs

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange

OPT_OUT = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
OPT_IN = {"START", "YES", "UNSTOP"}
HELP = {"HELP", "INFO"}
LONGEST_IN_QUEUE_SECONDS = 36_000
QUEUE_OVERFLOW, VALIDITY_EXPIRED = 30001, 30036
_ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. "
    "Reply HELP for help. Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


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
        self._times_answered: Counter[str] = Counter()
        self._used_answers: defaultdict[str, Counter[str]] = defaultdict(Counter)
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
        validity_seconds: int | None = None,
    ) -> Text:
        """Queue a text. Raises Refused: 21610 after STOP, or what the behavior of `to_number` says."""
        exchange = self._exchange
        if (from_number, to_number) in exchange.record.opted_out and not by_carrier:
            raise Refused(21610)
        behavior = TextBehavior() if by_carrier else exchange.next_text_behavior(to_number)
        if behavior.refused_code is not None:
            raise Refused(behavior.refused_code)
        text = Text(exchange.sids.new("SM"), direction, from_number, to_number, body, exchange.now)
        text.status_callback, text.by_carrier = status_callback, by_carrier
        text.validity_seconds = validity_seconds
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
        queue_seconds = wait_seconds + behavior.sent_after_seconds
        longest = text.validity_seconds or LONGEST_IN_QUEUE_SECONDS
        yield Pause(min(queue_seconds, longest))
        why_not = self._why_not(text, behavior, in_time=queue_seconds <= longest)
        if why_not is not None:
            self._becomes(text, "failed", behavior, why_not)
            return
        text.sent_at = self._exchange.now
        self._becomes(text, "sent", behavior)
        yield Pause(behavior.ends_after_seconds)
        self._becomes(text, behavior.ends, behavior, behavior.error_code)
        if behavior.ends == "delivered":
            yield from self._reply(text, behavior)

    def _why_not(self, text: Text, behavior: TextBehavior, *, in_time: bool) -> int | None:
        """Why a text does not leave the queue."""
        if not in_time:
            return QUEUE_OVERFLOW if text.validity_seconds is None else VALIDITY_EXPIRED
        if (text.from_number, text.to_number) in self._exchange.record.opted_out and not text.by_carrier:
            return 21610  # STOP arrived between queue and send
        return behavior.error_code if behavior.ends == "failed" else None

    def _becomes(self, text: Text, status: str, behavior: TextBehavior, error_code: int | None = None) -> None:
        """The next status, and its callback; the first status (queued) has none."""
        exchange = self._exchange
        text.error_code = error_code
        text.statuses.append((exchange.now, status))
        if text.status_callback:
            form = parameters.text_event(exchange, text, status)
            request = Request("POST", text.status_callback, form, "message-status", text.sid, is_voice=False)
            exchange.call_back(request, behavior.callbacks.get(status))

    def _reply(self, text: Text, behavior: TextBehavior) -> Script[None]:
        """The person writes back, or not."""
        number = text.to_number
        reply = choose(behavior.answers, self._times_answered[number], [text.body], self._used_answers[number])
        self._times_answered[number] += 1
        if reply and not isinstance(reply, Speech):
            yield Pause(behavior.answers_after_seconds)
            self.receive(number, text.from_number, reply, {})

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
