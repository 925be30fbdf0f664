"""Lists page by page: `limit`, and a cursor that only we can make."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.web.api.problems import Problem


class Page(BaseModel):
    """What every list takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=100)] | None = None


def cursor_after(after: int) -> str:
    """Opaque, so that nobody computes one."""
    return base64.urlsafe_b64encode(f"after {after}".encode()).decode().rstrip("=")


def after_cursor(cursor: str | None) -> int:
    """The id behind a cursor; 0 where there is none. Raises Problem for what is no cursor of ours."""
    if cursor is None:
        return 0
    try:
        word, number = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).split(b" ")
        after = int(number)
        if word != b"after" or not 0 < after < 2**31 or cursor_after(after) != cursor:
            raise ValueError(cursor)
    except (ValueError, binascii.Error):
        why = "no cursor of ours; take next_cursor as it is"
        raise Problem(422, f"cursor: {why}", [{"field": "cursor", "message": why}]) from None
    return after
