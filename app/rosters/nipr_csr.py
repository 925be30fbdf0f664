"""NIPR's company-specialized report: everything stands in attributes, and a line has a name and no code.

Layout: CSR_Report > CSR_Report_Header, CSR_Report_Body > CSR_Producer > License > LOA. It tells neither names nor
appointments nor continuing education. Source: its DTD as public programs quote it; no official copy was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.licensing import Residency
from app.rosters import nipr_cells as cells
from app.rosters.errors import BadCell, Refusal
from app.rosters.nipr_authority import Answers
from app.rosters.nipr_cells import UNTOLD, Expiration
from app.rosters.nipr_found import Fields, FoundLicense, FoundLine, FoundProducer
from app.rosters.nipr_report import Gathering
from app.rosters.nipr_values import Report
from app.rosters.nipr_xml import Unreadable, walk


def read(content: bytes, answers: Answers | None = None) -> Report | Refusal:
    """What the file says, or everything that is wrong with it.

    `answers`: what persons have said of classes and lines that the table does not know.
    """
    gathering = Gathering("CSR_Report", answers or {})
    walk(content, _Reading(gathering), gathering.problems)
    return gathering.report()


class _Reading:
    """The element that is open, and what it belongs to."""

    kept: frozenset[str] = frozenset()

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._producer: FoundProducer | None = None
        self._license: FoundLicense | None = None

    def begin(self, path: Sequence[str], attributes: Mapping[str, str], line: int) -> None:
        match path:
            case [root]:
                if why := self._gathering.check_root(root):
                    raise Unreadable(why)
            case ["CSR_Report", "CSR_Report_Header"]:
                fields = self._fields("CSR_Report_Header", attributes, line)
                if self._gathering.as_of is not None:
                    self._gathering.problems.add(line, "CSR_Report_Header", "stands twice")
                self._gathering.as_of = fields.read("TimeStamp_Created", cells.day_of, None)
            case ["CSR_Report", "CSR_Report_Body", "CSR_Producer"]:
                fields = self._fields("CSR_Producer", attributes, line)
                self._producer = FoundProducer(fields.read("NIPR_Number", cells.npn, "", repeat=False), line)
            case [_, _, "CSR_Producer", "License"] if self._producer:
                self._license = self._found_license(attributes, line)
                if self._license:
                    self._producer.licenses.append(self._license)
            case [_, _, "CSR_Producer", "License", "LOA"] if self._license:
                self._license.lines.append(self._found_line(attributes, line))
            case [*_, "CSR_Report_Header" | "CSR_Producer" | "License" | "LOA" as name]:
                if name != "LOA" or path[-2] != "License":
                    self._gathering.problems.add(line, name, f"does not belong into {path[-2]}")

    def end(self, path: Sequence[str], text: str, line: int) -> None:
        if len(path) == 3 and self._producer:
            self._gathering.add(self._producer)
            self._producer = None
        elif len(path) == 4:
            self._license = None

    def _fields(self, element: str, attributes: Mapping[str, str], line: int) -> Fields:
        return Fields(element, line, self._gathering.problems, attributes)

    def _found_license(self, attributes: Mapping[str, str], line: int) -> FoundLicense | None:
        state = self._gathering.state("License/State_Code", attributes.get("State_Code", ""), line)
        if state is None:
            return None
        fields = self._fields("License", attributes, line)
        return FoundLicense(
            state=state,
            number=fields.read("License_Number", cells.number, None),
            class_code=fields.read("License_Class_Code", cells.name, ""),
            class_name=fields.read("License_Class", cells.name, ""),
            residency=fields.read("Resident_Indicator", cells.residency, Residency.NONRESIDENT),
            status=fields.read("License_Status", cells.status, UNTOLD),
            issued_on=fields.read("License_Issue_Date", cells.day, None),
            expiration=fields.read("License_Expiration_Date", cells.expiration, Expiration(None)),
            updated_on=None,
            line_number=line,
        )

    def _found_line(self, attributes: Mapping[str, str], line: int) -> FoundLine:
        fields = self._fields("LOA", attributes, line)
        return FoundLine(
            code="",
            name=fields.read("LOA_Name", _line_name, ""),
            status=fields.read("LOA_Status", cells.status, UNTOLD),
            issued_on=fields.read("LOA_Issue_Date", cells.day, None),
            line_number=line,
        )


def _line_name(text: str) -> str:
    if not text:
        raise BadCell("is empty")
    return cells.name(text)
