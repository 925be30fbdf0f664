"""What a database error means, in one line for the person at the terminal."""

from __future__ import annotations

from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError

from app.storage.database import OutOfReach

_NO_SUCH_TABLE = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")


def complaint(error: DBAPIError) -> str:
    """The cause, and what to do about it where that is known."""
    told = f"{type(error.orig).__name__}: {error.orig}"
    if any(sign in told for sign in _NO_SUCH_TABLE):
        return "the database is not migrated to this version: run `threegate db upgrade`"
    first_line = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if isinstance(error, OutOfReach):
        return f"database out of reach: {first_line}"
    return f"the database refused: {first_line}"


def unusable_address(error: Exception) -> str | None:
    """What is wrong with DATABASE_URL or what it leads to; None where the error is about something else."""
    if isinstance(error, ArgumentError | NoSuchModuleError):
        return "DATABASE_URL: not an address of a database; e.g. sqlite:///instance/threegate.db"
    if isinstance(error, TimeoutError):
        return "database out of reach: every connection is in use"
    return None
