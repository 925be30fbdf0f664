"""A file that comes with a request: as the body, or alone in a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import request

from app.web.api.problems import Problem

View = TypeVar("View", bound=Callable[..., Any])


def takes_file(*media_types: str) -> Callable[[View], View]:
    """Says in the OpenAPI document in which types the view takes a file as it is; in a form it takes any."""

    def mark(view: View) -> View:
        view.file_types = media_types  # type: ignore[attr-defined]
        return view

    return mark


def one_file(media_types: Sequence[str], file_name: str, *, most_bytes: int = -1) -> tuple[bytes, str]:
    """Its content and name; `file_name` where the request names none. Raises Problem for anything but one file.

    With `most_bytes` no more than one byte beyond them is read, by which the caller knows that there was more.
    """
    if request.mimetype in media_types:
        return request.get_data(cache=False), file_name
    if request.mimetype != "multipart/form-data":
        bodies = f"{' or '.join(media_types)}, or as " if media_types else ""
        raise Problem(415, f"Send the file as {bodies}multipart/form-data with one file.")
    files = [file for _, file in request.files.items(multi=True)]
    try:
        if len(files) != 1 or request.form:
            why = "one file, and nothing else"
            raise Problem(422, f"The form must have {why}.", [{"field": "file", "message": why}])
        return files[0].read(most_bytes + 1 if most_bytes >= 0 else -1), files[0].filename or file_name
    finally:
        for file in files:
            file.close()
