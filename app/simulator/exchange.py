"""The exchange: numbers, people, calls and texts, over one product. The door of the simulated carrier."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from app.simulator import parameters
from app.simulator.account import Account
from app.simulator.acting import Party
from app.simulator.calls import Call
from app.simulator.documents import Fallback, Step, Subscription
from app.simulator.interpreter import converse, receive
from app.simulator.legs import HAPPENINGS, Leg
from app.simulator.messages import Messages
from app.simulator.parties import CallerBehavior
from app.simulator.products import Product
from app.simulator.record import Alert, Form, Record, Violation
from app.simulator.rest import RestFault, RestHalf
from app.simulator.ringing import Rung, ring
from app.simulator.script import Pause, Script
from app.simulator.sids import Sids
from app.simulator.switches import Switches
from app.simulator.webhooks import Request, WebhookFault, deliver
from app.timekeeping import Clock

LONGEST_CALL_SECONDS = 4 * 3600.0
SECONDS_BETWEEN_API_CALLS = 1.0


class Exchange(Account):
    """A pretend Twilio account. The same seed and the same events give the same SIDs and the same story."""

    def __init__(
        self,
        *,
        clock: Clock,
        product: Product,
        account_sid: str,
        auth_token: str,
        seed: int = 0,
        switches: Switches = Switches(),  # noqa: B008  # frozen
    ) -> None:
        super().__init__(clock, seed, switches)
        self.product = product
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.sids = Sids(seed)
        self.record = Record()
        self.live_legs: dict[str, Leg] = {}
        self.audio_seconds: dict[str, float] = {}
        self.webhook_faults: list[WebhookFault] = []
        self.rest_faults: deque[RestFault] = deque()
        self._next_api_call: datetime | None = None
        self.messages = Messages(self)
        self.rest = RestHalf(self)

    def on(self, happening: str, action: Callable[[Leg], object]) -> None:
        """Call `action` with the leg whenever `happening` comes (see `legs.HAPPENINGS`), before the script goes on."""
        if happening not in HAPPENINGS:
            raise ValueError(f"{happening!r} is none of {', '.join(HAPPENINGS)}")
        super().on(happening, action)

    def once(self, happening: str, number: str, action: Callable[[Leg], object]) -> None:
        """Call `action` the first time from now that `happening` comes on a leg of whoever has `number`."""
        waiting = [action]

        def came(leg: Leg) -> None:
            if leg.number == number and waiting:
                waiting.pop()(leg)

        self.on(happening, came)

    def placed_calls(self, to_number: str | None = None) -> list[Call]:
        """Calls that REST asked for, in order; with `to_number` only those that ring it."""
        return [call for call in self.record.calls if call.was_placed and to_number in (None, call.leg.to_number)]

    def is_engaged(self, leg: Leg) -> bool:
        """Whether the phone that `leg` calls is already calling, ringing or in a talk."""
        return any(
            other is not leg and other.number == leg.number and (other.direction == "inbound" or other.rang_at)
            for other in self.live_legs.values()
        )

    # --- calls ---

    def call(
        self,
        from_number: str,
        to_number: str,
        behavior: CallerBehavior = CallerBehavior(),  # noqa: B008  # frozen
        extra: Mapping[str, str] | None = None,
    ) -> Call:
        """Somebody calls one of our numbers, now. `extra` adds or replaces parameters: StirVerstat,
        From="anonymous"."""
        with self.lock:
            number = self.numbers[to_number]
            subscription = Subscription(number.status_url) if number.status_url else None
            fallback = Fallback(number.fallback_url) if number.fallback_url else None
            leg = Leg(
                self,
                direction="inbound",
                from_number=from_number,
                to_number=to_number,
                fallback=fallback,
                subscription=subscription,
            )
            leg.overrides = _with_twins(extra or {})
            leg.note("calls", to_number)
            leg.party = Party(leg, behavior)
            self._limit(leg)
            leg.task = self.spawn(receive(leg, Step(number.voice_url)))
            call = Call(leg)
            self.record.calls.append(call)
            return call

    def place_call(
        self,
        from_number: str,
        to_number: str,
        step: Step,
        *,
        ring_seconds: float = 60,
        subscription: Subscription | None = None,
        fallback: Fallback | None = None,
    ) -> Call:
        """A call that REST asked for: one leaves each second, the others are queued."""
        with self.lock:
            leg = Leg(
                self,
                direction="outbound-api",
                from_number=from_number,
                to_number=to_number,
                status="queued",
                fallback=fallback,
                subscription=subscription,
            )
            leaves_at = max(self.now, self._next_api_call or self.now)
            self._next_api_call = leaves_at + timedelta(seconds=SECONDS_BETWEEN_API_CALLS)
            wait_seconds = (leaves_at - self.now).total_seconds()
            leg.task = self.spawn(self._outbound(leg, step, wait_seconds, ring_seconds))
            call = Call(leg)
            self.record.calls.append(call)
            return call

    def _outbound(self, leg: Leg, step: Step, wait_seconds: float, ring_seconds: float) -> Script[None]:
        yield Pause(wait_seconds)
        leg.status = "initiated"

        def give_up() -> Script[None]:
            yield Pause(ring_seconds + self.switches.ring_buffer_seconds)
            if leg.answered_at is None:
                leg.end("no-answer", "rang its time")

        leg.accompany(give_up())
        rung = yield from ring(leg)
        if rung is not Rung.ANSWERED:
            leg.end(rung.value)
            return
        self._limit(leg)
        yield from converse(leg, step)

    def _limit(self, leg: Leg) -> None:
        def too_long() -> Script[None]:
            yield Pause(LONGEST_CALL_SECONDS)
            leg.end("completed", "four hours")

        leg.accompany(too_long())

    def text(self, from_number: str, to_number: str, body: str, extra: Mapping[str, str] | None = None) -> str:
        """Somebody texts one of our numbers, now; the text's SID."""
        with self.lock:
            return self.messages.receive(from_number, to_number, body, extra or {})

    # --- what the carrier says and notes ---

    def report(self, leg: Leg, event: str) -> None:
        """A status callback, where somebody subscribed to `event` (initiated, ringing, answered, completed)."""
        if leg.subscription is None or event not in leg.subscription.events:
            return
        form = parameters.call_event(leg, leg.callbacks_sent)
        leg.callbacks_sent += 1
        subscription = leg.subscription
        self.call_back(Request(subscription.method, subscription.url, form, "status", leg.sid))

    def call_back(self, request: Request, delays: Sequence[float] | None = None) -> None:
        """Deliver a status callback: once after each of `delays`; or late, twice or never, as the switches say."""
        if delays is not None:
            for delay in delays:
                self.spawn(self._call_back(request, delay))
            return
        if self.random.random() < self.switches.callback_loss:
            return
        for _ in range(self.switches.callback_copies):
            delay = self.random.uniform(*self.switches.callback_delay_seconds)
            self.spawn(self._call_back(request, delay))

    def _call_back(self, request: Request, delay: float) -> Script[None]:
        if delay:
            yield Pause(delay)
        outcome = yield from deliver(self, request)
        if getattr(outcome, "code", None) == 11200:
            self.alert(15003, "call progress: warning response to callback URL", request.url, request.sid)

    def last_word(self, leg: Leg, step: Step) -> None:
        """An action that is asked though its caller has left: CallStatus=completed, and the reply is not obeyed."""
        form: Form = (*parameters.voice(leg, "completed"), *step.extra)
        self.spawn(deliver(self, Request(step.method, step.url, form, step.kind, leg.sid)))

    def violation(self, code: int, message: str, url: str, sid: str) -> None:
        self.record.violations.append(Violation(self.now, code, message, url, sid))

    def alert(self, code: int, message: str, url: str, sid: str) -> None:
        self.record.alerts.append(Alert(self.now, code, message, url, sid))


def _with_twins(extra: Mapping[str, str]) -> dict[str, str]:
    """From is Caller and To is Called, unless both are given."""
    twins = {"From": "Caller", "To": "Called"}
    return {twins[name]: value for name, value in extra.items() if name in twins} | dict(extra)
