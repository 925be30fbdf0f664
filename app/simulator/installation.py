"""The product on this machine, seeded and started from outside, exactly as INTERFACE.md section 3 writes it."""

from __future__ import annotations

import json
import random
import secrets
import shlex
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from app.simulator import crm, lead_vendor, pretended_calls, supervisor
from app.simulator.api import Api
from app.simulator.cast import AGENCY, STATES, members, packaged
from app.simulator.children import ChildFailed, Children
from app.simulator.crm import Crm
from app.simulator.exchange import Exchange
from app.simulator.live import run_live, serve_rest
from app.simulator.office import PASSWORD, SignIn
from app.simulator.pretended_calls import PretendedCalls
from app.simulator.products import HttpProduct
from app.simulator.vendor_invoice import BUFFER_SECONDS, PRICE
from app.timekeeping import Clock, ManualClock, ShiftedClock, SystemClock

BEGINS = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""A Wednesday, ten in the morning in New York: the packaged roster's dates are written for it."""

HOST = "127.0.0.1"
STANDSTILL = "0.000001"
"""So slow that time stands still for a command."""

READY_SECONDS = 90
"""Real seconds that the web process may take to answer."""

LOOK_SECONDS = 0.2
"""Real seconds between two looks at something that is waited for."""

LAST_WORDS_SECONDS = 3
"""Real seconds that webhooks under way may take once all is to end."""

CRM_BUSY = 0.03
"""The share of events that the pretended vendor's program asks to come again."""

_AGREED = (f"price={PRICE}", f"buffer_seconds={BUFFER_SECONDS}", "hold_past_buffer=yes")
_CONNECTS = ("vendor", "read", "webhooks", "billing")
"""What somebody needs who tries out how a vendor is connected (README)."""

_NOT_INHERITED = ("TWILIO_", "THREEGATE_", "DATABASE_URL", "SECRET_KEY", "PUBLIC_BASE_URL", "PORT", "WEB_CONCURRENCY")

Say = Callable[[str], None]


class Installation:
    """One product with its carrier, in a folder of its own. `close` ends all of it."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        speed: float,
        environment: Mapping[str, str],
        seed: int = 0,
        stands_at: datetime | None = None,
    ) -> None:
        """With `stands_at` time stands still there, until it is moved and then let `go_on`."""
        self.folder = folder
        self.address = f"http://{HOST}:{port}"
        self.port = port
        self.speed = speed
        anchor = SystemClock().now()
        self.clock: Clock = ManualClock(stands_at) if stands_at else ShiftedClock(BEGINS, anchor, speed)
        self.exchange = Exchange(
            clock=self.clock,
            product=HttpProduct(),
            account_sid=f"AC{secrets.token_hex(16)}",
            auth_token=secrets.token_hex(16),
            seed=seed,
        )
        self.secret_key = secrets.token_urlsafe(32)
        self._stop = threading.Event()
        self._carrier: threading.Thread | None = None
        chance = random.Random(seed)
        self.crm = Crm(fails=lambda: chance.random() < CRM_BUSY)
        callers = PretendedCalls(self.exchange)
        self.carrier_address, self._stop_rest = serve_rest(
            self.exchange, beside={pretended_calls.PATH: callers, crm.PATH: self.crm}
        )
        clock = f"{stands_at.isoformat()}*{STANDSTILL}" if stands_at else _spelled(BEGINS, anchor, speed)
        self.children = Children(self._environment(environment, self.carrier_address, clock), folder)
        self.api: Api | None = None
        self.demo_key, self.read_key, self.supervisor_key, self.vendor_key, self.buyer_key = "", "", "", "", ""

    def _environment(self, given: Mapping[str, str], rest_address: str, clock: str) -> dict[str, str]:
        """The caller's, without anything that configures another installation."""
        kept = {name: value for name, value in given.items() if not name.startswith(_NOT_INHERITED)}
        return kept | {
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": self.secret_key,
            "PUBLIC_BASE_URL": self.address,
            "TWILIO_ACCOUNT_SID": self.exchange.account_sid,
            "TWILIO_AUTH_TOKEN": self.exchange.auth_token,
            "TWILIO_API_BASE_URL": rest_address,
            "THREEGATE_ENV": "development",
            "THREEGATE_CLOCK": clock,
            "THREEGATE_JOURNAL_DIR": str(self.folder / "journal"),
        }

    def set_up(self, roster: bytes, say: Say, *, is_shared: bool = True) -> None:
        """Database, roster, states, vendor, campaign, keys; then both processes, and everybody available.

        `is_shared`: others may look, too, and there is a key for them.
        """
        self._bring(say, roster)
        self._start_both(say)
        _two_at_a_time(lambda: self._seed_roster(say, is_shared), lambda: self._seed_campaign(say, STATES))
        self._wait_until_ready()
        for member in members(roster):
            self.told_api.put(f"/producers/{member.npn}/presence", {"presence": "available"})
        say(f"PUT /api/v1/producers/…/presence   {len(members(roster))} producers are available")
        self._begin_carrying()

    def seed(self, roster: bytes, states: Sequence[str], sign_ins: Sequence[SignIn], say: Say) -> None:
        """Database, roster, states, vendor, campaign, keys and users, while time stands still; no process runs yet."""
        self._bring(say, roster)

        def seed_people() -> None:
            self._seed_roster(say, True)
            self.supervisor_key = self._key(say, supervisor.NAME, "--scope", "read", "supervisor")
            for one in sign_ins:
                self._add_user(say, one)

        def seed_rest() -> None:
            self._seed_campaign(say, states, *_AGREED)
            self.vendor_key = self._key(say, lead_vendor.NAME, "--scope", "vendor", "--vendor", lead_vendor.NAME)
            self.buyer_key = self._key(say, "connect", "--scope", *_CONNECTS)
            self._tell_crm(say)

        _two_at_a_time(seed_people, seed_rest)
        self._add_number()

    def go_on(self, say: Say) -> None:
        """Both processes, and from now on time runs, from where it stands."""
        now, anchor = self.clock.now(), SystemClock().now()
        self.clock = self.exchange.clock = ShiftedClock(now, anchor, self.speed)
        self.exchange.product = HttpProduct()
        self.children.change(THREEGATE_CLOCK=_spelled(now, anchor, self.speed))
        self._start_both(say)
        self._wait_until_ready()
        self._begin_carrying()

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'threegate.db'}"

    def _bring(self, say: Say, roster: bytes) -> None:
        (self.folder / "roster.csv").write_bytes(roster)
        (self.folder / "certificate.txt").write_bytes(packaged("certificate.txt"))
        self._command(say, "db", "upgrade")

    def _start_both(self, say: Say) -> None:
        self._start(say, "serve", "--host", HOST, "--port", str(self.port), "--workers", "1", "--threads", "8")
        self._start(say, "scheduler")

    def _add_user(self, say: Say, one: SignIn) -> None:
        asked = ["user", "add", one.email, "--role", one.role, *(("--npn", one.npn) if one.npn else ())]
        self.children.command(*asked, "--password-stdin", told=f"{PASSWORD}\n")
        say(_typed(*asked, "--password-stdin"))

    def _seed_roster(self, say: Say, is_shared: bool) -> None:
        self._command(say, "roster", "import", "roster.csv")
        scopes = ("--scope", "read", "presence", "roster", "supervisor")
        self.demo_key = self._key(say, "demo", *scopes)
        self.api = Api(self.address, self.demo_key)
        if is_shared:
            self.read_key = self._key(say, "reader", "--scope", "read")

    def _tell_crm(self, say: Say) -> None:
        """The pretended vendor's program wants to be told what becomes of its leads."""
        asked = ("webhook", "add", f"{self.carrier_address}{crm.PATH}", "--vendor", lead_vendor.NAME, "--json")
        self.crm.secret = json.loads(self.children.command(*asked))["secret"]
        say(_typed(*asked))

    def _seed_campaign(self, say: Say, states: Sequence[str], *settings: str) -> None:
        verified = ("--document", "certificate.txt", "--verified-by", "cco@example.com")
        self._command(say, "state", "open", *states, *verified)
        self._command(say, "vendor", "add", lead_vendor.NAME, "--name", "Lead Company")
        named = ("--name", "Final expense", "--loa", "life", "--vendor", lead_vendor.NAME)
        agreed = [part for setting in ("ring_seconds=15", *settings) for part in ("--set", setting)]
        self._command(say, "campaign", "add", "--number", AGENCY, *named, *agreed)

    def _command(self, say: Say, *arguments: str) -> None:
        self.children.command(*arguments)
        say(_typed(*arguments))

    def _start(self, say: Say, *arguments: str) -> None:
        self.children.start(*arguments)
        say(_typed(*arguments))

    def _key(self, say: Say, name: str, *scopes: str) -> str:
        asked = ("apikey", "create", "--name", name, *scopes, "--json")
        printed = self.children.command(*asked)
        say(_typed(*asked))
        return str(json.loads(printed)["key"])

    @property
    def told_api(self) -> Api:
        """The API; there is one as soon as there is a key."""
        assert self.api is not None, "set_up comes first"
        return self.api

    def _wait_until_ready(self) -> None:
        deadline = SystemClock().now().timestamp() + READY_SECONDS
        while not self.told_api.is_ready():
            self.children.check()
            if SystemClock().now().timestamp() > deadline:
                raise ChildFailed(f"the web process did not answer within {READY_SECONDS} s (see {self.folder})")
            self._stop.wait(LOOK_SECONDS)

    def _add_number(self) -> None:
        self.exchange.add_number(
            AGENCY,
            voice_url=f"{self.address}/voice/incoming",
            status_url=f"{self.address}/voice/status",
            fallback_url=f"{self.address}/voice/fallback",
            sms_url=f"{self.address}/sms/incoming",
        )

    def _begin_carrying(self) -> None:
        """The carrier's number, and the thread that drives it."""
        self._add_number()
        self._carrier = threading.Thread(target=run_live, args=(self.exchange, self._stop), name="carrier", daemon=True)
        self._carrier.start()

    def close(self) -> None:
        """End the carrier, then every process. Safe to call whatever has been started."""
        self._stop.set()
        if self._carrier is not None:
            # What it has sent is answered first, by a product that still runs.
            self._carrier.join(LAST_WORDS_SECONDS)
        try:
            self.children.end()
        finally:
            self._stop_rest()


def _two_at_a_time(*chains: Callable[[], None]) -> None:
    """Each command is a process of its own, and most of its time is spent starting."""
    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(chain) for chain in chains]:
            running.result()


def _spelled(start: datetime, anchor: datetime, speed: float) -> str:
    """As THREEGATE_CLOCK wants it."""
    return f"{start.isoformat()}@{anchor.isoformat()}*{speed}"


def _typed(*arguments: str) -> str:
    """A command as a person types it."""
    return f"$ {shlex.join(['threegate', *arguments])}"


def free_port() -> int:
    """A port that nobody listens at, now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether somebody listens at `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
        return False
