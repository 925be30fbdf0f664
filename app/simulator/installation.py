"""The product on this machine, seeded and started from outside, exactly as INTERFACE.md section 3 writes it."""

from __future__ import annotations

import json
import secrets
import shlex
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from app.simulator.api import Api
from app.simulator.cast import AGENCY, STATES, members, packaged
from app.simulator.children import ChildFailed, Children
from app.simulator.exchange import Exchange
from app.simulator.live import run_live, serve_rest
from app.simulator.products import HttpProduct
from app.timekeeping import Clock, ShiftedClock, SystemClock

BEGINS = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""A Wednesday, ten in the morning in New York: the packaged roster's dates are written for it."""

HOST = "127.0.0.1"
READY_SECONDS = 30
"""Real seconds that the web process may take to answer."""

LOOK_SECONDS = 0.2
"""Real seconds between two looks at something that is waited for."""

LAST_WORDS_SECONDS = 3
"""Real seconds that webhooks under way may take once all is to end."""

_NOT_INHERITED = ("TWILIO_", "THREEGATE_", "DATABASE_URL", "SECRET_KEY", "PUBLIC_BASE_URL", "PORT", "WEB_CONCURRENCY")

Say = Callable[[str], None]


class Installation:
    """One product with its carrier, in a folder of its own. `close` ends all of it."""

    def __init__(self, folder: Path, *, port: int, speed: float, environment: Mapping[str, str], seed: int = 0) -> None:
        self.folder = folder
        self.address = f"http://{HOST}:{port}"
        self.port = port
        anchor = SystemClock().now()
        self.clock: Clock = ShiftedClock(BEGINS, anchor, speed)
        self.exchange = Exchange(
            clock=self.clock,
            product=HttpProduct(),
            account_sid=f"AC{secrets.token_hex(16)}",
            auth_token=secrets.token_hex(16),
            seed=seed,
        )
        self._stop = threading.Event()
        self._carrier: threading.Thread | None = None
        rest_address, self._stop_rest = serve_rest(self.exchange)
        clock = f"{BEGINS.isoformat()}@{anchor.isoformat()}*{speed}"
        self.children = Children(self._environment(environment, rest_address, clock), folder)
        self.api: Api | None = None
        self.read_key = ""

    def _environment(self, given: Mapping[str, str], rest_address: str, clock: str) -> dict[str, str]:
        """The caller's, without anything that configures another installation."""
        kept = {name: value for name, value in given.items() if not name.startswith(_NOT_INHERITED)}
        return kept | {
            "DATABASE_URL": f"sqlite:///{self.folder / 'threegate.db'}",
            "SECRET_KEY": secrets.token_urlsafe(32),
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
        (self.folder / "roster.csv").write_bytes(roster)
        (self.folder / "certificate.txt").write_bytes(packaged("certificate.txt"))
        self._command(say, "db", "upgrade")
        self._start(say, "serve", "--host", HOST, "--port", str(self.port), "--workers", "1", "--threads", "8")
        self._start(say, "scheduler")
        # Two at a time: each command is a process of its own, and most of its time is spent starting.
        with ThreadPoolExecutor(2) as pool:
            for chain in [pool.submit(self._seed_roster, say, is_shared), pool.submit(self._seed_campaign, say)]:
                chain.result()
        self._wait_until_ready()
        for member in members(roster):
            self.told_api.put(f"/producers/{member.npn}/presence", {"presence": "available"})
        say(f"PUT /api/v1/producers/…/presence   {len(members(roster))} producers are available")
        self._begin_carrying()

    def _seed_roster(self, say: Say, is_shared: bool) -> None:
        self._command(say, "roster", "import", "roster.csv")
        scopes = ("--scope", "read", "presence", "roster", "supervisor")
        self.api = Api(self.address, self._key(say, "demo", *scopes))
        if is_shared:
            self.read_key = self._key(say, "reader", "--scope", "read")

    def _seed_campaign(self, say: Say) -> None:
        verified = ("--document", "certificate.txt", "--verified-by", "cco@example.com")
        self._command(say, "state", "open", *STATES, *verified)
        self._command(say, "vendor", "add", "leadco", "--name", "Lead Company")
        named = ("--name", "Final expense", "--loa", "life", "--vendor", "leadco", "--set", "ring_seconds=15")
        self._command(say, "campaign", "add", "--number", AGENCY, *named)

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

    def _begin_carrying(self) -> None:
        """The carrier's numbers, and the thread that drives it."""
        self.exchange.add_number(
            AGENCY,
            voice_url=f"{self.address}/voice/incoming",
            status_url=f"{self.address}/voice/status",
            fallback_url=f"{self.address}/voice/fallback",
            sms_url=f"{self.address}/sms/incoming",
        )
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
