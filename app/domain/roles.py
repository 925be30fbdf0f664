"""Who a signed-in person is to the agency."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """One a person; whoever is linked to a producer has that producer's pages as well."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    PRODUCER = "producer"
    COMPLIANCE = "compliance"
