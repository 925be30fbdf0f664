"""The product on a copy of the roster, in process, with a simulated carrier: the stage of a drill. It cannot dial anyone."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from requests import Session

from app import scheduler
from app.carrier.twilio import TwilioCarrier
from app.domain.licensing import Producer, Status
from app.domain.states import State
from app.settings import Settings
from app.simulator.drill_people import Pair
from app.simulator.exchange import Exchange
from app.simulator.products import WsgiProduct
from app.simulator.rest import WsgiAdapter
from app.storage import access, copying, roster
from app.storage.database import Database, upgrade
from app.timekeeping import ManualClock
from app.web import create_app
from app.wiring import Tools

PUBLIC, CARRIER = "https://drill.invalid", "https://carrier.invalid"
"""Names that no resolver knows. Source: RFC 2606, section 2."""

ACTOR = "drill"


class NotMadeUp(Exception):
    """The copy's credentials are not made up: nothing is drilled with what could reach a carrier."""


class CopiedProduct:
    """A stage. `roster_version` is the copied one; `close` leaves nothing open, its folder is the caller's. Raises NotMadeUp."""

    def __init__(self, source: Database, real: Settings, folder: Path, now: datetime) -> None:
        self.settings = _made_up(folder)
        check_made_up(self.settings, real)
        self._template, self._file = folder / "template.db", folder / "drill.db"
        upgrade(f"sqlite:///{self._template}")
        template = Database(f"sqlite:///{self._template}", synchronous="OFF")
        self.roster_version = copying.copy_deciding_tables(source, template)
        with template.begin() as tx:
            self._key = access.create_key(tx, name=ACTOR, scopes=("read",), now=now)
        template.dispose()
        self._settle_into_one_file(template)
        self.clock = ManualClock(now)
        self.database = Database(f"sqlite:///{self._file}", synchronous="OFF")
        self._carrier = TwilioCarrier(
            str(self.settings.twilio_account_sid), str(self.settings.twilio_auth_token), base_url=CARRIER
        )
        self._tools = Tools(settings=self.settings, database=self.database, carrier=self._carrier, clock=self.clock)
        self._app = create_app(self._tools, pages_at_once=0)
        self._product = WsgiProduct(self._app)
        self._exchange: Exchange | None = None
        self.restore()

    # ---- the stage

    @property
    def exchange(self) -> Exchange:
        assert self._exchange is not None, "begin comes first"
        return self._exchange

    @property
    def session(self) -> Session:
        """The connections of the carrier's client."""
        return self._carrier.session

    @property
    def exceptions(self) -> Sequence[Exception]:
        return self._product.exceptions

    def begin(self, pair: Pair, at: datetime) -> None:
        self.restore()
        self.clock.move_to(at)
        self._product.exceptions.clear()
        self._exchange = Exchange(
            clock=self.clock,
            product=self._product,
            account_sid=str(self.settings.twilio_account_sid),
            auth_token=str(self.settings.twilio_auth_token),
        )
        self._mount(self._exchange)
        self._add_number(pair.number)
        if pair.policy.text_sender:
            self._add_number(pair.policy.text_sender)
        with self.database.begin() as tx:
            copying.require(tx, pair.number, pair.question.requirement)
            if pair.as_if_open:
                copying.open_as_if(tx, pair.state, at)

    def get(self, path: str) -> Mapping[str, Any]:
        answer = self._app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self._key}"})
        if answer.status_code != 200:
            raise RuntimeError(f"GET /api/v1{path}: {answer.status_code} {answer.get_data(as_text=True)[:200]}")
        found: Mapping[str, Any] = answer.get_json()
        return found

    def put_on_duty(self, producers: Sequence[Producer]) -> None:
        with self.database.begin() as tx:
            copying.put_on_duty(tx, [producer.producer_id for producer in producers], self.clock.now())

    def suspend(self, producer: Producer, state: State) -> None:
        """As compliance does it: through the roster's history."""
        with self.database.begin() as tx:
            for held in producer.licenses:
                if held.state == state:
                    now = self.clock.now()
                    roster.change_license(tx, producer.npn, state, held.line, now, ACTOR, status=Status.SUSPENDED)

    def take_authority_away(self, state: State) -> None:
        with self.database.begin() as tx:
            copying.take_authority_away(tx, state)

    def tick(self) -> None:
        scheduler.tick(self._tools)

    # ---- the copy

    def restore(self) -> None:
        """The copy as it was taken."""
        self.database.dispose()
        for leftover in (f"{self._file}-wal", f"{self._file}-shm"):
            Path(leftover).unlink(missing_ok=True)
        shutil.copyfile(self._template, self._file)

    def close(self) -> None:
        self.database.dispose()
        self.session.close()

    def _settle_into_one_file(self, template: Database) -> None:
        """What still stands in the write-ahead log goes into the file: the file alone is copied."""
        with template.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        template.dispose()

    def _mount(self, exchange: Exchange) -> None:
        """The carrier's client knows one address, and that is the simulated exchange; others it cannot even look up."""
        session = self.session
        session.adapters.clear()
        session.mount(CARRIER, WsgiAdapter(exchange.rest))
        assert list(session.adapters) == [CARRIER], "a request could leave"

    def _add_number(self, number: str) -> None:
        self.exchange.add_number(
            number,
            voice_url=f"{PUBLIC}/voice/incoming",
            status_url=f"{PUBLIC}/voice/status",
            fallback_url=f"{PUBLIC}/voice/fallback",
            sms_url=f"{PUBLIC}/sms/incoming",
        )


def check_made_up(copied: Settings, real: Settings) -> None:
    """Raises NotMadeUp where a credential or address of the copy is one of the installation's."""
    for name in ("twilio_account_sid", "twilio_auth_token", "secret_key"):
        if getattr(copied, name) in (None, getattr(real, name)):
            raise NotMadeUp(f"the copy's {name} is not made up")
    for address in (copied.public_base_url, copied.twilio_api_base_url):
        if not str(urlsplit(address or "").hostname).endswith(".invalid"):
            raise NotMadeUp(f"the copy would speak with {address}")
    if copied.notify_urls:
        raise NotMadeUp("the copy would send notices")


def _made_up(folder: Path) -> Settings:
    """Made up, and nothing of it from the environment: that names the real carrier."""
    return Settings.model_construct(
        env="test",
        database_url=f"sqlite:///{folder / 'drill.db'}",
        secret_key=secrets.token_urlsafe(32),
        public_base_url=PUBLIC,
        twilio_account_sid=f"AC{secrets.token_hex(16)}",
        twilio_auth_token=secrets.token_hex(16),
        twilio_api_base_url=CARRIER,
        journal_dir=folder / "journal",
        notify_urls="",
    )
