"""The answers of /expansion, /documents and /states."""

from __future__ import annotations

from datetime import date, datetime

from app.domain.expansion import Application, Costs, Obstacle, Project
from app.domain.license_fees import Fee
from app.storage.documents import Proof
from app.storage.openings import StateOpening
from app.web.api.fields import Answer
from app.workflows.licenses.campaign_gaps import Coverage
from app.workflows.licenses.open_state import Opened
from app.workflows.licenses.rank_targets import Ranking, Target
from app.workflows.licenses.show_expansion import Shown


class ObstacleShown(Answer):
    code: str
    why: str


class FeeShown(Answer):
    """Of one nonresident license, in cents, NIPR's part included; null where no source has a number. An estimate of `as_of`."""

    low_cents: int | None
    high_cents: int | None
    nipr_cents: int
    extras: str
    confidence: str
    as_of: date
    source: str
    waiting: str


class CostsShown(Answer):
    """`expected_cents`: what was paid, and the estimate where nothing was. `unknown`: applications without either."""

    budget_cents: int | None
    estimated_cents: int
    paid_cents: int
    expected_cents: int
    left_cents: int | None
    unknown: int


class AgencyLicenseShown(Answer):
    """`until`: midnight in the state after the last day."""

    number: str
    expires_on: date
    until: datetime


class ApplicationShown(Answer):
    """`against`: what speaks against filing it today; empty once it is filed."""

    id: int
    npn: str
    name: str
    loa: str
    status: str
    added_at: datetime
    applied_on: date | None
    approved_on: date | None
    refused_on: date | None
    estimated_cents: int | None
    paid_cents: int | None
    against: list[ObstacleShown]


class DocumentShown(Answer):
    id: int
    state: str
    name: str
    kind: str
    size_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    verified_by: str | None
    verified_at: datetime | None


class DocumentDone(DocumentShown):
    """`again`: it was so before, and nothing changed."""

    again: bool


class OpeningShown(Answer):
    """`zips` null: the whole state."""

    state: str
    open: bool
    zips: list[str] | None
    document: str
    document_sha256: str
    verified_by: str
    opened_at: datetime
    agency_until: datetime | None
    version: int


class ProjectShown(Answer):
    id: int
    state: str
    status: str
    begun_at: datetime
    begun_by: str
    closed_at: datetime | None
    fewest_producers: int | None
    agency_license: AgencyLicenseShown | None


class ProjectList(Answer):
    """`next_cursor` is null on the last page."""

    items: list[ProjectShown]
    next_cursor: str | None


class ProjectWhole(ProjectShown):
    """`missing`: what the state cannot be opened without; empty once it is open."""

    costs: CostsShown
    fee: FeeShown
    applications: list[ApplicationShown]
    documents: list[DocumentShown]
    opening: OpeningShown | None
    missing: list[ObstacleShown]


class ProjectBegun(ProjectWhole):
    """`created`: there was none under way."""

    created: bool


class GapShown(Answer):
    """A campaign for which nobody, or one producer only, has authority in the state today."""

    state: str
    campaign: str
    name: str
    loa: str
    producers: int


class StateOpened(OpeningShown):
    """`changed` false: it was open so already."""

    changed: bool
    gaps: list[GapShown]


class StateShut(Answer):
    """`opening` null: it never was open, only the project was closed. `changed` false: it was closed already."""

    state: str
    changed: bool
    opening: OpeningShown | None


class DemandShown(Answer):
    """`loa` null: nobody knows the line. `producers` could take it by license already."""

    loa: str | None
    leads: int
    lost_calls: int
    producers: list[str]


class TargetShown(Answer):
    state: str
    was_open: bool
    leads: int
    lost_calls: int
    producers: list[str]
    by_loa: list[DemandShown]
    fee: FeeShown


class Targets(Answer):
    """Most leads first, then most lost calls."""

    since: datetime
    until: datetime
    items: list[TargetShown]


def project(found: Project) -> ProjectShown:
    return ProjectShown(**_project(found))


def _project(found: Project) -> dict[str, object]:
    agency = None
    if found.agency_license_number and found.agency_expires_on and found.agency_until:
        agency = AgencyLicenseShown(
            number=found.agency_license_number, expires_on=found.agency_expires_on, until=found.agency_until
        )
    return {
        "id": found.id,
        "state": found.state,
        "status": found.status,
        "begun_at": found.begun_at,
        "begun_by": found.begun_by,
        "closed_at": found.closed_at,
        "fewest_producers": found.fewest_producers,
        "agency_license": agency,
    }


def whole(shown: Shown) -> ProjectWhole:
    return ProjectWhole(**_whole(shown))


def begun(shown: Shown, *, created: bool) -> ProjectBegun:
    return ProjectBegun(**_whole(shown), created=created)


def _whole(shown: Shown) -> dict[str, object]:
    return {
        **_project(shown.project),
        "costs": _costs(shown.costs),
        "fee": _fee(shown.fee),
        "applications": [application(each, shown.against.get(each.id, ())) for each in shown.applications],
        "documents": [DocumentShown(**_document(proof)) for proof in shown.documents],
        "opening": opening(shown.opening),
        "missing": _obstacles(shown.lacks),
    }


def application(found: Application, against: tuple[Obstacle, ...]) -> ApplicationShown:
    return ApplicationShown(
        id=found.id,
        npn=found.npn,
        name=found.name,
        loa="+".join(found.lines),
        status=str(found.status),
        added_at=found.added_at,
        applied_on=found.applied_on,
        approved_on=found.approved_on,
        refused_on=found.refused_on,
        estimated_cents=found.estimated_cents,
        paid_cents=found.paid_cents,
        against=_obstacles(against),
    )


def document(proof: Proof, *, again: bool) -> DocumentDone:
    return DocumentDone(**_document(proof), again=again)


def _document(proof: Proof) -> dict[str, object]:
    return {name: getattr(proof, name) for name in DocumentShown.model_fields}


def opening(found: StateOpening | None) -> OpeningShown | None:
    return None if found is None else OpeningShown(**_opening(found))


def opened(outcome: Opened, covered: tuple[Coverage, ...]) -> StateOpened:
    (standing,) = outcome.states
    gaps = [
        GapShown(**{name: getattr(each, name) for name in GapShown.model_fields})
        for each in covered
        if each.gap is not None
    ]
    return StateOpened(**_opening(standing), changed=bool(outcome.changed), gaps=gaps)


def _opening(found: StateOpening) -> dict[str, object]:
    return {
        "state": found.state,
        "open": found.is_open,
        "zips": None if found.zips is None else list(found.zips),
        "document": found.document_name,
        "document_sha256": found.document_sha256,
        "verified_by": found.verified_by,
        "opened_at": found.opened_at,
        "agency_until": found.agency_until,
        "version": found.version,
    }


def targets(ranking: Ranking) -> Targets:
    return Targets(since=ranking.since, until=ranking.until, items=[_target(target) for target in ranking.targets])


def _target(target: Target) -> TargetShown:
    return TargetShown(
        state=target.state,
        was_open=target.was_open,
        leads=target.leads,
        lost_calls=target.lost_calls,
        producers=list(target.producers),
        by_loa=[
            DemandShown(
                loa=loa or None, leads=demand.leads, lost_calls=demand.lost_calls, producers=list(demand.producers)
            )
            for loa, demand in target.by_loa.items()
        ],
        fee=_fee(target.fee),
    )


def _costs(costs: Costs) -> CostsShown:
    return CostsShown(
        budget_cents=costs.budget,
        estimated_cents=costs.estimated,
        paid_cents=costs.paid,
        expected_cents=costs.expected,
        left_cents=costs.left,
        unknown=costs.unknown,
    )


def _fee(fee: Fee) -> FeeShown:
    return FeeShown(**{name: getattr(fee, name) for name in FeeShown.model_fields})


def _obstacles(found: tuple[Obstacle, ...]) -> list[ObstacleShown]:
    return [ObstacleShown(code=obstacle.code, why=obstacle.why) for obstacle in found]
