"""Which column of an invoice says what: said by the person, or guessed from its header.

Case, blanks and punctuation of a header do not count. Of a field's names the first that the file has is meant. The names are
ours, and the ones that vendors' call exports have (Ringba's and VICIdial's: see app/call_logs/columns.py); whoever
uploads is told what was understood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.call_logs.columns import bare
from app.rosters.csv_table import is_personal
from app.rosters.errors import BadCell, shortened

FIELDS = (
    "call_id",
    "external_id",
    "lead_id",
    "caller",
    "called",
    "at",
    "billable_seconds",
    "state",
    "amount",
)

_NAMES: Mapping[str, tuple[str, ...]] = {
    "call_id": ("callid", "callsid", "inboundcallid", "sid", "uniqueid", "callreference"),
    "external_id": (
        "externalid",
        "vendorleadid",
        "vendorleadcode",
        "vendorid",
        "leadref",
        "leadreference",
        "reference",
    ),
    "lead_id": ("leadid",),
    "caller": (
        *("caller", "callernumber", "callerphone", "callerid", "ani", "consumerphone", "customerphone", "leadphone"),
        *("inboundphonenumber", "phonenumberdialed", "from", "fromnumber", "phone", "phonenumber"),
    ),
    "called": ("called", "callednumber", "dnis", "inboundnumber", "to", "tonumber", "destinationnumber"),
    "at": (
        *(
            "at",
            "calledat",
            "callstarttime",
            "callstart",
            "starttime",
            "startedat",
            "calldatetime",
            "calldt",
            "calldate",
        ),
        *("transferredat", "transfertime", "calltime", "datetime", "timestamp", "date"),
    ),
    "billable_seconds": (
        *("billableseconds", "billedseconds", "billsec", "billableduration", "connectedcalllengthinseconds"),
        *("connectedcalllength", "connectedseconds", "durationseconds", "durationinseconds", "lengthinsec"),
        *("calllengthinseconds", "duration", "calllength", "seconds"),
    ),
    "state": ("state", "consumerstate", "customerstate", "leadstate", "callerstate", "stateprovince"),
    "amount": (
        "amount",
        "total",
        "linetotal",
        "charge",
        "price",
        "cost",
        "payoutamount",
        "payout",
        "rate",
        "leadprice",
    ),
}


def chosen(headers: Sequence[str], said: Mapping[str, str]) -> dict[str, int]:
    """Where each field stands, in the order of FIELDS; fields that no column says are left out. Raises BadCell.

    `said`: field to header; an empty header is a field that must not be guessed.
    """
    by_name: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        if not is_personal(header):
            by_name.setdefault(bare(header), []).append(place)
    places = {
        field: _only(by_name, bare(header), header, headers)
        for field, header in said.items()
        if _is_field(field, header)
    }
    for field in FIELDS:
        if field in said:
            continue
        for name in _NAMES[field]:
            standing = [place for place in by_name.get(name, ()) if place not in places.values()]
            if standing:
                places[field] = _only({name: standing}, name, headers[standing[0]], headers)
                break
    return {field: places[field] for field in FIELDS if field in places}


def _is_field(field: str, header: str) -> bool:
    """Whether this says a column, rather than that none is to be read."""
    if field not in FIELDS:
        raise BadCell(f"there is no field {shortened(field)!r}; the fields are {', '.join(FIELDS)}")
    return bool(header.strip())


def _only(by_name: Mapping[str, Sequence[int]], name: str, header: str, headers: Sequence[str]) -> int:
    standing = by_name.get(name, ())
    if not standing:
        there = ", ".join(shortened(other) or "(no name)" for other in headers[:40])
        raise BadCell(f"there is no column {shortened(header)!r}; the columns are {there}")
    if len(standing) > 1:
        raise BadCell(f"the column {shortened(header)!r} is there {len(standing)} times; rename all but one")
    return standing[0]
