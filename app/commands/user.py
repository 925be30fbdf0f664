"""`threegate user …`: the people who sign in to the pages."""

from __future__ import annotations

import secrets
import sys
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.domain.roles import Role
from app.storage import users
from app.storage.users import User
from app.workflows.admin.add_user import NotThatUser, add_user
from app.workflows.admin.change_user import change_user
from app.workflows.admin.reset_user import reset_user

_LONGEST_PASSWORD = 128


@click.group()
def user() -> None:
    """The people who sign in to the pages."""


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--npn", help="The producer that this person is.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; without it one is made.")
@click.option("--json", "as_json", is_flag=True)
def add(email: str, role: str, npn: str | None, password_stdin: bool, as_json: bool) -> None:
    """Let somebody in; without --password-stdin a password is made and shown once."""
    email = _address(email)
    password, is_made = _password(password_stdin)
    with_ = command_tools()
    added = add_user(
        email=email,
        role=Role(role),
        npn=npn,
        password_hash=hashed(password),
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(added, NotThatUser):
        refuse(added.why)
    _tell(added, password if is_made else None, "added", as_json=as_json)


@user.command(name="list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Everybody who has an account."""
    with_ = command_tools()
    with with_.database.read() as tx:
        everybody = users.listed(tx, limit=10_000)
    if as_json:
        print_json({"users": [_shape(one) for one in everybody]})
        return
    rows = (
        (one.email, one.role.value, one.npn or "", "yes" if one.active else "no", "yes" if one.second_factor else "no")
        for one in everybody
    )
    print_table(("email", "role", "npn", "active", "second factor"), rows)


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]))
@click.option("--npn", help='The producer that this person is; "" for none.')
@click.option("--active/--inactive", default=None, help="Whether they may sign in.")
@click.option("--json", "as_json", is_flag=True)
def change(email: str, role: str | None, npn: str | None, active: bool | None, as_json: bool) -> None:
    """Another role, producer or standing; their sessions end."""
    with_ = command_tools()
    found = _found(email)
    changed = change_user(
        found.id,
        role=found.role if role is None else Role(role),
        npn=(found.npn if npn is None else npn) or None,
        active=found.active if active is None else active,
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(changed, NotThatUser):
        refuse(changed.why)
    assert changed is not None
    _tell(changed, None, "changed", as_json=as_json)


@user.command()
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Forget their second factor, too.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; without it one is made.")
@click.option("--json", "as_json", is_flag=True)
def reset(email: str, second_factor: bool, password_stdin: bool, as_json: bool) -> None:
    """A new password and an unlocked account; their sessions end."""
    with_ = command_tools()
    found = _found(email)
    password, is_made = _password(password_stdin)
    reset_user(
        found.id,
        password_hash=hashed(password),
        second_factor=second_factor,
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    _tell(_found(email), password if is_made else None, "reset", as_json=as_json)


def hashed(password: str) -> str:
    """As the pages will check it."""
    from app.web.console.sign_in import hash_password

    return hash_password(password)


def _found(email: str) -> User:
    with command_tools().database.read() as tx:
        found = users.by_email(tx, email)
    if found is None:
        refuse(f"{email}: nobody has this address", code=1)
    return found


def _address(email: str) -> str:
    # `.example` and the like are for demos and drills; whether mail arrives is seen when it is sent.
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        refuse(f"{email!r}: {error}")


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if not from_stdin:
        return secrets.token_urlsafe(15), True
    password = sys.stdin.readline().rstrip("\r\n")
    from app.web.console.sign_in import SHORTEST_PASSWORD

    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        refuse(f"the password: {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters")
    return password, False


def _shape(one: User) -> dict[str, Any]:
    return {
        "email": one.email,
        "role": one.role.value,
        "npn": one.npn,
        "active": one.active,
        "second_factor": one.second_factor is not None,
        "locked_until": instant(one.locked_until),
        "signed_in_at": instant(one.signed_in_at),
    }


def _tell(one: User, made: str | None, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({**_shape(one), **({} if made is None else {"password": made})})
        return
    click.echo(f"user {one.email} {what}: {one.role.value}{f', NPN {one.npn}' if one.npn else ''}")
    if made is not None:
        click.echo(f"password, shown this once: {made}")
