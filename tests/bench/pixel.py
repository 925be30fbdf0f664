"""Seconds from the last webhook of a call that nobody could take to its row on an open supervisor's board."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from statistics import median
from time import perf_counter

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from app.domain.roles import Role
from app.simulator.parties import CallerBehavior
from app.storage import database as storage
from app.storage import escalations
from app.storage.database import Database
from app.timekeeping import ManualClock, SystemClock
from app.web.console.sign_in import hash_password
from app.workflows.admin.add_user import add_user
from tests.product import AGENCY, Stage, build_stage

CALLS = 20
_PASSWORD = "correct horse battery"


def report(folder: Path) -> None:
    url = f"sqlite:///{folder / 'pixel.db'}"
    storage.upgrade(url)
    stage = build_stage(Database(url), ManualClock(SystemClock().now()), folder, pages=True)
    add_user(
        email="bench@agency.example",
        role=Role.SUPERVISOR,
        npn=None,
        password_hash=hash_password(_PASSWORD),
        actor="bench",
        database=stage.database,
        now=stage.now,
    )
    stage.app.config["SESSION_COOKIE_SECURE"] = False
    server = make_server("127.0.0.1", 0, stage.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        waits = _look(stage, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
    print(f"\nFrom a call's last webhook to its row on the board ({CALLS} calls, SQLite, one browser):")
    print(f"median {median(waits):.2f} s, longest {max(waits):.2f} s")


def _look(stage: Stage, address: str) -> list[float]:
    program = shutil.which("chromium")
    assert program, "no chromium: scripts/setup --for-tests installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"{address}/login")
        page.get_by_label("Email").fill("bench@agency.example")
        page.get_by_label("Password").fill(_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{address}/supervisor")
        waits = [_one(stage, page, nth) for nth in range(CALLS)]
        browser.close()
        return waits


def _one(stage: Stage, page: Page, nth: int) -> float:
    """A call from Ohio, where nobody is licensed: acknowledged at once, and somebody's to call."""
    stage.exchange.call(f"+1614555{100 + nth:04d}", AGENCY, CallerBehavior(answers=["43215"]), None)
    stage.exchange.run()
    with stage.database.read() as tx:
        newest = escalations.listed(tx, status="open", after=0, limit=100)[-1]
    begun = perf_counter()
    page.wait_for_selector(f'a[href="/supervisor/escalations/{newest.id}"]', state="attached")
    return perf_counter() - begun
