"""Licenses that run out are told of in time, and closed by the roster alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.licensing import Status
from app.domain.lines import Line
from app.domain.renewals import Closed, Step, crosses_at
from app.storage import ledger, renewals, roster
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.renewals import RenewalTask
from app.timekeeping import ManualClock
from app.workflows.leads.notify_overdue import MOST_NAMED
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.sweep_renewals import sweep_renewals
from app.workflows.licenses.touch_renewal import AlreadyClosed, assign_renewal, mark_step
from app.workflows.licenses.watch_renewals import watch_renewals
from tests.builders import Held, Person, licensed, roster_file
from tests.workflows.receivers import Receivers

TODAY = date(2026, 11, 18)
ANA = licensed("Ana", 1, "OH")


def in_days(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


@dataclass
class Desk:
    """The license desk over one database."""

    database: Database
    clock: ManualClock
    receivers: Receivers = field(default_factory=Receivers)

    def import_(self, *people: Person) -> int | None:
        imported = import_roster(
            roster_file(*people),
            file_name="roster.csv",
            actor="test",
            dry_run=False,
            database=self.database,
            now=self.clock.now(),
        )
        assert isinstance(imported, Imported), imported
        return imported.version

    def watch(self) -> int:
        return watch_renewals(database=self.database, notices=self.receivers, now=self.clock.now())

    def at(self, state: str, expires: str, threshold: int) -> None:
        """The clock as that threshold is crossed."""
        self.clock.move_to(crosses_at(state, date.fromisoformat(expires), threshold))

    @property
    def tasks(self) -> list[RenewalTask]:
        with self.database.read() as tx:
            return renewals.listed(tx, is_open=None, after=0, limit=1000)

    @property
    def only(self) -> RenewalTask:
        (task,) = self.tasks
        return task

    def ledger(self, kind: str) -> list[dict[str, Any]]:
        table = table_of(LedgerRow)
        with self.database.read() as tx:
            ids = tx.execute(select(table.c.id).where(table.c.kind == kind).order_by(table.c.id)).scalars().all()
            found = [ledger.entry(tx, entry_id) for entry_id in ids]
        return [entry.facts for entry in found if entry is not None]


@pytest.fixture
def desk(database: Database, clock: ManualClock) -> Desk:
    return Desk(database, clock)


# ---- tasks


def test_each_license_that_runs_out_is_one_task_with_all_its_lines(desk: Desk) -> None:
    soon, later = in_days(90), in_days(91)
    desk.import_(ANA.holding(Held("OH", "health", expires=soon), Held("OH", expires=soon), Held("TX", expires=later)))

    desk.watch()

    assert desk.only.runs_out.spelled == "life+health"
    assert (desk.only.npn, desk.only.runs_out.state, desk.only.is_resident) == (ANA.npn, "OH", True)
    assert desk.ledger("renewals_opened") == [
        {"tasks": [{"npn": ANA.npn, "state": "OH", "lines": "life+health", "expires_on": soon}]}
    ]


def test_the_next_day_brings_the_next_license(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(91))))
    desk.watch()
    before = desk.tasks

    desk.at("OH", in_days(91), 90)
    desk.watch()

    assert before == []
    assert desk.only.opened_at == desk.clock.now()


def test_nothing_is_looked_at_again_while_neither_roster_nor_date_changes(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(50))))
    swept = []

    for minutes in (0, 1, 58):
        desk.clock.advance(minutes * 60)
        swept.append(sweep_renewals(database=desk.database, now=desk.clock.now()))

    assert swept == [True, False, False]


def test_a_roster_of_many_producers_is_compared_page_by_page(desk: Desk) -> None:
    everybody = [_numbered(number) for number in range(230)]
    desk.import_(*everybody[:90])
    desk.watch()

    desk.import_(*everybody[90:])
    told = desk.watch()

    assert (len(desk.tasks), told) == (230, 140)
    assert desk.receivers.heard[-1].title == "Renewals: 140 at 30 days; 140 untouched"
    assert f"and {140 - MOST_NAMED} more" in desk.receivers.heard[-1].body


def _numbered(number: int) -> Person:
    """One of 300 people, each with a phone of their own."""
    phone = f"+1{(614, 216, 330)[number // 100]}55501{number % 100:02}"
    return replace(licensed("Ana", number, "OH"), phone=phone).holding(Held("OH", expires=in_days(20)))


# ---- what closes them


def test_a_roster_with_a_later_date_closes_it_as_renewed_with_its_version(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(30))))
    desk.watch()

    version = desk.import_(ANA.holding(Held("OH", expires=in_days(760))))
    told = desk.watch()

    assert (desk.only.closed_as, desk.only.closed_version, desk.only.tell_at) == (Closed.RENEWED, version, None)
    assert told == 0
    (closed,) = desk.ledger("renewals_closed")
    assert (closed["tasks"][0]["as"], closed["tasks"][0]["version"]) == ("renewed", version)


def test_a_renewal_of_one_line_leaves_the_other(desk: Desk) -> None:
    soon = in_days(30)
    desk.import_(ANA.holding(Held("OH", "life", expires=soon), Held("OH", "health", expires=soon)))
    desk.watch()

    desk.import_(ANA.holding(Held("OH", "life", expires=in_days(760)), Held("OH", "health", expires=soon)))
    desk.watch()

    assert (desk.only.runs_out.spelled, desk.only.closed_as) == ("health", None)


def test_every_step_done_closes_nothing(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(30))))
    desk.watch()

    for step in Step:
        mark_step(desk.only.id, step, actor="test", database=desk.database, now=desk.clock.now())
    desk.watch()

    assert (desk.only.closed_as, desk.only.done) == (None, tuple(Step))


def test_a_license_that_is_suspended_is_withdrawn_and_comes_back_with_what_was_done(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(30))))
    desk.watch()
    mark_step(desk.only.id, Step.FILED, actor="test", database=desk.database, now=desk.clock.now())
    set_status(desk, Status.SUSPENDED)
    desk.watch()
    suspended = desk.only

    set_status(desk, Status.ACTIVE)
    told = desk.watch()

    assert (suspended.closed_as, suspended.closed_version) == (Closed.WITHDRAWN, None)
    assert (desk.only.closed_as, desk.only.done, told) == (None, (Step.FILED,), 0)


def set_status(desk: Desk, status: Status) -> None:
    with desk.database.begin() as tx:
        roster.change_license(tx, ANA.npn, "OH", Line.LIFE, desk.clock.now(), "test", status=status)


@pytest.mark.parametrize(("state", "midnight"), [("OH", "05:00"), ("CA", "08:00"), ("TX", "06:00"), ("TN", "05:00")])
def test_a_lapse_is_told_at_the_states_own_midnight(desk: Desk, state: str, midnight: str) -> None:
    ana = licensed("Ana", 1, state).holding(Held(state, expires="2026-11-20"))
    desk.import_(ana)
    desk.watch()
    lapse = datetime.fromisoformat(f"2026-11-21T{midnight}:00+00:00")

    desk.clock.move_to(lapse - timedelta(seconds=1))
    before = (desk.watch(), desk.only.closed_as)
    desk.clock.move_to(lapse)
    after = (desk.watch(), desk.only.closed_as, desk.watch())

    assert before == (1, None)  # the last day
    assert after == (1, Closed.LAPSED, 0)
    assert desk.receivers.heard[-1].title == "Renewals: 1 lapsed"
    assert "lapsed after 2026-11-20" in desk.receivers.heard[-1].body


def test_what_was_renewed_after_its_date_has_lapsed_first(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(1))))
    desk.watch()
    desk.at("OH", in_days(1), -1)
    desk.watch()

    desk.import_(ANA.holding(Held("OH", expires=in_days(760))))
    desk.watch()

    assert desk.only.closed_as is Closed.LAPSED


# ---- what is told


def test_each_threshold_is_told_once(desk: Desk) -> None:
    expires = in_days(200)
    desk.import_(ANA.holding(Held("OH", expires=expires)))
    told = [desk.watch()]

    for threshold in (90, 60, 30, 14, 7, 1, -1):
        desk.at("OH", expires, threshold)
        desk.clock.advance(-1)
        told.append(desk.watch())
        desk.clock.advance(1)
        told += [desk.watch(), desk.watch()]

    assert told == [0] + [0, 1, 0] * 7
    assert [notice.title for notice in desk.receivers.heard] == [
        "Renewals: 1 at 90 days",
        "Renewals: 1 at 60 days",
        "Renewals: 1 at 30 days; 1 untouched",
        "Renewals: 1 at 14 days; 1 untouched",
        "Renewals: 1 at 7 days; 1 untouched",
        "Renewals: 1 at 1 day; 1 untouched",
        "Renewals: 1 lapsed",
    ]


def test_after_a_pause_only_the_last_threshold_is_told(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(80))))
    desk.watch()

    desk.clock.advance(timedelta(days=70).total_seconds())
    told = [desk.watch(), desk.watch()]

    assert told == [1, 0]
    assert desk.receivers.heard[-1].title == "Renewals: 1 at 14 days; 1 untouched"


def test_resident_licenses_come_first_and_say_how_many_states_rest_on_them(desk: Desk) -> None:
    ana = ANA.holding(
        Held("OH", expires=in_days(20)),
        Held("TX", expires=in_days(5)),
        Held("CA"),
        Held("NY", "health"),
        Held("WA", status="suspended"),
    )
    desk.import_(ana)

    desk.watch()

    (notice,) = desk.receivers.heard
    first, second, _ = notice.body.splitlines()
    assert notice.title == "Renewals: 1 at 7 days, 1 at 30 days; 2 untouched"
    assert "Ana Tester, OH resident (2 states rest on it), life: 20 days left (2026-12-08); untouched" in first
    assert "Ana Tester, TX, life: 5 days left (2026-11-23); untouched, belongs to nobody" in second


def test_what_somebody_works_on_is_said_with_its_steps_and_its_owner(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(14))))
    desk.watch()
    assign_renewal(desk.only.id, "kim@example.com", actor="test", database=desk.database, now=desk.clock.now())
    mark_step(desk.only.id, Step.FILED, actor="test", database=desk.database, now=desk.clock.now())

    desk.at("OH", in_days(14), 7)
    desk.watch()
    desk.at("OH", in_days(14), 1)
    desk.watch()

    seven, one = desk.receivers.heard[1:]
    assert (seven.title, one.title) == ("Renewals: 1 at 7 days", "Renewals: 1 at 1 day; 1 untouched")
    assert seven.body.splitlines()[0].endswith("filed, belongs to kim@example.com")
    assert one.body.splitlines()[0].endswith("untouched, belongs to kim@example.com")


def test_a_notice_that_reached_nobody_is_sent_again_a_minute_later(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(1))))
    desk.receivers.down = True
    told = [desk.watch()]
    desk.receivers.down = False

    for seconds in (59, 1):
        desk.clock.advance(seconds)
        told.append(desk.watch())

    assert told == [0, 0, 1]
    assert desk.only.told_days == 1


def test_a_lapse_that_reached_nobody_is_told_when_somebody_can_be(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(1))))
    desk.receivers.anybody = False
    desk.watch()
    desk.at("OH", in_days(1), -1)
    told = [desk.watch()]
    lapsed = desk.only.closed_as
    desk.receivers.anybody = True

    told += [desk.watch(), desk.watch()]

    assert lapsed is Closed.LAPSED
    assert told == [0, 1, 0]


def test_two_schedulers_tell_once(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(1)), Held("TX", expires=in_days(2))))
    barrier = Barrier(2)

    def one() -> int:
        barrier.wait()
        return desk.watch()

    with ThreadPoolExecutor(2) as pool:
        told = [each.result() for each in [pool.submit(one), pool.submit(one)]]

    assert sum(told) == 2
    assert len(desk.tasks) == 2


# ---- what people do


def test_assigning_and_marking_again_change_nothing(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(30))))
    desk.watch()
    task_id = desk.only.id

    for _ in range(2):
        assign_renewal(task_id, "kim", actor="command:lee", database=desk.database, now=desk.clock.now())
        mark_step(task_id, Step.PAID, actor="command:lee", database=desk.database, now=desk.clock.now())
        desk.clock.advance(60)

    about = {"id": task_id, "npn": ANA.npn, "state": "OH", "lines": "life", "expires_on": in_days(30)}
    assert desk.ledger("renewal_assigned") == [about | {"owner": "kim"}]
    assert desk.ledger("renewal_step") == [about | {"step": "paid"}]
    assert desk.only.steps[Step.PAID] == desk.only.touched_at == desk.clock.now() - timedelta(seconds=120)


def test_what_is_closed_or_unknown_cannot_be_touched(desk: Desk) -> None:
    desk.import_(ANA.holding(Held("OH", expires=in_days(30))))
    desk.watch()
    desk.import_(ANA.holding(Held("OH", expires=in_days(760))))
    desk.watch()

    closed = assign_renewal(desk.only.id, "kim", actor="test", database=desk.database, now=desk.clock.now())
    unknown = mark_step(999, Step.PAID, actor="test", database=desk.database, now=desk.clock.now())

    assert (closed, unknown) == (AlreadyClosed(desk.only), None)
    assert desk.only.owner is None
