"""The group itself: exit codes, one-line errors, and that it starts without loading what it does not need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.commands import _COMMANDS, _load, cli, register
from app.storage.database import Database
from app.timekeeping import SystemClock
from app.web import create_app
from tests.commands.conftest import Threegate
from tests.web.api.conftest import tools_over

PROGRAM = Path(sys.executable).with_name("threegate")
SLOW = ("alembic", "apscheduler", "flask", "gunicorn", "sqlalchemy", "twilio")


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    told = (_load(name).help or "").split("\n\n")[0]

    assert " ".join(told.split()).startswith(_COMMANDS[name][1])


def test_help_lists_every_command() -> None:
    context = click.Context(cli, info_name="threegate")

    assert all(name in cli.get_help(context) for name in _COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("bogus",),
        ("serve", "--port", "x"),
        ("serve", "--workers", "0"),
        ("campaign", "add"),
        ("authority", "check", "--npn", "1"),
        ("--nonsense",),
        ("producer", "presence", "1", "asleep"),
    ],
)
def test_bad_usage_is_one_line_and_2(threegate: Threegate, arguments: tuple[str, ...]) -> None:
    threegate(*arguments, code=2)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "nonsense://x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, "database out of reach: "),
        ({"DATABASE_URL": "sqlite:////proc/nothing/threegate.db"}, "/proc/nothing"),
        ({"THREEGATE_CLOCK": "noon"}, "THREEGATE_CLOCK"),
        ({"THREEGATE_ENV": "staging"}, "THREEGATE_ENV"),
        ({"THREEGATE_ENV": "production"}, "THREEGATE_CLOCK"),
    ],
)
@pytest.mark.parametrize(
    "command", [("ledger", "verify"), ("authority", "matrix"), ("producer", "presence", "1", "away"), ("state", "list")]
)
def test_what_is_misconfigured_is_one_line_and_2(
    tmp_path: Path,
    make_threegate: Callable[..., Threegate],
    command: tuple[str, ...],
    environment: dict[str, str],
    told: str,
) -> None:
    threegate = make_threegate(f"sqlite:///{tmp_path / 'any.db'}")
    threegate.environment |= environment

    assert told in threegate(*command, code=2).stderr


def test_a_database_that_is_not_migrated_says_what_to_run(
    tmp_path: Path, make_threegate: Callable[..., Threegate]
) -> None:
    threegate = make_threegate(f"sqlite:///{tmp_path / 'new' / 'threegate.db'}")

    assert "threegate db upgrade" in threegate("ledger", "verify", code=2).stderr
    threegate("db", "upgrade")
    threegate("db", "upgrade")
    threegate("ledger", "verify")


@pytest.mark.parametrize("command", ["serve", "scheduler"])
def test_production_refuses_to_start_half_configured(threegate: Threegate, command: str, tmp_path: Path) -> None:
    threegate.environment |= {"THREEGATE_ENV": "production", "THREEGATE_CLOCK": ""}

    told = threegate(command, code=2).stderr

    assert all(name in told for name in ("SECRET_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"))


def test_the_installed_command_shows_its_help_without_loading_the_product() -> None:
    names = ", ".join(map(repr, SLOW))
    program = (
        "import sys\nfrom app.commands import cli\n"
        "try:\n    cli(['--help'])\nexcept SystemExit as over:\n    assert not over.code\n"
        f"assert not {{{names}}} & sys.modules.keys(), sys.modules.keys()"
    )
    shown = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, timeout=60, check=True)
    subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=True)

    assert "authority" in shown.stdout


def test_the_installed_command_exits_with_2_on_bad_input() -> None:
    told = subprocess.run([PROGRAM, "bogus"], capture_output=True, text=True, timeout=60, check=False)

    assert told.returncode == 2
    assert len(told.stderr.splitlines()) == 1


def test_flask_gets_the_same_commands(tmp_path: Path) -> None:
    app = create_app(tools_over(Database("sqlite://"), SystemClock(), tmp_path))

    register(app)

    assert set(_COMMANDS) <= set(app.cli.commands)
    unreachable = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "THREEGATE_ENV": "test"}
    told = CliRunner(env=unreachable).invoke(app.cli, ["ledger", "verify"])
    assert told.exit_code == 2
    assert "database out of reach: " in told.stderr
