"""Draws docs/pictures anew: the demo with a fixed seed and clock, and somebody of each role at a browser."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from app.settings import process_environment
from app.simulator.installation import free_port
from app.simulator.office import PASSWORD

FOLDER = Path("docs/pictures")
SEED = 3
LARGEST_BYTES = 250_000
PATIENCE_MS = 60_000

DESK, TALL, PHONE = (1440, 900), (1440, 1250), (390, 844)


def stay(page: Page) -> None:
    """The page as it opens."""


def open_telling_call(page: Page) -> None:
    """A call that more than one producer was rung for before one took it, with everybody who was considered."""
    links = page.locator("main a[href^='/calls/']")
    for address in dict.fromkeys(str(links.nth(nth).get_attribute("href")) for nth in range(min(links.count(), 40))):
        page.goto(address)
        told = page.locator("main").inner_text()
        if "2. " in told and "No answer" in told and "never" not in told:
            break
    page.locator(".story details summary").first.click()
    page.locator(".story .decision").first.wait_for()


def open_decision(page: Page) -> None:
    """What the gate said of everybody, on that call."""
    open_telling_call(page)
    page.goto(str(page.locator(".story a[href^='/decisions/']").first.get_attribute("href")))


def be_on_a_call(page: Page) -> None:
    """The producer's next call; where none comes in time, the page as it is."""
    try:
        page.locator(".my-card-live").wait_for(timeout=PATIENCE_MS)
    except BrowserError:
        print("  no call came to the producer meanwhile", file=sys.stderr)


def open_campaign(page: Page) -> None:
    page.locator("main table a").first.click()
    page.wait_for_url("**/campaigns/*")


def be_counted(page: Page) -> None:
    """The report, once the scheduler has counted it."""
    page.locator("main svg").first.wait_for()


@dataclass(frozen=True)
class Picture:
    """`act` is what is done after the page has opened, before it is drawn."""

    name: str
    role: str
    path: str
    size: tuple[int, int] = DESK
    dark: bool = False
    act: Callable[[Page], None] = stay


PICTURES = (
    Picture("queue", "supervisor", "/supervisor"),
    Picture("queue-dark", "supervisor", "/supervisor", dark=True),
    Picture("call", "supervisor", "/supervisor/calls", TALL, act=open_telling_call),
    Picture("decision", "supervisor", "/supervisor/calls", TALL, act=open_decision),
    Picture("producer", "producer", "/me", PHONE, act=be_on_a_call),
    Picture("coverage", "compliance", "/compliance/coverage"),
    Picture("licenses", "compliance", "/compliance/matrix"),
    Picture("reports", "supervisor", "/reports", act=be_counted),
    Picture("admin", "admin", "/admin/campaigns", act=open_campaign),
)


def main(names: list[str]) -> int:
    """Draw all of them, or those that are named. 1 where a page is not there or a picture is too large."""
    program = shutil.which("chromium")
    if program is None:
        print("no chromium: scripts/setup --for-tests installs Debian's", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    chosen = [one for one in PICTURES if not names or one.name in names]
    with running_demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        troubles = [trouble for one in chosen if (trouble := draw(browser, address, one))]
        browser.close()
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return 1 if troubles else 0


@contextmanager
def running_demo() -> Iterator[str]:
    """The address of a demo that somebody could look at."""
    kept = {name: value for name, value in process_environment().items() if not name.startswith("TWILIO_")}
    with tempfile.TemporaryDirectory(prefix="threegate-pictures-") as folder:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("threegate"), "demo", "--port", str(free_port()), "--seed", str(SEED)],
            cwd=folder,
            env=kept,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield _address_of(process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _address_of(process: subprocess.Popen[str]) -> str:
    address = ""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.match(r"Open +(\S+)", line):
            address = found[1]
        if line.startswith("Stop"):
            return address
    raise SystemExit("the demo has ended by itself")


def draw(browser: Browser, address: str, picture: Picture) -> str:
    """Sign in, open, draw; what was wrong, empty where nothing was."""
    width, height = picture.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        device_scale_factor=2 if picture.size == PHONE else 1,
        color_scheme="dark" if picture.dark else "light",
        locale="en-US",
        timezone_id="America/New_York",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    try:
        sign_in(page, picture.role)
        answer = page.goto(picture.path)
        if answer is None or answer.status != 200:
            return f"{picture.name}: {picture.path} answers {answer.status if answer else 'nothing'}"
        picture.act(page)
        page.wait_for_load_state("networkidle")
        file = FOLDER / f"{picture.name}.png"
        page.screenshot(path=file)
    except BrowserError as error:
        return f"{picture.name}: {str(error).splitlines()[0]}"
    finally:
        context.close()
    size = file.stat().st_size
    print(f"{file}: {size // 1000} kB")
    return f"{file}: {size} bytes, more than {LARGEST_BYTES}" if size > LARGEST_BYTES else ""


def sign_in(page: Page, role: str) -> None:
    page.goto("/login")
    page.locator("input[name=email]").fill(f"{role}@demo.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
