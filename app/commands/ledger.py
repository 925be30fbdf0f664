"""`threegate ledger …`: every allow and every deny, and whether anybody changed what was written."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from app.commands.output import command_tools, instant, print_json, read_file, refuse
from app.domain.instants import BadInstant, parse
from app.storage import seals
from app.storage.seals import Head
from app.workflows.authority.verify_ledger import Verified, seal_ledger, verify_ledger

LARGEST_ANCHOR = 64 * 1024


@click.group()
def ledger() -> None:
    """The ledger of decisions."""


@ledger.command()
@click.option("--anchor", "anchor_path", type=click.Path(path_type=Path), help="A head that `ledger anchor` exported.")
@click.option("--json", "as_json", is_flag=True)
def verify(anchor_path: Path | None, as_json: bool) -> None:
    """Follow the chain from its first entry; exit 1, and the first bad entry, where it does not hold."""
    anchor = None if anchor_path is None else _anchor(anchor_path)
    found = verify_ledger(database=command_tools().database, anchor=anchor)
    if as_json:
        print_json(_as_object(found))
    else:
        _tell(found, anchor)
    if found.bad is not None:
        sys.exit(1)


@ledger.command()
@click.option("--out", type=click.Path(path_type=Path), help="Write it there instead of printing it.")
def anchor(out: Path | None) -> None:
    """Export the head of the chain, to be kept where nobody of this installation can change it."""
    with_ = command_tools()
    seal_ledger(database=with_.database)
    with with_.database.read() as tx:
        head = seals.head(tx)
    if head is None:
        refuse("the ledger is empty: there is no head to anchor", code=1)
    written = json.dumps(
        {"seq": head.seq, "hash": head.hash, "at": instant(head.at), "exported_at": instant(with_.clock.now())},
        indent=2,
    )
    if out is None:
        click.echo(written)
        return
    try:
        out.write_text(written + "\n", encoding="utf-8")
    except OSError as error:
        refuse(f"{out}: {error.strerror}")
    click.echo(f"{out}: entry {head.seq}, {head.hash[:16]}…")


def _anchor(path: Path) -> Head:
    try:
        told = json.loads(read_file(path, LARGEST_ANCHOR))
        return Head(int(told["seq"]), str(told["hash"]), parse(told["at"]))
    except (ValueError, KeyError, TypeError, BadInstant):
        refuse(f"{path}: not an anchor as `threegate ledger anchor` writes it")


def _as_object(found: Verified) -> dict[str, Any]:
    return {
        "ok": found.bad is None,
        "entries": found.entries,
        "sealed": found.sealed,
        "unsealed": found.unsealed,
        "unsealed_since": instant(found.unsealed_since),
        "head": None if found.head is None else {"seq": found.head.seq, "hash": found.head.hash},
        "bad": None
        if found.bad is None
        else {"seq": found.bad.seq, "entry_id": found.bad.entry_id, "why": found.bad.why},
    }


def _tell(found: Verified, anchor: Head | None) -> None:
    waiting = f", {found.unsealed} not sealed yet, since {instant(found.unsealed_since)}" if found.unsealed else ""
    click.echo(f"{found.entries} entries, {found.sealed} sealed{waiting}")
    if found.bad is not None:
        which = f"entry {found.bad.entry_id}" if found.bad.entry_id is not None else "no entry"
        click.echo(f"TAMPERED WITH at place {found.bad.seq} of the chain ({which}): {found.bad.why}", err=True)
        return
    through = f", and goes through the anchor at {anchor.seq}" if anchor else ""
    click.echo(f"the chain holds{through}" if found.head else "nothing is sealed yet")
