"""A campaign's settings as a person reads them: under which subject, with which unit, and what each one does.

What each accepts, and its default, stand in policy.py; every key of it has its words here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """`label` and `does` are what a person reads; `unit` is empty where the value has none."""

    label: str
    does: str
    unit: str = ""


SUBJECTS: dict[str, dict[str, Words]] = {
    "Offering a call": {
        "strategy": Words("Who rings first", "Which of the free, licensed producers a call is offered to next."),
        "ring_seconds": Words(
            "Ring time", "How long a producer's phone rings before the next one is tried.", "seconds"
        ),
        "max_attempts": Words("Attempts", "At most so many producers are rung for one call.", "producers"),
        "ring_budget_seconds": Words(
            "Ringing altogether", "So long after the call came in, nobody further is rung.", "seconds"
        ),
        "screening": Words(
            "Acceptance", "A producer accepts by pressing a key, so that no voicemail ever takes a call."
        ),
        "wrap_up_seconds": Words("Wrap-up", "After a talk a producer is left alone for so long.", "seconds"),
        "carrier": Words(
            "Carrier",
            "Only producers appointed by this carrier in the caller's state are rung; none: appointments do not count.",
        ),
        "starts_on": Words("Starts on", "For your records: calls are taken as soon as the number rings."),
    },
    "The caller": {
        "ask": Words("Ask for the ZIP", "Callers whose state is not known for sure are asked to key their ZIP code."),
        "languages": Words("Languages", "What callers are spoken to in, the first one first."),
        "answer_after_seconds": Words(
            "Greet after",
            "After so much ringing the caller hears a greeting, which is when the vendor's bill begins.",
            "seconds",
        ),
        "when_nobody": Words(
            "When nobody can take it",
            "Hold: the caller is promised a call and may stay on the line. Return: the vendor gets the caller back.",
        ),
        "hold_seconds": Words(
            "Hold", "So long may a caller stay on the line before a person of ours takes over.", "seconds"
        ),
        "hold_past_buffer": Words(
            "Hold past the buffer", "A caller who chose to hold is kept, although the vendor then bills the call."
        ),
    },
    "The vendor": {
        "buffer_seconds": Words(
            "Buffer",
            "The vendor bills a call that lasts longer; one that nobody took is ended ten seconds before.",
            "seconds",
        ),
        "price": Words("Price", "What one billed call costs; the reports count with it.", "dollars"),
        "hourly_cap": Words(
            "Hourly cap",
            "At so many leads in 60 minutes, vendors who ask are told no. A call that arrives is served all the same.",
            "leads",
        ),
        "daily_cap": Words(
            "Daily cap",
            "The same for a day, from midnight to midnight by the campaign's clock. Calls that arrive are served.",
            "leads",
        ),
    },
    "Callbacks and texts": {
        "hours": Words("Hours", "When callbacks are promised and made. The law's hours stand in any case."),
        "time_zone": Words("Time zone", "By which clock the hours count."),
        "callback_minutes": Words(
            "Call back within", "A callback is promised so soon, where the law's hours allow it.", "minutes"
        ),
        "served_seconds": Words(
            "Served after", "A talk of this length counts as served, even if nobody says so.", "seconds"
        ),
        "text_sender": Words("Text sender", "The number that texts come from; none: the campaign's own."),
        "spoken_notice": Words(
            "Spoken notice", "Whoever cannot be texted, a landline, is told by a recorded voice what was promised."
        ),
    },
    "Recording and supervisors": {
        "recording": Words("Recording", "Whether talks are recorded, and who tells the caller so."),
        "supervisor_may_answer": Words(
            "Supervisor may answer",
            "Not built yet: supervisors have no phone here, and nobody without a license is ever connected.",
        ),
    },
}

CHOICES: dict[str, dict[str, str]] = {
    "strategy": {
        "longest_idle": "longest idle",
        "round_robin": "round robin",
        "priority": "by priority",
        "weighted": "by weight",
        "sticky": "who served the caller last",
    },
    "screening": {"key": "a key press"},
    "when_nobody": {"hold": "hold", "return": "return"},
    "recording": {
        "off": "off",
        "vendor_announces": "on, the vendor tells",
        "producer_announces": "on, the producer tells",
        "announce_first": "on, a voice tells first",
    },
}
"""The words for each value of a setting that takes one of a few."""


KEYS = tuple(key for settings in SUBJECTS.values() for key in settings)
"""Every setting, in the order in which a person reads them."""


def words_of(key: str) -> Words:
    """Raises KeyError for what is no setting."""
    return _WORDS[key]


_WORDS = {key: words for settings in SUBJECTS.values() for key, words in settings.items()}
