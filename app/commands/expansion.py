"""`threegate expansion …`: into a new state, from the plan to the opening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

import click

from app.commands.expansion_told import dollars, print_project, project_object, target_object
from app.commands.moves import Day
from app.commands.output import command_tools, operator, print_json, print_table, read_file, refuse, refuse_file
from app.commands.state import as_object, close_one, document_folder, needs_of, print_opened
from app.domain.expansion import Application, Project, Step, today_in
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import expansion as storage
from app.wiring import Tools
from app.workflows.licenses.add_application import NotAdded, add_application
from app.workflows.licenses.begin_expansion import AgencyLicense, NotBegun, begin_expansion
from app.workflows.licenses.open_state import LARGEST_DOCUMENT, NotOpened, open_on_document
from app.workflows.licenses.rank_targets import DAYS, rank_targets
from app.workflows.licenses.record_application import NotRecorded, record_application
from app.workflows.licenses.show_expansion import show_expansion
from app.workflows.licenses.upload_document import NotUploaded, upload_document
from app.workflows.licenses.verify_document import NotVerified, verify_document
from app.workflows.licenses.verify_document import Refusal as Unverifiable


class Cents(click.ParamType[int]):
    """Dollars with at most two decimals, e.g. 193.60; in cents."""

    name = "dollars"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            cents = Decimal(str(value).removeprefix("$")) * 100
        except InvalidOperation:
            self.fail(f"{value!r} is no amount, e.g. 193.60", param, ctx)
        if not cents.is_finite() or cents != cents.to_integral_value():
            self.fail(f"{value!r} is no amount, e.g. 193.60", param, ctx)
        return int(cents)


def _state(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    return value.strip().upper()[:20]


_of_state = click.argument("state", metavar="ST", callback=_state)
_json = click.option("--json", "as_json", is_flag=True)


@click.group()
def expansion() -> None:
    """Expansion into new states: applications, documents, opening."""


@expansion.command()
@_of_state
@click.option("--budget", type=Cents(), metavar="DOLLARS")
@click.option("--producers", type=int, help="So many must be able to take its calls before it opens.")
@click.option("--agency-license", metavar="NUMBER", help="The agency's own license there.")
@click.option("--agency-expires", type=Day(), help="Its last day.")
@_json
def begin(
    state: str,
    budget: int | None,
    producers: int | None,
    agency_license: str | None,
    agency_expires: date | None,
    as_json: bool,
) -> None:
    """Begin the expansion into ST; where one is under way, change what is given."""
    if (agency_license is None) != (agency_expires is None):
        refuse("--agency-license and --agency-expires: both or neither")
    agency = None
    if agency_license is not None and agency_expires is not None:
        agency = AgencyLicense(agency_license, agency_expires)
    with_ = command_tools()
    outcome = begin_expansion(
        state,
        budget_cents=budget,
        fewest_producers=producers,
        agency_license=agency,
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(outcome, NotBegun):
        refuse(outcome.why)
    _print(with_, outcome.project, as_json=as_json)


@expansion.command("list")
@click.option("--status", type=click.Choice([storage.PLANNED, storage.OPEN, storage.CLOSED]))
@_json
def list_(status: str | None, as_json: bool) -> None:
    """Every project, oldest first."""
    with_ = command_tools()
    with with_.database.read() as tx:
        found = storage.listed(tx, status=status, after=0, limit=10_000)
        shown = [show_expansion(tx, each, needs=needs_of(with_), now=with_.clock.now()) for each in found]
    if as_json:
        print_json({"items": [project_object(each) for each in shown]})
        return
    header = ("project", "state", "status", "applications", "approved", "expected", "budget", "missing")
    print_table(
        header,
        (
            (
                *(str(each.project.id), each.project.state, each.project.status, str(len(each.applications))),
                str(sum(one.status == Step.APPROVED for one in each.applications)),
                *(dollars(each.costs.expected), dollars(each.costs.budget)),
                ", ".join(lack.code for lack in each.lacks),
            )
            for each in shown
        ),
    )


@expansion.command()
@_of_state
@_json
def show(state: str, as_json: bool) -> None:
    """The project of ST: the one under way, else the last."""
    with_ = command_tools()
    with with_.database.read() as tx:
        found = storage.newest_of(tx, state)
    if found is None:
        refuse(f"there was never an expansion into {state}", code=1)
    _print(with_, found, as_json=as_json)


@expansion.command()
@_of_state
@click.argument("npn")
@click.option("--loa", required=True, help="e.g. life, life+health")
@_json
def add(state: str, npn: str, loa: str, as_json: bool) -> None:
    """Name the producer who is to apply in ST, after the checks. Exit 1 where one fails."""
    with_ = command_tools()
    outcome = add_application(state, npn, loa, actor=operator(), database=with_.database, now=with_.clock.now())
    if isinstance(outcome, NotAdded):
        if outcome.obstacles and as_json:
            print_json({"added": None, "obstacles": [vars(obstacle) for obstacle in outcome.obstacles]})
        refuse(outcome.why, code=2 if outcome.field == "loa" else 1)
    _print(with_, outcome.project, as_json=as_json)


@expansion.command()
@_of_state
@click.argument("npn")
@click.option("--on", "on", type=Day(), help="Today where it is not given.")
@click.option("--loa", help="Which, where the producer has several.")
@_json
def applied(state: str, npn: str, on: date | None, loa: str | None, as_json: bool) -> None:
    """The application is filed."""
    _step(state, npn, loa, Step.APPLIED, on, as_json=as_json)


@expansion.command()
@_of_state
@click.argument("npn")
@click.option("--on", "on", type=Day(), help="Today where it is not given.")
@click.option("--loa", help="Which, where the producer has several.")
@_json
def approved(state: str, npn: str, on: date | None, loa: str | None, as_json: bool) -> None:
    """The state has approved it. Authority comes only with a roster that shows the license."""
    _step(state, npn, loa, Step.APPROVED, on, as_json=as_json)


@expansion.command()
@_of_state
@click.argument("npn")
@click.option("--on", "on", type=Day(), help="Today where it is not given.")
@click.option("--loa", help="Which, where the producer has several.")
@_json
def refused(state: str, npn: str, on: date | None, loa: str | None, as_json: bool) -> None:
    """The state has refused it."""
    _step(state, npn, loa, Step.REFUSED, on, as_json=as_json)


@expansion.command()
@_of_state
@click.argument("npn")
@click.argument("amount", type=Cents(), metavar="DOLLARS")
@click.option("--loa", help="Which, where the producer has several.")
@_json
def paid(state: str, npn: str, amount: int, loa: str | None, as_json: bool) -> None:
    """DOLLARS is all that was paid for the application so far."""
    _record(state, npn, loa, {}, amount, as_json=as_json)


@expansion.command()
@_of_state
@click.argument("file", type=click.Path(path_type=Path))
@_json
def document(state: str, file: Path, as_json: bool) -> None:
    """Bring FILE (PDF, PNG or JPEG) as a proof for ST; another person verifies it."""
    content = read_file(file, LARGEST_DOCUMENT)
    with_ = command_tools()
    outcome = upload_document(
        state,
        file.name,
        content,
        actor=operator(),
        documents=document_folder(with_),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(outcome, NotUploaded):
        refuse(outcome.why, code=1 if outcome.fault == "no_project" else 2)
    proof = outcome.proof
    if as_json:
        print_json({"id": proof.id, "sha256": proof.sha256, "kind": proof.kind, "again": outcome.again})
        return
    known = f"; {proof.uploaded_by} brought it before" if outcome.again else ""
    where = document_folder(with_).path(proof.sha256)
    click.echo(f"document {proof.id}: {proof.name}, {proof.kind}, {proof.size_bytes} bytes, at {where}{known}")


@expansion.command()
@click.argument("document_id", metavar="DOCUMENT", type=click.IntRange(1, 2**31 - 1))
@click.option("--verified-by", metavar="EMAIL", help="Who verified it; you, where it is not given.")
@_json
def verify(document_id: int, verified_by: str | None, as_json: bool) -> None:
    """DOCUMENT (its number) proves what it should, says another person than who brought it."""
    if verified_by is not None and not (0 < len(verified_by.strip()) <= 254 and verified_by.isprintable()):
        refuse(f"--verified-by {verified_by[:60]!r}: who was it?")
    with_ = command_tools()
    outcome = verify_document(
        document_id,
        verified_by=(verified_by or operator()).strip(),
        actor=operator(),
        documents=document_folder(with_),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(outcome, NotVerified):
        refuse(outcome.why, code=2 if outcome.code is Unverifiable.UNKNOWN else 1)
    if as_json:
        print_json({"id": document_id, "verified_by": outcome.proof.verified_by, "again": outcome.again})
        return
    click.echo(f"document {document_id}: verified by {outcome.proof.verified_by}")


@expansion.command("open")
@_of_state
@click.option("--document", "document_id", required=True, type=click.IntRange(1, 2**31 - 1), help="Its number.")
@click.option("--zips", type=click.Path(path_type=Path), help="A pilot territory, as for `state open`.")
@_json
def open_(state: str, document_id: int, zips: Path | None, as_json: bool) -> None:
    """Open ST on a document that was verified, whole or for a territory; again to widen it."""
    with_ = command_tools()
    territory = None if zips is None else read_file(zips, LARGEST_FILE)
    outcome = open_on_document(
        state,
        document_id,
        zips=territory,
        actor=operator(),
        documents=document_folder(with_),
        database=with_.database,
        now=with_.clock.now(),
        needs=needs_of(with_),
    )
    if isinstance(outcome, NotOpened):
        refuse(outcome.why, code=1 if outcome.obstacles else 2)
    if isinstance(outcome, Refusal):
        assert zips is not None
        refuse_file(zips, outcome, as_json=as_json, consequence="nothing was opened")
    print_opened(with_, outcome, as_json=as_json)


@expansion.command()
@_of_state
@click.option("--reason", default="", help="Kept in the ledger.")
@_json
def close(state: str, reason: str, as_json: bool) -> None:
    """Close ST and its project, at once."""
    close_one(state, reason, as_json=as_json)


@expansion.command()
@click.option("--days", type=click.IntRange(1, 3660), default=DAYS, show_default=True)
@_json
def targets(days: int, as_json: bool) -> None:
    """States that are not open, by the leads and lost calls that we had from them."""
    with_ = command_tools()
    found = rank_targets(database=with_.database, now=with_.clock.now(), days=days)
    if as_json:
        print_json({"days": days, "items": [target_object(target) for target in found.targets]})
        return
    header = ("state", "leads", "lost calls", "licensed already", "a license costs", "besides", "waiting")
    print_table(
        header,
        (
            (
                *(target.state, str(target.leads), str(target.lost_calls), str(len(target.producers))),
                f"{dollars(target.fee.low_cents)} to {dollars(target.fee.high_cents)} (as of {target.fee.as_of})",
                *(target.fee.extras, target.fee.waiting),
            )
            for target in found.targets
        ),
    )


# ---- what several of them do


def _step(state: str, npn: str, loa: str | None, step: Step, on: date | None, *, as_json: bool) -> None:
    _record(state, npn, loa, {step: on}, None, as_json=as_json)


def _record(
    state: str, npn: str, loa: str | None, steps: dict[Step, date | None], paid_cents: int | None, *, as_json: bool
) -> None:
    with_ = command_tools()
    now = with_.clock.now()
    outcome = record_application(
        state,
        _which(with_, state, npn, loa).id,
        steps={step: on or today_in(state, now) for step, on in steps.items()},
        paid_cents=paid_cents,
        actor=operator(),
        database=with_.database,
        now=now,
    )
    if isinstance(outcome, NotRecorded):
        refuse(outcome.why)
    for obstacle in outcome.obstacles:
        click.echo(f"warning: {obstacle.why}", err=True)
    _print(with_, outcome.project, as_json=as_json)


def _which(with_: Tools, state: str, npn: str, loa: str | None) -> Application:
    with with_.database.read() as tx:
        project = storage.project_of(tx, state)
        theirs = [] if project is None else storage.applications_of(tx, project.id)
    found = [each for each in theirs if each.npn == npn and (loa is None or set(loa.split("+")) == set(each.lines))]
    if not found:
        refuse(f"no application of NPN {npn[:20]} in the expansion into {state} that is under way", code=1)
    if len(found) > 1:
        _several(found)
    return found[0]


def _several(found: Sequence[Application]) -> NoReturn:
    refuse(f"several applications: say which by --loa {' or --loa '.join('+'.join(each.lines) for each in found)}")


def _print(with_: Tools, project: Project, *, as_json: bool) -> None:
    with with_.database.read() as tx:
        shown = show_expansion(tx, project, needs=needs_of(with_), now=with_.clock.now())
    if as_json:
        opening = None if shown.opening is None else as_object(shown.opening)
        print_json({**project_object(shown), "opening": opening})
        return
    print_project(shown)
