"""A file that goes to whoever asked for it: saved, and never shown as a page of ours."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file, stream_with_context

from app.storage import made_files
from app.storage.database import Database
from app.storage.made_files import MadeFile


def attachment(content: bytes, *, media_type: str, file_name: str) -> Response:
    """To be saved as `file_name`, whatever is in it; the browser neither guesses what it is nor runs it."""
    answer = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=file_name, max_age=0)
    return _never_a_page(answer)


def made_file(found: MadeFile, *, database: Database) -> Response:
    """A file that the scheduler made, sent part by part: it may be larger than what a process should hold."""
    answer = Response(stream_with_context(made_files.content(found.id, database=database)), mimetype=found.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=found.file_name)
    answer.content_length = found.size
    return _never_a_page(answer)


def _never_a_page(answer: Response) -> Response:
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer
