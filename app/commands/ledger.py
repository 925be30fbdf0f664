"""`threegate ledger …`: every allow and every deny, and whether anybody changed what was written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from app.commands.output import command_tools, instant, print_json, refuse
from app.outside.anchors import KeyTrouble, keep_private, new_signer, read_public_key
from app.storage import seals
from app.workflows.authority.keep_anchors import Anchoring, anchor_of
from app.workflows.authority.read_anchors import KeptAnchors, read_anchors
from app.workflows.authority.verify_ledger import Verified, seal_ledger, verify_ledger


@click.group()
def ledger() -> None:
    """The ledger of decisions."""


@ledger.command()
@click.option(
    "--anchor",
    "anchor_path",
    type=click.Path(path_type=Path),
    help="A head that `ledger anchor` or the scheduler wrote, or a folder of them: the chain must go through all.",
)
@click.option(
    "--public-key",
    "key_path",
    type=click.Path(path_type=Path),
    help="What `ledger key` printed: every anchor must be signed with it.",
)
@click.option("--json", "as_json", is_flag=True)
def verify(anchor_path: Path | None, key_path: Path | None, as_json: bool) -> None:
    """Follow the chain from its first entry; exit 1, and the first bad entry, where it does not hold."""
    if key_path is not None and anchor_path is None:
        refuse("--public-key is for anchors: give --anchor, too")
    kept = None if anchor_path is None else _anchors(anchor_path, key_path)
    found = verify_ledger(database=command_tools().database, anchors=kept.heads if kept else ())
    if as_json:
        print_json(_as_object(found, kept, signed=key_path is not None))
    else:
        _tell(found, kept, signed=key_path is not None)
    if not _is_well(found, kept):
        sys.exit(1)


@ledger.command()
@click.option("--out", type=click.Path(path_type=Path), help="Write it there instead of printing it.")
def anchor(out: Path | None) -> None:
    """Export the head of the chain, signed where there is a key, to be kept where nobody of this installation can change it."""
    with_ = command_tools()
    settings = with_.settings
    anchoring = Anchoring(settings.public_base_url, settings.anchor_key, settings.anchor_dir)
    seal_ledger(database=with_.database)
    with with_.database.read() as tx:
        head = seals.head(tx)
    if head is None:
        refuse("the ledger is empty: there is no head to anchor", code=1)
    try:
        made = anchor_of(head, anchoring, anchoring.signer(), with_.clock.now())
    except KeyTrouble as trouble:
        refuse(f"THREEGATE_ANCHOR_KEY: {trouble}")
    written = made.written().decode()
    if out is None:
        click.echo(written, nl=False)
        return
    try:
        out.write_text(written, encoding="utf-8")
    except OSError as error:
        refuse(f"{out}: {error.strerror}")
    by = f", signed with key {made.key_id}" if made.key_id else ", not signed"
    click.echo(f"{out}: entry {head.seq}, {head.hash[:16]}…{by}")


@ledger.command()
@click.argument("private", type=click.Path(path_type=Path))
def key(private: Path) -> None:
    """Make a key pair for anchors: the private key into the new file PRIVATE, the public one printed.

    Whoever is to check anchors needs the public key from you, by another way than the anchors. Back the private key up where
    the database's backups are not.
    """
    signer = new_signer()
    try:
        keep_private(signer, private)
    except FileExistsError:
        refuse(f"{private}: is there already; anchors that it signed need it")
    except OSError as error:
        refuse(f"{private}: {error.strerror}")
    click.echo(signer.public.pem, nl=False)
    click.echo(f"key {signer.public.key_id}; set THREEGATE_ANCHOR_KEY={private}", err=True)


def _anchors(path: Path, key_path: Path | None) -> KeptAnchors:
    try:
        public = None if key_path is None else read_public_key(key_path)
        kept = read_anchors(path, public)
    except KeyTrouble as trouble:
        refuse(str(trouble))
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
    if kept.unreadable and not path.is_dir():
        refuse(f"{path}: {kept.unreadable[0][1]}")
    if not (kept.heads or kept.unreadable or kept.forged):
        refuse(f"{path}: there is no anchor, as anchor-123.json, in it")
    return kept


def _is_well(found: Verified, kept: KeptAnchors | None) -> bool:
    return found.bad is None and not (kept and (kept.unreadable or kept.forged))


def _as_object(found: Verified, kept: KeptAnchors | None, *, signed: bool) -> dict[str, Any]:
    return {
        "ok": _is_well(found, kept),
        "entries": found.entries,
        "sealed": found.sealed,
        "unsealed": found.unsealed,
        "unsealed_since": instant(found.unsealed_since),
        "erased": found.erased,
        "head": None if found.head is None else {"seq": found.head.seq, "hash": found.head.hash},
        "anchors": None
        if kept is None
        else {
            "followed": len(kept.heads),
            "unsigned": kept.unsigned,
            "signatures_checked": signed,
            "bad": [{"file": file, "why": why} for file, why in (*kept.unreadable, *kept.forged)],
        },
        "bad": None
        if found.bad is None
        else {"seq": found.bad.seq, "entry_id": found.bad.entry_id, "why": found.bad.why},
    }


def _tell(found: Verified, kept: KeptAnchors | None, *, signed: bool) -> None:
    waiting = f", {found.unsealed} not sealed yet, since {instant(found.unsealed_since)}" if found.unsealed else ""
    gone = f", the facts of {found.erased} erased" if found.erased else ""
    click.echo(f"{found.entries} entries, {found.sealed} sealed{waiting}{gone}")
    for file, why in (*kept.unreadable, *kept.forged) if kept else ():
        click.echo(f"BAD ANCHOR {file}: {why}", err=True)
    if found.bad is not None:
        which = f"entry {found.bad.entry_id}" if found.bad.entry_id is not None else "no entry"
        click.echo(f"TAMPERED WITH at place {found.bad.seq} of the chain ({which}): {found.bad.why}", err=True)
        return
    click.echo(f"the chain holds{_through(kept)}" if found.head else "nothing is sealed yet")
    if kept and kept.heads and not signed:
        unsigned = f"{kept.unsigned} of them nobody signed; " if kept.unsigned else ""
        click.echo(
            f"{unsigned}no signature was checked: whoever wrote the ledger anew may have written these; --public-key checks"
        )


def _through(kept: KeptAnchors | None) -> str:
    if not kept or not kept.heads:
        return ""
    last = max(head.seq for head in kept.heads)
    if len(kept.heads) == 1:
        return f", and goes through the anchor at {last}"
    return f", and goes through {len(kept.heads)} anchors, the last at {last}"
