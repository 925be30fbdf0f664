"""`threegate person …`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.commands.output import command_tools, operator, print_json, refuse
from app.commands.vendor import e164
from app.storage.people import Person
from app.wiring import Tools
from app.workflows.data.ask_person import waits_in_journal
from app.workflows.data.erase_person import NotNow, erase_person, told
from app.workflows.data.export_person import note_person_export, person_file
from app.workflows.data.meant_person import Meant, known
from app.workflows.leads.asked_campaign import Unmet

_phone = click.option("--phone", metavar="+1…", help="Their number.")
_lead = click.option("--lead", "lead_id", type=click.IntRange(min=1), help="Or a lead of theirs, by its id.")


@click.group()
def person() -> None:
    """One person's data: all of it, or gone."""


@person.command()
@_phone
@_lead
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write, JSON.")
def export(phone: str | None, lead_id: int | None, out: Path) -> None:
    """Write everything that is stored of one person to a JSON file."""
    with_ = command_tools()
    found = _known(with_, _meant(phone, lead_id))
    content = person_file(found, database=with_.database, now=with_.clock.now())
    try:
        out.write_bytes(content)
    except OSError as error:
        refuse(f"{out}: {error.strerror}")
    note_person_export(found, actor=operator(), database=with_.database, now=with_.clock.now())
    click.echo(f"{out}: {_counted(found.counts())}")


@person.command()
@_phone
@_lead
@click.option("--reason", required=True, help="Why; it stays in the ledger, so it must not name them.")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@click.option("--json", "as_json", is_flag=True)
def erase(phone: str | None, lead_id: int | None, reason: str, yes: bool, as_json: bool) -> None:
    """Overwrite what is one person's, for good. Exit 1 where that cannot be done now."""
    with_ = command_tools()
    meant = _meant(phone, lead_id)
    found = _known(with_, meant)
    if (waits := waits_in_journal(with_.settings.journal_dir, found.number)) is not None:
        refuse(waits.why, code=1)
    if not yes:
        click.echo(f"{meant.confirmation}: {_counted(found.counts())}", err=True)
        click.confirm("This cannot be undone. Erase?", abort=True, err=True)
    done = erase_person(meant, reason=reason, actor=operator(), database=with_.database, now=with_.clock.now())
    match done:
        case NotNow():
            refuse(done.why, code=1)
        case Unmet():
            refuse(f"--{done.field}: {done.why}")
    _tell(told(done), as_json)


def _tell(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    if result["nothing_there"]:
        click.echo("nothing there")
    else:
        click.echo(f"erased: {_counted(result['erased'])}; ledger entry {result['ledger_entry']}")
    for kept in result["kept"]:
        until = f" until {kept['until']}" if kept["until"] else ""
        click.echo(f"kept{until}: {kept['count']} {kept['what']}: {kept['why']}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"


def _meant(phone: str | None, lead_id: int | None) -> Meant:
    if (phone is None) == (lead_id is None):
        refuse("give one of --phone and --lead")
    return Meant(None if phone is None else e164(phone, "--phone"), lead_id)


def _known(with_: Tools, meant: Meant) -> Person:
    with with_.database.read() as tx:
        found = known(tx, meant)
    if isinstance(found, Unmet):
        refuse(f"--{'phone' if found.field == 'phone' else 'lead'}: {found.why}")
    return found
