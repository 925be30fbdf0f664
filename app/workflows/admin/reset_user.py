"""A way back in for somebody who lost theirs."""

from __future__ import annotations

from datetime import datetime

from app.storage import ledger, users
from app.storage.database import Database
from app.storage.users import Credentials


def reset_user(
    user_id: int, *, password_hash: str | None, second_factor: bool, actor: str, database: Database, now: datetime
) -> bool:
    """Unlock; with `password_hash` a new password, with `second_factor` theirs is forgotten. Their sessions end.

    False where there is no such user. In the ledger.
    """
    with database.begin() as tx:
        found = users.load(tx, user_id)
        if found is None:
            return False
        kept = Credentials(
            password=password_hash or found.password,
            uniquifier=users.new_uniquifier(),
            totp_secret=None if second_factor else found.totp_secret,
            second_factor=None if second_factor else found.second_factor,
            recovery_codes=() if second_factor else found.recovery_codes,
        )
        users.keep_credentials(tx, user_id, kept)
        users.unlock(tx, user_id)
        facts = {"email": found.email, "password": password_hash is not None, "second_factor": second_factor}
        ledger.write(tx, kind="user_reset", now=now, actor=actor, facts=facts)
    return True
