"""End a key: at once, or after its successor has had time to take its place."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.storage import access, campaigns, ledger
from app.storage.access import KeptKey
from app.storage.database import Database
from app.workflows.admin.create_key import KeyCreated
from app.workflows.admin.refused import Refused, refused

LONGEST_OVERLAP = timedelta(days=30)


def revoke_key(key_id: int, *, actor: str, database: Database, now: datetime) -> KeptKey | Refused | None:
    """From now on it opens nothing; None where there is no such key."""
    with database.begin() as tx:
        found = access.kept_key(tx, key_id)
        if found is None:
            return None
        if not found.in_force(now):
            return refused("", f"the key {found.name!r} has ended already")
        access.end_key(tx, key_id, now)
        ledger.write(tx, kind="apikey_revoked", now=now, actor=actor, facts={"id": key_id, "name": found.name})
        return found


def rotate_key(
    key_id: int, *, overlap: timedelta, actor: str, database: Database, now: datetime
) -> KeyCreated | Refused | None:
    """A new key of the same name and scopes, now; the old one ends after `overlap`. None where there is no such key."""
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        return refused("hours", f"from 0 to {LONGEST_OVERLAP // timedelta(hours=1)} hours")
    with database.begin() as tx:
        found = access.kept_key(tx, key_id)
        if found is None:
            return None
        if not found.in_force(now):
            return refused("", f"the key {found.name!r} has ended already; create a new one")
        key = access.create_key(tx, name=found.name, scopes=found.scopes, now=now, vendor_id=found.vendor_id)
        access.end_key(tx, key_id, now + overlap)
        ends = (now + overlap).isoformat()
        facts = {"id": key_id, "name": found.name, "scopes": list(found.scopes), "old_ends_at": ends}
        ledger.write(tx, kind="apikey_rotated", now=now, actor=actor, facts=facts)
        slugs = {each.vendor_id: each.slug for each in campaigns.vendors(tx)}
    return KeyCreated(key, found.name, found.scopes, slugs.get(found.vendor_id) if found.vendor_id else None)
