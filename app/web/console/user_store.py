"""The people of the database as flask-security knows them."""

from __future__ import annotations

from typing import Any, cast

from flask_security import RoleMixin, UserDatastore, UserMixin
from flask_security.totp import Totp

from app.domain.roles import Role
from app.storage import ledger, users
from app.storage.users import Credentials, User
from app.wiring import Tools


class ConsoleRole(str, RoleMixin):
    """A role as flask-security wants it: equal to, and hashed like, the Role of the same name."""

    permissions = None

    @property
    def name(self) -> str:  # type: ignore[override]
        return str(self)


class ConsoleUser(UserMixin):
    """Who is signed in. Attributes that are not ours by name are flask-security's; it changes them, then puts them."""

    # It looks at the class for what it may use.
    fs_uniquifier = ""
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None
    mf_recovery_codes: list[str] | None = None

    def __init__(self, found: User, tools: Tools) -> None:
        self._tools = tools
        self.id = found.id
        self.email = found.email
        self.role = found.role
        self.producer_id = found.producer_id
        self.npn = found.npn
        self.name = found.name
        self.language = found.language
        self.active = found.active
        self.password = found.password
        self.fs_uniquifier = found.uniquifier
        self.tf_primary_method = found.second_factor
        self.tf_totp_secret = found.totp_secret
        self.tf_phone_number: str | None = None
        self.mf_recovery_codes: list[str] | None = list(found.recovery_codes)
        self.totp_counter = found.totp_counter

    @property
    def roles(self) -> frozenset[Role]:  # type: ignore[override]
        """Their role, and a producer's where they are linked to one."""
        held = [self.role] if self.producer_id is None else [self.role, Role.PRODUCER]
        return cast(frozenset[Role], frozenset(ConsoleRole(role) for role in held))

    @property
    def actor(self) -> str:
        return f"user:{self.email}"

    def has_role(self, role: object) -> bool:
        return role in self.roles

    def check_tf_required(self, tf_setup_methods: list[Any], tf_fresh: bool) -> tuple[bool, list[Any]]:
        """A second factor that was set up is always asked for; some may not come in without one."""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        return self._tools.settings.second_factor_required and self.role is not Role.PRODUCER

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """Counted, and in the ledger; too many lock the account for a while."""
        now = self._tools.clock.now()
        with self._tools.database.begin() as tx:
            is_locked = users.count_failure(tx, self.id, now)
            facts = {"email": self.email, "what": "second factor" if tfa else auth_type, "locked": is_locked}
            ledger.write(tx, kind="sign_in_failed", now=now, actor=self.actor, facts=facts)

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        with self._tools.database.read() as tx:
            found = users.load(tx, self.id)
        locked = found is not None and found.locked(self._tools.clock.now())
        if locked and form_error is not None:
            form_error.append("Too many attempts have failed. Try again in a quarter of an hour, or ask an admin.")
        return locked


class UserStore(UserDatastore):
    """Each put is a transaction of its own; nothing of a person is kept between requests."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(ConsoleUser, ConsoleRole)
        self._tools = tools

    def find_user(self, case_insensitive: bool = False, **by: Any) -> ConsoleUser | None:
        ((field, value),) = by.items()
        look = {"email": users.by_email, "fs_uniquifier": users.by_uniquifier, "id": users.load}[field]
        with self._tools.database.read() as tx:
            found = look(tx, value)  # type: ignore[operator]
        return None if found is None else ConsoleUser(found, self._tools)

    def find_role(self, role: str) -> ConsoleRole | None:
        return ConsoleRole(role) if role in tuple(Role) else None

    def put(self, model: ConsoleUser) -> ConsoleUser:
        kept = Credentials(
            password=model.password or "",
            uniquifier=model.fs_uniquifier,
            totp_secret=model.tf_totp_secret,
            second_factor=model.tf_primary_method,
            recovery_codes=tuple(model.mf_recovery_codes or ()),
        )
        with self._tools.database.begin() as tx:
            users.keep_credentials(tx, model.id, kept)
        return model

    def commit(self) -> None:
        """Each put has committed."""


class CodesOnce(Totp):
    """A second factor's code is good once (RFC 6238, section 5.2)."""

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.totp_counter = tmatch.counter
        with user._tools.database.begin() as tx:
            users.take_code(tx, user.id, tmatch.counter)
