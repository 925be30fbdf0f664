"""The outbox: a text of one name stands there once, leaves once, and never goes back from its end."""

from __future__ import annotations

from datetime import datetime

from app.storage import texts
from app.storage.database import Database, Transaction
from app.timekeeping import ManualClock


def queue(tx: Transaction, now: datetime, subject: str = "attempt:1") -> bool:
    return texts.queue(
        tx, subject=subject, kind="missed", from_number="+18005550199", to_number="+16145550101", body="b", now=now
    )


def status(database: Database, subject: str = "attempt:1") -> list[str]:
    with database.read() as tx:
        return [text.status for text in texts.of_subject(tx, subject)]


def test_a_text_of_one_name_is_queued_once(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        assert [queue(tx, clock.now()), queue(tx, clock.now())] == [True, False]


def test_a_claimed_text_is_never_claimed_again(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        queue(tx, clock.now(), "a")
        queue(tx, clock.now(), "b")

    claimed = []
    for _ in range(3):
        with database.begin() as tx:
            claimed.append(texts.claim_next(tx, clock.now()))

    assert [text.subject if text else None for text in claimed] == ["a", "b", None]
    assert status(database, "a") == ["sending"]


def test_a_final_status_never_goes_back(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        queue(tx, clock.now())
        text = texts.claim_next(tx, clock.now())
        assert text is not None
        texts.settle(tx, text.id, status="sent", message_sid="SM1")

        assert texts.progressed(tx, "SM1", "delivered", None)
        assert not texts.progressed(tx, "SM1", "sent", None)
        assert not texts.progressed(tx, "SM1", "undelivered", "30003")
        assert not texts.progressed(tx, "SM2", "delivered", None)

    assert status(database) == ["delivered"]
    with database.read() as tx:
        found = texts.with_sid(tx, "SM1")
        assert found is not None
        assert found.to_number == "+16145550101"
        assert texts.with_sid(tx, "SM2") is None
