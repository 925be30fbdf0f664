"""The product as two processes on a database of ours, which can be killed and started again at any moment."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.lines import Requirement
from app.simulator.api import Api
from app.simulator.cast import AGENCY, STATES, packaged
from app.simulator.children import Child
from app.simulator.exchange import Exchange
from app.simulator.installation import HOST, Installation, free_port
from app.simulator.products import HttpProduct, Reply
from app.simulator.rest import RestHalf
from app.storage import access, campaigns
from app.storage.database import Database
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.open_state import Document, Opened, open_state

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WEB, SCHEDULER = "web", "scheduler"

_CAMPAIGN = "Final expense"


class Watch:
    """Knows what is on its way between carrier and product, so that a kill can come while somebody waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = ""
        self._seen = threading.Event()
        self.webhooks_on_their_way = 0

    def begin(self, fragment: str) -> threading.Event:
        """Set when the next request whose address contains `fragment` is sent."""
        with self._lock:
            self._wanted, self._seen = fragment, threading.Event()
            return self._seen

    def see(self, address: str) -> None:
        with self._lock:
            if self._wanted and self._wanted in address:
                self._wanted = ""
                self._seen.set()

    def count(self, webhooks: int) -> None:
        with self._lock:
            self.webhooks_on_their_way += webhooks


class WatchedProduct(HttpProduct):
    """Our webhooks, over sockets."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def request(self, method: str, url: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Reply:
        self._watch.count(1)
        self._watch.see(f"{method} {url}")
        try:
            return super().request(method, url, form, headers)
        finally:
            self._watch.count(-1)


class WatchedRest(RestHalf):
    """What we ask of the carrier."""

    def __init__(self, exchange: Exchange, watch: Watch) -> None:
        super().__init__(exchange)
        self._watch = watch

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._watch.see(f"REST {environ['REQUEST_METHOD']} {environ['PATH_INFO'].rpartition('/')[2]}")
        return super().__call__(environ, start_response)


class MortalInstallation(Installation):
    """Web and scheduler on `database_url` (migrated and empty), each started again as often as it is killed."""

    def __init__(
        self, folder: Path, database_url: str, *, speed: float, environment: Mapping[str, str], seed: int
    ) -> None:
        self._database_url = database_url
        super().__init__(folder, port=free_port(), speed=speed, environment=environment, seed=seed)
        self.watch = Watch()
        self.exchange.product = WatchedProduct(self.watch)
        self.exchange.rest = WatchedRest(self.exchange, self.watch)
        # The carrier's lists show nothing at once, and its reports overtake each other.
        self.exchange.turn(message_list_lag_seconds=30.0, call_list_lag_seconds=5.0, callback_delay_seconds=(0.0, 2.0))
        self.database = Database(database_url)
        self.vendor_key = ""
        self._children: dict[str, Child] = {}
        self._patience = threading.Event()

    def _environment(self, given: Mapping[str, str], rest_address: str, clock: str) -> dict[str, str]:
        return super()._environment(given, rest_address, clock) | {"DATABASE_URL": self._database_url}

    def prepare(self, roster: bytes) -> None:
        """Roster, states, vendor, campaign and keys, as the commands would write them; then both processes."""
        now = self.clock.now()
        imported = import_roster(
            roster, file_name="roster.csv", actor="test", dry_run=False, database=self.database, now=now
        )
        assert isinstance(imported, Imported), imported
        document = Document("certificate.txt", packaged("certificate.txt"))
        opened = open_state(
            STATES,
            document=document,
            verified_by="cco@example.com",
            zips=None,
            actor="test",
            database=self.database,
            now=now,
        )
        assert isinstance(opened, Opened), opened
        with self.database.begin() as tx:
            vendor_id = campaigns.add_vendor(tx, slug="leadco", name="Lead Company", trunks=[])
            campaigns.add(tx, number=AGENCY, name=_CAMPAIGN, requirement=Requirement.parse("life"), vendor_id=vendor_id)
            scopes = ("read", "presence", "roster")
            self.api = Api(self.address, access.create_key(tx, name="drill", scopes=scopes, now=now))
            self.vendor_key = access.create_key(tx, name="leadco", scopes=("vendor",), now=now, vendor_id=vendor_id)
        self.start(WEB)
        self.start(SCHEDULER)
        self.wait_until_ready()
        self._begin_carrying()

    def start(self, which: str) -> None:
        """Start one of the two processes; it is not ready yet."""
        if which == WEB:
            serve = ("serve", "--host", HOST, "--port", str(self.port), "--workers", "1", "--threads", "8")
            self._children[WEB] = self.children.start(*serve)
        else:
            self._children[SCHEDULER] = self.children.start("scheduler")

    def kill(self, which: str) -> None:
        """SIGKILL, to the process and all that it started."""
        self.children.kill(self._children.pop(which))

    def wait_until_ready(self) -> None:
        """Until the web process answers. Raises ChildFailed where one of them has ended by itself."""
        self._wait_until_ready()

    def wait(self, seconds: float) -> None:
        """Let `seconds` of real time go by: the processes run in it."""
        self._patience.wait(seconds)

    def wait_simulated(self, seconds: float) -> None:
        """The same in seconds of the simulated clock."""
        self.wait(seconds / self.clock.speed)

    def close(self) -> None:
        super().close()
        self.database.dispose()
