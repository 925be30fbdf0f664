"""An attempt is over: write down how it came out, and free the producer's desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.call import Outcome
from app.domain.policy import Policy
from app.storage import attempts, authority_facts, desk, texts
from app.storage.attempts import Attempt
from app.storage.calls import Turn
from app.storage.campaigns import Campaign

Wording = Callable[[str, str, Mapping[str, str]], str]
"""A sentence by its key, language and values: twiml.phrases.say, handed in by the doors."""


def free_producer(
    turn: Turn, campaign: Campaign | None, attempt: Attempt, outcome: Outcome, *, wording: Wording
) -> None:
    """Close the attempt and release the desk; the second miss in a row earns the producer one text."""
    tx, now = turn.tx, turn.now
    policy = campaign.policy if campaign else Policy()
    attempts.change(tx, attempt, outcome=outcome, ended_at=now)
    out_of_rotation = desk.release(
        tx, attempt.producer_id, attempt.call_id, outcome, now, wrap_up_seconds=policy.wrap_up_seconds
    )
    if not out_of_rotation or campaign is None:
        return
    texts.queue(
        tx,
        subject=f"attempt:{attempt.id}",
        kind="missed",
        from_number=policy.text_sender or campaign.number,
        to_number=authority_facts.phone_of(tx, attempt.producer_id),
        body=wording("text_missed", "en", {}),
        now=now,
    )
