"""`threegate webhook listen`: a receiver for trying out, on this machine, which prints what it is told."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING

import click

from app.commands.output import refuse

if TYPE_CHECKING:
    from app.simulator.crm import Received

HOST = "127.0.0.1"


@click.command()
@click.option("--port", default=9009, show_default=True, type=click.IntRange(1, 65535))
@click.option("--secret", help="whsec_…: whatever is not signed with it is refused.")
@click.option("--until", "last", metavar="TYPE", help="End, with exit 0, once an event of this type has come.")
@click.option("--json", "as_json", is_flag=True, help="One event a line, as it came.")
def listen(port: int, secret: str | None, last: str | None, as_json: bool) -> None:
    """Print the events that are sent to this machine, for trying out. Ends with Ctrl-C."""
    from werkzeug.serving import make_server

    from app.simulator.crm import Crm

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    crm = Crm(secret, tell=lambda received: _print(received, as_json, last))
    try:
        server = make_server(HOST, port, crm, threaded=False)
    except (OSError, SystemExit):
        refuse(f"--port {port}: somebody listens there already")
    click.echo(f"listening at http://{HOST}:{port}/", err=True)
    try:
        while last is None or all(received.type != last for received in crm.received):
            server.handle_request()
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        server.server_close()


def _print(received: Received, as_json: bool, last: str | None) -> None:
    if as_json:
        click.echo(json.dumps(received.payload))
    else:
        told = {name: value for name, value in received.payload.get("data", {}).items() if value is not None}
        signed = {True: "signed", False: "NOT SIGNED", None: "not checked"}[received.verified]
        click.echo(f"{received.type}  {signed}  {json.dumps(told)}")
    sys.stdout.flush()
