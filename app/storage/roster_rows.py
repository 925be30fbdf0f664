"""The roster's rows as values, for what imports and what changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from app.domain.licensing import License
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.roster import LicenseRow, ProducerRow

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)


@dataclass(frozen=True, slots=True)
class Person:
    """A producer as a roster file describes them. `phone` is E.164."""

    npn: str
    first_name: str
    last_name: str
    email: str
    phone: str
    resident_state: State


def standing(tx: Connection, npns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The producers with these NPNs, by NPN."""
    rows = tx.execute(select(_producers).where(_producers.c.npn.in_(npns))).mappings()
    return {row["npn"]: plain(row) for row in rows}


def licenses_of(tx: Connection, ids: Sequence[int]) -> dict[tuple[int, str, str], dict[str, Any]]:
    """Licenses of these producers, by (producer, state, line)."""
    rows = tx.execute(select(_licenses).where(_licenses.c.producer_id.in_(ids))).mappings()
    return {(row["producer_id"], row["state"], row["line"]): plain(row) for row in rows}


def license_values(producer_id: int, license_: License, source: str) -> dict[str, Any]:
    """The columns of a license, without `version`."""
    return {
        "producer_id": producer_id,
        "state": license_.state,
        "line": str(license_.line),
        "license_number": license_.license_number,
        "residency": str(license_.residency),
        "status": str(license_.status),
        "effective_on": license_.effective_on,
        "expires_on": license_.expires_on,
        "perpetual": license_.perpetual,
        "authority_from": license_.authority_from,
        "authority_until": license_.authority_until,
        "verified_at": license_.verified_at,
        "stale_at": license_.stale_at,
        "source": source,
    }


def plain(row: RowMapping) -> dict[str, Any]:
    """The columns of a row, without `version`."""
    values = dict(row)
    del values["version"]
    return values
