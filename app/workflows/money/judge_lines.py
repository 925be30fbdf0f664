"""Lines of an invoice are held against our record, some hundred at a time, each page of them in one short read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from app.domain.billing.judging import Around, judge, not_matched
from app.domain.billing.matching import AROUND, Candidates, match
from app.domain.billing.record import BilledBefore, BilledLine, Finding, OurCall
from app.domain.billing.repeats import PersonsCall, repeats
from app.domain.billing.then import Agreed, OpeningsThen, SettingsThen
from app.storage import agreed_then, billed_calls
from app.storage.billed_calls import NamedLead
from app.storage.database import Transaction
from app.storage.invoices import Invoice, JudgedLine

_NOTHING_AGREED = Agreed(None, None)


@dataclass
class Judging:
    """The judging of one invoice: what was agreed when, and which calls its lines have billed so far, by their lines."""

    invoice: Invoice
    settings: SettingsThen
    openings: OpeningsThen
    billed: dict[int, int] = field(default_factory=dict)


def begun(tx: Transaction, invoice: Invoice) -> Judging:
    return Judging(invoice, agreed_then.settings_then(tx), agreed_then.openings_then(tx))


def judge_lines(tx: Transaction, judging: Judging, lines: Sequence[BilledLine]) -> list[JudgedLine]:
    """The verdicts on the next lines of the file, which must come in its order."""
    invoice = judging.invoice
    candidates = _Found(tx, lines, invoice.vendor_id)
    matched = {line.line: match(line, candidates.of(line), invoice.vendor_id) for line in lines}
    calls = [found for found in matched.values() if isinstance(found, OurCall)]
    before = billed_calls.billed_before(tx, {call.call_id for call in calls}, invoice.id)
    again = _repeats(tx, judging, calls)
    judged = []
    for line in lines:
        found = matched[line.line]
        if isinstance(found, Finding):
            judged.append(JudgedLine(line, not_matched(found), None, _NOTHING_AGREED))
            continue
        agreed = judging.settings.agreed(found.campaign_id, found.arrived_at)
        here = judging.billed.setdefault(found.call_id, line.line)
        around = Around(
            agreed=agreed,
            openings=judging.openings,
            billed_before=BilledBefore(here) if here != line.line else before.get(found.call_id),
            repeats=again.get(found.call_id),
        )
        judged.append(JudgedLine(line, judge(line, found, around), found, agreed))
    return judged


def _repeats(tx: Transaction, judging: Judging, calls: Collection[OurCall]) -> dict[int, PersonsCall]:
    """By call: the billable call of the same person shortly before."""
    persons = {call.person for call in calls if call.person is not None}
    if not persons or not judging.invoice.duplicate_days:
        return {}
    latest = max(call.arrived_at for call in calls)
    by_person = defaultdict[str, list[PersonsCall]](list)
    for call in billed_calls.of_persons(tx, persons, judging.invoice.vendor_id, until=latest):
        buffer = judging.settings.agreed(call.campaign_id, call.arrived_at).buffer_seconds or 0
        seconds = call.billable_seconds
        billable = call.answered_at is not None and seconds is not None and seconds >= buffer
        by_person[call.person or ""].append(PersonsCall(call.call_id, call.call_sid, call.arrived_at, billable))
    found: dict[int, PersonsCall] = {}
    for several in by_person.values():
        found |= repeats(several, duplicate_days=judging.invoice.duplicate_days)
    return found


# ---- which calls a line may mean


class _Found:
    """What the lines of one page find, looked up together."""

    def __init__(self, tx: Transaction, lines: Sequence[BilledLine], vendor_id: int) -> None:
        self._vendor_id = vendor_id
        # What a vendor calls the call's id may be the id under which they posted the lead.
        named = {line.external_id for line in lines} | {line.call_id for line in lines}
        leads = billed_calls.named_leads(
            tx,
            external_ids=named - {""},
            lead_ids={line.lead_id for line in lines if line.lead_id is not None},
        )
        self._by_sid = _by(billed_calls.by_sids(tx, {line.call_id for line in lines} - {""}), "call_sid")
        self._by_lead = _by(billed_calls.of_leads(tx, {lead.lead_id for lead in leads}), "lead_id")
        self._leads = {lead.lead_id: lead for lead in leads}
        self._by_external_id = defaultdict[str, list[NamedLead]](list)
        for lead in leads:
            # Two vendors may have the same id for two people.
            if lead.external_id and lead.vendor_id in (vendor_id, None):
                self._by_external_id[lead.external_id].append(lead)
        self._by_caller = self._callers(tx, lines)

    def of(self, line: BilledLine) -> Candidates:
        own = self._by_external_id.get(line.external_id, []) if line.external_id else []
        theirs = own or (self._by_external_id.get(line.call_id, []) if line.call_id else [])
        lead = self._leads.get(line.lead_id) if line.lead_id is not None else None
        ours = [lead] if lead is not None and lead.vendor_id in (self._vendor_id, None) else []
        return Candidates(
            by_sid=self._by_sid.get(line.call_id, ()),
            by_external_id=[call for lead in theirs for call in self._by_lead.get(lead.lead_id, ())],
            by_lead=self._by_lead.get(line.lead_id, ()),
            by_caller=self._near(line),
            posted=bool(theirs or ours),
        )

    def _callers(self, tx: Transaction, lines: Sequence[BilledLine]) -> dict[str, list[OurCall]]:
        timed = [(line.caller, line.at) for line in lines if line.caller is not None and line.at is not None]
        if not timed:
            return {}
        instants = [at for _, at in timed]
        calls = billed_calls.from_callers(
            tx, {caller for caller, _ in timed}, since=min(instants) - AROUND, until=max(instants) + AROUND
        )
        found = defaultdict[str, list[OurCall]](list)
        for call in calls:
            if call.vendor_id in (self._vendor_id, None):
                for number in {call.person or call.from_number, call.from_number}:
                    found[number].append(call)
        return found

    def _near(self, line: BilledLine) -> list[OurCall]:
        if line.caller is None or line.at is None:
            return []
        return [call for call in self._by_caller.get(line.caller, ()) if _is_near(call.arrived_at - line.at)]


def _is_near(away: timedelta) -> bool:
    return abs(away) <= AROUND


def _by(calls: Sequence[OurCall], name: str) -> Mapping[object, list[OurCall]]:
    found = defaultdict[object, list[OurCall]](list)
    for call in calls:
        found[getattr(call, name)].append(call)
    return found
