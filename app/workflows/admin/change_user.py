"""Another role, another producer, or an end to it."""

from __future__ import annotations

from datetime import datetime

from app.domain.roles import Role
from app.storage import ledger, users
from app.storage.access import take_turns
from app.storage.database import Database
from app.storage.users import User
from app.workflows.admin.add_user import NotThatUser, producer_of


def change_user(
    user_id: int,
    *,
    role: Role,
    npn: str | None,
    active: bool,
    actor: str,
    database: Database,
    now: datetime,
) -> User | NotThatUser | None:
    """The user as they are now; None where there is none. Their sessions end; the last admin stays one. In the ledger."""
    with database.begin() as tx:
        take_turns(tx, "admins")
        before = users.load(tx, user_id)
        if before is None:
            return None
        was_admin = before.active and before.role is Role.ADMIN
        if was_admin and not (active and role is Role.ADMIN) and users.active_admins(tx) == 1:
            field = "role" if active else "active"
            return NotThatUser(field, "this is the last admin: nobody could let anybody in any more")
        producer_id = producer_of(tx, role, npn, user_id=user_id)
        if isinstance(producer_id, NotThatUser):
            return producer_id
        if (before.role, before.producer_id, before.active) == (role, producer_id, active):
            return before
        users.change(tx, user_id, role=role, producer_id=producer_id, active=active)
        facts = {
            "email": before.email,
            "before": {"role": before.role.value, "npn": before.npn, "active": before.active},
            "after": {"role": role.value, "npn": npn, "active": active},
        }
        ledger.write(tx, kind="user_changed", now=now, actor=actor, facts=facts)
        return users.load(tx, user_id)
