"""`threegate user …`: who may sign in."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from passlib.hash import argon2

from app.commands import cli
from app.storage import users
from app.storage.database import Database
from tests.builders import licensed
from tests.commands.conftest import Threegate

ANN = licensed("Ann", 1, "OH")
BOSS = ("user", "add", "boss@agency.example", "--role", "admin")


def test_a_password_is_made_and_shown_once(threegate: Threegate, database: Database) -> None:
    added = threegate.json(*BOSS)

    assert (added["email"], added["role"], added["active"]) == ("boss@agency.example", "admin", True)
    with database.read() as tx:
        found = users.by_email(tx, "BOSS@agency.example")
    assert found is not None
    assert argon2.verify(added["password"], found.password)
    assert added["password"] not in threegate("user", "list").stdout


def test_a_password_comes_from_standard_input(threegate: Threegate, database: Database) -> None:
    result = CliRunner(env=threegate.environment).invoke(
        cli, [*BOSS, "--password-stdin"], input="correct horse battery\n"
    )

    assert result.exit_code == 0, result.output
    assert "correct horse" not in result.output
    with database.read() as tx:
        found = users.by_email(tx, "boss@agency.example")
    assert found is not None
    assert argon2.verify("correct horse battery", found.password)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("boss", "--role", "admin"), "email"),
        (("dana@agency.example", "--role", "producer"), "needs their NPN"),
        (("dana@agency.example", "--role", "producer", "--npn", "123"), "no producer on the roster"),
        (("dana@agency.example", "--role", "owner"), "owner"),
    ],
)
def test_bad_input_is_one_line_and_adds_nobody(arguments: tuple[str, ...], told: str, threegate: Threegate) -> None:
    refused = threegate("user", "add", *arguments, code=2)

    assert told in refused.stderr
    assert threegate.json("user", "list") == {"users": []}


def test_a_short_password_is_refused(threegate: Threegate) -> None:
    result = CliRunner(env=threegate.environment).invoke(cli, [*BOSS, "--password-stdin"], input="short\n")

    assert (result.exit_code, "12 to 128 characters" in result.stderr) == (2, True)


def test_an_address_and_a_producer_are_one_persons(threegate: Threegate) -> None:
    threegate.roster(ANN)
    threegate("user", "add", "ann@agency.example", "--role", "producer", "--npn", ANN.npn)

    again = threegate("user", "add", "Ann@Agency.example", "--role", "admin", code=2)
    other = threegate("user", "add", "dana@agency.example", "--role", "producer", "--npn", ANN.npn, code=2)

    assert "somebody has this address already" in again.stderr
    assert "ann@agency.example is linked to this producer already" in other.stderr


def test_the_last_admin_stays_one(threegate: Threegate) -> None:
    threegate(*BOSS)

    for change in (("--role", "supervisor"), ("--inactive",)):
        assert "last admin" in threegate("user", "change", "boss@agency.example", *change, code=2).stderr

    threegate("user", "add", "other@agency.example", "--role", "admin")
    assert threegate.json("user", "change", "boss@agency.example", "--inactive")["active"] is False


def test_who_lost_their_way_in_gets_another(threegate: Threegate, database: Database) -> None:
    threegate(*BOSS)
    with database.begin() as tx:
        before = users.by_email(tx, "boss@agency.example")
        assert before is not None
        for _ in range(users.FAILURES_UNTIL_LOCKED):
            users.count_failure(tx, before.id, before.created_at)

    made = threegate.json("user", "reset", "boss@agency.example", "--second-factor")

    with database.read() as tx:
        after = users.by_email(tx, "boss@agency.example")
    assert after is not None
    assert argon2.verify(made["password"], after.password)
    assert after.locked_until is None
    assert after.uniquifier != before.uniquifier
    threegate("user", "reset", "nobody@agency.example", code=1)
