"""Endpoints are added, changed, given a new secret, tried and removed; each of it stands in the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from app.domain.webhook_types import wrong_types
from app.domain.webhook_url import wrong_url
from app.storage import campaigns, ledger, webhooks, webhooks_events, webhooks_sources
from app.storage.database import Database, Transaction
from app.storage.webhooks import MOST, MOST_A_VENDOR, OLD_SECRET_KEPT, Endpoint
from app.workflows.admin.refused import Refused, is_line, refused

LONGEST_DESCRIPTION = 200

MOST_TESTS_A_MINUTE = 10
"""Whoever may add an address must not have us knock at somebody's door all day."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class WithSecret:
    """An endpoint, and the secret that is shown now and never again."""

    endpoint: Endpoint
    secret: str = field(repr=False)


def add_endpoint(
    url: str,
    *,
    types: Sequence[str] = (),
    description: str = "",
    vendor: str | None = None,
    vendor_id: int | None = None,
    local: bool,
    actor: str,
    database: Database,
    now: datetime,
) -> WithSecret | Refused:
    """Told from now on: without `types` of all that is open to it. `vendor` (a slug) or `vendor_id`: of their leads only."""
    with database.begin() as tx:
        if vendor is not None:
            seller = campaigns.vendor(tx, vendor)
            if seller is None or vendor_id not in (None, seller.vendor_id):
                return refused("vendor", f"no vendor {vendor[:60]!r}")
            vendor_id = seller.vendor_id
        if errors := _wrong(url, types, description, vendor_id, local):
            return Refused(errors)
        webhooks.take_turn(tx)
        if full := _full(tx, vendor_id):
            return refused("", full)
        if webhooks.count(tx) == 0:
            webhooks_sources.begin_here(tx, now)
        secret = webhooks.new_secret()
        endpoint_id = webhooks.add(
            tx,
            url=url,
            description=description,
            types=_in_order(types),
            vendor_id=vendor_id,
            secret=secret,
            created_by=actor,
            now=now,
        )
        added = webhooks.load(tx, endpoint_id)
        assert added is not None
        _write(tx, "webhook_added", added, actor, now, types=list(added.types), vendor=added.vendor)
        return WithSecret(added, secret)


def change_endpoint(
    endpoint_id: int,
    *,
    url: str | None = None,
    types: Sequence[str] | None = None,
    description: str | None = None,
    on: bool | None = None,
    only_vendor: int | None = None,
    local: bool,
    actor: str,
    database: Database,
    now: datetime,
) -> Endpoint | Refused | None:
    """What is given is changed, the rest stays. `only_vendor`: another's is not there."""
    with database.begin() as tx:
        found = webhooks.load_to_write(tx, endpoint_id, vendor_id=only_vendor)
        if found is None:
            return None
        wanted = {"url": url, "types": types, "description": description}
        given = {name: value for name, value in wanted.items() if value is not None}
        errors = _wrong(
            found.url if url is None else url,
            found.types if types is None else types,
            found.description if description is None else description,
            found.vendor_id,
            # An address that is not changed need not be allowed anew.
            local or url is None,
        )
        if errors:
            return Refused(errors)
        if "types" in given:
            given["types"] = _in_order(types or ())
        if given:
            webhooks.change(tx, endpoint_id, **given)
        if on is True and not found.is_on:
            webhooks.switch_on(tx, endpoint_id)
        elif on is False:
            webhooks.switch_off(tx, endpoint_id, by=actor, because="switched off by a person", now=now)
        changed = webhooks.load(tx, endpoint_id)
        assert changed is not None
        if changed != found:
            facts = {"types": list(changed.types), "status": changed.status, "changed": sorted(given)}
            _write(tx, "webhook_changed", changed, actor, now, **facts)
        return changed


def rotate_secret(
    endpoint_id: int, *, only_vendor: int | None = None, actor: str, database: Database, now: datetime
) -> WithSecret | None:
    """A new secret from now on; for a day deliveries are signed with the old one, too."""
    with database.begin() as tx:
        found = webhooks.load_to_write(tx, endpoint_id, vendor_id=only_vendor)
        if found is None:
            return None
        secret, until = webhooks.new_secret(), now + OLD_SECRET_KEPT
        webhooks.change(tx, endpoint_id, secret=secret, old_secret=found.secret, old_secret_until=until)
        _write(tx, "webhook_rotated", found, actor, now, old_until=until.isoformat())
        rotated = webhooks.load(tx, endpoint_id)
        assert rotated is not None
        return WithSecret(rotated, secret)


def remove_endpoint(
    endpoint_id: int, *, only_vendor: int | None = None, actor: str, database: Database, now: datetime
) -> Endpoint | None:
    """It is told nothing any more, and cannot be seen; its deliveries are forgotten with the rest of the log."""
    with database.begin() as tx:
        found = webhooks.load_to_write(tx, endpoint_id, vendor_id=only_vendor)
        if found is None:
            return None
        # Its secrets are of no use to anybody.
        webhooks.change(tx, endpoint_id, status=webhooks.REMOVED, secret="", old_secret=None)
        _write(tx, "webhook_removed", found, actor, now)
        return found


def try_endpoint(
    endpoint_id: int, *, only_vendor: int | None = None, actor: str, database: Database, now: datetime
) -> int | Refused | None:
    """Send it a `ping.test`. Returns the delivery's id."""
    with database.begin() as tx:
        found = webhooks.load(tx, endpoint_id, vendor_id=only_vendor)
        if found is None:
            return None
        if not found.is_on:
            return refused("", "it is switched off; switch it on first")
        if webhooks_events.pings_since(tx, endpoint_id, now - MINUTE) >= MOST_TESTS_A_MINUTE:
            return refused("", f"it was tried {MOST_TESTS_A_MINUTE} times within a minute; wait a little")
        return webhooks_events.ping(tx, found, now)


def _wrong(url: str, types: Sequence[str], description: str, vendor_id: int | None, local: bool) -> dict[str, str]:
    errors = {}
    if why := wrong_url(url, local=local):
        errors["url"] = f"expected {why}" if why.startswith("an ") else why
    if why := wrong_types(types, vendor_id):
        errors["types"] = why
    if description and not is_line(description, LONGEST_DESCRIPTION):
        errors["description"] = f"one line of at most {LONGEST_DESCRIPTION} characters"
    return errors


def _in_order(types: Sequence[str]) -> list[str]:
    return sorted(set(types))


def _full(tx: Transaction, vendor_id: int | None) -> str:
    if vendor_id is not None and webhooks.count(tx, vendor_id) >= MOST_A_VENDOR:
        return f"a vendor has at most {MOST_A_VENDOR} endpoints; remove one first"
    if webhooks.count(tx) >= MOST:
        return f"there are at most {MOST} endpoints; remove one first"
    return ""


def _write(tx: Transaction, kind: str, endpoint: Endpoint, actor: str, now: datetime, **more: Any) -> None:
    """The host, and a digest of the whole address: what follows the host may be a token."""
    digest = hashlib.sha256(endpoint.url.encode()).hexdigest()
    facts = {"endpoint": endpoint.id, "host": urlsplit(endpoint.url).hostname, "url_sha256": digest, **more}
    ledger.write(tx, kind=kind, now=now, actor=actor, facts=facts)
