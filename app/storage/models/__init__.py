"""Every table, one file a subject."""

from app.storage.models import (
    access,
    calls,
    campaigns,
    desk,
    ledger,
    license_desk,
    outbound,
    recordings,
    requested_work,
    roster,
    softphones,
    uploads,
    users,
    work,
)
from app.storage.models.base import Base, Instant

__all__ = [
    "Base",
    "Instant",
    "access",
    "calls",
    "campaigns",
    "desk",
    "ledger",
    "license_desk",
    "outbound",
    "recordings",
    "requested_work",
    "roster",
    "softphones",
    "uploads",
    "users",
    "work",
]
