"""`threegate …`: the door of commands. Exit 0 is done, 1 a no, 2 bad input; what is wrong is told in one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flask import Flask

_COMMANDS = {
    "apikey": ("apikey", "Keys for the JSON API."),
    "audit": ("audit", "What audits of the roster found, and what becomes of it."),
    "authority": ("authority", "Questions to the gate."),
    "campaign": ("campaign", "Campaigns, their numbers, teams and settings."),
    "complaint": ("complaint", "Complaints about calls and producers."),
    "db": ("database", "The database and its schema."),
    "demo": ("demo", "Everything at once: simulated callers, producers and carrier, on a database of its own."),
    "dial": ("dial", "The switch that stops all dialing."),
    "dnc": ("dnc", "The do-not-call registry, and our own list."),
    "doctor": ("doctor", "Look at settings, database, clock, numbers and states."),
    "drill": ("drill", "What every caller would experience, on a copy of the roster; nobody is dialed."),
    "escalation": ("escalation", "The supervisors' queue."),
    "expansion": ("expansion", "Expansion into new states: applications, documents, opening."),
    "export": ("export", "Print WHAT as a file: CSV for spreadsheets, or JSON lines."),
    "hours": ("hours", "When the law lets us call."),
    "invoice": ("invoice", "Vendors' invoices against our own record."),
    "journal": ("journal", "Events that were spooled to files."),
    "lead": ("lead", "Leads in bulk."),
    "ledger": ("ledger", "The ledger of decisions."),
    "license": ("license", "What rests on a license, what lapsed, and suspending one by hand."),
    "lookback": ("lookback", "What an old call log shows: calls without a license, lost leads, the cost."),
    "packet": ("packet", "The evidence of a state, a producer or a call, as a ZIP file that proves itself."),
    "person": ("person", "One person's data: all of it, or gone."),
    "producer": ("producer", "One producer's presence, and their moves to other states."),
    "renewal": ("renewal", "Licenses that run out, and who renews them."),
    "residence": ("residence", "The state that governs, how sure that is, and why."),
    "roster": ("roster", "Producers and their licenses."),
    "scheduler": ("serve", "The scheduler process: everything that is due, once a second."),
    "serve": ("serve", "The web process: webhooks, API and pages (gunicorn)."),
    "state": ("state", "The states that calls may come from."),
    "unmapped": ("unmapped", "Lines of NIPR reports that wait for a person."),
    "user": ("user", "The people who sign in to the pages."),
    "vendor": ("vendor", "Vendors and the numbers they transfer from."),
    "webhook": ("webhook", "Webhooks out: who is told what, and what became of it."),
}
"""Each command's module, in which it has the command's name, and what it is for.

A module is loaded when its command is asked for, and not for the list of commands: so every one of them starts quickly.
"""


class BadInput(click.ClickException):
    """The command cannot be done as it was given."""

    exit_code = 2


class Threegate(click.Group):
    """The group of all commands; whatever goes wrong below it is one line on standard error."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _load(cmd_name) if cmd_name in _COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in _COMMANDS.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """As click's, but that a usage error is one line, too."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            with told_in_one_line():
                code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            click.echo(" ".join(error.format_message().split()), err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("aborted", err=True)
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def _load(name: str) -> click.Command:
    module, _ = _COMMANDS[name]
    command = getattr(import_module(f"app.commands.{module}"), name)
    assert isinstance(command, click.Command)
    return command


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Settings that cannot be read and a database that cannot be used become a sentence; surprises stay as they are."""
    try:
        yield
    except click.exceptions.Exit:
        raise
    except Exception as error:
        told = _told(error)
        if told is None:
            raise
        raise BadInput(told) from error


def _told(error: Exception) -> str | None:
    from pydantic import ValidationError

    from app.settings import Misconfigured

    if isinstance(error, Misconfigured):
        return str(error)
    if isinstance(error, ValidationError):
        if error.title != "Settings":
            return None
        return "; ".join(f"{wrong['loc'][0]}: {wrong['msg']}" for wrong in error.errors(include_url=False))
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return _told_by_storage(error)


def _told_by_storage(error: Exception) -> str | None:
    from app.storage.complaints import complaint, unusable_address
    from app.storage.database import Broken

    if isinstance(error, Broken):
        return complaint(error)
    return unusable_address(error)


@click.group(cls=Threegate, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="threegate")
def cli() -> None:
    """Live insurance transfers that only ever reach a producer licensed for the call.

    \b
    threegate lookback --calls C --roster R   what your own call log shows, in a minute; nothing is stored
    threegate demo                        everything at once, with simulated callers
    threegate db upgrade                  then: roster import, state open, campaign add, serve, scheduler
    threegate doctor                      what is misconfigured, and the mend
    """


def main() -> None:
    """The console command."""
    cli(prog_name="threegate")


def register(app: Flask) -> None:
    """The same commands as `flask --app app.web …`."""
    for name in _COMMANDS:
        app.cli.add_command(_guarded(_load(name)), name)


def _guarded(command: click.Command) -> click.Command:
    """The command with its errors told in one line, in whatever group it stands."""
    guarded = copy(command)

    def invoke(ctx: click.Context) -> Any:
        with told_in_one_line():
            return command.invoke(ctx)

    guarded.invoke = invoke  # type: ignore[method-assign]
    return guarded
