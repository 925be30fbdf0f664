"""Signing in: password (argon2), second factor, a way back in by mail (flask-security), each of them in the ledger."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import timedelta
from typing import Any

from flask import Flask, Response, flash, redirect, request, session, url_for
from flask_login import user_logged_out
from flask_security import (
    LoginForm,
    MailUtil,
    Security,
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
)

from app.storage import ledger, users
from app.web.console.user_store import CodesOnce, ConsoleUser, UserStore
from app.wiring import Tools

SHORTEST_PASSWORD = 12
"""Characters. NIST SP 800-63B, section 5.1.1.2, asks for 8 at least; no rules of composition, as it says."""

SHIFT = timedelta(hours=12)
"""A session ends so long after the sign-in."""

_CODE_VIEWS = ("security.two_factor_token_validation", "security.mf_recovery")


def hash_password(password: str) -> str:
    """Argon2, as the sign-in checks it."""
    from passlib.hash import argon2

    return str(argon2.hash(unicodedata.normalize("NFKD", password)))


def set_up_sign_in(app: Flask, tools: Tools) -> Security:
    """flask-security's views, on our people; nothing here touches the database before somebody signs in."""
    app.secret_key = app.secret_key or secrets.token_hex(32)
    is_https = tools.settings.public_base_url.startswith("https://")
    app.config.update(
        # Their addresses change with what they hold (words.asset).
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        SESSION_COOKIE_NAME="threegate",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SHIFT,
        # A board looks every second or so: an answer that comes late must not bring an older cookie back.
        SESSION_REFRESH_EACH_REQUEST=False,
        # The pages ask for it by themselves; the carrier's webhooks are signed instead.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKD",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_RECOVERABLE=True,
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=1),
        SECURITY_CHANGEABLE=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_ALWAYS_VALIDATE=True,
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TOTP_SECRETS={1: app.secret_key},
        SECURITY_TOTP_ISSUER="Threegate",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=8,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_POST_CHANGE_VIEW="/account",
        SECURITY_POST_RESET_VIEW="/login",
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="/account",
        SECURITY_EMAIL_SUBJECT_PASSWORD_RESET="Threegate: choose a new password",
        SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE="Threegate: your password was changed",
        SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE="Threegate: your password was changed",
        SECURITY_EMAIL_VALIDATOR_ARGS={"test_environment": True},
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"email": {"mapper": _address, "case_insensitive": True}}],
        SECURITY_EMAIL_SENDER="threegate",
        SECURITY_EMAIL_HTML=False,
        SECURITY_ANONYMOUS_USER_DISABLED=False,
    )
    security = Security(app, UserStore(tools), login_form=_Login, mail_util_cls=_mail_of(tools), totp_cls=CodesOnce)
    _tell_ledger(app, tools)
    app.before_request(lambda: _stop_guessing(security))
    return security


def _address(text: str) -> str | None:
    """What may be an address: flask-security asks each kind of identity whether it knows the text."""
    return text.strip() if "@" in text else None


class _Login(LoginForm):
    """A workplace is shared: nobody is remembered beyond their session."""

    remember = None


def _mail_of(tools: Tools) -> type[MailUtil]:
    class Sender(MailUtil):
        def send_mail(
            self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None, **_: Any
        ) -> None:
            tools.mail.send(recipient, str(subject), body or "")

    return Sender


def _stop_guessing(security: Security) -> Response | None:
    """Whoever has the password may not try codes without end either."""
    if request.method != "POST" or request.endpoint not in _CODE_VIEWS or "tf_user_id" not in session:
        return None
    found = security.datastore.find_user(fs_uniquifier=session["tf_user_id"])
    if found is None or not found.is_locked():
        return None
    session.clear()
    flash("Too many attempts have failed. Try again in a quarter of an hour, or ask an admin.", "refused")
    return redirect(url_for("security.login"))  # type: ignore[return-value]


def _tell_ledger(app: Flask, tools: Tools) -> None:
    """Sign-ins, and changes of what somebody signs in with."""

    def write(kind: str, user: ConsoleUser, **facts: Any) -> None:
        now = tools.clock.now()
        with tools.database.begin() as tx:
            if kind == "signed_in":
                users.note_sign_in(tx, user.id, now)
            told = {"email": user.email, "role": user.role.value, **facts}
            ledger.write(tx, kind=kind, now=now, actor=user.actor, facts=told)

    def signed_in(_: Flask, user: ConsoleUser, authn_via: list[str] | None = None, **__: Any) -> None:
        session.permanent = True
        write("signed_in", user, by=sorted(authn_via or ()))

    def signed_out(_: Flask, user: Any = None, **__: Any) -> None:
        if isinstance(user, ConsoleUser):
            write("signed_out", user)

    def changed(kind: str) -> Any:
        return lambda _, user, **__: write(kind, user)

    heard = (
        (user_authenticated, signed_in),
        (user_logged_out, signed_out),
        (password_changed, changed("password_changed")),
        (password_reset, changed("password_reset")),
        (tf_profile_changed, changed("second_factor_set")),
        (tf_disabled, changed("second_factor_removed")),
    )
    # A signal keeps no hold of who listens; the app does, and takes them along when it goes.
    app.extensions["threegate_hears"] = heard
    for signal, hear in heard:
        signal.connect(hear, sender=app)
