"""From the licenses of a report to lines of authority: what maps for sure, what waits for a person, what gives none.

Source: FLOWS.md, "Licenses"; DOMAIN.md sections 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.domain.licensing import IN_FORCE, Residency, Status
from app.domain.lines import Line
from app.domain.states import State
from app.rosters import loa_codes
from app.rosters.line_names import fold
from app.rosters.loa_codes import Class, Mirror, NotALine, Unsure
from app.rosters.nipr_found import FoundLicense, FoundLine, FoundProducer
from app.rosters.nipr_values import Question, SeenLine, SeenProducer, Unmapped, question

Answers = Mapping[Question, tuple[Line, ...]]
"""What persons have said of what the table does not know; no lines at all: it gives no authority."""


def seen(producer: FoundProducer, as_of: date | None, answers: Answers) -> SeenProducer:
    """The producer's lines, each at most once a state."""
    reading = _Reading(producer, as_of, answers)
    for license_ in producer.licenses:
        reading.take(license_)
    home = resident_state(producer.licenses, as_of)
    reading.mirror(home)
    return SeenProducer(
        npn=producer.npn,
        first_name=producer.first_name,
        last_name=producer.last_name,
        resident_state=home,
        licenses=one_each(reading.lines, as_of),
        unmapped=tuple(reading.unmapped),
        remarks=tuple(reading.remarks),
        appointments=tuple(replace(appointment, npn=producer.npn) for appointment in producer.appointments),
        line_number=producer.line_number,
    )


def resident_state(licenses: Iterable[FoundLicense], as_of: date | None) -> State | None:
    """The state whose resident license is in force; where none is, whose lapsed one there is. None unless it is one."""
    resident = [license_ for license_ in licenses if license_.residency is Residency.RESIDENT and _may_sell(license_)]
    in_force = {license_.state for license_ in resident if _is_in_force(license_, as_of)}
    found = in_force or {license_.state for license_ in resident}
    return found.pop() if len(found) == 1 else None


def one_each(lines: Iterable[SeenLine], as_of: date | None) -> tuple[SeenLine, ...]:
    """Where two licenses hold the same line of a state, the stronger: in force, begun, not expired on the report's day,
    the resident one, the one that ends last. The same whichever stands first in the file."""
    best: dict[tuple[State, Line], SeenLine] = {}
    for line in lines:
        known = best.setdefault((line.state, line.line), line)
        if known is not line and _strength(line, as_of) > _strength(known, as_of):
            best[line.state, line.line] = line
    return tuple(best.values())


def _strength(line: SeenLine, as_of: date | None) -> tuple[bool | str | date, ...]:
    begun = line.effective_on is not None and (as_of is None or line.effective_on <= as_of)
    ends_on = date.max if line.perpetual else line.expires_on or date.min
    lasts = as_of is None or ends_on >= as_of
    # After a move both may be in force, and every other state asks for the resident one.
    resident = line.residency is Residency.RESIDENT
    # The rest only makes the choice the same in any order.
    rest = (line.status, line.effective_on or date.min, line.updated_on or date.min, line.license_number)
    return (line.status in IN_FORCE, begun, lasts, resident, ends_on, not line.mirror, *rest, line.license_class)


def _may_sell(license_: FoundLicense) -> bool:
    return loa_codes.class_of(license_.state, license_.class_code, license_.class_name) is not Class.OTHER


def _is_in_force(license_: FoundLicense, as_of: date | None) -> bool:
    ends_on = license_.expiration.on
    return license_.status.status in IN_FORCE and not (ends_on and as_of and ends_on < as_of)


@dataclass(slots=True, frozen=True)
class _Asked:
    """A line that mirrors the resident license, which may stand further down."""

    license_: FoundLicense
    line: FoundLine


class _Reading:
    """One producer's licenses so far."""

    def __init__(self, producer: FoundProducer, as_of: date | None, answers: Answers) -> None:
        self.lines: list[SeenLine] = []
        self.unmapped: list[Unmapped] = []
        self.remarks: list[Unmapped] = []
        self._npn = producer.npn
        self._as_of = as_of
        self._answers = answers
        self._mirrors: list[_Asked] = []

    def take(self, license_: FoundLicense) -> None:
        class_ = loa_codes.class_of(license_.state, license_.class_code, license_.class_name)
        if class_ is Class.OTHER:
            self.remarks.append(self._told(license_, None, "this license class gives no authority to sell"))
            return
        if license_.number is None:
            why = "no license number, or one written like a Social Security number, which is never stored"
            self.unmapped.append(self._told(license_, None, why))
            return
        if not license_.lines:
            self.remarks.append(self._told(license_, None, "the license has no line of authority"))
        if license_.status.oddity:
            self.remarks.append(self._told(license_, None, license_.status.oddity))
        found: dict[tuple[str, str, Line], SeenLine] = {}
        for line in license_.lines:
            for each in self._of_line(license_, line, class_):
                # A license that tells twice of the same line contradicts itself: what gives less counts.
                key = (line.code, fold(line.name), each.line)
                known = found.setdefault(key, each)
                if known is not each and _strength(each, self._as_of) < _strength(known, self._as_of):
                    found[key] = each
        self.lines += found.values()

    def mirror(self, home: State | None) -> None:
        """What the resident license holds, for the licenses that stand for just that."""
        at_home = [
            line
            for line in one_each(self.lines, self._as_of)
            if line.state == home and line.residency is Residency.RESIDENT
        ]
        for asked in self._mirrors:
            if home is None or asked.license_.state == home or not at_home:
                why = "it grants what the resident license holds, and this report does not tell that for sure"
                self.unmapped.append(self._told(asked.license_, asked.line, why))
                continue
            self.lines += [self._mirrored(asked, line) for line in at_home]

    def _of_line(self, license_: FoundLicense, line: FoundLine, class_: Class | Unsure) -> Iterator[SeenLine]:
        if line.status.oddity:
            self.remarks.append(self._told(license_, line, line.status.oddity))
        if license_.ends_before_it_begins(line):
            self.remarks.append(
                self._told(license_, line, "it would end before it begins, so its beginning is not known")
            )
        match self._meaning(license_, line, class_):
            case Mirror():
                self._mirrors.append(_Asked(license_, line))
            case NotALine():
                self.remarks.append(self._told(license_, line, "nothing that a caller is sold"))
            case Unsure(why):
                self.unmapped.append(self._told(license_, line, why))
            case lines:
                for each in lines:
                    yield self._seen(license_, line, each)

    def _meaning(self, license_: FoundLicense, line: FoundLine, class_: Class | Unsure) -> loa_codes.Meaning:
        meant = loa_codes.meaning(license_.state, line.code, line.name)
        unsure = class_ if isinstance(class_, Unsure) else meant if isinstance(meant, Unsure) else None
        if class_ is Class.MISSING:
            unsure = Unsure("the report names no license class, so whether it may sell is not known")
        if unsure is None:
            return meant
        answer = self._answers.get(question(license_.state, license_.class_, line.name or line.code))
        if answer is not None:
            return answer or NotALine.FOR_SURE
        if class_ is Class.MISSING and isinstance(meant, tuple) and license_.status_of(line) not in IN_FORCE:
            # It takes authority away without waiting; it could never give any.
            self.unmapped.append(self._told(license_, line, unsure.why))
            return meant
        return unsure

    def _seen(self, license_: FoundLicense, line: FoundLine, meant: Line) -> SeenLine:
        return SeenLine(
            npn=self._npn,
            state=license_.state,
            line=meant,
            license_number=license_.number or "",
            license_class=license_.class_,
            residency=license_.residency,
            status=license_.status_of(line),
            effective_on=license_.effective_on(line),
            expires_on=license_.expiration.on,
            perpetual=license_.expiration.perpetual,
            mirror=False,
            ce_compliant=line.ce_compliant,
            ce_renewal_on=line.ce_renewal_on,
            ce_credits_needed=line.ce_credits_needed,
            updated_on=license_.updated_on,
            line_number=line.line_number,
        )

    def _mirrored(self, asked: _Asked, home: SeenLine) -> SeenLine:
        here = self._seen(asked.license_, asked.line, home.line)
        status = here.status if here.status not in IN_FORCE or home.status in IN_FORCE else home.status
        begins = None
        if here.effective_on is not None and home.effective_on is not None:
            begins = max(here.effective_on, home.effective_on)
        return replace(here, mirror=True, status=status, effective_on=begins)

    def _told(self, license_: FoundLicense, line: FoundLine | None, why: str) -> Unmapped:
        return Unmapped(
            npn=self._npn,
            state=license_.state,
            license_class=license_.class_,
            loa_code=line.code if line else "",
            loa_name=line.name if line else "",
            why=why,
            line_number=line.line_number if line else license_.line_number,
            status=license_.status_of(line) if line else license_.status.status,
        )


def merged(first: SeenProducer, again: SeenProducer, as_of: date | None) -> SeenProducer:
    """One person who stands twice in a file: everything that both say.

    Two resident states leave none, and what mirrored either home gives no authority.
    """
    homes = {home for home in (first.resident_state, again.resident_state) if home is not None}
    lines = one_each((*first.licenses, *again.licenses), as_of)
    if len(homes) > 1:
        lines = tuple(replace(line, status=Status.INACTIVE) if line.mirror else line for line in lines)
    return replace(
        first,
        first_name=first.first_name or again.first_name,
        last_name=first.last_name or again.last_name,
        resident_state=homes.pop() if len(homes) == 1 else None,
        licenses=lines,
        unmapped=(*first.unmapped, *again.unmapped),
        remarks=(*first.remarks, *again.remarks),
        appointments=(*first.appointments, *again.appointments),
    )
