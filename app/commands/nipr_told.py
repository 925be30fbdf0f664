"""`threegate roster import --format nipr-detail|nipr-csr`, and what it says of the report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from app.commands.output import SHOWN, command_tools, operator, print_json, read_file, refuse, refuse_file
from app.rosters import cells
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import BadCell, Refusal
from app.rosters.nipr_values import Unmapped
from app.workflows.licenses.import_nipr import NiprImported, NotImported, import_nipr
from app.workflows.licenses.merge_listing import Difference
from app.workflows.licenses.suspend_moved import AtHome


def import_report(
    file: Path, file_format: str, *, npn: str | None, made_on: date | None, dry_run: bool, as_json: bool
) -> None:
    """Import it and say what it did."""
    try:
        npn = npn if npn is None else cells.npn(npn.strip())
    except BadCell as bad:
        refuse(f"--npn: {bad}")
    content = read_file(file, LARGEST_FILE)
    with_ = command_tools()
    outcome = import_nipr(
        content,
        file_name=file.name,
        file_format=file_format,
        npn=npn,
        made_on=made_on,
        actor=operator(),
        dry_run=dry_run,
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(outcome, Refusal):
        refuse_file(file, outcome, as_json=as_json)
    if isinstance(outcome, NotImported):
        refuse(f"{file}: {outcome.why}; nothing was imported")
    if as_json:
        print_json(as_object(outcome))
        return
    for line in lines(outcome):
        click.echo(line)


def as_object(imported: NiprImported) -> dict[str, Any]:
    """As `POST /roster/imports` has it. Counts are whole; of each list the first hundred, of differences the first 10,000."""
    tally = imported.tally
    return {
        "version": imported.version,
        "dry_run": imported.dry_run,
        "as_of": imported.as_of.isoformat() if imported.as_of else None,
        "producers": imported.producers,
        "licenses_added": tally.licenses_added,
        "licenses_changed": tally.licenses_changed,
        "licenses_unchanged": tally.licenses_unchanged,
        "differences_total": imported.differences_total,
        "differences": [_difference(one) for one in imported.differences],
        "unknown_producers_total": len(imported.unknown_producers),
        "unknown_producers": list(imported.unknown_producers[:SHOWN]),
        "unmapped_total": len(imported.unmapped),
        "unmapped": [_line(one) for one in imported.unmapped[:SHOWN]],
        "resident_elsewhere_total": len(imported.resident_elsewhere),
        "resident_elsewhere": [
            {"npn": one.npn, "ours": one.ours, "theirs": one.theirs, "suspended": list(one.held), "do": one.told}
            for one in imported.resident_elsewhere[:SHOWN]
        ],
        "at_home": [{"npn": one.npn, "lifted": list(one.lifted)} for one in imported.at_home[:SHOWN]],
        "withheld_total": len(imported.withheld),
        "withheld": [
            {"npn": one.npn, "state": one.state, "loa": str(one.line), "known_since": one.known_at.isoformat()}
            for one in imported.withheld[:SHOWN]
        ],
        "remarks_total": len(imported.remarks),
        "remarks": [_line(one) for one in imported.remarks[:SHOWN]],
        "exposed": len(imported.exposed),
    }


def lines(imported: NiprImported) -> Iterator[str]:
    """For a person: what differs first, then what is to be done, last the count."""
    yield from _some([_difference_told(one) for one in imported.differences], imported.differences_total, "differences")
    yield from _some([one.told for one in imported.resident_elsewhere], None, "producers who may have moved")
    yield from _some([_at_home_told(one) for one in imported.at_home], None, "producers who are at home after all")
    yield from _some([_unmapped_told(one) for one in imported.unmapped], None, "lines that wait for a person")
    if imported.unmapped and not imported.dry_run:
        yield "lines that wait give no authority; to say what they are: threegate unmapped list"
    if imported.withheld:
        first = imported.withheld[0]
        yield (
            f"not taken, because the report is older than what the roster knows: {len(imported.withheld)} licenses, "
            f"the first NPN {first.npn} in {first.state} for {first.line}; ask for a newer report"
        )
    yield from _some([_remark_told(one) for one in imported.remarks], None, "remarks")
    if imported.unknown_producers:
        named = ", ".join(imported.unknown_producers[:10])
        more = f" and {len(imported.unknown_producers) - 10} more" if len(imported.unknown_producers) > 10 else ""
        yield f"not on the roster and not added, because a report knows no phone: NPN {named}{more}"
    if imported.exposed:
        yield f"{len(imported.exposed)} calls were bridged under authority that was not there; the ledger lists them"
    yield _counted(imported)


def _counted(imported: NiprImported) -> str:
    tally = imported.tally
    what = (
        f"{imported.producers} producers in the report; licenses: {tally.licenses_added} added, "
        f"{tally.licenses_changed} changed, {tally.licenses_unchanged} as they were"
    )
    if imported.dry_run:
        return f"would be, nothing was written: {what}"
    return f"roster version {imported.version}: {what}" if imported.version else f"nothing changed: {what}"


def _some(told: list[str], total: int | None, what: str) -> Iterator[str]:
    yield from told[:SHOWN]
    count = len(told) if total is None else total
    if count > SHOWN:
        yield f"… {count} {what}, the first {SHOWN} shown"


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "npn": one.npn,
        "subject": one.subject,
        "state": one.state,
        "loa": None if one.line is None else str(one.line),
        "what": one.what,
        "before": one.before,
        "after": one.after,
    }


def _difference_told(one: Difference) -> str:
    where = f" {one.state} {one.line}" if one.state else ""
    became = f"{one.before} -> {one.after}" if one.before else one.after
    return f"NPN {one.npn}{where} {one.what}: {became}"


def _at_home_told(one: AtHome) -> str:
    states = ", ".join(one.lifted)
    return f"NPN {one.npn} is resident where the roster has them; what an earlier report suspended is lifted: {states}"


def _line(one: Unmapped) -> dict[str, Any]:
    return {
        "npn": one.npn,
        "state": one.state,
        "license_class": one.license_class,
        "loa_code": one.loa_code,
        "loa_name": one.loa_name,
        "status": str(one.status),
        "why": one.why,
        "line_number": one.line_number,
    }


def _unmapped_told(one: Unmapped) -> str:
    return f"line {one.line_number}: {_named(one)} waits for a person ({one.status}): {one.why}"


def _remark_told(one: Unmapped) -> str:
    return f"line {one.line_number}: {_named(one)}: {one.why}"


def _named(one: Unmapped) -> str:
    named = ", ".join(filter(None, (one.license_class, one.loa_name or one.loa_code)))
    return f"NPN {one.npn} in {one.state}, {named or 'a license without a class'}"
