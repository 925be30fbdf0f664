"""Supervisors are told once at each threshold, and again where nobody was reached."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from app.outside.notices import NullNotices
from app.storage.escalations import Escalation
from app.workflows.leads.assign_escalation import assign_escalation
from app.workflows.leads.claim_escalation import claim_escalation
from app.workflows.leads.notify_overdue import MOST_NAMED, notify_overdue
from app.workflows.leads.resolve_escalation import Resolution, resolve_escalation
from tests.conversations.people import ANA, OHIO_CALLER
from tests.product import Stage
from tests.workflows.leads.waiting import waiting
from tests.workflows.receivers import Receivers


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


def tell(stage: Stage, receivers: Receivers) -> int:
    return notify_overdue(database=stage.database, notices=receivers, now=stage.now)


def go_to(stage: Stage, item: Escalation, **off: float) -> None:
    """That long after the deadline."""
    stage.clock.move_to(item.due_at + timedelta(**off))


def test_each_threshold_is_told_once(stage: Stage, receivers: Receivers) -> None:
    item = waiting(stage.database, stage.now)
    told = []

    for off in (-660, -600, -599, -1, 0, 1, 3599, 3600, 7200, 90_000):
        go_to(stage, item, seconds=off)
        told.append(tell(stage, receivers) + tell(stage, receivers))

    assert told == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
    assert [notice.title.removeprefix("Supervisors' queue: ") for notice in receivers.heard] == [
        "1 due within ten minutes",
        "1 overdue",
        "1 overdue for more than an hour",
    ]


def test_a_new_one_is_told_of_at_once_only_where_the_settings_say_so(stage: Stage, receivers: Receivers) -> None:
    waiting(stage.database, stage.now)

    quiet = tell(stage, receivers)
    receivers.tells_opened = True
    told = [tell(stage, receivers), tell(stage, receivers)]

    assert (quiet, told) == (0, [1, 0])
    assert receivers.heard[0].title == "Supervisors' queue: 1 new"


def test_after_a_night_without_a_scheduler_only_the_last_threshold_is_told(stage: Stage, receivers: Receivers) -> None:
    item = waiting(stage.database, stage.now)
    go_to(stage, item, hours=8)

    told = [tell(stage, receivers), tell(stage, receivers)]

    assert told == [1, 0]
    assert [notice.title for notice in receivers.heard] == ["Supervisors' queue: 1 overdue for more than an hour"]


def test_one_notice_names_everything_that_is_new_and_no_person(stage: Stage, receivers: Receivers) -> None:
    first = waiting(stage.database, stage.now, first_name="Joan", last_name="Tester")
    stage.clock.advance(1)
    for _ in range(MOST_NAMED):
        waiting(stage.database, stage.now)
    go_to(stage, first)

    assert tell(stage, receivers) == MOST_NAMED + 1

    (notice,) = receivers.heard
    lines = notice.body.splitlines()
    assert lines[0] == f"{first.id}: overdue; open, OH, hold_ran_out, due {first.due_at:%Y-%m-%d %H:%M} UTC"
    assert lines[-2] == "and 1 more"
    for personal in ("Joan", "Tester", OHIO_CALLER, OHIO_CALLER[-4:]):
        assert personal not in notice.title + notice.body


def test_where_nobody_was_reached_it_is_tried_again_a_minute_later(stage: Stage, receivers: Receivers) -> None:
    item = waiting(stage.database, stage.now)
    go_to(stage, item)
    receivers.down = True

    told = []
    for _ in range(5):
        told.append(tell(stage, receivers))
        stage.clock.advance(30)
    receivers.down = False
    stage.clock.advance(30)

    assert told == [0] * 5
    assert receivers.tried == 3
    assert [tell(stage, receivers), tell(stage, receivers)] == [1, 0]
    assert [notice.title for notice in receivers.heard] == ["Supervisors' queue: 1 overdue"]


def test_two_schedulers_at_once_tell_it_once(stage: Stage, receivers: Receivers) -> None:
    item = waiting(stage.database, stage.now)
    go_to(stage, item)
    together = Barrier(4)

    def tick(_: int) -> int:
        together.wait()
        return tell(stage, receivers)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(tick, range(4)))

    assert sum(told) == 1
    assert len(receivers.heard) == 1


def test_a_claimed_one_is_still_owed_and_a_resolved_one_is_not(stage: Stage, receivers: Receivers) -> None:
    claimed, resolved = waiting(stage.database, stage.now), waiting(stage.database, stage.now)
    how: dict[str, Any] = {"actor": "key:sam", "database": stage.database, "now": stage.now}
    claim_escalation(claimed.id, **how)
    resolve_escalation(resolved.id, Resolution.SERVED, "", **how)
    go_to(stage, claimed)

    assert tell(stage, receivers) == 1
    assert receivers.heard[0].body.startswith(f"{claimed.id}: overdue; claimed")


def test_what_is_assigned_waits_for_its_producers_promise(stage: Stage, receivers: Receivers) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)
    stage.clock.move_to(item.due_at - timedelta(minutes=1))
    assign_escalation(item.id, ANA.npn, actor="key:sam", database=stage.database, now=stage.now)
    go_to(stage, item)

    while_promised = tell(stage, receivers)
    stage.clock.advance(86_400 * 2)

    assert while_promised == 0
    assert tell(stage, receivers) == 1


def test_without_anybody_to_tell_nothing_is_used_up(stage: Stage, receivers: Receivers) -> None:
    item = waiting(stage.database, stage.now)
    go_to(stage, item)

    assert notify_overdue(database=stage.database, notices=NullNotices(), now=stage.now) == 0
    assert tell(stage, receivers) == 1
