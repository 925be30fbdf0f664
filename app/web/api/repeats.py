"""The header Idempotency-Key: a creating request that names itself gets the first one's answer when it comes again."""

from __future__ import annotations

import hashlib

from flask import request

from app.storage.access import Repeatable
from app.web.api.bodies import wrong_field
from app.web.api.fields import Body
from app.web.api.keys import key

LONGEST_IDEMPOTENCY_KEY = 255


def repeatable(body: Body) -> Repeatable | None:
    """This request under its name; None where it has none. Raises Problem for a name that is no name."""
    name = request.headers.get("Idempotency-Key")
    if name is None:
        return None
    if not 1 <= len(name) <= LONGEST_IDEMPOTENCY_KEY or not (name.isascii() and name.isprintable()):
        raise wrong_field("Idempotency-Key", f"1 to {LONGEST_IDEMPOTENCY_KEY} printable ASCII characters")
    return Repeatable(key().id, name, hashlib.sha256(body.model_dump_json().encode()).hexdigest())
