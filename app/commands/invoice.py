"""`threegate invoice …`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import click

from app.commands import BadInput
from app.commands.invoice_told import invoice_object, invoice_row, line_object, told, total_lines
from app.commands.output import command_tools, operator, print_json, print_table, read_file, refuse, refuse_file
from app.domain.billing.record import Verdict
from app.invoices.columns import FIELDS
from app.invoices.reading import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import invoices
from app.storage.database import Collision
from app.storage.invoices import Invoice, Line
from app.web.spreadsheet import csv_text
from app.wiring import Tools
from app.workflows.money.make_dispute import HEADER, make_dispute
from app.workflows.money.receive_invoice import NoSuchVendor, receive_invoice
from app.workflows.money.rule_line import RULINGS, NotRuled, rule_line
from app.workflows.money.withdraw_invoice import NotWithdrawn, withdraw_invoice

MOST_SHOWN = 10_000

_JSON = click.option("--json", "as_json", is_flag=True)
_NUMBER = click.IntRange(1, 2**31 - 1)
_INVOICE = click.argument("invoice_id", metavar="ID", type=_NUMBER)


@click.group()
def invoice() -> None:
    """Vendors' invoices against our own record."""


@invoice.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--vendor", required=True, metavar="SLUG", help="Whose invoice it is.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=THEIRS",
    help=f"Which column says what, where it is not guessed; NAME= for none. Names: {', '.join(FIELDS)}.",
)
@click.option("--zone", metavar="ZONE", help="The time zone of times without one; the agency's if not said.")
@_JSON
def import_(file: Path, vendor: str, columns: tuple[str, ...], zone: str | None, as_json: bool) -> None:
    """Hold FILE, a vendor's invoice as CSV, against our own record: one line a billed call, a verdict for each.

    A file with a wrong row is refused whole. The same file again shows the first one's answer.
    """
    content = read_file(file, LARGEST_FILE)
    with_ = command_tools()
    try:
        outcome = receive_invoice(
            content,
            file_name=file.name,
            vendor=vendor,
            columns=_columns(columns),
            zone=_zone(zone or with_.settings.time_zone),
            actor=operator(),
            database=with_.database,
            received_at=with_.clock.now(),
            now=with_.clock.now,
        )
    except Collision:
        refuse(f"{file}: another import of the same file is under way; look at: threegate invoice list", code=1)
    if isinstance(outcome, NoSuchVendor):
        refuse(f"there is no vendor {outcome.slug!r}; threegate vendor list names them")
    if isinstance(outcome, Refusal):
        refuse_file(file, outcome, as_json=as_json)
    if not as_json:
        read = ", ".join(f"{name} from {theirs!r}" for name, theirs in outcome.invoice.columns.items())
        click.echo("received before, nothing changed" if outcome.again else f"read: {read}")
    _show(with_, outcome.invoice, as_json=as_json, again=outcome.again)


@invoice.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@_JSON
def list_(limit: int, as_json: bool) -> None:
    """The newest invoices, the newest first."""
    with_ = command_tools()
    with with_.database.read() as tx:
        found = invoices.newest(tx, limit)
    now = with_.clock.now()
    if as_json:
        print_json({"items": [invoice_object(one, now) for one in found]})
        return
    header = (
        "id",
        "vendor",
        "received",
        "file",
        "lines",
        "billed",
        "accepted",
        "disputed",
        "undecided",
        "disputes until",
    )
    print_table(header, [invoice_row(one) for one in found])


@invoice.command()
@_INVOICE
@_JSON
def show(invoice_id: int, as_json: bool) -> None:
    """One invoice: lines and money by verdict, and each line that does not stand accepted."""
    with_ = command_tools()
    _show(with_, _found(with_, invoice_id), as_json=as_json)


@invoice.command()
@_INVOICE
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where the file is written."
)
@_JSON
def dispute(invoice_id: int, out: Path, as_json: bool) -> None:
    """Write the dispute file (CSV): every line that stands disputed, with our record of its call. Says so when it is late."""
    with_ = command_tools()
    made = make_dispute(invoice_id, actor=operator(), database=with_.database, now=with_.clock.now())
    if made is None:
        refuse(f"there is no invoice {invoice_id}")
    out.write_bytes(csv_text(HEADER, made.rows).encode("utf-8", errors="replace"))
    if as_json:
        print_json(invoice_object(made.invoice, made.made_at) | {"file": str(out), "late": made.late})
        return
    click.echo(f"{out}: {len(made.rows) - 1} lines disputed, {total_lines(made.invoice)[1]}")
    if made.late:
        click.echo(f"late: the window for disputes closed {made.invoice.dispute_until:%Y-%m-%d %H:%M} UTC", err=True)


@invoice.command()
@_INVOICE
@click.argument("line", type=_NUMBER)
@click.argument("ruling", type=click.Choice(list(RULINGS)))
@click.option("--reason", required=True, help="Why; it is kept, and stands in the dispute.")
@_JSON
def rule(invoice_id: int, line: int, ruling: str, reason: str, as_json: bool) -> None:
    """Overrule the verdict on LINE (its line of the file): accept it, or dispute it."""
    with_ = command_tools()
    outcome = rule_line(
        invoice_id, line, ruling, reason, actor=operator(), database=with_.database, now=with_.clock.now()
    )
    if outcome is None:
        refuse(f"invoice {invoice_id} has no line {line}")
    if isinstance(outcome, NotRuled):
        refuse(f"line {line} is not ruled on: {outcome.why}", code=1)
    if as_json:
        print_json(line_object(outcome))
    else:
        click.echo(told(outcome))


@invoice.command()
@_INVOICE
@click.option("--reason", required=True, help="Why; it is kept.")
@_JSON
def withdraw(invoice_id: int, reason: str, as_json: bool) -> None:
    """Take back an invoice that was read wrongly: its lines count as billed no more, and its file can be imported again."""
    with_ = command_tools()
    now = with_.clock.now()
    outcome = withdraw_invoice(invoice_id, reason, actor=operator(), database=with_.database, now=now)
    if outcome is None:
        refuse(f"there is no invoice {invoice_id}")
    if isinstance(outcome, NotWithdrawn):
        refuse(f"invoice {invoice_id} is as it was: {outcome.why}", code=1)
    if as_json:
        print_json(invoice_object(outcome, now))
    else:
        click.echo(f"invoice {invoice_id} is withdrawn")


# ---- what they share


def _found(with_: Tools, invoice_id: int) -> Invoice:
    with with_.database.read() as tx:
        found = invoices.load(tx, invoice_id)
    if found is None or found.finished_at is None:
        refuse(f"there is no invoice {invoice_id}")
    return found


def _show(with_: Tools, found: Invoice, *, as_json: bool, again: bool | None = None) -> None:
    now: datetime = with_.clock.now()
    shown: list[Line] = []
    with with_.database.read() as tx:
        for standing in (Verdict.DISPUTED, Verdict.CANNOT_SAY):
            shown += invoices.lines_of(tx, found.id, standing=standing, limit=MOST_SHOWN)
        reasons = invoices.count_reasons(tx, found.id)
    if as_json:
        counted = {reason: {"lines": lines, "cents": cents} for reason, (lines, cents) in sorted(reasons.items())}
        more = {} if again is None else {"again": again}
        print_json(
            invoice_object(found, now) | more | {"reasons": counted, "items": [line_object(line) for line in shown]}
        )
        return
    late = ", which is over" if found.is_late(now) else ""
    click.echo(f"invoice {found.id} of {found.vendor}, {found.file_name}: {found.lines} lines")
    if found.withdrawn_at is not None:
        click.echo("withdrawn: it counts for nothing")
    click.echo(f"disputes until {found.dispute_until:%Y-%m-%d %H:%M} UTC{late}")
    for text in total_lines(found):
        click.echo(text)
    for line in shown:
        click.echo(told(line))


def _columns(given: tuple[str, ...]) -> dict[str, str]:
    said: dict[str, str] = {}
    for one in given:
        name, separator, theirs = one.partition("=")
        if not separator or name in said:
            raise BadInput(f"--column {one}: expected NAME=THEIRS, each name once")
        said[name.strip()] = theirs
    return said


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise BadInput(f"--zone {name}: not a time zone; e.g. America/New_York")
    return ZoneInfo(name)
