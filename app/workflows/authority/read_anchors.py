"""Anchors that were kept elsewhere, read back: one file, or every anchor of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.domain.instants import BadInstant, parse
from app.outside import anchors
from app.outside.anchors import LARGEST, Anchor, AnchorFolder, BadAnchor, PublicKey
from app.storage.seals import Head


@dataclass(frozen=True)
class KeptAnchors:
    """What the chain must go through, and what is wrong, by the file's name: `unreadable` is no anchor, `forged` is one that
    the public key did not sign. Without a public key no signature is checked. `unsigned`: how many of `heads` nobody signed.
    """

    heads: tuple[Head, ...]
    unsigned: int
    unreadable: tuple[tuple[str, str], ...]
    forged: tuple[tuple[str, str], ...]


def read_anchors(path: Path, public_key: PublicKey | None = None) -> KeptAnchors:
    """A file that is not called as the scheduler calls them is no anchor of a folder. Raises OSError."""
    heads: list[Head] = []
    unreadable, forged, unsigned = [], [], 0
    for file in AnchorFolder(path).files() if path.is_dir() else [path]:
        try:
            anchor = _anchor(file)
            head = Head(anchor.seq, anchor.hash, parse(anchor.at))
        except (BadAnchor, BadInstant) as error:
            unreadable.append((file.name, f"not an anchor as `threegate ledger anchor` writes it: {error}"))
            continue
        why = None if public_key is None else public_key.why_not(anchor)
        if why is not None:
            forged.append((file.name, why))
            continue
        unsigned += anchor.signature is None
        heads.append(head)
    return KeptAnchors(tuple(heads), unsigned, tuple(unreadable), tuple(forged))


def _anchor(path: Path) -> Anchor:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadAnchor("it is too large")
    return anchors.parse(content)
