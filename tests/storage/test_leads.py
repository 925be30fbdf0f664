"""Leads: always in exactly one custody, which the table and the database both hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.domain.lead import BrokenCustody, ClosedAs, Custody
from app.storage import leads
from app.storage.database import Database
from app.timekeeping import ManualClock

PHONE = "+16145550150"


def test_a_closed_lead_is_owed_nothing_and_stays_closed(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        lead = leads.add(tx, custody=Custody.IN_CALL, owed_by=clock.now(), now=clock.now(), phone=PHONE)
        closed = leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs.OPTED_OUT)

        assert (closed.owed_by, closed.closed_as) == (None, ClosedAs.OPTED_OUT)
        with pytest.raises(BrokenCustody):
            leads.move(tx, closed, Custody.ESCALATED, owed_by=clock.now())


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE leads SET owed_by = NULL",
        "UPDATE leads SET custody = 'served'",
        "UPDATE leads SET custody = 'closed', owed_by = NULL",
        "UPDATE leads SET custody = 'lost'",
        "UPDATE leads SET closed_as = 'duplicate'",
    ],
)
def test_the_database_refuses_a_lead_in_nobodys_hands(database: Database, clock: ManualClock, broken: str) -> None:
    with database.begin() as tx:
        leads.add(tx, custody=Custody.ESCALATED, owed_by=clock.now(), now=clock.now(), phone=PHONE)

    with pytest.raises(IntegrityError), database.begin() as tx:
        tx.execute(text(broken))


def test_the_open_lead_of_a_number_is_the_newest_of_its_campaign_else_the_newest(
    database: Database, clock: ManualClock
) -> None:
    with database.begin() as tx:
        first, second = (
            leads.add(tx, custody=Custody.ESCALATED, owed_by=clock.now(), now=clock.now(), phone=PHONE)
            for _ in range(2)
        )
        newest = leads.open_with_phone(tx, PHONE, None)
        leads.move(tx, second, Custody.SERVED)
        left = leads.open_with_phone(tx, PHONE, None)
        leads.move(tx, first, Custody.SERVED)

        assert [lead.id if lead else None for lead in (newest, left)] == [second.id, first.id]
        assert leads.open_with_phone(tx, PHONE, None) is None


def test_only_leads_in_a_call_past_their_instant_are_overdue(database: Database, clock: ManualClock) -> None:
    soon = clock.now() + timedelta(seconds=1)
    with database.begin() as tx:
        late = leads.add(tx, custody=Custody.IN_CALL, owed_by=clock.now(), now=clock.now())
        leads.add(tx, custody=Custody.IN_CALL, owed_by=soon, now=clock.now())
        leads.add(tx, custody=Custody.ESCALATED, owed_by=clock.now(), now=clock.now())

        assert [lead.id for lead in leads.overdue_in_call(tx, clock.now())] == [late.id]
