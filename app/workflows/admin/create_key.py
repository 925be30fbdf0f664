"""Make a key for a machine. It is told once, and only its digest is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.storage import access, campaigns, ledger
from app.storage.access import UnknownScope
from app.storage.database import Database
from app.workflows.admin.refused import Refused, is_line, refused

LONGEST_NAME = 100
MOST_DAYS = 3650


@dataclass(frozen=True)
class KeyCreated:
    """`key` is shown now and never again."""

    key: str = field(repr=False)
    name: str
    scopes: tuple[str, ...]
    vendor: str | None


def create_key(
    *,
    name: str,
    scopes: Sequence[str],
    vendor: str | None,
    days: int | None = None,
    actor: str,
    database: Database,
    now: datetime,
) -> KeyCreated | Refused:
    """A key of `name` that may do what `scopes` say; with `vendor` (a slug) for that vendor's campaigns only.

    It ends by itself after `days`; None: when it is revoked or replaced.
    """
    wanted = tuple(dict.fromkeys(scopes))
    if not is_line(name, LONGEST_NAME):
        return refused("name", f"one line of 1 to {LONGEST_NAME} characters")
    if not wanted:
        return refused("scopes", "a key without any scope could do nothing; choose at least one")
    if days is not None and not 1 <= days <= MOST_DAYS:
        return refused("days", f"1 to {MOST_DAYS} days, or none")
    agencys = [scope for scope in wanted if scope in access.SCOPES and scope not in access.VENDOR_SCOPES]
    if vendor is not None and agencys:
        return refused(
            "scopes", f"{', '.join(agencys)}: not for a vendor's own key, but {', '.join(access.VENDOR_SCOPES)}"
        )
    with database.begin() as tx:
        seller = None if vendor is None else campaigns.vendor(tx, vendor)
        if vendor is not None and seller is None:
            return refused("vendor", f"no vendor {vendor!r}; add the vendor first")
        try:
            key = access.create_key(
                tx,
                name=name,
                scopes=wanted,
                now=now,
                vendor_id=None if seller is None else seller.vendor_id,
                ends_at=None if days is None else now + timedelta(days=days),
            )
        except UnknownScope as error:
            return refused("scopes", str(error))
        facts = {"name": name, "scopes": list(wanted), "vendor": vendor, "days": days}
        ledger.write(tx, kind="apikey_created", now=now, actor=actor, facts=facts)
    return KeyCreated(key, name, wanted, vendor)
