"""The roster that a log is judged by: a file's or the database's, as it is today. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.domain.licensing import License, Producer
from app.domain.lookback.roster_then import RosterThen
from app.rosters import csv_roster
from app.rosters.errors import Refusal
from app.storage import authority_facts, roster
from app.storage.database import Database
from app.workflows.licenses.import_roster import license_of


def roster_of_file(content: bytes, *, now: datetime, agents: Mapping[str, str]) -> RosterThen | Refusal:
    """The roster of a file in our format, true as of `now`."""
    parsed = csv_roster.read(content)
    if isinstance(parsed, Refusal):
        return parsed
    licenses: dict[str, list[License]] = {person.npn: [] for person in parsed.people}
    for listed in parsed.licenses:
        licenses[listed.npn].append(license_of(listed, now))
    producers = [
        Producer(
            producer_id=number,
            npn=person.npn,
            first_name=person.first_name,
            last_name=person.last_name,
            resident_state=person.resident_state,
            suspended=False,
            licenses=tuple(licenses[person.npn]),
        )
        for number, person in enumerate(parsed.people, 1)
    ]
    phones = {person.phone: person.npn for person in parsed.people}
    return RosterThen(producers, as_of=now, phones=phones, agents=agents)


def roster_of_database(database: Database, *, now: datetime, agents: Mapping[str, str]) -> RosterThen:
    """The product's own roster, as it is today."""
    with database.read() as tx:
        producers = authority_facts.everybody(tx)
        phones = roster.phones(tx)
    return RosterThen(producers, as_of=now, phones=phones, agents=agents)
