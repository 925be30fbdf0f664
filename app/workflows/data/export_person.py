"""One person's data, all of it, as a JSON file."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from app.storage import ledger, made_files, people
from app.storage.database import Database
from app.storage.people import Person
from app.workflows.data.export import spelled
from app.workflows.data.meant_person import known, meant_by
from app.workflows.errors import CannotBeDone
from app.workflows.leads.asked_campaign import Unmet

KIND = "person_export"
FILE_KIND = "person"
FILE_NAME = "person.json"


def person_file(person: Person, *, database: Database, now: datetime) -> bytes:
    """Everything of theirs, by table, with the columns that exports have (docs/data.md)."""
    with database.read() as tx:
        rows = people.everything(tx, person)
    told = {"phone": person.number, "made_at": spelled(now), "counts": {name: len(of) for name, of in rows.items()}}
    return json.dumps({**told, **rows}, default=spelled, ensure_ascii=False, indent=1).encode()


def note_person_export(person: Person, *, actor: str, database: Database, now: datetime) -> None:
    """That somebody's data was taken out is in the ledger, at their leads; their number is not."""
    facts = {"leads": list(person.leads), "calls": len(person.calls)}
    with database.begin() as tx:
        ledger.write(tx, kind="person_exported", now=now, actor=actor, facts=facts)


def do_export_person(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """The scheduler's way to it: the file is kept for seven days, or until the person is erased."""
    meant = meant_by(asked)
    if meant is None:
        raise CannotBeDone("that person was erased meanwhile")
    with database.read() as tx:
        person = known(tx, meant)
    if isinstance(person, Unmet):
        raise CannotBeDone(person.why)
    content = person_file(person, database=database, now=now)
    kept = made_files.write(
        [content],
        kind=FILE_KIND,
        file_name=FILE_NAME,
        media_type="application/json",
        made_for=asked["actor"][:120],
        database=database,
        now=now,
    )
    note_person_export(person, actor=asked["actor"], database=database, now=now)
    return {"file": kept.id, "counts": person.counts()}
