"""The header Idempotency-Key: a POST that names itself is done at most once, and answered the same when it comes again.

Before its view the name is claimed, in a short transaction; after it the answer is kept. Whatever is refused was not
done, so its name is free again. Where the claim stands and no answer came, nobody knows, and nobody does it again. A few
views keep their answer in the transaction of the act itself, and so always know.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from cryptography.fernet import Fernet
from flask import Response, g, request
from werkzeug.datastructures import FileStorage

from app.storage import access
from app.storage.access import Answered, BeingAnswered, OtherRequest, Repeatable
from app.storage.database import Collision, OutOfReach
from app.web.api.bodies import parsed, wrong_field
from app.web.api.keys import key, presented_key, tools, view
from app.web.api.problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_IDEMPOTENCY_KEY = 255
RETRY_SECONDS = 1

View = TypeVar("View", bound=Callable[..., Any])


def keeps_its_answer(view: View) -> View:
    """Marks a view that keeps its answer in the transaction of the act, by `repeatable`."""
    view.keeps_its_answer = True  # type: ignore[attr-defined]
    return view


def repeatable() -> Repeatable | None:
    """This request under its name, for a view that keeps its own answer; None where it has none."""
    named: Repeatable | None = g.get("repeatable")
    return named


def answer_again() -> Response | None:
    """The answer that this POST got before. Raises Problem for a name that is none, or another request's, or at work."""
    name = request.headers.get(HEADER)
    if request.method != "POST" or name is None:
        return None
    if not 1 <= len(name) <= LONGEST_IDEMPOTENCY_KEY or not (name.isascii() and name.isprintable()):
        raise wrong_field(HEADER, f"1 to {LONGEST_IDEMPOTENCY_KEY} printable ASCII characters")
    named = Repeatable(key().id, name, _digest())
    if getattr(view(), "keeps_its_answer", False):
        g.repeatable = named
        return None
    with tools().database.begin() as tx:
        standing = access.claim(tx, named, tools().clock.now())
    match standing:
        case None:
            g.claimed = named
            return None
        case Answered():
            named.replayed, g.repeatable = True, named
            return Response(_opened(standing.answer), standing.status, content_type=standing.content_type)
        case OtherRequest():
            raise wrong_field(HEADER, "this key came before with another request; a new request takes a new key")
        case BeingAnswered():
            raise _not_yet(standing)


def keep_answer(response: Response) -> Response:
    """Keep what was done under a name; give the name free where nothing was. Says on an answer that it is a repeated one."""
    named: Repeatable | None = g.pop("claimed", None)
    if named is not None:
        # Without the database it stays claimed: whether the act was done is then not known.
        with suppress(*OutOfReach, Collision), tools().database.begin() as tx:
            if response.status_code >= 400:
                access.free(tx, named)
            else:
                answered = Answered(response.status_code, response.content_type, _sealed(response.get_data()))
                access.keep(tx, named, answered, tools().clock.now())
    told: Repeatable | None = g.get("repeatable")
    if told is not None and told.replayed and response.status_code < 400:
        response.headers[REPLAYED] = "true"
    return response


def _not_yet(standing: BeingAnswered) -> Problem:
    if standing.overdue:
        why = "whether this request was done is not known: look, and send it anew under a new key where it was not"
        return Problem(409, f"{HEADER}: {why}.", [{"field": HEADER, "message": why}])
    why = "this request is still being answered"
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return Problem(409, f"{HEADER}: {why}.", [{"field": HEADER, "message": why}], headers=headers)


# ---- the same request


def _digest() -> str:
    """Of the address and the body: JSON however it is spelled, a form by its members, a file by what is in it."""
    digest = hashlib.sha256(json.dumps([request.method, request.path, sorted(request.args.items(multi=True))]).encode())
    for part in _parts():
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts() -> Iterator[bytes]:
    if request.mimetype == "multipart/form-data":
        # Not the bytes as they came: the boundary is another one each time.
        for name, value in sorted(request.form.items(multi=True)):
            yield f"{name}={value}".encode()
        for name, file in request.files.items(multi=True):
            yield f"{name}: {file.filename}".encode()
            yield _digest_of(file)
        return
    content = request.get_data()
    if request.is_json:
        # What is no sound JSON is refused by the view.
        with suppress(Problem):
            content = json.dumps(parsed(content), sort_keys=True).encode()
    yield content


def _digest_of(file: FileStorage) -> bytes:
    digest = hashlib.file_digest(file.stream, "sha256").digest()  # type: ignore[arg-type]  # a spooled file is one
    file.stream.seek(0)
    return digest


# ---- an answer may hold what is shown once, and names: only the key that got it can open it


def _sealed(answer: bytes) -> str:
    return _lock().encrypt(answer).decode()


def _opened(sealed: str) -> bytes:
    return _lock().decrypt(sealed)


def _lock() -> Fernet:
    """Of the presented key, which is kept nowhere: it has 256 random bits, so one hash is enough of a derivation."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"kept answers\n" + presented_key().encode()).digest()))
