"""People whose resident license ends, calls that were promised, and what was bridged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.lead import Custody
from app.domain.lines import Requirement
from app.domain.residency import Evidence, settle
from app.storage import authority_facts, callbacks, campaigns, leads
from app.storage.callbacks import Callback
from app.storage.database import Database
from app.workflows.licenses.open_state import Document, Opened, open_state
from tests.builders import Held, Person, licensed

NUMBER, PERSON = "+18005550199", "+16145550150"
ZIPS = {"FL": "33101", "GA": "30303", "OH": "43215", "TX": "73301"}

_AREA_CODES = ("404", "478", "706", "762", "770", "912")

FLO = licensed("Flo", 1, "FL", "GA", "OH")
GIL = licensed("Gil", 2, "GA", "OH")


def open_states(database: Database, now: datetime, *states: str, zips: bytes | None = None) -> None:
    opened = open_state(
        states,
        document=Document("certificate.pdf", b"%PDF-1.4 test"),
        verified_by="compliance@example.com",
        zips=zips,
        actor="test",
        database=database,
        now=now,
    )
    assert isinstance(opened, Opened), opened


def campaign(database: Database, *, loa: str = "life", number: str = NUMBER, **settings: str) -> int:
    with database.begin() as tx:
        campaign_id = campaigns.add(
            tx, number=number, name="Final expense", requirement=Requirement.parse(loa), vendor_id=None
        )
        assert campaign_id is not None
        if settings:
            found = campaigns.by_id(tx, campaign_id)
            campaigns.change_settings(tx, found, settings, actor="test", now=datetime(2026, 11, 1, tzinfo=UTC))
    return campaign_id


def promised(
    database: Database,
    state: str,
    due_at: datetime,
    now: datetime,
    *,
    campaign_id: int,
    producer_id: int | None = None,
    only_producer: bool = False,
) -> Callback:
    """A call that somebody in `state` was promised."""
    with database.begin() as tx:
        lead = leads.add(tx, custody=Custody.ESCALATED, owed_by=due_at, now=now, campaign_id=campaign_id, phone=PERSON)
        leads.settle(tx, lead.id, settle(Evidence(keyed_zip=ZIPS[state])))
        return callbacks.make(
            tx,
            lead_id=lead.id,
            campaign_id=campaign_id,
            phone=PERSON,
            state=state,
            due_at=due_at,
            promised_by=due_at + timedelta(minutes=15),
            made_by="test",
            now=now,
            producer_id=producer_id,
            only_producer=only_producer,
        )


def crowd(count: int, *held: Held) -> list[Person]:
    """So many people in Georgia with these licenses, each with a telephone of their own."""
    return [
        replace(
            licensed("Ann", 100 + number, "GA").holding(*held),
            phone=f"+1{_AREA_CODES[number // 100]}55501{number % 100:02d}",
        )
        for number in range(count)
    ]


def id_of(database: Database, npn: str) -> int:
    with database.read() as tx:
        found = authority_facts.producer_id_of(tx, npn)
    assert found is not None
    return found


def resident_until(day: str) -> tuple[Held, ...]:
    """Flo's licenses, the resident one ending on that day."""
    return (Held("FL", expires=day), Held("GA"), Held("OH"))
