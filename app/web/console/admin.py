"""Pages of the admin: campaigns, vendors, keys, users, hours, imports, and how the system is."""

from __future__ import annotations

from app.web.console import (
    admin_campaigns,
    admin_hours,
    admin_imports,
    admin_keys,
    admin_settings,
    admin_system,
    admin_teams,
    admin_users,
    admin_vendors,
)
from app.web.console.doors import Section


def section() -> Section:
    pages = Section("admin", "/admin")
    for subject in (
        admin_campaigns,
        admin_settings,
        admin_teams,
        admin_vendors,
        admin_keys,
        admin_users,
        admin_hours,
        admin_imports,
        admin_system,
    ):
        subject.add_to(pages)
    return pages
