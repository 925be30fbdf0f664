"""`threegate residence`: which state governs a caller, for one of them or for a bought list."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import click

from app.commands.output import print_json, refuse
from app.domain import residency
from app.domain.residency import Ask, AskReason, Evidence, Residence

TOLD_EVERY = 5_000
"""Rows between two words of progress on a terminal."""

COLUMNS = ("phone", "zip", "vendor_state")
ADDED = ("outcome", "states", "confidence", "source", "why")


@click.command()
@click.option("--phone")
@click.option("--zip", "zip_text")
@click.option("--vendor-state")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV with the columns phone, zip, vendor_state; the rest is carried through.",
)
@click.option("--json", "as_json", is_flag=True)
def residence(
    phone: str | None, zip_text: str | None, vendor_state: str | None, path: Path | None, as_json: bool
) -> None:
    """The state that governs, how sure that is, and why. A file is read and answered row by row.

    \b
    threegate residence --zip 43215 --vendor-state OH
    threegate residence --file leads.csv > checked.csv
    """
    given = (phone, zip_text, vendor_state)
    if path is not None:
        if any(value is not None for value in given) or as_json:
            refuse("--file stands alone; it writes CSV")
        check_file(path)
        return
    if not any(given):
        refuse("give --phone, --zip, --vendor-state, or --file")
    outcome, found = judged(phone or "", zip_text or "", vendor_state or "")
    if as_json:
        print_json(
            {
                "outcome": outcome,
                "states": list(found.states),
                "confidence": found.confidence,
                "source": found.source,
                "why": found.why,
            }
        )
    else:
        click.echo(f"{outcome}: {'|'.join(found.states) or 'unknown'} ({found.confidence}). {found.why}")


def judged(phone: str, zip_text: str, vendor_state: str) -> tuple[str, Residence]:
    """`resolved`, `presumed` (an area code alone) or `ask`, with what would hold if nobody answered."""
    evidence = Evidence(phone=phone, vendor_zip=zip_text, vendor_state=vendor_state)
    found = residency.resolve(evidence)
    if not isinstance(found, Ask):
        return "resolved", found
    outcome = "presumed" if found.reason is AskReason.AREA_CODE_ALONE else "ask"
    return outcome, residency.settle(evidence)


def check_file(path: Path) -> None:
    """Each row again, in the same order, with what was found out about it. Bytes that are not UTF-8 pass unchanged."""
    # A list of millions is never in memory as a whole.
    before = csv.field_size_limit(1_000_000)
    sys.stdout.flush()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="surrogateescape", newline="")
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            csv.writer(out, lineterminator="\n").writerows(_counted(_checked(file, path), sys.stderr))
    except csv.Error as error:
        refuse(f"{path}: not readable as CSV: {error}")
    finally:
        # The limit is the whole process's: roster files keep theirs.
        csv.field_size_limit(before)
        out.flush()
        out.detach()


def _counted(rows: Iterator[list[str]], told: IO[str]) -> Iterator[list[str]]:
    """The rows, with how far they are told on a terminal; a pipe or a file is told nothing."""
    if not told.isatty():
        yield from rows
        return
    count = 0
    for count, row in enumerate(rows):  # the header is number 0
        if count and count % TOLD_EVERY == 0:
            told.write(f"\r{count:,} rows")
            told.flush()
        yield row
    told.write(f"\r{count:,} rows\n")
    told.flush()


def _checked(file: IO[str], path: Path) -> Iterator[list[str]]:
    rows = csv.reader(file)
    header = next(rows, None)
    if header is None:
        refuse(f"{path}: the file is empty")
    names = [name.strip().lower() for name in header]
    if not set(COLUMNS) & set(names):
        refuse(f"{path}: none of the columns {', '.join(COLUMNS)} is there")
    places = [names.index(column) if column in names else None for column in COLUMNS]
    yield [*header, *ADDED]
    for row in rows:
        if row:
            row += [""] * (len(header) - len(row))
            yield [*row, *_added(*(_cell(row, place) for place in places))]


def _cell(row: Sequence[str], place: int | None) -> str:
    return "" if place is None else row[place]


def _added(phone: str, zip_text: str, vendor_state: str) -> tuple[str, ...]:
    outcome, found = judged(phone, zip_text, vendor_state)
    return outcome, "|".join(found.states), found.confidence, found.source, found.why
