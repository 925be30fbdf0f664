"""The menu: what stands where, in which order. Who sees an entry follows from the rights to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.roles import Role
from app.web.console.rights import RIGHTS


@dataclass(frozen=True)
class Entry:
    """A line of the menu: `endpoint` is the page, `also` are further endpoints that belong to it."""

    group: str
    label: str
    endpoint: str
    also: tuple[str, ...] = ()


MENU: Sequence[Entry] = (
    # ---- supervisor (B)
    Entry("Supervisor", "Board", "supervisor.queue", ("supervisor.escalation", "supervisor.producers")),
    Entry("Supervisor", "Calls", "supervisor.call_index", ("supervisor.call", "supervisor.lead", "supervisor.search")),
    # ---- producer (C)
    Entry("Producer", "My desk", "me.start", ("me.me", "me.wrong_state", "me.send_wrong_state")),
    Entry("Producer", "My callbacks", "me.callbacks"),
    Entry("Producer", "My licenses", "me.licenses"),
    Entry("Producer", "I have moved", "me.moved", ("me.look_at_move", "me.send_move")),
    # ---- compliance (E1)
    Entry("Compliance", "Today", "compliance.overview"),
    Entry("Compliance", "Coverage", "compliance.coverage_map", ("compliance.coverage_state",)),
    Entry(
        "Compliance",
        "Licenses",
        "compliance.license_matrix",
        (
            "compliance.producer",
            "compliance.producer_impact",
            "compliance.suspend_license",
            "compliance.producer_suspension",
            "compliance.suspend_producer",
            "compliance.unsuspend_producer",
        ),
    ),
    Entry("Compliance", "Renewals", "compliance.renewals", ("compliance.calendar", "compliance.make_calendar")),
    Entry(
        "Compliance",
        "Moves",
        "compliance.moves",
        ("compliance.move", "compliance.report_move", "compliance.report_move_now", "compliance.file_move"),
    ),
    Entry("Compliance", "Look back", "compliance.lookbacks", ("compliance.lookback",)),
    # ---- desk (E2)
    Entry("License desk", "Expansion", "desk.expansion", ("desk.project", "desk.applicant")),
    Entry("License desk", "Audits", "desk.audits", ("desk.audit",)),
    Entry("License desk", "Lines to read", "desk.unmapped", ("desk.unmapped_line",)),
    Entry("License desk", "Drills", "desk.drills", ("desk.drill",)),
    Entry("License desk", "Complaints", "desk.complaints"),
    Entry("License desk", "Ledger", "desk.ledger_list", ("desk.ledger_entry",)),
    # ---- reports (F)
    Entry("Reports", "Service", "reports.overview"),
    # ---- money
    Entry("Reports", "Invoices", "money.invoices", ("money.invoice",)),
    # ---- data
    Entry("Data", "Exports", "data.exports"),
    Entry("Data", "Packets", "data.packets"),
    Entry(
        "Data",
        "People's data",
        "data.person_search",
        ("data.look_up_person", "data.erase_this_person", "data.person_request"),
    ),
    # ---- admin (G)
    Entry(
        "Admin",
        "Campaigns",
        "admin.campaign_list",
        (
            "admin.new_campaign",
            "admin.campaign",
            "admin.campaign_team",
            "admin.campaign_numbers",
            "admin.campaign_gaps",
        ),
    ),
    Entry("Admin", "Vendors", "admin.vendor_list", ("admin.new_vendor", "admin.vendor")),
    Entry("Admin", "Imports", "admin.imports", ("admin.one_import",)),
    Entry("Admin", "Calling hours", "admin.hours", ("admin.hours_of",)),
    Entry("Admin", "Users", "admin.user_list", ("admin.new_user", "admin.one_user")),
    Entry("Admin", "API keys", "admin.keys"),
    Entry("Admin", "Webhooks", "hooks.endpoint_list", ("hooks.endpoint", "hooks.add_one", "hooks.rotate_one")),
    Entry("Admin", "System", "admin.system"),
)


def menu_of(roles: frozenset[Role]) -> dict[str, list[Entry]]:
    """The entries that somebody with `roles` may open, by group."""
    groups: dict[str, list[Entry]] = {}
    for entry in MENU:
        if RIGHTS[entry.endpoint] & roles:
            groups.setdefault(entry.group, []).append(entry)
    return groups


def home_of(roles: frozenset[Role]) -> str:
    """The endpoint of the page that somebody begins with."""
    for entry in MENU:
        if RIGHTS[entry.endpoint] & roles:
            return entry.endpoint
    return "home.account"
