"""What can be turned: every point that Twilio leaves unstated ([U] in TELEPHONY.md), and how strict the carrier is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Switches:
    """One carrier's character. A field with `unknown` positions is one where the product must work in both."""

    # --- not stated by Twilio ---
    unanswered_parent_status: str = "in-progress"
    """CallStatus that a Dial's action reports while the parent was never answered (answerOnBridge)."""
    caller_left_dial_status: str = "no-answer"
    """DialCallStatus when the caller hangs up while the phone rings."""
    loser_status: str = "canceled"
    """Final status of the legs that lost a simultaneous ring."""
    unanswered_dial_sid: str = "last"
    """Which child DialCallSid names when none answered."""
    whisper_failure: str = "fallback"
    """A whisper that cannot be fetched: the number's fallback URL with the child's parameters, or the leg is
    hung up."""
    refused_whisper_moves_on: bool = False
    """Whether `sequential` goes on to the next number after a refused whisper."""
    redirected_parent_child: str = "ends"
    """The dialed leg, once its parent was redirected by REST: ends, or stays alone in silence."""
    redirected_child_parent: str = "continues"
    """The parent, once its dialed leg was redirected by REST: goes on with the Dial's action, or ends."""
    whisper_pause_and_redirect: str = "refused"
    """Pause and Redirect in a whisper: not listed by Twilio; refused, or allowed."""
    unregistered_client_status: str = "no-answer"
    """What becomes, at once, of a leg to a browser that is not registered: DialCallStatus and the leg's final status."""
    ring_buffer_seconds: float = 5
    """What Twilio adds to a Dial's timeout."""

    # --- how strict, how slow ---
    lenient: bool = False
    """Unknown verbs and attributes only warn, as in real Twilio, instead of failing the document."""
    idempotency_token: bool = True
    stir_verstat: str | None = "TN-Validation-Passed-A"
    """None leaves StirVerstat and CallToken out of the first request."""
    connect_seconds: float = 0.5
    """From dialing to ringing."""
    reply_seconds: float = 0.0
    """Virtual seconds that each webhook takes."""
    seconds_per_word: float = 0.4
    seconds_per_play: float = 3.0
    message_list_lag_seconds: float = 0.0
    """How young a text may be and not yet be in GET /Messages.json; by its SID it is always found."""
    call_list_lag_seconds: float = 0.0
    """The same for calls and GET /Calls.json."""
    shuffle_ties: bool = False
    """Events at the same instant in a seeded random order: status callbacks then overtake each other."""

    # --- what befalls status callbacks (child, number and message) ---
    callback_delay_seconds: tuple[float, float] = (0.0, 0.0)
    """From, to: seeded; a wide span also reorders."""
    callback_copies: int = 1
    callback_loss: float = 0.0
    """Share that is never delivered, 0 to 1."""

    @classmethod
    def unknowns(cls) -> Mapping[str, tuple[Any, Any]]:
        """The fields that Twilio does not settle, each with its two positions, the default first."""
        defaults = {field.name: field.default for field in fields(cls)}
        return {name: (defaults[name], other) for name, other in _OTHER_POSITIONS.items()}

    @classmethod
    def positions(cls) -> Mapping[str, Switches]:
        """Named carriers to run a test against: the default, each unknown turned alone, and all of them turned."""
        turned = {f"{name}={other}": replace(cls(), **{name: other}) for name, other in _OTHER_POSITIONS.items()}
        return {"default": cls(), **turned, "all turned": replace(cls(), **_OTHER_POSITIONS)}


_OTHER_POSITIONS: dict[str, Any] = {
    "unanswered_parent_status": "ringing",
    "caller_left_dial_status": "canceled",
    "loser_status": "no-answer",
    "unanswered_dial_sid": "first",
    "whisper_failure": "hangup",
    "refused_whisper_moves_on": True,
    "redirected_parent_child": "stays",
    "redirected_child_parent": "ends",
    "whisper_pause_and_redirect": "allowed",
    "unregistered_client_status": "failed",
    "ring_buffer_seconds": 0,
}
