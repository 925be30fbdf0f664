"""What happened before somebody looks: the product in this process, in virtual time, on the demo's own database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app import scheduler
from app.carrier.twilio import TwilioCarrier
from app.settings import Settings
from app.simulator import office
from app.simulator.api import ApiRefused
from app.simulator.cast import members, packaged
from app.simulator.facts import Json
from app.simulator.installation import Installation
from app.simulator.products import WsgiProduct
from app.simulator.rest import WsgiAdapter
from app.simulator.running import Actor
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.web import create_app
from app.wiring import Tools

CARRIER = "https://carrier.invalid"
SECONDS_A_LOOK = 15.0
"""Virtual seconds between two ticks of the scheduler."""


class InProcess:
    """The API without a socket."""

    def __init__(self, app: Any, key: str) -> None:
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> Json:
        return self._ask("GET", path)

    def send(self, method: str, path: str, body: Json) -> Json:
        return self._ask(method, path, json=body)

    def _ask(self, method: str, path: str, **how: Any) -> Json:
        answer = self._client.open(f"/api/v1{path}", method=method, headers=self._headers, **how)
        if answer.status_code not in (200, 201, 409):
            raise ApiRefused(f"{method} {path}: {answer.status_code}")
        found: Json = answer.get_json()
        return found


def play_morning(installation: Installation, actors: Sequence[Actor], begin: Callable[[], None]) -> None:
    """Everybody comes to work, people call, and at the demo's opening it all just goes on, calls under way included."""
    clock, exchange = installation.clock, installation.exchange
    assert isinstance(clock, ManualClock), "time stands still before the opening"
    # It is played again where the machine dies half way: nothing of it must survive that.
    database = Database(installation.database_url, synchronous="OFF")
    carrier = TwilioCarrier(exchange.account_sid, exchange.auth_token, base_url=CARRIER)
    carrier.session.mount(CARRIER, WsgiAdapter(exchange.rest))
    tools = Tools(settings=_settings(installation), database=database, carrier=carrier, clock=clock)
    app = create_app(tools, pages_at_once=0)
    exchange.product = WsgiProduct(app)
    over_http = [actor.desk for actor in actors]
    for actor in actors:
        actor.desk = InProcess(app, actor.key)
    everybody = InProcess(app, installation.demo_key)
    for member in members(packaged(office.ROSTER)):
        everybody.send("PUT", f"/producers/{member.npn}/presence", {"presence": "available"})
    begin()
    while clock.now() < office.OPENS:
        exchange.run(SECONDS_A_LOOK)
        scheduler.tick(tools)
    for actor, desk in zip(actors, over_http, strict=True):
        actor.desk = desk
    database.dispose()
    carrier.session.close()


def _settings(installation: Installation) -> Settings:
    """Nothing of it from this process's environment."""
    return Settings.model_construct(
        env="development",
        database_url=installation.database_url,
        secret_key=installation.secret_key,
        public_base_url=installation.address,
        twilio_account_sid=installation.exchange.account_sid,
        twilio_auth_token=installation.exchange.auth_token,
        twilio_api_base_url=CARRIER,
        journal_dir=installation.folder / "journal",
        notify_urls="",
    )
