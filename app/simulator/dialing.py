"""Dial: children that ring, the whisper, the bridge, and what the action is told. Source: TELEPHONY.md section 4."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.simulator import listening
from app.simulator.documents import Opened, Step, Subscription
from app.simulator.legs import Leg
from app.simulator.record import Bridge, Form
from app.simulator.ringing import Rung, ring
from app.simulator.script import Listen, Pause, Script, Task
from twiml import verbs

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange

E164 = re.compile(r"\+[1-9]\d{6,14}")


Whisper = Callable[[Leg, Step], Script[bool]]
"""Runs the documents of a dialed leg before the bridge; whether they bridge. A document may dial, and a Dial
opens documents: the interpreter hands its own."""


def dial(leg: Leg, verb: verbs.Dial, document: Opened, whisper: Whisper) -> Script[Step | None]:
    """Ring, bridge, wait until it is over. With `action` its document comes next, otherwise the next verb."""
    dialing = Dialing(leg, verb, document, whisper)
    leg.dialing = dialing
    settled = leg.at_end(dialing.parent_left)
    try:
        dialing.begin()
        while not dialing.over:
            yield Listen()
    finally:
        settled()
    leg.dialing = None
    if verb.action is None:
        return None
    status = None if leg.answered_at else leg.exchange.switches.unanswered_parent_status
    step = document.step(verb.action, verb.method, dialing.result(), "action")
    return Step(step.url, step.method, step.extra, step.kind, status)


class Dialing:
    """One Dial: who was rung, who won, whether they were bridged."""

    def __init__(self, parent: Leg, verb: verbs.Dial, document: Opened, whisper: Whisper) -> None:
        self.exchange: Exchange = parent.exchange
        self.parent = parent
        self.verb = verb
        self.document = document
        self._whisper = whisper
        self.children: list[Leg] = []
        self.winner: Leg | None = None
        self.bridge: Bridge | None = None
        self.over = False
        self._status = "failed"
        self._was_bridged = False
        self._recorded: Form = ()
        self._waiting = list(verb.targets)
        self._timer: Task | None = None

    # --- ringing ---

    def begin(self) -> None:
        if self._caller_id_refused():
            self._conclude("failed")
            return
        self._ring_next()

    def _caller_id_refused(self) -> bool:
        """The caller ID must be one of the call's own numbers or one that the account holds (13214)."""
        own = {self.parent.from_number, self.parent.to_number}
        if self.verb.caller_id is not None:
            good = self.verb.caller_id in own or self.verb.caller_id in self.exchange.own_numbers
            message = f"callerId {self.verb.caller_id!r} is neither ours nor verified"
        else:
            good = E164.fullmatch(self.parent.overrides.get("From", self.parent.from_number)) is not None
            message = "the caller's own number is no caller ID, and none is given"
        if not good:
            self.exchange.violation(13214, message, self.document.url, self.parent.sid)
        return not good

    def _ring_next(self) -> None:
        """All targets at once, or with `sequential` the next one."""
        count = 1 if self.verb.sequential else len(self._waiting)
        targets, self._waiting = self._waiting[:count], self._waiting[count:]
        for target in targets:
            child = self._child(target)
            child.task = self.exchange.spawn(self._life(child, target))
        seconds = self.verb.timeout + self.exchange.switches.ring_buffer_seconds
        self._start_timer(seconds, self._nobody_answered)

    def _child(self, target: verbs.Noun) -> Leg:
        own = self.parent.from_number if self.parent.direction == "inbound" else self.parent.to_number
        child = Leg(
            self.exchange,
            direction="outbound-dial",
            from_number=self.verb.caller_id or own,
            to_number=target.address.strip(),
            parent=self.parent,
            status="initiated",
            fallback=self.parent.fallback,
        )
        if target.status_callback:
            url = self.document.resolve(target.status_callback)
            child.subscription = Subscription(
                url, target.status_callback_method, frozenset(target.status_callback_event)
            )
        child.dialed_by = self
        child.at_end(lambda: self._child_ended(child))
        self.children.append(child)
        return child

    def _life(self, child: Leg, target: verbs.Noun) -> Script[None]:
        rung = yield from ring(child, self.parent)
        if rung is not Rung.ANSWERED:
            child.end(rung.value)
            return
        self._picked_up(child)
        for digit in target.send_digits:
            yield Pause(0.5 if digit in "wW" else 0.1)
        if target.url:
            step = Step(self.document.resolve(target.url), target.method, kind="whisper")
            if not (yield from self._whisper(child, step)):
                return
        self._connect(child)
        while True:
            yield Listen()

    def _picked_up(self, child: Leg) -> None:
        """Picking up, not pressing 1, is what wins: the others are hung up at once."""
        self.winner = child
        self._stop_timer()
        for other in self.children:
            if other is not child:
                other.end(self.exchange.switches.loser_status, "lost the ring")

    def _nobody_answered(self) -> None:
        for child in list(self.children):  # the next one may start to ring meanwhile
            child.end("no-answer", "rang its time")

    # --- the bridge ---

    def _connect(self, child: Leg) -> None:
        """They speak; unless the parent has been taken elsewhere meanwhile."""
        if self.over:
            child.end("completed", "nobody left to bridge to")
            return
        self.parent.answer()
        self.bridge = Bridge(self.parent, child, self.exchange.now)
        self._was_bridged = True
        self.exchange.record.bridges.append(self.bridge)
        for leg, other in ((self.parent, child), (child, self.parent)):
            leg.silence()
            leg.note("is bridged to", other.number)
            if leg.party is not None:
                leg.party.bridged()
        self.exchange.announce("bridged", child)
        self._start_timer(self.verb.time_limit, lambda: child.end("completed", "time limit"))

    def _disconnect(self, taken: Leg | None = None) -> None:
        """They no longer hear each other; `taken` is the one whom REST takes to another document."""
        self._stop_timer()
        bridge, self.bridge = self.bridge, None
        if bridge is None:
            return
        bridge.until = self.exchange.now
        if self.verb.record not in ("do-not-record", "false"):
            self._recorded = listening.keep_recording(
                self.parent,
                bridge.since,
                self.verb.recording_status_callback,
                self.verb.recording_status_callback_method,
                self.document,
                channels=2 if self.verb.record.endswith("-dual") else 1,
            )
        for leg in (bridge.parent, bridge.child):
            leg.note("is unbridged")
            if leg.is_live and leg.party is not None:
                leg.party.unbridged(taken=leg is taken)
        self.exchange.announce("unbridged", bridge.child)

    def star_pressed(self) -> None:
        """With `hangupOnStar` the caller's * ends the dialed leg."""
        if self.verb.hangup_on_star and self.bridge is not None:
            self.bridge.child.end("completed", "the caller pressed *")

    # --- how it ends ---

    def _child_ended(self, child: Leg) -> None:
        if self.over:
            return
        if child is self.winner:
            refused = not self._was_bridged
            self._disconnect()
            if refused and self._waiting and self.exchange.switches.refused_whisper_moves_on:
                self.winner = None
                self._ring_next()
            else:
                self._conclude("completed")
        elif self.winner is None and all(not other.is_live for other in self.children):
            self._stop_timer()
            if self._waiting:
                self._ring_next()
            else:
                self._conclude(_unanswered_status(self.children))

    def _conclude(self, status: str) -> None:
        self.over = True
        self._status = status
        self._stop_timer()
        self.parent.wake()

    def parent_left(self) -> None:
        """The caller hung up: children end, the action is told `completed`, and its reply goes nowhere."""
        self.over = True
        status = "completed" if self.winner is not None else self.exchange.switches.caller_left_dial_status
        self._status = status
        for child in self.children:
            child.end("completed" if child.answered_at else status, "the caller left")
        self._disconnect()
        if self.verb.action is not None:
            step = self.document.step(self.verb.action, self.verb.method, self.result(), "action")
            self.exchange.last_word(self.parent, step)

    def parent_redirected(self) -> None:
        """REST took the parent out; no action is asked. Phones that ring stop; the other leg's fate is a switch."""
        self.over = True
        self.parent.dialing = None
        self._disconnect(taken=self.parent)
        stays = self.exchange.switches.redirected_parent_child == "stays"
        for child in self.children:
            if not (stays and child.answered_at):
                child.end("completed" if child.answered_at else "canceled", "the caller was redirected")

    def child_redirected(self, child: Leg) -> None:
        """REST took the dialed leg out: the parent goes on with the action, or ends (a switch)."""
        child.dialed_by = None
        if self.over:
            return
        self._disconnect(taken=child)
        if self.exchange.switches.redirected_child_parent == "ends":
            self.over = True
            self.parent.end("completed", "the dialed leg was redirected")
        else:
            self._conclude("completed")

    def result(self) -> Form:
        """The Dial... parameters. No duration where nobody answered, nor where the child was redirected."""
        form: list[tuple[str, str]] = [("DialCallStatus", self._status)]
        named = self.winner or self._named_child()
        if named is not None:
            form.append(("DialCallSid", named.sid))
        if self.winner is not None and not self.winner.was_redirected:
            form.append(("DialCallDuration", str(self.winner.duration)))
        form.append(("DialBridged", "true" if self._was_bridged else "false"))
        return (*form, *self._recorded)

    def _named_child(self) -> Leg | None:
        if not self.children:
            return None
        return self.children[-1 if self.exchange.switches.unanswered_dial_sid == "last" else 0]

    def _start_timer(self, seconds: float, action: Callable[[], None]) -> None:
        self._stop_timer()

        def later() -> Script[None]:
            yield Pause(seconds)
            self._timer = None
            action()

        self._timer = self.exchange.spawn(later())

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


def _unanswered_status(children: list[Leg]) -> str:
    """What the action is told of several that all failed: the best that happened."""
    statuses = {child.status for child in children}
    return next((status for status in ("no-answer", "canceled", "busy") if status in statuses), "failed")
