"""A text leaves while it is true and while the law lets it, and arrives within what is left of that window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import scheduler
from app.simulator.parties import CallerBehavior
from app.storage import campaigns, texts, work
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP
from tests.conversations.reconciling import arrived, fate, promised, told, written_to
from tests.product import AGENCY, Stage

CALIFORNIAN_IN_OHIO = "+12135550150"


def new_york(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant in November 2026, by New York's clock; the 18th is a Wednesday."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC) + timedelta(hours=5)


def queue(stage: Stage, *, to_number: str = OHIO_CALLER, subject: str = "test:1", **more: Any) -> None:
    with stage.database.begin() as tx:
        campaign = campaigns.reached_by(tx, AGENCY)
        assert campaign is not None
        texts.queue(
            tx,
            **{
                "campaign_id": campaign.campaign_id,
                "subject": subject,
                "kind": "answer",
                "from_number": AGENCY,
                "to_number": to_number,
                "body": "A person from our team will follow up.",
                "now": stage.now,
                "states": "OH",
                **more,
            },
        )


def outbox(stage: Stage, subject: str = "test:1") -> tuple[str, str | None]:
    with stage.database.read() as tx:
        (text,) = texts.of_subject(tx, subject)
    return text.status, text.error


def play(stage: Stage, until: datetime, every: timedelta) -> None:
    """Tick through the time until then."""
    while stage.now < until:
        stage.clock.move_to(min(stage.now + every, until))
        stage.tick()


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        ((10, 0, 0), 14_400),
        ((18, 59, 0), 3_660),
        ((19, 58, 30), 90),
        ((19, 59, 59), 1),
    ],
)
def test_a_text_may_arrive_only_in_what_is_left_of_the_window(
    stage: Stage, at: tuple[int, int, int], seconds: int
) -> None:
    stage.clock.move_to(new_york(18, *at))
    queue(stage)

    stage.tick()

    assert [text.validity_seconds for text in arrived(stage)] == [seconds]


def test_less_than_a_second_before_the_window_closes_nothing_leaves(stage: Stage) -> None:
    stage.clock.move_to(new_york(18, 20) - timedelta(milliseconds=300))
    queue(stage)

    stage.tick()

    assert arrived(stage) == []
    play(stage, new_york(19, 8), timedelta(hours=1))
    assert [text.created_at for text in arrived(stage)] == [new_york(19, 8)]


def test_a_call_at_night_is_texted_about_in_the_morning(stage: Stage) -> None:
    stage.clock.move_to(new_york(18, 22, 30))
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    play(stage, new_york(19, 7, 59), timedelta(minutes=20))
    before = arrived(stage)
    (waiting,) = written_to(stage, call)
    play(stage, new_york(19, 8), timedelta(minutes=1))

    assert before == []
    assert (waiting.status, waiting.not_before) == ("queued", new_york(19, 8))
    assert [text.created_at for text in arrived(stage)] == [new_york(19, 8)]


def test_on_a_sunday_a_closed_campaign_texts_nobody(stage: Stage) -> None:
    stage.clock.move_to(new_york(22, 12))
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.move_to(new_york(22, 13))

    play(stage, new_york(23, 8, 30), timedelta(minutes=30))

    assert [text.created_at for text in arrived(stage)] == [new_york(23, 8)]
    assert fate(stage, call) == [("delivered", None)]


def test_the_area_codes_law_counts_beside_that_of_the_residence(stage: Stage) -> None:
    stage.clock.move_to(new_york(18, 10))
    call = stage.call_from(CALIFORNIAN_IN_OHIO, KEYS_OHIO)

    play(stage, new_york(18, 11), timedelta(minutes=15))

    # 8:00 in California.
    assert [text.created_at for text in arrived(stage, CALIFORNIAN_IN_OHIO)] == [new_york(18, 11)]
    assert fate(stage, call) == [("delivered", None)]


def test_a_number_that_says_nothing_is_never_texted_and_a_person_is_told(stage: Stage) -> None:
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.tick()
    with stage.database.begin() as tx:
        work.resolve_of_lead(tx, stage.lead(call).id, outcome="test", by="test", now=stage.now)
    queue(stage, to_number="+18005550123", states="", lead_id=stage.lead(call).id)

    stage.tick()

    assert outbox(stage) == ("dropped", "there is no lawful hour for it")
    assert [item.reason for item in stage.waiting()] == ["not_notified"]


def test_what_is_no_longer_true_is_not_sent_and_says_so(stage: Stage) -> None:
    call = promised(stage)
    stage.clock.advance(301)

    scheduler.tick(stage.tools)

    assert fate(stage, call)[0] == ("dropped", "it is no longer true")
    assert told(stage, call)["texts"][0]["notified"] == "no"


def test_what_will_not_be_true_at_the_next_lawful_hour_is_not_kept_till_then(stage: Stage) -> None:
    stage.clock.move_to(new_york(18, 21, 30))
    queue(stage, true_until=new_york(19, 7))

    stage.tick()

    assert outbox(stage) == ("dropped", "no longer true at the next lawful hour")


def test_who_has_been_served_meanwhile_is_not_told_that_we_will_call(stage: Stage) -> None:
    call = promised(stage)
    stage.presence(ANA, "available")
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=90))

    stage.tick()

    assert fate(stage, call) == [("dropped", "the lead is served")]
    assert arrived(stage) == []


def test_a_blocked_number_is_not_texted(stage: Stage) -> None:
    call = promised(stage)
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, "blocked", source="test", now=stage.now)

    stage.tick()

    assert fate(stage, call)[0] == ("dropped", "the number is blocked")


def test_a_stop_between_queue_and_send_is_heeded(stage: Stage) -> None:
    call = promised(stage)
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, "stop", source="test", now=stage.now)

    stage.tick()

    assert fate(stage, call)[0] == ("refused", "the number has said STOP")
    assert arrived(stage) == []


def test_who_asked_for_a_text_on_the_call_gets_it_although_they_had_said_stop(stage: Stage) -> None:
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, "stop", source="test", now=stage.now)
    queue(stage, kind="unasked:asked")

    stage.tick()

    assert outbox(stage) == ("delivered", None)


def test_a_producers_text_has_no_hours(stage: Stage) -> None:
    stage.clock.move_to(new_york(18, 3))
    queue(stage, to_number=ANA.phone, states=None)

    stage.tick()

    assert [text.validity_seconds for text in arrived(stage, ANA.phone)] == [None]


def test_a_long_code_sends_a_segment_a_second_and_keeps_nobody_else_waiting(stage: Stage) -> None:
    stage.campaign("+18005550198", name="Health")
    for nth in range(25):
        queue(stage, subject=f"test:{nth}", to_number=f"+1614555{110 + nth:04d}")
    queue(stage, subject="other", from_number="+18005550198")

    scheduler.tick(stage.tools)
    first = len(stage.exchange.record.texts)
    other = outbox(stage, "other")[0]
    for _ in range(40):
        stage.exchange.run(1)
        scheduler.tick(stage.tools)
    stage.exchange.run()

    sent = sorted(text.sent_at for text in stage.exchange.record.texts.values() if text.sent_at is not None)
    assert first == 11
    assert other == "sent"
    assert {text.status for text in stage.exchange.record.texts.values()} == {"delivered"}
    assert (sent[-1] - sent[0]).total_seconds() >= 20
