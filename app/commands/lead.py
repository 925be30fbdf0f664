"""`threegate lead …`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from app.commands.output import SHOWN, command_tools, operator, print_json, read_file, refuse, refuse_file
from app.commands.vendor import e164
from app.rosters.csv_leads import COLUMNS, LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import campaigns, ledger
from app.storage.bulk import REFUSED, RowOutcome
from app.storage.database import Database
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.import_leads import import_leads, read_list, sender
from app.workflows.licenses.files import sha256


@click.group()
def lead() -> None:
    """Leads in bulk."""


@lead.command(
    name="import", help=f"Take in a vendor's list: CSV with the columns {', '.join(COLUMNS)}; phone must be there."
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--campaign", "campaign", required=True, metavar="+1…", help="The campaign's number.")
@click.option("--vendor", metavar="SLUG", help="Whose list it is, where it is not the campaign's own vendor's.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of each row (caps are not counted).")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, campaign: str, vendor: str | None, dry_run: bool, as_json: bool) -> None:
    with_ = command_tools()
    number = e164(campaign, "--campaign")
    content = read_file(file, LARGEST_FILE)
    rows = read_list(content)
    if isinstance(rows, Refusal):
        refuse_file(file, rows, as_json=as_json)
    refused: list[RowOutcome] = []

    def keep(outcomes: Sequence[RowOutcome]) -> None:
        refused.extend(one for one in outcomes if one.outcome == REFUSED)

    taken = import_leads(
        rows,
        campaign=number,
        by=sender(operator(), _vendor_id(with_.database, vendor)),
        database=with_.database,
        now=with_.clock.now(),
        keep=keep,
        dry_run=dry_run,
    )
    if isinstance(taken, Unmet):
        refuse(f"--{taken.field}: {taken.why}")
    if not dry_run:
        facts = {"campaign": number, "sha256": sha256(content), **asdict(taken)}
        with with_.database.begin() as tx:
            ledger.write(tx, kind="leads_bulk_taken", now=with_.clock.now(), actor=operator(), facts=facts)
    told = [{"line": one.line, "column": one.column or None, "why": one.why} for one in refused[:SHOWN]]
    if as_json:
        print_json({"counts": asdict(taken), "refused": told, "dry_run": dry_run})
        return
    for one in refused[:SHOWN]:
        click.echo(f"{file}:{one.line}: {f'{one.column}: ' if one.column else ''}{one.why}", err=True)
    would = "would be " if dry_run else ""
    click.echo(f"{taken.added} {would}added, {taken.duplicate} there already, {taken.refused} {would}refused")


def _vendor_id(database: Database, slug: str | None) -> int | None:
    if slug is None:
        return None
    with database.read() as tx:
        found = campaigns.vendor(tx, slug)
    if found is None:
        refuse(f"--vendor {slug}: there is no such vendor")
    return found.vendor_id
