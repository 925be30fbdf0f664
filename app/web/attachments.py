"""A file that goes to whoever asked for it: saved, and never shown as a page of ours."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file


def attachment(content: bytes, *, media_type: str, file_name: str) -> Response:
    """To be saved as `file_name`, whatever is in it; the browser neither guesses what it is nor runs it."""
    answer = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=file_name, max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer
