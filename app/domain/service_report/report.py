"""A report: what was asked, and the tallies that answer it; gathered call by call, kept as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import penalties
from app.domain.penalties import Penalty
from app.domain.service_report.days import Days
from app.domain.service_report.definitions import TARGET_PERCENT, WITHIN_SECONDS
from app.domain.service_report.facts import CallFacts
from app.domain.service_report.tally import ProducerTally, Tally, talk_seconds_of, weigh_call, weigh_lead

SEVERAL, UNKNOWN = "several", ""
"""In a state's place: the caller's ZIP lies in two states, or nobody knows where they live."""


@dataclass(frozen=True)
class Asked:
    """What a report is about. `campaign` is a number (E.164), `vendor` a slug; None: all of them."""

    days: Days
    zone: ZoneInfo
    campaign: str | None = None
    vendor: str | None = None
    within_seconds: int = WITHIN_SECONDS
    target_percent: int = TARGET_PERCENT

    @property
    def within(self) -> timedelta:
        return timedelta(seconds=self.within_seconds)

    def kept(self) -> dict[str, Any]:
        """As JSON, always with the same members in the same order: equal questions are equal texts."""
        return {
            "first": self.days.first.isoformat(),
            "last": self.days.last.isoformat(),
            "zone": self.zone.key,
            "campaign": self.campaign,
            "vendor": self.vendor,
            "within_seconds": self.within_seconds,
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Asked:
        return cls(
            days=Days(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"])),
            zone=ZoneInfo(kept["zone"]),
            campaign=kept["campaign"],
            vendor=kept["vendor"],
            within_seconds=kept["within_seconds"],
        )


@dataclass(frozen=True)
class ServiceReport:
    """Tallies by what they are of. Keys: vendors' slugs, campaigns' numbers, states' codes (or SEVERAL, UNKNOWN), hours 0
    to 23 of the campaign's zone, days of the agency's, producers' ids. `names` says what a key is called.

    `checks_refused`: outside dialers asked whether a producer may, and were told no.
    """

    asked: Asked
    as_of: datetime
    total: Tally
    before: Tally
    by_vendor: Mapping[str, Tally]
    by_campaign: Mapping[str, Tally]
    by_state: Mapping[str, Tally]
    by_hour: Mapping[str, Tally]
    by_day: Mapping[str, Tally]
    by_producer: Mapping[str, ProducerTally]
    names: Mapping[str, Mapping[str, str]]
    checks_refused: int

    def hour(self, hour: int) -> Tally:
        """The tally of an hour; an empty one where nobody called."""
        return self.by_hour.get(str(hour), Tally())

    def named(self, kind: str, key: str) -> str:
        return self.names.get(kind, {}).get(key, key)

    def kept(self) -> dict[str, Any]:
        """As JSON that `restored` reads back."""
        return {
            "asked": self.asked.kept(),
            "as_of": self.as_of.isoformat(),
            "total": self.total.kept(),
            "before": self.before.kept(),
            **{
                name: {key: each.kept() for key, each in getattr(self, name).items()} for name in (*_GROUPS, _PRODUCERS)
            },
            "names": {kind: dict(named) for kind, named in self.names.items()},
            "checks_refused": self.checks_refused,
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> ServiceReport:
        groups: dict[str, Any] = {
            name: {key: Tally.restored(each) for key, each in kept[name].items()} for name in _GROUPS
        }
        return cls(
            asked=Asked.restored(kept["asked"]),
            as_of=datetime.fromisoformat(kept["as_of"]),
            total=Tally.restored(kept["total"]),
            before=Tally.restored(kept["before"]),
            by_producer={key: ProducerTally.restored(each) for key, each in kept[_PRODUCERS].items()},
            names=kept["names"],
            checks_refused=kept["checks_refused"],
            **groups,
        )

    def with_target(self, target_percent: int) -> ServiceReport:
        """The target colors the answer and changes no number."""
        return replace(self, asked=replace(self.asked, target_percent=target_percent))


_GROUPS = ("by_vendor", "by_campaign", "by_state", "by_hour", "by_day")
_PRODUCERS = "by_producer"


def _tallies() -> defaultdict[str, Tally]:
    return defaultdict(Tally)


@dataclass
class Gathering:
    """Counts calls in the order in which they come. A lead is counted with its first call of the span."""

    within: timedelta
    as_of: datetime
    total: Tally = field(default_factory=Tally)
    by_vendor: defaultdict[str, Tally] = field(default_factory=_tallies)
    by_campaign: defaultdict[str, Tally] = field(default_factory=_tallies)
    by_state: defaultdict[str, Tally] = field(default_factory=_tallies)
    by_hour: defaultdict[str, Tally] = field(default_factory=_tallies)
    by_day: defaultdict[str, Tally] = field(default_factory=_tallies)
    by_producer: defaultdict[str, ProducerTally] = field(default_factory=lambda: defaultdict(ProducerTally))
    _seen_leads: set[int] = field(default_factory=set)

    def add(self, calls: Iterable[CallFacts]) -> None:
        for call in calls:
            for ring, talked in zip(call.rings, talk_seconds_of(call), strict=True):
                self.by_producer[str(ring.producer_id)].add(ring, is_callback=call.is_callback, talk_seconds=talked)
            if call.lead is not None and not call.is_callback:
                self._add_offered(call)

    def _add_offered(self, call: CallFacts) -> None:
        tallies = (
            self.total,
            self.by_vendor[call.vendor],
            self.by_campaign[call.campaign],
            self.by_state[state_of(call)],
            self.by_hour[str(call.hour)],
            self.by_day[call.on],
        )
        lead = call.lead
        assert lead is not None, "only a call with a lead is offered"
        first = lead.lead_id not in self._seen_leads
        self._seen_leads.add(lead.lead_id)
        weighed = weigh_call(call, within=self.within, as_of=self.as_of)
        weighed_lead = weigh_lead(lead, call.price_cents, tier=weighed.tier, as_of=self.as_of) if first else None
        for tally in tallies:
            tally.add_call(weighed)
            if weighed_lead is not None:
                tally.add_lead(weighed_lead)

    def report(
        self, asked: Asked, *, before: Tally, names: Mapping[str, Mapping[str, str]], checks_refused: int
    ) -> ServiceReport:
        return ServiceReport(
            asked=asked,
            as_of=self.as_of,
            total=self.total,
            before=before,
            by_vendor=dict(self.by_vendor),
            by_campaign=dict(self.by_campaign),
            by_state=dict(self.by_state),
            by_hour=dict(self.by_hour),
            by_day=dict(self.by_day),
            by_producer=dict(self.by_producer),
            names=names,
            checks_refused=checks_refused,
        )


def state_of(call: CallFacts) -> str:
    match call.states:
        case ():
            return UNKNOWN
        case (one,):
            return one
        case _:
            return SEVERAL


@dataclass(frozen=True)
class Avoided:
    """What the refusals of the gate may have avoided: an estimate. `penalty` is the general range, of no single statute."""

    refusals: int
    penalty: Penalty

    @property
    def low_usd(self) -> int:
        return self.refusals * self.penalty.low_usd

    @property
    def high_usd(self) -> int:
        return self.refusals * self.penalty.high_usd


def avoided(report: ServiceReport) -> Avoided:
    """Each call counts once: the gate said no at the key press, or nobody at all was licensed; and each check refused."""
    return Avoided(report.total.refused_calls + report.checks_refused, penalties.penalty())
