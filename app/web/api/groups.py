"""Operations by subject, as the document and the reference page show them: one group for each module of views."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

_NAMES = {
    "authority": "Authority",
    "leads": "Pings and leads",
    "bulk": "Leads in bulk",
    "outbound": "Outbound calls",
    "records": "What happened",
    "wrong_state": "Wrong state",
    "dispositions": "Dispositions",
    "work_lists": "Callbacks and escalations",
    "escalations": "One escalation",
    "presence": "Presence",
    "imports": "Roster",
    "nipr": "Lines to map",
    "moves": "Moves",
    "renewals": "Renewals",
    "audits": "Audits",
    "complaints": "Complaints",
    "expansion": "Expansion",
    "licenses": "Suspensions and lapses",
    "authority_matrix": "Authority matrix",
    "drills": "Drills",
    "reports": "Reports",
    "invoices": "Invoices",
    "hooks": "Webhooks",
    "exports": "Exports",
    "people": "One person's data",
    "packets": "Packets of evidence",
}


def group_of(view: Callable[..., Any]) -> str:
    """The group of a view, by its module."""
    module = view.__module__.rpartition(".")[2]
    return _NAMES.get(module, module.replace("_", " ").capitalize())


def description_of(view: Callable[..., Any]) -> str:
    """What the module of a view says of itself."""
    return (sys.modules[view.__module__].__doc__ or "").strip().partition("\n")[0]


def in_order(groups: Iterable[str]) -> list[str]:
    """As a reader wants them; what has no place comes last."""
    order = {name: place for place, name in enumerate(_NAMES.values())}
    return sorted(groups, key=lambda name: (order.get(name, len(order)), name))
