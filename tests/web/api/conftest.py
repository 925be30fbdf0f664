"""The API with a key, over a database of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from app.carrier import NullCarrier
from app.domain.lines import Requirement
from app.settings import Settings
from app.storage import access, campaigns
from app.storage.access import SCOPES
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.web import create_app
from app.wiring import Tools
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.open_state import Document, Opened, open_state
from app.workflows.presence.set_presence import set_presence
from tests.builders import Person, roster_file

AGENCY = "+18005550199"


@dataclass
class Api:
    """The product behind HTTP. `key` may do everything."""

    app: APIFlask
    database: Database
    clock: ManualClock
    key: str

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def call(self, method: str, path: str, *, key: str | None = None, **how: Any) -> TestResponse:
        """Ask with the key (another one where it is given)."""
        headers = {"Authorization": f"Bearer {key or self.key}", **how.pop("headers", {})}
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **how)

    def get(self, path: str) -> Any:
        """What is there; it must be there."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def post(self, path: str, body: Any, *, status: int = 200, **how: Any) -> Any:
        answer = self.call("POST", path, json=body, **how)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def new_key(self, *scopes: str, vendor: str | None = None) -> str:
        with self.database.begin() as tx:
            found = campaigns.vendor(tx, vendor) if vendor else None
            return access.create_key(
                tx, name="other", scopes=scopes, now=self.now, vendor_id=found.vendor_id if found else None
            )

    def vendor(self, slug: str) -> None:
        with self.database.begin() as tx:
            campaigns.add_vendor(tx, slug=slug, name=slug, trunks=[])

    def campaign(self, number: str = AGENCY, *, loa: str = "life", vendor: str | None = None) -> None:
        with self.database.begin() as tx:
            found = campaigns.vendor(tx, vendor) if vendor else None
            campaigns.add(
                tx,
                number=number,
                name="Final expense",
                requirement=Requirement.parse(loa),
                vendor_id=found.vendor_id if found else None,
            )

    def roster(self, *people: Person) -> None:
        imported = import_roster(
            roster_file(*people),
            file_name="roster.csv",
            actor="test",
            dry_run=False,
            database=self.database,
            now=self.now,
        )
        assert isinstance(imported, Imported), imported

    def present(self, *people: Person) -> None:
        for person in people:
            set_presence(person.npn, "available", by="test", database=self.database, now=self.now)

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

    def later(self, minutes: float) -> None:
        self.clock.advance(timedelta(minutes=minutes).total_seconds())


def tools_over(database: Database, clock: Any, folder: Path) -> Tools:
    settings = Settings(
        env="test", secret_key="test", journal_dir=folder / "journal", documents_dir=folder / "documents"
    )
    return Tools(settings=settings, database=database, carrier=NullCarrier(), clock=clock)


def key_for(database: Database, clock: ManualClock, scopes: Sequence[str] = SCOPES) -> str:
    with database.begin() as tx:
        return access.create_key(tx, name="dialer", scopes=scopes, now=clock.now())


@pytest.fixture
def api(database: Database, clock: ManualClock, tmp_path: Path) -> Api:
    return Api(
        create_app(tools_over(database, clock, tmp_path), pages_at_once=0), database, clock, key_for(database, clock)
    )
