"""The whole product on a stage: a real database, the simulated carrier speaking signed HTTP, virtual time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import text

from app import scheduler
from app.carrier.twilio import TwilioCarrier
from app.domain.lead import Custody
from app.domain.lines import Line, Requirement
from app.settings import Settings
from app.simulator.bridges import producer_leg_of
from app.simulator.calls import Call
from app.simulator.exchange import Exchange
from app.simulator.parties import CallerBehavior, ProducerBehavior, accepts
from app.simulator.products import WsgiProduct
from app.simulator.rest import WsgiAdapter
from app.simulator.switches import Switches
from app.storage import attempts, authority_facts, callbacks, calls, campaigns, desk, escalations, leads, roster, texts
from app.storage.callbacks import Callback
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.web import create_app
from app.wiring import Tools
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.open_state import Document, Opened, open_state
from app.workflows.lookback.own import look_back_on_own
from tests.builders import Person, roster_file

ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef"
AUTH_TOKEN = "12345"
PUBLIC = "https://threegate.example.com"
REST = "https://carrier.example.com"
AGENCY = "+18005550199"
LOOKED_BACK = timedelta(days=400)

_IN_A_CALL_THAT_IS_OVER = """
SELECT id FROM leads WHERE custody = 'in_call' AND EXISTS (SELECT 1 FROM calls WHERE lead_id = leads.id)
AND NOT EXISTS (SELECT 1 FROM calls WHERE lead_id = leads.id AND ended_at IS NULL)
"""


@dataclass
class Stage:
    """One product with its carrier. Callers call `AGENCY`; producers are put on the roster by `hire`."""

    database: Database
    clock: ManualClock
    exchange: Exchange
    tools: Tools
    app: APIFlask
    product: WsgiProduct
    hired: list[Person] = field(default_factory=list)
    reads_zero: bool = True
    """Whether the look back must be clean at the end: not where a test falsifies what we wrote down."""

    # ---- setting the scene

    def hire(self, *people: Person, behavior: ProducerBehavior | Sequence[ProducerBehavior] | None = None) -> None:
        """Put people on the roster, available, with a phone that behaves so (accepts, where nothing is said)."""
        self.import_roster(*people)
        for person in people:
            self.hired.append(person)
            self.exchange.add_producer(person.phone, behavior or accepts(talk_seconds=None))
            self.presence(person, "available")
            self.clock.advance(0.001)

    def import_roster(self, *people: Person) -> Imported:
        imported = import_roster(
            roster_file(*people),
            file_name="roster.csv",
            actor="test",
            dry_run=False,
            database=self.database,
            now=self.now,
        )
        assert isinstance(imported, Imported), imported
        return imported

    def open(self, *states: str, zips: bytes | None = None) -> None:
        opened = open_state(
            states,
            document=Document("certificate.pdf", b"%PDF-1.4 test"),
            verified_by="compliance@example.com",
            zips=zips,
            actor="test",
            database=self.database,
            now=self.now,
        )
        assert isinstance(opened, Opened), opened

    def campaign(
        self, number: str = AGENCY, *, loa: str = "life", name: str = "Final expense", **settings: Any
    ) -> None:
        """A campaign at `number`, and the number at the carrier."""
        with self.database.begin() as tx:
            campaign_id = campaigns.add(
                tx, number=number, name=name, requirement=Requirement.parse(loa), vendor_id=None
            )
            assert campaign_id is not None
        if settings:
            self.set(number, **settings)
        self.exchange.add_number(
            number,
            voice_url=f"{PUBLIC}/voice/incoming",
            status_url=f"{PUBLIC}/voice/status",
            fallback_url=f"{PUBLIC}/voice/fallback",
            sms_url=f"{PUBLIC}/sms/incoming",
        )

    def set(self, number: str = AGENCY, **settings: Any) -> None:
        with self.database.begin() as tx:
            campaign = campaigns.reached_by(tx, number)
            assert campaign is not None
            texts = {key: str(value) for key, value in settings.items()}
            campaigns.change_settings(tx, campaign, texts, actor="test", now=self.now)

    def team(self, *people: Person, **how: Any) -> None:
        with self.database.begin() as tx:
            campaign = campaigns.reached_by(tx, AGENCY)
            assert campaign is not None
            for person in people:
                member = campaigns.TeamMember(self._id(tx, person), **how)
                campaigns.put_on_team(tx, campaign.campaign_id, member)

    def presence(self, person: Person, presence: str) -> None:
        with self.database.begin() as tx:
            desk.set_presence(tx, self._id(tx, person), presence, self.now, by="test")

    def behave(self, person: Person, *behavior: ProducerBehavior) -> None:
        self.exchange.set_behavior(person.phone, behavior)

    def suspend(self, person: Person, state: str, line: Line = Line.LIFE) -> None:
        """Somebody in compliance suspends one license, now."""
        with self.database.begin() as tx:
            roster.change_license(tx, person.npn, state, line, self.now, "test", status="suspended")

    # ---- playing

    def call_from(self, number: str, behavior: CallerBehavior | None = None, **extra: str) -> Call:
        """Place a call and play it to its end."""
        call = self.ring_in(number, behavior, **extra)
        self.exchange.run()
        return call

    def ring_in(self, number: str, behavior: CallerBehavior | None = None, **extra: str) -> Call:
        """Place a call; `exchange.run(seconds)` plays it."""
        return self.exchange.call(number, AGENCY, behavior or CallerBehavior(), extra or None)

    def tick(self) -> None:
        """One tick of the scheduler."""
        scheduler.tick(self.tools)
        self.exchange.run()

    def pass_time(self, seconds: float, *, step: float = 5.0) -> None:
        """Time goes by: the world plays, and the scheduler ticks every `step` seconds."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < end:
            scheduler.tick(self.tools)
            self.exchange.run(min(step, (end - self.clock.now()).total_seconds()))

    # ---- looking

    def callbacks(self, status: str | None = None) -> list[Callback]:
        """The promises, oldest first."""
        with self.database.read() as tx:
            return callbacks.listed(tx, status=status, after=0, limit=100)

    def promised(self, call: Call) -> Callback:
        """The one call that the call's lead is promised: at its own number, told in one text, and on nobody's list."""
        lead, subject = self.lead(call), f"call:{self.record(call).id}"
        assert lead.custody is Custody.PROMISED, (lead.custody, call.transcript())
        with self.database.read() as tx:
            (promise,) = [each for each in callbacks.of_lead(tx, lead.id) if each.active]
            told = texts.of_subject(tx, subject)
        assert (promise.status, promise.phone, promise.attempts) == ("promised", lead.phone, 0)
        assert lead.residence is not None
        assert promise.state == "|".join(lead.residence.states)
        assert promise.due_at < promise.promised_by == lead.owed_by
        assert [(text.kind, text.to_number) for text in told] == [("unasked", lead.phone)]
        assert lead.id not in [waiting.lead_id for waiting in self.waiting()]
        return promise

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @cached_property
    def key(self) -> str:
        """An API key with every scope that a test here needs."""
        from app.storage import access

        with self.database.begin() as tx:
            return access.create_key(
                tx, name="test", scopes=("read", "presence", "authority", "vendor", "roster"), now=self.now
            )

    def get(self, path: str) -> dict[str, Any]:
        """What the API says."""
        answer = self.app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == 200, (path, answer.status_code, answer.get_data(as_text=True))
        body: dict[str, Any] = answer.get_json()
        return body

    def ping(self, **where: str) -> dict[str, Any]:
        """`POST /ping` on the stage's campaign."""
        answer = self.app.test_client().post(
            "/api/v1/ping", json={"campaign": AGENCY, **where}, headers={"Authorization": f"Bearer {self.key}"}
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        body: dict[str, Any] = answer.get_json()
        return body

    def story(self, call: Call) -> dict[str, Any]:
        """`GET /calls/{sid}`."""
        return self.get(f"/calls/{call.sid}")

    def lead(self, call: Call) -> leads.Lead:
        with self.database.read() as tx:
            record = calls.read(tx, call.sid)
            assert record is not None
            assert record.lead_id is not None, "the call has no lead"
            lead = leads.load(tx, record.lead_id)
            assert lead is not None
            return lead

    def record(self, call: Call) -> calls.Call:
        with self.database.read() as tx:
            record = calls.read(tx, call.sid)
            assert record is not None
            return record

    def outcomes(self, call: Call) -> list[tuple[str, str | None]]:
        """(NPN, outcome) of each attempt."""
        with self.database.read() as tx:
            return [(attempt.npn, attempt.outcome) for attempt in attempts.of_call(tx, self.record(call).id)]

    def waiting(self) -> list[escalations.Escalation]:
        """The supervisors' queue."""
        with self.database.read() as tx:
            return escalations.listed(tx, status="open", after=0, limit=100)

    def seat(self, person: Person) -> desk.Seat:
        with self.database.read() as tx:
            seat = desk.seat(tx, self._id(tx, person))
            assert seat is not None
            return seat

    def check(self) -> None:
        """What must hold whatever happened: the carrier found nothing wrong, and nobody was bridged unaccepted."""
        assert not self.exchange.record.violations, self.exchange.record.violations
        assert not self.product.exceptions, self.product.exceptions
        for bridge in self.exchange.record.bridges:
            with self.database.read() as tx:
                call = calls.read(tx, bridge.parent.sid)
                assert call is not None
                leg_sid = producer_leg_of(bridge).sid
                accepted = [a for a in attempts.of_call(tx, call.id) if a.leg_sid == leg_sid]
                assert [a.acceptance_id for a in accepted if a.accepted_at], "bridged without acceptance"

        with self.database.read() as tx:
            stuck = tx.execute(text(_IN_A_CALL_THAT_IS_OVER)).scalars().all()
        assert not stuck, f"leads {stuck} are in calls that are over"

        if self.reads_zero:
            self._look_back()

    def _look_back(self) -> None:
        """The product's own look back must read zero, after whatever a test did."""
        now = self.clock.now()
        own = look_back_on_own(database=self.database, since=now - LOOKED_BACK, until=now + LOOKED_BACK, now=now)
        assert own.is_clean, (own.found, own.unproved, own.dialed_outside_hours)

    @staticmethod
    def _id(tx: Any, person: Person) -> int:
        producer_id = authority_facts.producer_id_of(tx, person.npn)
        assert producer_id is not None
        return producer_id


def build_stage(
    database: Database,
    clock: ManualClock,
    folder: Path,
    *,
    switches: Switches | None = None,
    seed: int = 0,
    pages: bool = False,
) -> Stage:
    """A stage with one campaign for life at AGENCY, Ohio open, and nobody on the roster.

    `pages`: with the consoles, whose addresses take a third of a second to lay out.
    """
    settings = Settings(
        env="test",
        public_base_url=PUBLIC,
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=AUTH_TOKEN,
        twilio_api_base_url=REST,
        secret_key="test",
        journal_dir=folder / "journal",
    )
    carrier = TwilioCarrier(ACCOUNT_SID, AUTH_TOKEN, base_url=REST)
    tools = Tools(settings=settings, database=database, carrier=carrier, clock=clock)
    app = create_app(tools, pages_at_once=4 if pages else 0)
    product = WsgiProduct(app)
    exchange = Exchange(
        clock=clock,
        product=product,
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        seed=seed,
        switches=switches or Switches(),
    )
    carrier.session.mount(REST, WsgiAdapter(exchange.rest))
    stage = Stage(database, clock, exchange, tools, app, product)
    stage.campaign()
    stage.open("OH")
    return stage


@pytest.fixture
def stage(database: Database, clock: ManualClock, tmp_path: Path) -> Iterator[Stage]:
    stage = build_stage(database, clock, tmp_path)
    yield stage
    stage.check()
