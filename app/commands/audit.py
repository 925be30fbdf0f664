"""`threegate audit …`: what audits of the roster found, and what becomes of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from app.commands.audit_told import (
    audit_object,
    audit_row,
    audit_told,
    discrepancy_object,
    print_discrepancies,
)
from app.commands.differences import exposed_lines, exposed_objects
from app.commands.output import (
    command_tools,
    operator,
    print_json,
    print_table,
    read_file,
    refuse,
    refuse_file,
)
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import audits, discrepancies
from app.storage.discrepancies import Recorded
from app.workflows.licenses import their_report
from app.workflows.licenses.audit_roster import audit_roster
from app.workflows.licenses.resolve_discrepancy import (
    SUSPENDED_MEANWHILE,
    NotSettled,
    Settled,
    assign_discrepancy,
    resolve_discrepancy,
)
from app.workflows.licenses.sign_audit import ROLES, NotSigned, sign_audit
from app.workflows.licenses.their_report import NotAudited

MOST_SHOWN = 10_000

_JSON = click.option("--json", "as_json", is_flag=True)
_NUMBER = click.IntRange(1, 2**31 - 1)
_DISCREPANCIES = click.argument("discrepancy_ids", metavar="ID...", type=_NUMBER, nargs=-1, required=True)


@click.group()
def audit() -> None:
    """What audits of the roster found, and what becomes of it."""


@click.command("audit")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "file_format", type=click.Choice(their_report.FORMATS), help="By its first bytes if not said."
)
@click.option("--npn", help="Whose report it is, where the file does not say.")
@click.option(
    "--whole", is_flag=True, help="It covers everybody: whoever is not in it holds nothing, and is suspended."
)
@click.option("--period", metavar="YYYY-MM", help="The month that it counts for: this one (the default) or the last.")
@_JSON
def audit_file(
    file: Path, file_format: str | None, npn: str | None, whole: bool, period: str | None, as_json: bool
) -> None:
    """Hold the roster against FILE without importing it: a NIPR report, or a file in our roster's format.

    A license that FILE gives less of is suspended at once; what FILE gives more of waits for a person. The same file on
    the same roster is compared once.
    """
    content = read_file(file, LARGEST_FILE)
    with_ = command_tools()
    now = with_.clock.now()
    outcome = audit_roster(
        content,
        file_name=file.name,
        file_format=file_format,
        npn=npn,
        whole=whole,
        period=period,
        actor=operator(),
        database=with_.database,
        now=now,
    )
    if isinstance(outcome, NotAudited):
        refuse(f"{file}: {outcome.why}")
    if isinstance(outcome, Refusal):
        refuse_file(file, outcome, as_json=as_json, consequence="nothing was compared")
    with with_.database.read() as tx:
        found = discrepancies.of_audit(tx, outcome.audit.id, limit=MOST_SHOWN)
    if as_json:
        items = [discrepancy_object(each, now) for each in found]
        exposed = exposed_objects(outcome.exposed)
        print_json(audit_object(outcome.audit) | {"again": outcome.again, "items": items, "exposed": exposed})
        return
    click.echo(f"{'compared before, nothing changed: ' if outcome.again else ''}{audit_told(outcome.audit)}")
    for line in exposed_lines(outcome.exposed):
        click.echo(line)
    print_discrepancies(found, now)


@audit.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@_JSON
def list_(limit: int, as_json: bool) -> None:
    """The newest audits, the newest first."""
    with command_tools().database.read() as tx:
        found = audits.newest(tx, limit)
    if as_json:
        print_json({"items": [audit_object(one) for one in found]})
        return
    header = ("id", "month", "begun", "file", "producers", "discrepancies", "open", "suspended", "signed")
    print_table(header, [audit_row(one) for one in found])


@audit.command()
@click.argument("audit_id", metavar="ID", type=_NUMBER)
@click.option("--open", "only_open", is_flag=True, help="Only what is not resolved.")
@_JSON
def show(audit_id: int, only_open: bool, as_json: bool) -> None:
    """One audit with what it found."""
    with_ = command_tools()
    with with_.database.read() as tx:
        one = audits.load(tx, audit_id)
        found = discrepancies.of_audit(tx, audit_id, limit=MOST_SHOWN, only_open=only_open)
    if one is None:
        refuse(f"there is no audit {audit_id}")
    now = with_.clock.now()
    if as_json:
        print_json(audit_object(one) | {"items": [discrepancy_object(each, now) for each in found]})
        return
    click.echo(audit_told(one))
    print_discrepancies(found, now)


@audit.command()
@_DISCREPANCIES
@click.option("--as", "settled", type=click.Choice([str(each) for each in Settled]), required=True)
@click.option("--note", default="", help="Why, and on what document that rests.")
@_JSON
def resolve(discrepancy_ids: tuple[int, ...], settled: str, note: str, as_json: bool) -> None:
    """Say what became of discrepancies. It gives no authority: a suspended license comes back by an import that shows it."""
    with_ = command_tools()
    now = with_.clock.now()
    outcomes = [
        resolve_discrepancy(each, Settled(settled), note, actor=operator(), database=with_.database, now=now)
        for each in dict.fromkeys(discrepancy_ids)
    ]
    _tell(dict(zip(dict.fromkeys(discrepancy_ids), outcomes, strict=True)), now, as_json)


@audit.command()
@_DISCREPANCIES
@click.option("--to", "owner", required=True, metavar="EMAIL", help="Who settles it; the deadline stays.")
@_JSON
def assign(discrepancy_ids: tuple[int, ...], owner: str, as_json: bool) -> None:
    """Give discrepancies to somebody."""
    with_ = command_tools()
    now = with_.clock.now()
    outcomes = {
        each: assign_discrepancy(each, owner, actor=operator(), database=with_.database, now=now)
        for each in discrepancy_ids
    }
    _tell(outcomes, now, as_json)


@audit.command()
@click.argument("audit_id", metavar="ID", type=_NUMBER)
@click.option("--role", type=click.Choice(ROLES), required=True, help="As what you sign.")
@_JSON
def sign(audit_id: int, role: str, as_json: bool) -> None:
    """Answer for an audit; exit 1 while something of it is open."""
    with_ = command_tools()
    outcome = sign_audit(audit_id, role, actor=operator(), database=with_.database, now=with_.clock.now())
    if outcome is None:
        refuse(f"there is no audit {audit_id}")
    if isinstance(outcome, NotSigned):
        if as_json:
            print_json({"signed": False, "why": outcome.why, "open": outcome.open})
        refuse(f"audit {audit_id} is not signed: {outcome.why}", code=1)
    if as_json:
        print_json(audit_object(outcome))
    else:
        click.echo(audit_told(outcome))


def _tell(outcomes: Mapping[int, Recorded | NotSettled | None], now: datetime, as_json: bool) -> None:
    """Every discrepancy as it stands now; exit 1 where one was refused, 2 where there is none such."""
    done = [one for one in outcomes.values() if isinstance(one, Recorded)]
    if as_json:
        print_json({"items": [discrepancy_object(one, now) for one in done]})
    else:
        print_discrepancies(done, now)
    if any(one.suspended and one.resolved_at for one in done):
        click.echo(SUSPENDED_MEANWHILE, err=True)
    _refuse_others(outcomes)


def _refuse_others(outcomes: Mapping[int, Recorded | NotSettled | None]) -> None:
    refused = [f"{each}: {one.why}" for each, one in outcomes.items() if isinstance(one, NotSettled)]
    unknown = [str(each) for each, one in outcomes.items() if one is None]
    if unknown:
        refused.append(f"there is no discrepancy {', '.join(unknown)}")
    if not refused:
        return
    click.echo("; ".join(refused), err=True)
    sys.exit(2 if unknown else 1)
