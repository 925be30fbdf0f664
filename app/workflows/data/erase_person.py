"""A person is erased: what is theirs is overwritten, what the law wants kept is kept and told.

In this order, so that a run that was cut off is finished by the next one: all rows that are known to be theirs in one
transaction, with the ledger's entry that says so; then their number wherever else it stands, row by row; then files that were
made of it. The number itself goes to our own do-not-call list, and stays there: 47 CFR 64.1200(d)(6) wants it honored for five
years. Calls, attempts and decisions stay: they are evidence about the producer, and name nobody.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain import personal
from app.domain.lead import ClosedAs, Custody
from app.domain.personal import Traces
from app.storage import (
    escalations,
    leads,
    ledger,
    made_files,
    people,
    people_erasure,
    requested_work,
    seals,
    texts,
    uploads,
    work,
)
from app.storage.database import Database, Transaction
from app.storage.people import Person
from app.workflows.authority.verify_ledger import seal_ledger
from app.workflows.data.export import FILE_KIND as EXPORT_FILE
from app.workflows.data.export_person import FILE_KIND as PERSON_FILE
from app.workflows.data.meant_person import Meant, known, meant_by
from app.workflows.errors import CannotBeDone
from app.workflows.leads.ask_bulk import FILE_KIND as BULK_FILE
from app.workflows.leads.ask_bulk import KIND as BULK
from app.workflows.leads.ask_bulk import RESULT_KIND as BULK_RESULT
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.money.ask_invoice import KIND as INVOICE

KIND = "person_erasure"
MADE_OF_PEOPLE = (EXPORT_FILE, PERSON_FILE, BULK_FILE, BULK_RESULT, "packet")
"""Files made for somebody that may have the person: all of them are forgotten, and can be made again."""

LONGEST_REASON = 500
NOTE = "The person was erased."
BY = "erasure"

_LOOKED_AT = 100
"""Uploads are kept for a day, and five of them at most: so many requests back, none is older."""


@dataclass(frozen=True)
class Kept:
    """Something of the person that stays, until when (empty: for good) and why."""

    what: str
    count: int
    until: str
    why: str


@dataclass(frozen=True)
class Erased:
    """What was overwritten (rows by table), and what stays. `entry_id` is the ledger's entry of it; None: nothing was there."""

    entry_id: int | None
    erased: dict[str, int] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()

    @property
    def nothing_there(self) -> bool:
        return not self.erased


@dataclass(frozen=True)
class NotNow:
    """It cannot be done at this moment; why, and that it can be tried again."""

    why: str


def obstacle(tx: Transaction, person: Person) -> NotNow | None:
    """What has to end before the person can be erased."""
    if people.is_live(tx, person):
        return NotNow("a call of theirs is live; try again when it has ended")
    for kind, what in ((BULK, "a list of leads"), (INVOICE, "an invoice")):
        if requested_work.open_count(tx, kind):
            return NotNow(f"{what} is being taken in, and may have them; try again when it is through")
    return None


def wrong_reason(tx: Transaction, person: Person, reason: str) -> str | None:
    """The reason stays in the ledger for good, so it must not name the person."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        return f"say in 1 to {LONGEST_REASON} characters why"
    names = personal.traces(person.number, people.words_of(tx, person)).names(reason)
    return "must not name the person: it stays in the ledger" if names else None


def erase_person(
    meant: Meant, *, reason: str, actor: str, database: Database, now: datetime
) -> Erased | NotNow | Unmet:
    """Erase them. A second time there is nothing there."""
    seal_ledger(database=database)
    with database.read() as tx:
        person = known(tx, meant)
        if isinstance(person, Unmet):
            return person
        if (not_now := obstacle(tx, person)) is not None:
            return not_now
        if (wrong := wrong_reason(tx, person, reason)) is not None:
            return Unmet("reason", wrong)
        of = personal.traces(person.number, people.words_of(tx, person))
        vendors_ids = people.vendors_ids_of(tx, person)
    mentions = _mentions(of, vendors_ids, database)
    done = _erase_rows(meant, person, mentions, reason, actor, database, now)
    if isinstance(done, NotNow | Unmet):
        return done
    _forget_files(database)
    swept = people_erasure.sweep(of, database=database)
    if not done.erased and swept:
        done = Erased(_note(reason, [], actor, database, now), kept=done.kept)
    return Erased(done.entry_id, _added(done.erased, swept), done.kept)


def do_erase_person(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """The scheduler's way to it. The request's own row loses the number last."""
    meant = meant_by(asked)
    if meant is None:
        # It was cut off after its last step.
        return told(Erased(None))
    done = erase_person(meant, reason=asked["reason"], actor=asked["actor"], database=database, now=now)
    if isinstance(done, Unmet | NotNow):
        raise CannotBeDone(done.why)
    return told(done)


def told(done: Erased) -> dict[str, Any]:
    """The result as JSON."""
    return {
        "nothing_there": done.nothing_there,
        "ledger_entry": done.entry_id,
        "erased": done.erased,
        "kept": [vars(one) for one in done.kept],
    }


# ---- the rows that are known to be theirs


def _erase_rows(
    meant: Meant,
    found: Person,
    mentions: Collection[int],
    reason: str,
    actor: str,
    database: Database,
    now: datetime,
) -> Erased | NotNow | Unmet:
    """`found` was read before; what came since is found by its lead or its number."""
    with database.begin() as tx:
        since = known(tx, meant, everywhere=False)
        if isinstance(since, Unmet):
            return since
        person = found.joined(since)
        if (not_now := obstacle(tx, person)) is not None:
            return not_now
        words = people.words_of(tx, person)
        of = personal.traces(person.number, words)
        entries = _entries(tx, person, of) | set(mentions)
        kept = _kept(tx, person)
        if not entries and not _has_anything(tx, person, words):
            return Erased(None, {}, kept)
        entry_id = _write(tx, reason, sorted(entries), person, actor, now)
        erased_entries = seals.erase_facts(tx, sorted(entries), by=entry_id) if entries else 0
        people_erasure.drop_texts(tx, person)
        erased = people_erasure.overwrite(tx, person, of)
        _close(tx, person, now)
        if person.number is not None:
            work.suppress(tx, person.number, "stop", source=BY, now=now)
            work.lift(tx, person.number, texts.CANNOT_BE_TEXTED)
        return Erased(entry_id, _added(erased, {"ledger": erased_entries} if erased_entries else {}), _kept(tx, person))


def _close(tx: Transaction, person: Person, now: datetime) -> None:
    """Nobody owes them a step any more."""
    for lead_id in person.leads:
        lead = leads.load_to_write(tx, lead_id)
        if lead is None or not lead.custody.open:
            continue
        escalations.resolve_of_lead(tx, lead.id, outcome="opted_out", by=BY, now=now, note=NOTE)
        leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs.OPTED_OUT)
        work.resolve_of_lead(tx, lead.id, outcome="opted_out", by=BY, now=now)


def _has_anything(tx: Transaction, person: Person, words: Collection[str]) -> bool:
    """Whether a row of theirs has something to overwrite."""
    if person.number is not None:
        return any(person.counts().values())
    return bool(words) or any(lead.consent or lead.zip_code for lead in leads.many(tx, person.leads).values())


def _kept(tx: Transaction, person: Person) -> tuple[Kept, ...]:
    kept = []
    if person.number is not None:
        why = "47 CFR 64.1200(d)(6) wants it honored for five years; the number is kept and nothing else of them"
        kept.append(Kept("suppressions", 1, "", why))
    if person.calls:
        why = "that a producer was offered the call, by which license and when, is evidence about the producer"
        kept.append(Kept("calls, attempts, decisions", len(person.calls), "", why))
    for sid, until, kind in people_erasure.recordings_kept(tx, person):
        why = f"recording {sid} ({kind.replace('_', ' ')}): the law wants it kept to that day, then the carrier deletes it"
        kept.append(Kept("recordings", 1, until.isoformat(), why))
    return tuple(kept)


# ---- the ledger


def _mentions(of: Traces, vendors_ids: Collection[str], database: Database) -> set[int]:
    """Entries anywhere in the ledger that have the number, or a vendor's id of them."""
    likes = [f"%{one}%" for one in vendors_ids] + ([of.like] if of.like else [])
    return {
        entry_id
        for entry_id, kind, facts in people.entries_like(likes, database=database)
        if kind != seals.ERASURE and (of.has_number(facts) or json.loads(facts).get("external_id") in vendors_ids)
    }


def _entries(tx: Transaction, person: Person, of: Traces) -> set[int]:
    """Entries about their calls and leads whose facts have something of theirs. A decision has codes, and stays."""
    found = set()
    for entry_id, kind, facts in people.entries_about(tx, person):
        if kind == seals.ERASURE:
            continue
        if personal.is_about_person(json.loads(facts), of, only_number=kind in ledger.DECISIONS):
            found.add(entry_id)
    return found


def _write(
    tx: Transaction, reason: str, entries: Iterable[int], person: Person | None, actor: str, now: datetime
) -> int:
    """The entry that says why; whose facts are erased by it stands in `entries`."""
    about = {} if person is None else {"leads": list(person.leads), "calls": len(person.calls)}
    facts = {"reason": reason.strip(), "entries": list(entries), **about}
    return ledger.write(tx, kind=seals.ERASURE, now=now, actor=actor, facts=facts)


def _note(reason: str, entries: Iterable[int], actor: str, database: Database, now: datetime) -> int:
    with database.begin() as tx:
        return _write(tx, reason, entries, None, actor, now)


# ---- what was made of it


def _forget_files(database: Database) -> None:
    for kind in MADE_OF_PEOPLE:
        with database.begin() as tx:
            made_files.forget(tx, made_files.of_kind(tx, kind))
    with database.begin() as tx:
        invoices = requested_work.listed(tx, INVOICE, limit=_LOOKED_AT)
        kept = [(uploads.load(tx, asked.asked["upload"]), asked) for asked in invoices]
        # The number of an upload that is gone may be another's by now.
        uploads.forget(tx, [one.id for one, asked in kept if one and one.at.isoformat() == asked.asked["received_at"]])


def _added(some: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return {name: some.get(name, 0) + more.get(name, 0) for name in dict.fromkeys([*some, *more])}
