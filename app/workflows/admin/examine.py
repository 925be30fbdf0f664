"""What is misconfigured, and the mend: settings, database, clock, numbers, states. What is secret is never told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

from app.outside.anchors import KeyTrouble, read_signer
from app.outside.notices import shown, unusable, urls_in
from app.settings import Misconfigured, Settings
from app.storage import campaigns, desk, openings, outbound, work
from app.storage.complaints import complaint
from app.storage.counts import last_entry_at
from app.storage.database import Broken, Database, Transaction, migrated
from app.timekeeping import Clock


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `mend` is what to do where it is wrong; a `hint` is worth knowing where it is not."""

    what: str
    told: str
    mend: str = ""
    hint: str = ""


def examine_settings(settings: Settings) -> Iterator[Finding]:
    """What can be said before anything is wired."""
    yield _settings(settings)
    yield _public_address(settings)
    yield _softphone(settings)
    yield _journal(settings)
    yield _documents(settings)
    yield from _reports(settings)
    yield _notices(settings)
    yield from _anchors(settings)


def examine(database: Database, clock: Clock) -> Iterator[Finding]:
    """What the running parts say."""
    now = clock.now()
    yield Finding("clock", f"{_instant(now)}, {clock.speed:g} times as fast as real time")
    yield from _database(database, now)


def _settings(settings: Settings) -> Finding:
    try:
        settings.check_server()
    except Misconfigured as error:
        return Finding("settings", str(error), "set them in the environment or in .env")
    account = "an account" if settings.twilio_account_sid and settings.twilio_auth_token else "no account"
    return Finding("settings", f"{settings.env}, {account} at the carrier")


def _public_address(settings: Settings) -> Finding:
    url = settings.public_base_url
    if settings.env == "production" and not url.startswith("https://"):
        return Finding("public address", url, "PUBLIC_BASE_URL: the https:// address at which Twilio reaches us")
    return Finding("public address", url)


def _softphone(settings: Settings) -> Finding:
    """Whether producers can be rung in the browser; without it they are rung on their phones, which is no fault."""
    if settings.softphone:
        sid = settings.twilio_api_key_sid or ""
        if not sid.startswith("SK"):
            return Finding("softphone", "its key's sid begins with SK", "TWILIO_API_KEY_SID: the API key's own sid")
        return Finding("softphone", f"passes are signed with {sid}")
    given = {"TWILIO_API_KEY_SID": settings.twilio_api_key_sid, "TWILIO_API_KEY_SECRET": settings.twilio_api_key_secret}
    if any(given.values()):
        missing = ", ".join(name for name, value in given.items() if not value) or "TWILIO_ACCOUNT_SID"
        return Finding("softphone", f"{missing} is missing", f"set {missing}, or neither of the key's two")
    hint = "TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET: producers can then take calls in the browser"
    return Finding("softphone", "off, phones only", hint=hint)


def _journal(settings: Settings) -> Finding:
    folder = settings.journal_dir
    if not _is_writable(folder):
        return Finding(
            "journal", f"{folder} cannot be written", "THREEGATE_JOURNAL_DIR: a folder of this process's own"
        )
    waiting = len(list(folder.glob("*.json")))
    if waiting:
        return Finding("journal", f"{waiting} events wait", "start the scheduler, or run `threegate journal replay`")
    return Finding("journal", f"{folder}, nothing waits")


def _documents(settings: Settings) -> Finding:
    folder = settings.documents_dir
    if not _is_writable(folder):
        return Finding(
            "documents", f"{folder} cannot be written", "THREEGATE_DOCUMENTS_DIR: a folder that is backed up"
        )
    return Finding("documents", str(folder))


def _reports(settings: Settings) -> Iterator[Finding]:
    """Where license reports come from by themselves; nothing where they do not."""
    if settings.nipr_folder is not None:
        folder = settings.nipr_folder
        if folder.is_dir() and _is_writable(folder):
            yield Finding("reports", f"from {folder}")
        else:
            yield Finding(
                "reports", f"{folder} is no folder that can be written", "THREEGATE_NIPR_FOLDER: files are moved in it"
            )
    if settings.nipr_url:
        if settings.nipr_url.startswith("https://"):
            yield Finding("reports", f"pulled once a day from {shown(settings.nipr_url)}")
        else:
            yield Finding(
                "reports", f"{shown(settings.nipr_url)} is not pulled", "THREEGATE_NIPR_URL: an https address"
            )


def _anchors(settings: Settings) -> Iterator[Finding]:
    """What signs the ledger's anchors, and where they go."""
    if settings.anchor_key is None and settings.anchor_dir is None:
        hint = "THREEGATE_ANCHOR_DIR: a write-once folder; without anchors a ledger written anew as a whole looks sound"
        yield Finding("anchors", "off", hint=hint)
        return
    if settings.anchor_key is None:
        yield Finding("anchors", "not signed", hint="THREEGATE_ANCHOR_KEY: a key that `threegate ledger key` made")
    else:
        yield _anchor_key(settings.anchor_key)
    if settings.anchor_dir is not None and not _is_writable(settings.anchor_dir):
        told = f"{settings.anchor_dir} cannot be written"
        yield Finding("anchors", told, "THREEGATE_ANCHOR_DIR: a folder in which this process may make new files")


def _anchor_key(path: Path) -> Finding:
    try:
        signer = read_signer(path)
    except KeyTrouble as trouble:
        return Finding("anchors", f"none are kept: {trouble}", "THREEGATE_ANCHOR_KEY: `threegate ledger key` makes one")
    if path.stat().st_mode & 0o077:
        return Finding("anchors", f"others may read {path}", f"chmod 600 {path}")
    return Finding("anchors", f"signed with key {signer.public.key_id}")


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _notices(settings: Settings) -> Finding:
    bad = unusable(settings.notify_urls)
    if bad:
        return Finding(
            "notices", f"cannot be used: {', '.join(bad)}", "THREEGATE_NOTIFY_URLS: spell them as apprise does"
        )
    if not settings.notify_urls:
        return Finding("notices", "nobody is told of overdue escalations", hint="THREEGATE_NOTIFY_URLS: whom to tell")
    return Finding("notices", ", ".join(shown(url) for url in urls_in(settings.notify_urls)))


def _database(database: Database, now: datetime) -> Iterator[Finding]:
    try:
        with database.read() as tx:
            if not migrated(tx):
                yield Finding("database", f"{database.dialect}, not migrated", "run `threegate db upgrade`")
                return
            yield Finding("database", f"{database.dialect}, reachable and migrated")
            yield _clock_against_ledger(tx, now)
            yield _scheduler(tx, now)
            yield _numbers(tx)
            yield _states(tx)
            yield _roster(tx, now)
            yield _dialing(tx)
    except Broken as error:
        yield Finding("database", complaint(error), "DATABASE_URL: is the server running, and is that its address?")


def _clock_against_ledger(tx: Transaction, now: datetime) -> Finding:
    last = last_entry_at(tx)
    if last is not None and last > now + timedelta(minutes=1):
        return Finding("ledger", f"its last entry is of {_instant(last)}", "the clock went back: set the system's time")
    return Finding("ledger", f"its last entry is of {_instant(last)}" if last else "empty")


def _scheduler(tx: Transaction, now: datetime) -> Finding:
    beat = work.last_beat(tx, "scheduler")
    if beat is None or now - beat > timedelta(minutes=2):
        seen = f"last seen {_instant(beat)}" if beat else "never seen"
        return Finding("scheduler", seen, hint="run `threegate scheduler`; without it nothing that is due is done")
    return Finding("scheduler", f"last seen {_instant(beat)}")


def _numbers(tx: Transaction) -> Finding:
    found = campaigns.everything(tx)
    if not found:
        return Finding("numbers", "no campaign", "run `threegate campaign add`")
    return Finding("numbers", ", ".join(f"{campaign.number} ({campaign.name})" for campaign in found))


def _states(tx: Transaction) -> Finding:
    found = [opening.state for opening in openings.everywhere(tx) if opening.is_open]
    if not found:
        return Finding("states", "none is open: nobody is ever offered", "run `threegate state open`")
    return Finding("states", " ".join(found))


def _roster(tx: Transaction, now: datetime) -> Finding:
    seats = desk.overview(tx)
    if not seats:
        return Finding("roster", "nobody", "run `threegate roster import`")
    ready = sum(seat.availability(now) == "available" for seat in seats)
    return Finding("roster", f"{len(seats)} producers, {ready} of them ready to be rung")


def _dialing(tx: Transaction) -> Finding:
    last = outbound.last_switch(tx)
    if last is None or last.is_on:
        return Finding("dialing", "on")
    told = f"off since {_instant(last.at)}, by {last.actor}: {last.reason}"
    return Finding("dialing", told, hint="nobody is called, not even who was promised it; `threegate dial on` ends it")


def _instant(at: datetime | None) -> str:
    """RFC 3339 in UTC."""
    return "never" if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
