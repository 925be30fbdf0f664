"""Merge a listing into the roster: the one way in which a file or a report changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.license_changes import change_in_words, in_words, takes_away
from app.domain.licensing import License
from app.domain.lines import Line
from app.domain.states import State
from app.storage import ledger, roster_import
from app.storage.database import Database, Transaction
from app.storage.roster_changes import Edit, Values
from app.storage.roster_import import BATCH, Compared, Tally
from app.storage.roster_rows import Person
from app.storage.staging import Fate, Judged, Staging
from app.workflows.licenses.apply_listing import LICENSES_AT_ONCE, Applying, Conclude, Origin, as_license
from app.workflows.licenses.exposure import Exposed, exposure_since, write_exposure
from app.workflows.licenses.seen_moves import report_seen_moves

READ, COMPARED = 40, 60
"""Of a hundred percent: so many are done when a file is read, and when it is compared."""

DIFFERENCES_KEPT = 10_000
"""As many differences are told one by one."""

_PERSON = {
    "first_name": "first name",
    "last_name": "last name",
    "email": "email",
    "phone": "phone",
    "resident_state": "resident in",
}

Progress = Callable[[int], None]
"""Is told how much is done, in percent, 0 to 100."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One producer as a source has them; each NPN once in a listing.

    `person` None: the source knows no phone, so only a producer whom we have already is merged, with `resident_state` as
    the source has it (None: the source does not say). Licenses have verified_at=now and stale_at by the source's limit.
    """

    npn: str
    person: Person | None
    licenses: tuple[License, ...]
    resident_state: State | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the listing says otherwise than the roster, in short words: "active to 2026-10-31".

    `subject` is "producer" or "license", `what` "added" or "changed"; a producer's has neither state nor line.
    """

    npn: str
    subject: str
    state: State | None
    line: Line | None
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PhoneTaken:
    """The listing gives `phone` (E.164) to `npn`, and `owner`, who is not in it, has it."""

    npn: str
    phone: str
    owner: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What was done; of a dry run, what would be. `version` is the newest one made; None: nothing changed.

    `differences` are the first 10,000 of `differences_total`. `unknown_producers`: NPNs of those without a person who are
    not ours; nothing of them was merged. `exposed`: calls that rested on what the listing takes away in the past.
    Where `phones_taken` names anything, nothing at all was merged. `moved`: (NPN, new resident state) of those whom the
    listing shows resident elsewhere, which is reported as a move where none is open.
    """

    version: int | None
    tally: Tally
    differences: tuple[Difference, ...]
    differences_total: int
    unknown_producers: tuple[str, ...] = ()
    exposed: tuple[Exposed, ...] = ()
    phones_taken: tuple[PhoneTaken, ...] = ()
    moved: tuple[tuple[str, State], ...] = ()


def merge_listing(
    listing: Iterable[Listed],
    *,
    source: str,
    file_name: str | None,
    file_sha256: str | None,
    actor: str,
    dry_run: bool,
    database: Database,
    now: datetime,
    progress: Progress | None = None,
    conclude: Conclude | None = None,
) -> Merged:
    """Add and change what the listing says, never remove what it does not say.

    Nobody waits while it is read and compared: the main database is written in short transactions (apply_listing.py).
    Writes the history, and the ledger's "exposure". The entry of the act itself ("roster_imported") is the caller's:
    `conclude` is called with (tx, version, tally) in the last transaction that changes the roster.
    """
    with Staging() as staging:
        for listed in listing:
            staging.add_person(listed.npn, listed.person, listed.resident_state)
            for license_ in listed.licenses:
                staging.add_license(listed.npn, license_)
        origin = Origin(source=source, file_name=file_name, file_sha256=file_sha256, actor=actor, now=now)
        return merge_staged(staging, origin, dry_run=dry_run, database=database, progress=progress, conclude=conclude)


def merge_staged(
    staging: Staging,
    origin: Origin,
    *,
    dry_run: bool,
    database: Database,
    progress: Progress | None,
    conclude: Conclude | None,
) -> Merged:
    """Merge what was staged already."""
    merged, compared_at = _compare(staging, origin, database, _share(staging, progress, begins=READ))
    if merged.phones_taken or dry_run:
        return merged
    # Before the roster has the new state: authority is gone before anything of the listing gives some.
    report_seen_moves(merged.moved, actor=origin.actor, database=database, now=origin.now)
    applying = Applying(
        database=database,
        staging=staging,
        origin=origin,
        compared_at=compared_at,
        licenses=merged.tally.licenses_added + merged.tally.licenses_changed + merged.tally.licenses_unchanged,
        done=_share(staging, progress, begins=COMPARED),
    )
    applying.all(conclude or _nothing_more)
    if progress is not None:
        progress(100)
    exposed = _expose(staging, applying.version, origin, database)
    return replace(merged, version=applying.version, tally=applying.whole, exposed=exposed)


# ---- comparing


def _compare(staging: Staging, origin: Origin, database: Database, done: Callable[[int], None]) -> tuple[Merged, int]:
    """What would be done, and the roster's version when comparing began; each producer's fate is marked."""
    tally, total = Tally(), 0
    differences: list[Difference] = []
    moved: list[tuple[str, State]] = []
    with database.read() as tx:
        compared_at = ledger.roster_version(tx)
    for batch in staging.producers(most_producers=BATCH, most_licenses=LICENSES_AT_ONCE):
        with database.read() as tx:
            compared = roster_import.compare(tx, batch, origin.source)
        for each in compared:
            tally += each.tally
            total += each.edits
            if each.edits and len(differences) < DIFFERENCES_KEPT:
                differences += _differences(each)
            if (home := _new_home(each)) is not None:
                moved.append((each.staged.npn, home))
        staging.mark([_judged(each) for each in compared])
        done(sum(len(staged.licenses) for staged in batch))
    merged = Merged(
        version=None,
        tally=tally,
        differences=tuple(differences[:DIFFERENCES_KEPT]),
        differences_total=total,
        unknown_producers=staging.npns(Fate.UNKNOWN),
        phones_taken=tuple(_phones_taken(staging, database)),
        moved=tuple(moved),
    )
    return merged, compared_at


def _judged(compared: Compared) -> Judged:
    changed = tuple((edit.after["state"], Line(edit.after["line"])) for edit in compared.licenses if edit.after)
    return Judged(
        seq=compared.staged.seq,
        fate=_fate(compared),
        producer_id=compared.producer_id,
        changed=changed,
        licenses=len(compared.staged.licenses),
        look=compared.look,
    )


def _fate(compared: Compared) -> Fate:
    if compared.unknown:
        return Fate.UNKNOWN
    if not compared.known:
        return Fate.NEW
    if not compared.edits:
        return Fate.SAME
    for edit in compared.licenses:
        if edit.before and edit.after and takes_away(as_license(edit.before), as_license(edit.after)):
            return Fate.LOSES
    return Fate.LOSES if _new_home(compared) else Fate.DIFFERS


def _new_home(compared: Compared) -> State | None:
    """The resident state, where the listing has another one of a producer whom we have."""
    if not compared.known or compared.person is None or compared.person.after is None:
        return None
    home: State = compared.person.after["resident_state"]
    return None if home == compared.home else home


def _phones_taken(staging: Staging, database: Database) -> Iterator[PhoneTaken]:
    """A phone is one person's, because texts and calls from it are commands."""
    for given in staging.phones(BATCH):
        with database.read() as tx:
            owners = roster_import.owners(tx, given)
        # An owner who is in the listing has afterwards the phone that stands there.
        staying = {npn for _, npn in owners} - staging.has(npn for _, npn in owners)
        for phone, owner in owners:
            if owner in staying:
                yield PhoneTaken(given[phone], phone, owner)


# ---- telling


def _differences(compared: Compared) -> Iterator[Difference]:
    npn = compared.staged.npn
    if (person := compared.person) is not None and person.after is not None:
        before, after = _person_in_words(person.before, person.after)
        yield Difference(npn, "producer", None, None, _what(person), before, after)
    for edit in compared.licenses:
        assert edit.after is not None
        license_ = as_license(edit.after)
        if edit.before is None:
            before, after = "", in_words(license_)
        else:
            before, after = change_in_words(as_license(edit.before), license_)
        yield Difference(npn, "license", license_.state, license_.line, _what(edit), before, after)


def _what(edit: Edit) -> str:
    return "added" if edit.before is None else "changed"


def _person_in_words(before: Values | None, after: Values) -> tuple[str, str]:
    """All of a new producer; of one whom we have, what differs."""
    if before is None:
        return (
            "",
            f"{after['first_name']} {after['last_name']}, {after['phone']}, resident in {after['resident_state']}",
        )
    differs = [name for name in _PERSON if before[name] != after[name]]
    was, is_ = (", ".join(f"{_PERSON[name]} {row[name]}" for name in differs) for row in (before, after))
    return was, is_


# ---- afterwards


def _expose(staging: Staging, version: int | None, origin: Origin, database: Database) -> tuple[Exposed, ...]:
    """The calls that rested on what was taken away in the past, into the ledger too; nothing where nothing reaches back."""
    found: list[Exposed] = []
    looked = False
    for npn, since, states in staging.reaching_back():
        looked = True
        with database.read() as tx:
            found += exposure_since(tx, npn, since, states)
    if looked:
        with database.begin() as tx:
            write_exposure(tx, found, because={"roster_version": version}, now=origin.now, actor=origin.actor)
    return tuple(found)


def _nothing_more(_tx: Transaction, _version: int | None, _tally: Tally) -> None:
    pass


def _share(staging: Staging, progress: Progress | None, *, begins: int) -> Callable[[int], None]:
    """Tells `progress` of licenses done from `begins` percent on, up to where the next share begins."""
    ends = COMPARED if begins == READ else 100
    whole = max(staging.count_licenses(), 1)
    so_far = 0

    def done(licenses: int) -> None:
        nonlocal so_far
        so_far += licenses
        if progress is not None:
            progress(begins + min(so_far, whole) * (ends - begins) // whole)

    return done
