"""NIPR reports that state only what matters to a test. Written from the layouts; no real person, number or license."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from xml.sax.saxutils import escape, quoteattr

from app.domain.lines import Line
from app.domain.states import State
from app.rosters import nipr_csr, nipr_detail
from app.rosters.errors import Refusal
from app.rosters.nipr_values import Report, SeenLine, SeenProducer

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "nipr"
CSR_SAMPLE = (SAMPLES / "nipr_csr_sample_synthetic.xml").read_bytes()
DETAIL_SAMPLE = (SAMPLES / "nipr_detail_sample_synthetic.xml").read_bytes()

LICENSE = {
    "State_Code": "OH",
    "License_Number": "OH-1",
    "License_Class": "Insurance Producer",
    "License_Class_Code": "PRO",
    "License_Status": "Active",
    "Resident_Indicator": "Y",
    "License_Issue_Date": "01/15/2020",
    "License_Expiration_Date": "06/30/2028",
}
LOA = {"LOA_Name": "Life", "LOA_Status": "Active", "LOA_Issue_Date": "01/15/2020"}
DETAIL_LICENSE = {
    "LICENSE_NUM": "OH-1",
    "DATE_UPDATED": "11/02/2026",
    "DATE_ISSUE_LICENSE_ORIG": "01/15/2020",
    "DATE_EXPIRE_LICENSE": "06/30/2028",
    "LICENSE_CLASS": "Insurance Producer",
    "LICENSE_CLASS_CODE": "PRO",
    "RESIDENCY_STATUS": "R",
    "ACTIVE": "Yes",
}
DETAIL_LINE = {"LOA": "Life", "AUTHORITY_ISSUE_DATE": "01/15/2020", "STATUS": "Active"}


def loa(name: str = "Life", **attributes: str | None) -> str:
    """A LOA element of a company-specialized report; an attribute None is left out."""
    return f"<LOA {_attributes({**LOA, 'LOA_Name': name, **attributes})}/>"


def license_(state: str = "OH", *loas: str, **attributes: str | None) -> str:
    """A License element: resident and in force unless `attributes` say otherwise; with a life line unless given others."""
    known = {**LICENSE, "State_Code": state, "License_Number": f"{state}-1", **attributes}
    return f"<License {_attributes(known)}>\n{''.join(loas) or loa()}</License>\n"


def nonresident(state: str, *loas: str, **attributes: str | None) -> str:
    return license_(state, *loas, **{"Resident_Indicator": "N", **attributes})


def producer(*licenses: str, npn: str = "90000001") -> str:
    return f'<CSR_Producer NIPR_Number="{npn}" Entity_Id="DEMO">\n{"".join(licenses)}</CSR_Producer>\n'


def csr(*producers: str, created: str = "11/20/2026 06:00:00") -> bytes:
    """The first producer stands on line 2."""
    header = f'<CSR_Report_Header Title="Demo" TimeStamp_Created="{created}"/>'
    return f"<CSR_Report>{header}<CSR_Report_Body>\n{''.join(producers)}</CSR_Report_Body></CSR_Report>".encode()


def detail_line(**elements: str | None) -> str:
    return f"<DETAIL>{_elements({**DETAIL_LINE, **elements})}</DETAIL>\n"


def detail_license(*lines: str, **elements: str | None) -> str:
    details = "".join(lines) or detail_line()
    return f"<LICENSE>{_elements({**DETAIL_LICENSE, **elements})}\n<DETAILS>{details}</DETAILS></LICENSE>\n"


def detail_state(name: str, *content: str) -> str:
    return f'<STATE name="{name}">{"".join(content)}</STATE>\n'


def individual(*states: str, biographic: str = "") -> str:
    names = f"<NAME_FIRST>DANA</NAME_FIRST><NAME_LAST>DEMO</NAME_LAST>{biographic}"
    return (
        f"<PRODUCER><INDIVIDUAL><ENTITY_BIOGRAPHIC><BIOGRAPHIC>{names}</BIOGRAPHIC></ENTITY_BIOGRAPHIC>\n"
        f"<PRODUCER_LICENSING><LICENSE_INFORMATION>{''.join(states)}</LICENSE_INFORMATION></PRODUCER_LICENSING>"
        "</INDIVIDUAL></PRODUCER>\n"
    )


def detail(*producers: str) -> bytes:
    return f"<PDB><TRANSACTION_TYPE><TYPE>INDIVIDUAL</TYPE></TRANSACTION_TYPE>\n{''.join(producers)}</PDB>".encode()


def taken(content: bytes, reader: ModuleType = nipr_csr) -> Report:
    report = reader.read(content)
    assert isinstance(report, Report), report
    return report


def refused(content: bytes, reader: ModuleType = nipr_csr) -> Refusal:
    refusal = reader.read(content)
    assert isinstance(refusal, Refusal), "the file was taken"
    return refusal


def only(*licenses: str) -> SeenProducer:
    """The one producer of a company-specialized report with these licenses."""
    [seen] = taken(csr(producer(*licenses))).producers
    return seen


def only_detail(*states: str) -> SeenProducer:
    """The one producer of a detail report with these states."""
    [seen] = taken(detail(individual(*states)), nipr_detail).producers
    return seen


def line_of(seen: SeenProducer, state: State, line: Line) -> SeenLine:
    [found] = [held for held in seen.licenses if held.state == state and held.line is line]
    return found


def held(seen: SeenProducer) -> set[tuple[State, Line]]:
    return {(line.state, line.line) for line in seen.licenses}


def _attributes(values: Mapping[str, str | None]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in values.items() if value is not None)


def _elements(values: Mapping[str, str | None]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items() if value is not None)
