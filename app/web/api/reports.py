"""GET /reports/service: the numbers of the reports page, for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.domain.service_report.days import Days
from app.domain.service_report.definitions import WITHIN_SECONDS, Kept, Reached, Ring, Standing
from app.domain.service_report.report import Asked, ServiceReport, avoided
from app.domain.service_report.tally import ProducerTally, Tally
from app.storage import report_facts
from app.web.api.bodies import takes_query
from app.web.api.fields import E164, Answer
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.routes import add
from app.workflows.make_report import find_report


class ServiceQuery(BaseModel):
    """`from` and `to` are days of the agency's time zone, both included; today where they are not given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: date | None = Field(None, alias="from")
    to: date | None = None
    campaign: E164 | None = None
    vendor: Annotated[str, StringConstraints(max_length=60)] | None = None
    within_seconds: Annotated[int, Field(ge=1, le=3600)] = WITHIN_SECONDS


class Service(Answer):
    """`calls` by how far they got, `leads` by where they stand now, `promises` by what became of them: each in one member.

    Percentages and seconds are null where there is nothing to measure. Money is in cents, at the campaign's price of today.
    """

    offered: int
    answered: int
    answered_in_time: int
    service_level_percent: float | None
    mean_seconds: float | None
    median_seconds: int | None
    ninetieth_seconds: int | None
    abandonment_percent: float | None
    held: int
    talk_seconds: int
    billable_seconds: int
    calls: dict[Reached, int]
    leads: dict[Standing, int]
    promises: dict[Kept, int]
    refused_calls: int
    spent_cents: int
    not_served_yet_cents: int
    lost_cents: int
    unpriced_leads: int


class ProducerService(Answer):
    """What a producer did with the calls they were offered, callbacks included."""

    npn: str
    name: str
    rings: dict[Ring, int]
    talk_seconds: int


class Exposure(Answer):
    """An estimate: what a regulator could ask for as many refusals; the range is of no single statute."""

    refusals: int
    low_usd: int
    high_usd: int
    source: str


class ServiceNumbers(Answer):
    """`hours` are of the campaign's time zone (0 to 23), `days` of the agency's; `states` are codes, `several` or empty.

    `before` are as many days before, cut at the same time of day where the last day is not over.
    """

    as_of: datetime
    total: Service
    before: Service
    hours: dict[str, Service]
    days: dict[str, Service]
    states: dict[str, Service]
    vendors: dict[str, Service]
    campaigns: dict[str, Service]
    producers: list[ProducerService]
    exposure_avoided: Exposure


class ServiceAnswer(Answer):
    """`done`: `report` is what was asked. `waiting` (202): it is being counted; ask again. `request_id` numbers the request.

    A `report` beside `waiting` is an older answer to the same question.
    """

    status: Literal["done", "waiting"]
    request_id: int | None
    report: ServiceNumbers | None


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/reports/service", get_service, ServiceAnswer, problems=[404, 422], may_wait=True)


@needs("read", for_vendors=True)
@takes_query(ServiceQuery)
def get_service(query: ServiceQuery) -> tuple[ServiceAnswer, int]:
    """How well callers were served: level of service, tiers, leads, promises, by hour, day, state, vendor, campaign."""
    zone, now = ZoneInfo(tools().settings.time_zone), tools().clock.now()
    today = now.astimezone(zone).date()
    first, last = query.from_ or query.to or today, query.to or query.from_ or today
    asked = Asked(_days(first, last), zone, query.campaign, _vendor(query), query.within_seconds)
    with tools().database.read() as tx:
        campaigns, vendors = report_facts.sold_by(tx)
    if (asked.campaign and asked.campaign not in campaigns) or (asked.vendor and asked.vendor not in vendors):
        raise Problem(404, "There is no such campaign or vendor.")
    found = find_report(asked, actor=key().actor, database=tools().database, now=now)
    if found.report is None and found.waiting is None:
        raise Problem(503, f"The report was not made: {found.why_not}.")
    told = None if found.report is None else _numbers(found.report)
    if found.waiting is not None:
        return ServiceAnswer(status="waiting", request_id=found.waiting, report=told), 202
    return ServiceAnswer(status="done", request_id=None, report=told), 200


def _days(first: date, last: date) -> Days:
    try:
        if not 2000 <= first.year <= last.year <= 2200:
            raise ValueError("the days are in this century, the first one first")
        return Days(first, last)
    except ValueError as error:
        raise Problem(422, f"from, to: {error}", [{"field": "to", "message": str(error)}]) from None


def _vendor(query: ServiceQuery) -> str | None:
    """A vendor's own key sees that vendor's calls only."""
    vendor_id = key().vendor_id
    if vendor_id is None:
        return query.vendor
    with tools().database.read() as tx:
        own = report_facts.slug_of(tx, vendor_id)
    if query.vendor not in (None, own):
        raise Problem(404, "There is no such campaign or vendor.")
    return own


def _numbers(report: ServiceReport) -> ServiceNumbers:
    def each(groups: Mapping[str, Tally]) -> dict[str, Service]:
        return {name: _service(tally, report.asked.within_seconds) for name, tally in sorted(groups.items())}

    estimate = avoided(report)
    return ServiceNumbers(
        as_of=report.as_of,
        total=_service(report.total, report.asked.within_seconds),
        before=_service(report.before, report.asked.within_seconds),
        hours=each(report.by_hour),
        days=each(report.by_day),
        states=each(report.by_state),
        vendors=each(report.by_vendor),
        campaigns=each(report.by_campaign),
        producers=[_producer(report, name, tally) for name, tally in sorted(report.by_producer.items())],
        exposure_avoided=Exposure(
            refusals=estimate.refusals,
            low_usd=estimate.low_usd,
            high_usd=estimate.high_usd,
            source=estimate.penalty.source,
        ),
    )


def _service(tally: Tally, within: int) -> Service:
    return Service(
        offered=tally.offered,
        answered=tally.answered,
        answered_in_time=tally.within(within),
        service_level_percent=tally.service_level(within),
        mean_seconds=tally.mean_speed,
        median_seconds=tally.speed_of(50),
        ninetieth_seconds=tally.speed_of(90),
        abandonment_percent=tally.abandonment,
        held=tally.held,
        talk_seconds=tally.talk_seconds,
        billable_seconds=tally.billable_seconds,
        calls={tier: tally.of_tier(tier) for tier in Reached},
        leads={each: tally.of_standing(each) for each in Standing},
        promises={each: tally.promises[each] for each in Kept},
        refused_calls=tally.refused_calls,
        spent_cents=tally.spent_cents,
        not_served_yet_cents=tally.owed_cents,
        lost_cents=tally.lost_cents,
        unpriced_leads=tally.unpriced,
    )


def _producer(report: ServiceReport, name: str, tally: ProducerTally) -> ProducerService:
    return ProducerService(
        npn=report.named("npn", name),
        name=report.named("producer", name),
        rings={ring: tally.of(ring) for ring in Ring},
        talk_seconds=tally.talk_seconds,
    )
