"""The product served at an address, and people at real browsers (Debian's Chromium, by playwright)."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app.domain.roles import Role
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.web.console.sign_in import hash_password
from app.workflows.admin.add_user import NotThatUser, add_user
from tests.databases import SqliteCopies
from tests.product import Stage, build_stage

PASSWORD = "correct horse battery"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_HERE = Path(__file__).parent

# Whoever waits for a page on a busy machine waits for the page, not for so many seconds.
expect.set_options(timeout=20_000)


@pytest.fixture
def database_url(sqlite_copies: SqliteCopies, tmp_path: Path) -> Iterator[str]:
    """Pages are about pages: the SQL under them has tests of its own, on both databases."""
    with sqlite_copies.fresh(tmp_path) as url:
        yield url


@pytest.fixture
def stage(database: Database, clock: ManualClock, tmp_path: Path) -> Iterator[Stage]:
    stage = build_stage(database, clock, tmp_path, pages=True)
    yield stage
    stage.check()


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def add_person(stage: Stage, role: str, *, email: str | None = None, npn: str | None = None) -> str:
    """An account; its address. The password is PASSWORD."""
    email = email or f"{role}@agency.example"
    added = add_user(
        email=email,
        role=Role(role),
        npn=npn,
        password_hash=_password_hash(),
        actor="test",
        database=stage.database,
        now=stage.now,
    )
    assert not isinstance(added, NotThatUser), added
    return email


# ---- without a browser


@pytest.fixture
def signed_in_client(stage: Stage) -> Callable[..., FlaskClient]:
    """`signed_in_client("admin")`: a client of the app in process, signed in; `token_of(client)` is for its forms."""

    def sign_in(role: str, **who: Any) -> FlaskClient:
        email = add_person(stage, role, **who)
        client = stage.app.test_client()
        # Cookies are secure where the product is public: so is this client's way to it.
        client.environ_base["wsgi.url_scheme"] = "https"
        client.environ_base["HTTP_REFERER"] = "https://localhost/"
        form = client.get("/login").get_data(as_text=True)
        answer = client.post("/login", data={"email": email, "password": PASSWORD, "csrf_token": token_in(form)})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return client

    return sign_in


def token_in(page: str) -> str:
    """The CSRF token of a page's first form."""
    found = _TOKEN.search(page)
    assert found is not None, page
    return found[1]


def token_of(client: FlaskClient) -> str:
    """A token that every form of this client's session takes."""
    return token_in(client.get("/account").get_data(as_text=True))


# ---- with one


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """A test's output is for what failed."""


@dataclass
class Console:
    """The product at `address`."""

    address: str
    stage: Stage


@pytest.fixture
def console(stage: Stage) -> Iterator[Console]:
    stage.app.config["SESSION_COOKIE_SECURE"] = False
    server: BaseWSGIServer = make_server("127.0.0.1", 0, stage.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Console(f"http://127.0.0.1:{server.server_port}", stage)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    assert program, "no chromium: scripts/setup --for-tests installs Debian's"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@dataclass
class Visitor:
    """Somebody signed in at a browser. Whatever the page complains of is kept for `check`."""

    page: Page
    console: Console
    email: str
    pictures: Path | None
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the product."""
        self.page.goto(f"{self.console.address}{path}")
        return self.page

    def check(self) -> None:
        """No script error, no refused resource, axe-core finds nothing, and nothing runs out of a phone's side."""
        assert not self.troubles, self.troubles
        for width, height, dark in ((1440, 1000, False), (390, 844, True)):
            self._look(width, height, dark=dark)
            found = self.page.evaluate(_AXE)
            assert not found, f"{self.page.url} at {width} px{' dark' if dark else ''}: {found}"
            over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{self.page.url}: {over} px too wide at {width}: {self.page.evaluate(_WIDE)}"
        self._look(1440, 1000, dark=False)

    def shoot(self, name: str) -> None:
        """Screenshots at 1440 and 390 px, light and dark, where --pictures says."""
        if self.pictures is None:
            return
        self.pictures.mkdir(parents=True, exist_ok=True)
        for width, height in ((1440, 1000), (390, 844)):
            for dark in (False, True):
                self._look(width, height, dark=dark)
                path = self.pictures / f"{name}-{width}-{'dark' if dark else 'light'}.png"
                # Hiding the caret is a style of playwright's own, which our policy refuses.
                self.page.screenshot(path=path, full_page=True, caret="initial")
        self._look(1440, 1000, dark=False)

    def _look(self, width: int, height: int, *, dark: bool) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dark)


@pytest.fixture
def person(console: Console, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """`person("supervisor")`, `person("producer", npn=…)`: a signed-in Visitor with a browser of their own."""
    opened: list[BrowserContext] = []
    pictures = request.config.getoption("--pictures")

    def arrive(role: str, **who: Any) -> Visitor:
        email = add_person(console.stage, role, **who)
        context = browser.new_context(
            locale="en-US", timezone_id="America/New_York", color_scheme="light", reduced_motion="reduce"
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        form = context.request.get(f"{console.address}/login").text()
        answer = context.request.post(
            f"{console.address}/login",
            form={"email": email, "password": PASSWORD, "csrf_token": token_in(form)},
            max_redirects=0,
        )
        assert answer.status == 302, answer.text()
        visitor = Visitor(context.new_page(), console, email, Path(pictures) if pictures else None)
        _listen(visitor)
        return visitor

    yield arrive
    for context in opened:
        context.close()


def _listen(visitor: Visitor) -> None:
    page, troubles = visitor.page, visitor.troubles
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    # What a server refused is told with its address below.
    page.on(
        "console",
        lambda message: (
            troubles.append(f"console: {message.text}")
            if message.type == "error" and not message.text.startswith("Failed to load resource")
            else None
        ),
    )
    page.on(
        "response",
        lambda answer: (
            troubles.append(f"{answer.status} {answer.url}")
            if answer.status >= 500 or (answer.status == 404 and "/static/" in answer.url)
            else None
        ),
    )


_AXE = (
    (_HERE / "vendor" / "axe.min.js").read_text()
    + """;
(async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {runOnly: tags});
  const where = node => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`;
  return found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(where).join(" | ")}`);
})()
"""
)

_WIDE = """
[...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > innerWidth + 1
  && !one.parentElement.closest(".scrolls")).slice(0, 5).map(one => one.outerHTML.slice(0, 120))
"""
