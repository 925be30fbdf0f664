"""The tables of a service report, row by row, as a spreadsheet gets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.service_report.definitions import Kept, Reached, Ring
from app.domain.service_report.report import SEVERAL, UNKNOWN, ServiceReport, avoided
from app.domain.service_report.tally import ProducerTally, Tally
from app.reports import service_charts
from app.reports.service_wording import PROMISES, STANDINGS, TIERS, state


@dataclass(frozen=True)
class Sheet:
    """A header and its rows; every row is as long as the header."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def by_offered(groups: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    """The largest first; equals by their key."""
    return sorted(groups.items(), key=lambda entry: (-entry[1].offered, entry[0]))


def name_of(report: ServiceReport, kind: str, key: str) -> str:
    if not key:
        return {"vendor": "No vendor", "campaign": "No campaign"}.get(kind, key)
    return report.named(kind, key)


def of_service(tally: Tally, within: int) -> list[object]:
    """What every table says of its row; SERVICE are the titles."""
    return [
        tally.offered,
        tally.short,
        tally.answered,
        tally.within(within),
        _rounded(tally.service_level(within)),
        _rounded(tally.mean_speed),
        tally.speed_of(50),
        tally.speed_of(90),
        tally.abandoned,
        _rounded(tally.abandonment),
        tally.of_tier(Reached.PROMISED),
        tally.of_tier(Reached.ESCALATED),
        tally.of_tier(Reached.RETURNED),
        tally.held,
        tally.talk_seconds,
        tally.billable_seconds,
        tally.leads_total,
        tally.served,
        tally.owed,
        tally.lost,
        tally.promises[Kept.KEPT],
        tally.promises[Kept.SLIPPED],
        tally.refused_calls,
        tally.spent_cents / 100,
        tally.owed_cents / 100,
        tally.lost_cents / 100,
    ]


SERVICE = (
    "offered",
    "short abandons",
    "answered",
    "answered in time",
    "service level %",
    "mean seconds to answer",
    "median seconds to answer",
    "90 % answered by second",
    "abandoned",
    "abandoned %",
    "promised a call",
    "on the supervisors' list",
    "returned to vendor",
    "waited on hold",
    "talk seconds",
    "billable seconds",
    "leads",
    "leads served",
    "leads not served yet",
    "leads lost",
    "promises kept",
    "promises slipped",
    "calls the gate refused",
    "paid for leads $",
    "of it not served yet $",
    "of it lost $",
)


def _hours(report: ServiceReport) -> Sheet:
    return _service(report, ("hour",), [((f"{each:02}:00",), report.hour(each)) for each in range(24)])


def _days(report: ServiceReport) -> Sheet:
    return _service(report, ("day",), [((on,), tally) for on, tally in sorted(report.by_day.items())])


def _states(report: ServiceReport) -> Sheet:
    rows = [
        ((state(code), "" if code in (SEVERAL, UNKNOWN) else code), tally)
        for code, tally in by_offered(report.by_state)
    ]
    return _service(report, ("state", "code"), rows)


def _vendors(report: ServiceReport) -> Sheet:
    rows = [((name_of(report, "vendor", slug), slug), tally) for slug, tally in by_offered(report.by_vendor)]
    return _service(report, ("vendor", "slug"), rows)


def _campaigns(report: ServiceReport) -> Sheet:
    rows = [((name_of(report, "campaign", key), key), tally) for key, tally in by_offered(report.by_campaign)]
    return _service(report, ("campaign", "number"), rows)


def _producers(report: ServiceReport) -> Sheet:
    header = ("producer", "npn", "offered", "accepted", "declined", "missed", "refused by the gate", "ended by others")
    rows = [
        (
            name_of(report, "producer", key),
            report.named("npn", key),
            tally.offered,
            *(tally.of(ring) for ring in (Ring.ACCEPTED, Ring.DECLINED, Ring.MISSED, Ring.REFUSED, Ring.ENDED)),
            tally.of(Ring.RINGING),
            _rounded(tally.acceptance),
            tally.callbacks,
            tally.talk_seconds,
        )
        for key, tally in producers(report)
    ]
    return Sheet((*header, "ringing", "accepted %", "of them callbacks", "talk seconds"), rows)


def producers(report: ServiceReport) -> list[tuple[str, ProducerTally]]:
    """By name: a list, not a ranking."""
    return sorted(report.by_producer.items(), key=lambda each: (report.named("producer", each[0]).casefold(), each[0]))


def _tiers(report: ServiceReport) -> Sheet:
    rows = [(told, tier.value, report.total.of_tier(tier)) for tier, told in TIERS.items()]
    return Sheet(("how far the call got", "code", "calls"), [*rows, ("All calls offered", "", report.total.offered)])


def _leads(report: ServiceReport) -> Sheet:
    rows = [(told, each.value, report.total.of_standing(each)) for each, told in STANDINGS.items()]
    return Sheet(("where the lead stands", "code", "leads"), [*rows, ("All leads", "", report.total.leads_total)])


def _promises(report: ServiceReport) -> Sheet:
    return Sheet(
        ("promise", "code", "callbacks"),
        [(told, each.value, report.total.promises[each]) for each, told in PROMISES.items()],
    )


def _speeds(report: ServiceReport) -> Sheet:
    rows = service_charts.speed_bars(report)
    return Sheet(
        ("seconds to answer", "calls", "in time"), [(f"{label} s", calls, in_time) for label, calls, in_time in rows]
    )


def _money(report: ServiceReport) -> Sheet:
    total, estimate = report.total, avoided(report)
    return Sheet(
        ("what", "amount $", "note"),
        [
            ("Paid for leads", total.spent_cents / 100, "at today's price of each campaign, by the vendor's own clock"),
            ("Of it not served yet", total.owed_cents / 100, "somebody still owes these leads a step"),
            ("Of it lost", total.lost_cents / 100, "closed and never served"),
            ("Exposure avoided, at least", estimate.low_usd, f"estimate; {estimate.refusals} refusals"),
            ("Exposure avoided, at most", estimate.high_usd, f"estimate; source: {estimate.penalty.source}"),
            ("Leads without a price", None, str(total.unpriced)),
        ],
    )


SHEETS: Mapping[str, Callable[[ServiceReport], Sheet]] = {
    "hours": _hours,
    "days": _days,
    "states": _states,
    "vendors": _vendors,
    "campaigns": _campaigns,
    "producers": _producers,
    "tiers": _tiers,
    "leads": _leads,
    "promises": _promises,
    "speeds": _speeds,
    "money": _money,
}
"""By the name in the address."""


def _service(report: ServiceReport, titles: Sequence[str], rows: Sequence[tuple[Sequence[object], Tally]]) -> Sheet:
    within = report.asked.within_seconds
    return Sheet((*titles, *SERVICE), [(*keys, *of_service(tally, within)) for keys, tally in rows])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
