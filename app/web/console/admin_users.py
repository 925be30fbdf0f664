"""The people who sign in: who may do what, who is linked to which producer, and a way back in."""

from __future__ import annotations

import secrets

from email_validator import EmailNotValidError, validate_email
from flask import Response, abort, request, url_for
from flask_security.recoverable import send_reset_password_instructions

from app.domain.roles import Role
from app.storage import users
from app.storage.database import Transaction
from app.storage.users import User
from app.web.console.admin_forms import how, id_or_404, typed
from app.web.console.doors import Section, done, read, refused, render, tools, user
from app.web.console.sign_in import hash_password
from app.web.console.user_store import ConsoleUser
from app.workflows.admin.add_user import LONGEST_EMAIL, NotThatUser, add_user
from app.workflows.admin.change_user import change_user
from app.workflows.admin.reset_user import reset_user

SHOWN = 100
"""The ledger names who did something by it."""

ROLE_WORDS = {
    Role.ADMIN: "campaigns, keys, users and imports, and all that supervisors and compliance do",
    Role.SUPERVISOR: "the queue of people waiting, live calls, callbacks and reports",
    Role.COMPLIANCE: "licenses, expansion, audits, complaints, the ledger and reports",
    Role.PRODUCER: "their own calls, callbacks and licenses",
}


def add_to(pages: Section) -> None:
    pages.add("GET", "/users", user_list)
    pages.add("GET", "/users/new", new_user)
    pages.add("POST", "/users/new", create_user)
    pages.add("GET", "/users/<int:user_id>", one_user)
    pages.add("POST", "/users/<int:user_id>", change_one_user)
    pages.add("POST", "/users/<int:user_id>/password", reset_password)
    pages.add("POST", "/users/<int:user_id>/second-factor", forget_second_factor)
    pages.add("POST", "/users/<int:user_id>/unlock", unlock_user)


def user_list() -> Response:
    after = request.args.get("after", "0")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    with read() as tx:
        found = users.listed(tx, after=start, limit=SHOWN + 1)
    more = found[SHOWN - 1].id if len(found) > SHOWN else None
    return render("admin/users.html", users=found[:SHOWN], more=more, at=tools().clock.now())


def new_user() -> Response:
    return _new({}, {})


def create_user() -> Response:
    """An invitation by mail; where no mail is set, a password that is shown once."""
    given = {"email": typed("email"), "role": typed("role"), "npn": typed("npn")}
    errors = {}
    if why := _wrong_address(given["email"]):
        errors["email"] = why
    if given["role"] not in tuple(Role):
        errors["role"] = "choose a role"
    if errors:
        return _new(given, errors, status=422)
    password = secrets.token_urlsafe(15)
    added = add_user(
        email=given["email"],
        role=Role(given["role"]),
        npn=given["npn"] or None,
        password_hash=hash_password(password),
        **how(),
    )
    if isinstance(added, NotThatUser):
        return _new(given, {added.field: added.why}, status=422)
    if tools().mail.is_set:
        _invite(added)
        told = f"{added.email} may sign in. A mail with a link to choose a password is on its way, good for an hour."
        return done(told, to=url_for("admin.one_user", user_id=added.id))
    return render("admin/password.html", status=201, person=added, password=password, is_new=True)


def one_user(user_id: int) -> Response:
    return _page(user_id, {}, {})


def change_one_user(user_id: int) -> Response:
    """Another role, producer or standing. The person's sessions end at once."""
    given = {"role": typed("role"), "npn": typed("npn"), "active": typed("active")}
    if given["role"] not in tuple(Role):
        return _page(user_id, given, {"role": "choose a role"}, status=422)
    changed = change_user(
        id_or_404(user_id), role=Role(given["role"]), npn=given["npn"] or None, active=bool(given["active"]), **how()
    )
    if changed is None:
        abort(404)
    if isinstance(changed, NotThatUser):
        return _page(user_id, given, {changed.field: changed.why}, status=422)
    return done(f"{changed.email} is changed.", to=url_for("admin.one_user", user_id=user_id))


def reset_password(user_id: int) -> Response:
    """A link by mail; where no mail is set, a password that is shown once."""
    with read() as tx:
        found = _found(tx, user_id)
    if tools().mail.is_set:
        _invite(found)
        return done(f"{found.email} gets a mail with a link, good for an hour.", to=_back(user_id))
    password = secrets.token_urlsafe(15)
    reset_user(user_id, password_hash=hash_password(password), second_factor=False, **how())
    return render("admin/password.html", status=201, person=found, password=password, is_new=False)


def forget_second_factor(user_id: int) -> Response:
    with read() as tx:
        found = _found(tx, user_id)
    if found.second_factor is None:
        return refused(f"{found.email} has no second factor.", to=_back(user_id))
    reset_user(user_id, password_hash=None, second_factor=True, **how())
    return done(f"{found.email} sets up a second factor at the next sign-in.", to=_back(user_id))


def unlock_user(user_id: int) -> Response:
    with read() as tx:
        found = _found(tx, user_id)
    reset_user(user_id, password_hash=None, second_factor=False, **how())
    return done(f"{found.email} may try again now.", to=_back(user_id))


def _new(given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    by_mail = tools().mail.is_set
    return render(
        "admin/user_new.html",
        status=status,
        given=given,
        errors=errors,
        roles=_roles(),
        words=ROLE_WORDS,
        by_mail=by_mail,
    )


def _page(user_id: int, given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    with read() as tx:
        found = _found(tx, user_id)
        admins = users.active_admins(tx)
    is_last_admin = found.active and found.role is Role.ADMIN and admins == 1
    return render(
        "admin/user.html",
        status=status,
        person=found,
        given=given,
        errors=errors,
        roles=_roles(),
        words=ROLE_WORDS,
        is_self=found.id == user().id,
        is_last_admin=is_last_admin,
        by_mail=tools().mail.is_set,
        at=tools().clock.now(),
    )


def _invite(found: User) -> None:
    """A mail with a link to choose a password."""
    send_reset_password_instructions(ConsoleUser(found, tools()))  # type: ignore[no-untyped-call]


def _found(tx: Transaction, user_id: int) -> User:
    found = users.load(tx, id_or_404(user_id))
    if found is None:
        abort(404)
    return found


def _back(user_id: int) -> str:
    return url_for("admin.one_user", user_id=user_id)


def _roles() -> list[tuple[str, str]]:
    return [(role.value, role.value) for role in Role]


def _wrong_address(email: str) -> str:
    """Why it is no address; empty where it is one."""
    if len(email) > LONGEST_EMAIL:
        return f"at most {LONGEST_EMAIL} characters"
    try:
        # `.example` and the like are for demos; whether mail arrives is seen when it is sent.
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        return str(error)
    return ""
