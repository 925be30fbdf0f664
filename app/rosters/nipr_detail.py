"""NIPR's detail report: one element a value, every license of every state, appointments, continuing education.

Layout: PDB > PRODUCER > INDIVIDUAL > ENTITY_BIOGRAPHIC and PRODUCER_LICENSING > LICENSE_INFORMATION > STATE > LICENSE >
DETAILS > DETAIL. It need not tell the NPN, because one asks for it by NPN: then `npn` is empty, and
`nipr_values.of_producer` gives it. Source: public programs that read it; no official schema was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.licensing import Residency
from app.domain.states import State
from app.rosters import nipr_cells as cells
from app.rosters.errors import Refusal
from app.rosters.line_names import lines_named
from app.rosters.nipr_authority import Answers
from app.rosters.nipr_cells import UNTOLD, Expiration
from app.rosters.nipr_found import Fields, FoundLicense, FoundLine, FoundProducer
from app.rosters.nipr_report import Gathering
from app.rosters.nipr_values import Report, SeenAppointment
from app.rosters.nipr_xml import Unreadable, walk

_FIELDS = {
    "BIOGRAPHIC": ("NAME_FIRST", "NAME_LAST", "NPN"),
    "LICENSE": (
        *("LICENSE_NUM", "LICENSE_CLASS", "LICENSE_CLASS_CODE", "RESIDENCY_STATUS", "ACTIVE", "DATE_UPDATED"),
        *("DATE_ISSUE_LICENSE_ORIG", "DATE_EXPIRE_LICENSE"),
    ),
    "DETAIL": (
        *("LOA", "LOA_CODE", "AUTHORITY_ISSUE_DATE", "STATUS"),
        *("CE_COMPLIANCE", "CE_RENEWAL_DATE", "CE_CREDITS_NEEDED"),
    ),
    "APPOINTMENT": (
        *("COMPANY_NAME", "COCODE", "LINE_OF_AUTHORITY", "STATUS", "TERMINATION_REASON", "STATUS_REASON_DATE"),
        "APPONT_RENEWAL_DATE",
    ),
}
"""What is read of each element; nothing else is: no Social Security number, no date of birth, no address."""

_PARENTS = {
    "BIOGRAPHIC": "ENTITY_BIOGRAPHIC",
    "LICENSE": "STATE",
    "DETAIL": "DETAILS",
    "APPOINTMENT": "APPOINTMENT_INFORMATION",
}
_PRODUCER_AT = 3
_APPOINTED = ("appointed", "active")


def read(content: bytes, answers: Answers | None = None) -> Report | Refusal:
    """What the file says, or everything that is wrong with it.

    `answers`: what persons have said of classes and lines that the table does not know.
    """
    gathering = Gathering("PDB", answers or {})
    walk(content, _Reading(gathering), gathering.problems)
    return gathering.report()


class _Reading:
    """The elements that are open, and what they belong to."""

    kept: frozenset[str] = frozenset(name for names in _FIELDS.values() for name in names)

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._producer: FoundProducer | None = None
        self._state: State | None = None
        self._in_state = False
        self._open: dict[str, Fields] = {}
        self._lines: list[FoundLine] = []

    def begin(self, path: Sequence[str], attributes: Mapping[str, str], line: int) -> None:
        match path:
            case [root]:
                if why := self._gathering.check_root(root):
                    raise Unreadable(why)
            case [_, "PRODUCER", "FIRM"]:
                self._gathering.skip(line, "a firm: only a person can take a call")
            case [_, "PRODUCER", "INDIVIDUAL"]:
                self._producer = FoundProducer("", line)
            case [*_, "LICENSE_INFORMATION", "STATE"] if self._producer:
                self._state = self._gathering.state("STATE/name", attributes.get("name", ""), line)
                self._in_state = True
            case [*_, parent, name] if self._producer and name in _PARENTS:
                self._begin_fields(parent, name, line)

    def _begin_fields(self, parent: str, name: str, line: int) -> None:
        outside = name != "BIOGRAPHIC" and not self._in_state
        outside |= name == "DETAIL" and "LICENSE" not in self._open
        if parent != _PARENTS[name] or outside or name in self._open:
            self._gathering.problems.add(line, name, f"does not belong into {parent} here")
        if name == "LICENSE":
            self._lines = []
        self._open[name] = Fields(name, line, self._gathering.problems)

    def end(self, path: Sequence[str], text: str, line: int) -> None:
        if not self._producer or len(path) < _PRODUCER_AT:
            return
        name, parent = path[-1], path[-2]
        if parent in self._open and name in _FIELDS[parent]:
            self._open[parent].put(name, text, line)
        elif name in self._open:
            self._close(self._producer, name, self._open.pop(name))
        elif name == "STATE" and parent == "LICENSE_INFORMATION":
            self._state, self._in_state = None, False
        elif len(path) == _PRODUCER_AT:
            self._gathering.add(self._producer)
            self._producer = None

    def _close(self, producer: FoundProducer, name: str, fields: Fields) -> None:
        if name == "BIOGRAPHIC":
            if producer.npn or producer.first_name or producer.last_name:
                self._gathering.problems.add(fields.line, name, "a second person inside one INDIVIDUAL")
            producer.npn = fields.read("NPN", cells.npn_if_told, "", repeat=False)
            producer.first_name = fields.read("NAME_FIRST", cells.name, "", repeat=False)
            producer.last_name = fields.read("NAME_LAST", cells.name, "", repeat=False)
        elif name == "DETAIL":
            self._lines.append(_line(fields))
        elif self._state and name == "LICENSE":
            producer.licenses.append(_license(fields, self._state, self._lines))
        elif self._state and name == "APPOINTMENT":
            producer.appointments.append(_appointment(fields, self._state))


def _license(fields: Fields, state: State, lines: list[FoundLine]) -> FoundLicense:
    return FoundLicense(
        state=state,
        number=fields.read("LICENSE_NUM", cells.number, None),
        class_code=fields.read("LICENSE_CLASS_CODE", cells.name, ""),
        class_name=fields.read("LICENSE_CLASS", cells.name, ""),
        residency=fields.read("RESIDENCY_STATUS", cells.residency, Residency.NONRESIDENT),
        status=fields.read("ACTIVE", cells.status, UNTOLD),
        issued_on=fields.read("DATE_ISSUE_LICENSE_ORIG", cells.day, None),
        expiration=fields.read("DATE_EXPIRE_LICENSE", cells.expiration, Expiration(None)),
        updated_on=fields.read("DATE_UPDATED", cells.day_of, None),
        line_number=fields.line,
        lines=lines,
    )


def _line(fields: Fields) -> FoundLine:
    return FoundLine(
        code=fields.read("LOA_CODE", cells.name, ""),
        name=fields.read("LOA", cells.name, ""),
        status=fields.read("STATUS", cells.status, UNTOLD),
        issued_on=fields.read("AUTHORITY_ISSUE_DATE", cells.day, None),
        line_number=fields.line,
        ce_compliant=fields.read("CE_COMPLIANCE", cells.yes_or_no, None),
        ce_renewal_on=fields.read("CE_RENEWAL_DATE", cells.day, None),
        ce_credits_needed=fields.read("CE_CREDITS_NEEDED", cells.credits_needed, None),
    )


def _appointment(fields: Fields, state: State) -> SeenAppointment:
    status = fields.read("STATUS", cells.name, "")
    ended = fields.read("TERMINATION_REASON", cells.name, "")
    line_name = fields.read("LINE_OF_AUTHORITY", cells.name, "")
    return SeenAppointment(
        npn="",
        state=state,
        company=fields.read("COMPANY_NAME", cells.name, ""),
        company_code=fields.read("COCODE", cells.name, ""),
        lines=lines_named(line_name, state),
        line_name=line_name,
        active=status.casefold() in _APPOINTED and not ended,
        status=status,
        status_on=fields.read("STATUS_REASON_DATE", cells.day, None),
        renewal_on=fields.read("APPONT_RENEWAL_DATE", cells.day, None),
        line_number=fields.line,
    )
