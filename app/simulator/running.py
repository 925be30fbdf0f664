"""The demo that runs until it is stopped: an agency in the middle of its morning, with callers who keep arriving."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.text import Text

from app.simulator import lead_vendor, office
from app.simulator.api import Api
from app.simulator.cast import members, packaged
from app.simulator.installation import Installation
from app.simulator.lead_vendor import LeadVendor
from app.simulator.supervisor import Desk, Supervisor
from app.simulator.traffic import Traffic
from app.simulator.vendor_invoice import FILE_NAME, invoice_of

FOLDER = Path("instance/demo")

Say = Callable[[str], None]


class Actor(Protocol):
    """Somebody who asks the API with a key of their own."""

    desk: Desk
    key: str


Play = Callable[[Installation, Sequence[Actor], Callable[[], None]], None]
"""Plays the morning in advance, in virtual time, up to the opening; the last argument begins everything."""


def keep_running(
    console: Console,
    port: int,
    installed: Callable[[Path], AbstractContextManager[Installation]],
    say: Say,
    play: Play,
    *,
    seed: int = 0,
) -> None:
    """Set up, play the morning, let time run, say how to look; then until somebody ends it."""
    roster = packaged(office.ROSTER)
    folder = (FOLDER / str(port)).absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    console.print(Text(f"Threegate, with a pretended carrier, in {FOLDER / str(port)}. Setting up:", "bold"))
    with installed(folder) as installation:
        installation.seed(roster, office.STATES, office.SIGN_INS, say)
        supervisor, vendor, traffic = _cast(installation, roster, seed)

        def begin() -> None:
            traffic.begin()
            supervisor.begin()

        say(f"the calls since {office.MORNING:%H:%M} UTC, played in advance")
        play(installation, (supervisor, vendor), begin)
        installation.go_on(say)
        _bill(installation, say)
        for line in _how_to_look(installation):
            console.print(line, soft_wrap=True)
        ended = threading.Event()
        while not ended.wait(1):
            installation.children.check()


def _bill(installation: Installation, say: Say) -> None:
    """The vendor's invoice for the morning arrives; not all of it is right."""
    invoice = invoice_of(installation.exchange.record.calls)
    asked = f"/invoices?vendor={lead_vendor.NAME}&file_name={FILE_NAME}"
    Api(installation.address, installation.buyer_key).send_file(asked, invoice)
    say(f"POST /api/v1{asked}")


def _cast(installation: Installation, roster: bytes, seed: int) -> tuple[Supervisor, LeadVendor, Traffic]:
    """Everybody who is pretended."""
    exchange, address = installation.exchange, installation.address
    supervisor_key, vendor_key = installation.supervisor_key, installation.vendor_key
    supervisor = Supervisor(exchange, Api(address, supervisor_key), supervisor_key, seed=seed)
    vendor = LeadVendor(Api(address, vendor_key), vendor_key, seed=seed)
    traffic = Traffic(
        exchange,
        members(roster),
        places=office.PLACES,
        seconds_between_calls=office.SECONDS_BETWEEN_CALLS,
        hands_off={one.npn for one in office.SIGN_INS if one.npn},
        announce=vendor.announce,
        seed=seed,
    )
    return supervisor, vendor, traffic


def _how_to_look(installation: Installation) -> list[Text]:
    """The address, who signs in, a key, and how to stop."""
    asked = f"curl -H 'Authorization: Bearer {installation.read_key}' {installation.address}/api/v1"
    emails = [one.email for one in office.SIGN_INS]
    return [
        Text(),
        Text.assemble(("Open        ", "bold"), installation.address),
        Text.assemble(("Sign in as  ", "bold"), f"{emails[0]}   password: {office.PASSWORD}"),
        *(Text.assemble("            ", f"{email}   the same password") for email in emails[1:]),
        Text.assemble(("API key     ", "bold"), f"{installation.read_key}  (scope read)"),
        Text.assemble(("            ", "bold"), f"{asked}/escalations"),
        Text.assemble(
            ("Connect     ", "bold"), "a vendor of your own (README): paste this into another terminal, then its lines"
        ),
        Text.assemble(
            "            ", f"export API={installation.address}/api/v1 WORLD={installation.carrier_address}/pretended"
        ),
        Text.assemble("            ", f"export KEY={installation.buyer_key}"),
        Text.assemble(
            ("Clock       ", "bold"), f"{installation.speed:g} times as fast as yours; callers keep arriving"
        ),
        Text.assemble(("Stop        ", "bold"), "Ctrl-C"),
    ]
