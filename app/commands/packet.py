"""`threegate packet`: the evidence of a state, a producer or a call, as a ZIP file that a regulator can check."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from app.commands.output import command_tools, operator, print_json, refuse
from app.wiring import Tools
from app.workflows.authority.keep_anchors import Anchoring
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.packet.asked import Asked, asked
from app.workflows.packet.errors import TooLarge
from app.workflows.packet.make_packet import Made, make_packet

_OPTIONS = {"state": "--state", "npn": "--producer", "call_sid": "--call", "from": "--from", "to": "--to"}
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--state", metavar="OH", help="Every decision about callers of this state.")
@click.option("--producer", "npn", metavar="NPN", help="Every decision that named this producer.")
@click.option("--call", "call_sid", metavar="CALL_SID", help="Every decision on this call.")
@click.option(
    "--from", "first", type=_DAY, help="The first day, in the agency's time zone; from the beginning without it."
)
@click.option("--to", "last", type=_DAY, help="The last day, included; to the present without it.")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE.zip")
@click.option("--json", "as_json", is_flag=True)
def packet(
    state: str | None,
    npn: str | None,
    call_sid: str | None,
    first: datetime | None,
    last: datetime | None,
    out: Path,
    as_json: bool,
) -> None:
    """The evidence of a state, a producer or a call, as a ZIP file that proves itself."""
    with_ = command_tools()
    with with_.database.read() as tx:
        meant = asked(
            tx,
            state=state.upper() if state else None,
            npn=npn,
            call_sid=call_sid,
            first=_day(first),
            last=_day(last),
            zone=with_.settings.time_zone,
        )
    if isinstance(meant, Unmet):
        refuse(f"{_OPTIONS[meant.field]}: {meant.why}")
    made = _made(with_, meant, out)
    if as_json:
        print_json({"file": str(out), **vars(made)})
        return
    click.echo(f"{out}: {made.calls} calls, {made.decisions} decisions, up to entry {made.head or 0} of the ledger")
    click.echo(f"its manifest's SHA-256 is {made.manifest_sha256}")


def _day(typed: datetime | None) -> date | None:
    return None if typed is None else typed.date()


def _made(with_: Tools, meant: Asked, out: Path) -> Made:
    """All of it at `out`, or nothing."""
    settings = with_.settings
    anchoring = Anchoring(settings.public_base_url, settings.anchor_key, settings.anchor_dir)
    try:
        with NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
            path = Path(file.name)
            try:
                made = make_packet(
                    file,
                    meant,
                    anchoring=anchoring,
                    made_for=operator(),
                    database=with_.database,
                    now=with_.clock.now(),
                )
                file.close()
                path.replace(out)
            finally:
                with suppress(FileNotFoundError):
                    path.unlink()
    except TooLarge as error:
        refuse(str(error), code=1)
    except OSError as error:
        refuse(f"{out}: {error.strerror}")
    return made
