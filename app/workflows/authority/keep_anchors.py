"""The head of the ledger's chain, kept where nobody of this installation can change it, and told to people once a day."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.outside.anchors import Anchor, AnchorFolder, KeyTrouble, Signer, read_signer
from app.outside.notices import Notice, Notices
from app.storage import notices as told
from app.storage import seals
from app.storage.database import Database
from app.storage.seals import Head

log = logging.getLogger(__name__)

_SUBJECT = "anchor"


@dataclass(frozen=True)
class Anchoring:
    """Where anchors go and what signs them, as this installation is set. Neither: they are off.

    `installation` is how anchors name it: its public address.
    """

    installation: str
    key: Path | None = None
    folder: Path | None = None

    @property
    def is_on(self) -> bool:
        return self.key is not None or self.folder is not None

    def signer(self) -> Signer | None:
        """None where no key is set. Raises KeyTrouble."""
        return None if self.key is None else read_signer(self.key)


def anchor_of(head: Head, anchoring: Anchoring, signer: Signer | None, now: datetime) -> Anchor:
    """The head as it leaves us, signed where there is a key."""
    anchor = Anchor(
        seq=head.seq,
        hash=head.hash,
        at=_instant(head.at),
        exported_at=_instant(now),
        installation=anchoring.installation,
    )
    return anchor if signer is None else signer.sign(anchor)


def keep_anchors(*, anchoring: Anchoring, database: Database, notices: Notices, now: datetime) -> Anchor | None:
    """Write an anchor where the head has moved since the last one, and tell of the head once a day. None: nothing written.

    With a key that cannot be read nothing leaves: an anchor that nobody signed would stand in a signed one's place for
    good, and the next one says all that this one would have. It is logged, and the next look tries again.
    """
    with database.read() as tx:
        head = seals.head(tx)
    if head is None or not anchoring.is_on:
        return None
    try:
        anchor = anchor_of(head, anchoring, anchoring.signer(), now)
    except KeyTrouble as trouble:
        log.error("no anchor of the ledger was kept: THREEGATE_ANCHOR_KEY: %s", trouble)
        return None
    written = _write(anchor, anchoring.folder)
    _tell(anchor, database, notices, now)
    return anchor if written else None


def _write(anchor: Anchor, path: Path | None) -> bool:
    if path is None:
        return False
    folder = AnchorFolder(path)
    try:
        return anchor.seq > folder.newest() and folder.write(anchor)
    except OSError as error:
        log.error("no anchor of the ledger was kept: THREEGATE_ANCHOR_DIR: %s: %s", path, error.strerror)
        return False


def _tell(anchor: Anchor, database: Database, notices: Notices, now: datetime) -> None:
    """A chat or a mailbox is a place, too, in which this installation can change nothing."""
    if not notices.anybody:
        return
    day = f"{now.astimezone(UTC):%Y-%m-%d}"
    with database.read() as tx:
        if told.is_claimed(tx, _SUBJECT, day):
            return
    with database.begin() as tx:
        if not told.claim(tx, _SUBJECT, day, now):
            return
    if not notices.send(_notice(anchor)):
        with database.begin() as tx:
            told.release(tx, [(_SUBJECT, day)])


def _notice(anchor: Anchor) -> Notice:
    signature = f"signature: {anchor.signature}\nkey: {anchor.key_id}\n" if anchor.signature else "not signed\n"
    return Notice(
        title=f"Threegate: the ledger's head is entry {anchor.seq}",
        body=(
            f"Keep this message: it shows later whether the ledger was cut short or written anew.\n\n"
            f"installation: {anchor.installation}\nseq: {anchor.seq}\nhash: {anchor.hash}\nat: {anchor.at}\n"
            f"exported_at: {anchor.exported_at}\n{signature}"
        ),
    )


def _instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
