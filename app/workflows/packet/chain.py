"""The ledger in a packet: the entries that it cites, every link between them and the head, and anchors the chain goes through."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.outside import anchors
from app.outside.anchors import LARGEST, AnchorFolder, BadAnchor, KeyTrouble, Signer
from app.storage import seals
from app.storage.database import Database
from app.storage.seals import Head
from app.workflows.authority.keep_anchors import Anchoring, anchor_of
from app.workflows.packet import rows
from app.workflows.packet.archive import Archive
from app.workflows.packet.errors import TooLarge

MOST_LINKS = 500_000
MOST_ANCHORS = 500


@dataclass(frozen=True)
class Chain:
    """From the first cited link to the last that is here; None where nothing is cited. `to_head`: that is the head.

    `erased` and `withheld` count cited entries without their facts.
    """

    first: int | None
    last: int | None
    to_head: bool
    erased: int
    withheld: int


def write_chain(archive: Archive, cited: Collection[int], *, head: Head | None, database: Database) -> Chain:
    """ledger.jsonl: `cited` are links. Raises TooLarge where the cited ones alone are too far apart."""
    if not cited or head is None:
        archive.add("ledger.jsonl", b"")
        return Chain(None, None, True, 0, 0)
    first, furthest = min(cited), max(cited)
    if furthest - first >= MOST_LINKS:
        raise TooLarge(f"more than {MOST_LINKS:,} entries of the ledger lie between its first decision and its last")
    last = min(head.seq, first + MOST_LINKS - 1)
    at, erased, withheld = first - 1, 0, 0
    with archive.member("ledger.jsonl") as file:
        while at < last:
            with database.read() as tx:
                page = [row for row in seals.sealed_after(tx, at) if row["seq"] <= last]
            if not page:
                break
            for row in page:
                line = rows.link(row, is_cited=row["seq"] in cited, erased_by=seals.erased(row))
                erased += "erased_by" in line
                withheld += "withheld" in line
                file.line(line)
            at = page[-1]["seq"]
    return Chain(first, last, last == head.seq, erased, withheld)


@dataclass(frozen=True)
class KeptHere:
    """Anchors in a packet: how many kept ones, whether the head's is signed, and what to say of what went wrong."""

    kept: int
    signed: bool
    trouble: str


def write_anchors(
    archive: Archive, chain: Chain, *, head: Head | None, anchoring: Anchoring, now: datetime
) -> KeptHere:
    """The first of those that were kept since the first cited link, as they lie there, and the head as it is now."""
    trouble, kept = "", 0
    try:
        for path in _in_range(chain, anchoring):
            content = path.read_bytes()[: LARGEST + 1]
            anchors.parse(content)
            archive.add(f"anchors/{path.name}", content)
            kept += 1
    except (OSError, BadAnchor) as error:
        trouble = f"An anchor could not be read: {getattr(error, 'strerror', None) or error}."
    signer: Signer | None = None
    try:
        signer = anchoring.signer()
    except KeyTrouble:
        trouble = f"{trouble} The agency's key could not be read, so the head is not signed.".strip()
    if head is not None:
        archive.add(f"anchors/head-{head.seq}.json", anchor_of(head, anchoring, signer, now).written())
    return KeptHere(kept, signer is not None, trouble)


def _in_range(chain: Chain, anchoring: Anchoring) -> list[Path]:
    if anchoring.folder is None or chain.first is None or chain.last is None or not anchoring.folder.is_dir():
        return []
    found = AnchorFolder(anchoring.folder).files(first=chain.first, last=chain.last)
    return found[:MOST_ANCHORS]
