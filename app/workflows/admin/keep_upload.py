"""Keep an uploaded file until it is imported: whole, by its SHA-256, for a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.storage import uploads
from app.storage.database import Database
from app.storage.uploads import Upload
from app.workflows.errors import CannotBeDone
from app.workflows.licenses.files import base_name, sha256

STEP_PERCENT = 5


def keep_upload(content: bytes, *, file_name: str, actor: str, database: Database, now: datetime) -> Upload:
    """The file as it is kept. Each part is written in a transaction of its own: no call waits for a large file."""
    size, name = len(content), base_name(file_name) or "file"
    with database.begin() as tx:
        upload_id = uploads.begin(tx, file_name=name, sha256=sha256(content), size=size, actor=actor, now=now)
    for number in range(uploads.parts(size)):
        kept = uploads.compressed(content, number)
        with database.begin() as tx:
            uploads.add_part(tx, upload_id, number, kept)
    with database.begin() as tx:
        uploads.is_whole(tx, upload_id)
        kept_file = uploads.load(tx, upload_id)
    assert kept_file is not None
    return kept_file


def taken_up(upload_id: int, *, database: Database) -> tuple[Upload, bytes]:
    """A kept file and its bytes, for whoever was asked to read it. Raises CannotBeDone where it is not kept any more."""
    with database.read() as tx:
        upload = uploads.load(tx, upload_id)
    content = None if upload is None else kept_content(upload, database=database)
    if upload is None or content is None:
        raise CannotBeDone("the file is not kept any more; upload it again")
    return upload, content


def tells_percent(upload: Upload, *, database: Database) -> Callable[[int], None]:
    """Tells who waits how far the file is, every few percent."""
    told = 0

    def tell(percent: int) -> None:
        nonlocal told
        if percent >= told + STEP_PERCENT:
            told = percent
            with database.begin() as tx:
                uploads.set_percent(tx, upload.id, percent)

    return tell


def kept_content(upload: Upload, *, database: Database) -> bytes | None:
    """The bytes as they were uploaded; None where they are not kept any more, or are not what they were."""
    whole = bytearray()
    for number in range(uploads.parts(upload.size)):
        with database.read() as tx:
            part = uploads.part(tx, upload.id, number)
        if part is None:
            return None
        whole += part
    content = bytes(whole)
    return content if sha256(content) == upload.sha256 else None
