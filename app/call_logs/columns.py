"""Which column of a file says what: guessed from its header, or said by the person.

Case, blanks, underscores and punctuation do not count. A field has a list of names, and the first of them that the file
has is meant: a more telling name stands before a vaguer one, so that the length of the talk wins over that of the call.

Sources of the headers:
- vicidial: www/vicidial/call_report_export.php of VICIdial (github.com/ccabrerar/vicidial, and an older one with the header
  in full: call_date, phone_number_dialed, status, user, full_name, campaign_id, vendor_lead_code, source_id, list_id,
  gmt_offset_now, phone_code, phone_number, title, first_name, …, state, province, postal_code, …, length_in_sec, user_group,
  alt_dial, rank, owner, lead_id, list_name, list_description, status_name). The lead's own fields are the consumer's.
- ringba: the export's header was not read. The labels Caller Id, Target Number, Call Length, Connected Call Length and
  Date Time are those of github.com/Ringba/ringba-api-samples; the names in camel case (callDt, inboundPhoneNumber,
  connectedCallLengthInSeconds, targetName, targetNumber, campaignName, payoutAmount, conversionAmount) are those of the
  report that Ringba's call log API gives. Inbound Number is the number that was dialed, not the caller's.
- twilio: see twilio_formats.py.
- everything else is guessing, which the person sees before it counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.call_logs.layout import FIELDS, Options, Unreadable, listed
from app.rosters.csv_table import is_personal
from app.rosters.errors import shortened

CALLED_BY = ("from", "fromnumber", "fromphone", "fromphonenumber")
"""Names of the caller's column beside which a column of CALLED says whom we dialed."""

CALLED = ("to", "tonumber", "tophone", "tophonenumber")

_NAMES: Mapping[str, tuple[str, ...]] = {
    "at": (
        *("at", "starttime", "startedat", "callstarttime", "callstart", "callstartedat", "calldatetime", "calldt"),
        *(
            "startdatetime",
            "calldate",
            "calltime",
            "datetime",
            "timestamp",
            "startdate",
            "date",
            "createdat",
            "created",
        ),
        *("datecreated",),
    ),
    "caller": (
        *("caller", "callernumber", "callerphone", "callerphonenumber", "callerid", "callingnumber", "ani"),
        *("consumerphone", "consumernumber", "customerphone", "customernumber", "customerphonenumber", "leadphone"),
        *("leadphonenumber", "phonenumberdialed", "inboundphonenumber", *CALLED_BY, "phone", "phonenumber"),
    ),
    "producer_npn": ("producernpn", "agentnpn", "npn"),
    "producer_phone": (
        *("producerphone", "producernumber", "producerphonenumber", "agentphone", "agentphonenumber", "agentnumber"),
        *("transferredto", "transferto", "transfernumber", "forwardedto", "forwardedtonumber", "targetnumber"),
        *("targetphone", "destinationnumber", "destinationphonenumber", "destinationphone"),
    ),
    "producer_name": (
        *(
            "producername",
            "producer",
            "agentname",
            "agentfullname",
            "answeredbyname",
            "closername",
            "closer",
            "repname",
        ),
        *("representative", "rep", "targetname", "target"),
    ),
    "agent": ("agent", "agentid", "user", "userid", "username", "agentuser", "agentemail", "extension", "operator"),
    "zip": (
        "consumerzip",
        "customerzip",
        "leadzip",
        "callerzip",
        "callerzipcode",
        "fromzip",
        "zip",
        "zipcode",
        "postalcode",
    ),
    "state": (
        *("consumerstate", "customerstate", "leadstate", "callerstate", "fromstate", "state", "stateprovince"),
        *("stateregion", "region"),
    ),
    "loa": ("loa", "lineofauthority", "linesofauthority", "requiredloa"),
    "answered_seconds": (
        *("answeredseconds", "connectedcalllength", "connectedcalllengthinseconds", "connectedseconds"),
        *("connectedduration", "talktime", "talkseconds", "talktimeseconds", "talktimesec", "talkduration"),
        *("agenttalktime", "billsec", "answeredduration", "answeredtime", "conversationduration", "lengthinsec"),
        *("callduration", "durationseconds", "durationinseconds", "durationsec", "duration", "calllength"),
        *("calllengthinseconds", "length"),
    ),
    "direction": ("direction", "calldirection", "calltype"),
    "price": ("leadprice", "leadcost", "pricepaid", "price", "cost", "payout", "payoutamount"),
    "campaign": ("campaign", "campaignname", "campaignid", "leadcampaign", "queue", "queuename", "skill"),
}

# Where a format says it elsewhere than the list above would look; () where it must not be guessed at all.
_NOT_TWILIOS: Mapping[str, tuple[str, ...]] = {
    field: () for field in FIELDS if field not in ("zip", "state", "loa", "campaign")
}
_NAMES_OF: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # twilio_formats.py knows where the rest stands.
    "twilio-csv": _NOT_TWILIOS,
    "twilio-json": _NOT_TWILIOS,
    "threegate": {},
    "csv": {},
    "ringba": {
        "at": ("calldt", "calldatetime", "calldate", "datetime"),
        "caller": ("callerid", "inboundphonenumber", "taginboundnumbernumber"),
        # Of an agency's own account the payout is what a lead cost; of a seller's, the revenue is.
        "price": ("payout", "payoutamount", "revenue", "conversionamount"),
    },
    "vicidial": {
        "at": ("calldate",),
        "caller": ("phonenumberdialed", "phonenumber"),
        "producer_name": ("fullname",),
        "agent": ("user",),
        "zip": ("postalcode",),
        "answered_seconds": ("lengthinsec",),
        "direction": ("altdial",),
        "campaign": ("campaignid",),
        "price": (),
    },
}


def bare(header: str) -> str:
    """A header's letters and digits, lowercase: "Caller ID" and caller_id are the same."""
    return "".join(character for character in header.casefold() if character.isalnum())


def chosen(path: Path, headers: Sequence[str], options: Options, format_name: str) -> dict[str, int]:
    """Where each field stands in the header, in the order of FIELDS; fields that no column says are left out."""
    said = {field: _said(path, field, header, headers) for field, header in options.columns.items()}
    places = {field: place for field, place in said.items() if place is not None}
    taken = set(places.values())
    by_name = _by_name(headers)
    for field in FIELDS:
        if field in said:
            continue
        for name in _NAMES_OF[format_name].get(field, _NAMES[field]):
            # Said for another field, a column is not what its name suggests.
            if (standing := [place for place in by_name.get(name, ()) if place not in taken]) and (
                place := _only(path, standing, headers)
            ) is not None:
                places[field] = place
                taken.add(place)
                break
    return {field: places[field] for field in FIELDS if field in places}


def place_of(path: Path, headers: Sequence[str], names: Sequence[str]) -> int | None:
    """Where the first of `names` stands that the file has."""
    by_name = _by_name(headers)
    for name in names:
        if standing := by_name.get(name):
            return _only(path, standing, headers)
    return None


def _by_name(headers: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        if not is_personal(header):
            found.setdefault(bare(header), []).append(place)
    return found


def _only(path: Path, standing: Sequence[int], headers: Sequence[str]) -> int:
    if len(standing) > 1:
        header = shortened(headers[standing[0]])
        raise Unreadable(f"{path}: the column {header!r} is there {len(standing)} times; rename all but one")
    return standing[0]


def _said(path: Path, field: str, header: str, headers: Sequence[str]) -> int | None:
    """Where the column that the person named stands; None where the field is not to be read."""
    if field not in FIELDS:
        raise Unreadable(f"--column: there is no field {shortened(field)!r}; the fields are {', '.join(FIELDS)}")
    if not header.strip():
        return None
    if is_personal(header):
        raise Unreadable(
            f"--column {field}: Social Security numbers and dates of birth are never read; name another column"
        )
    same = [place for place, there in enumerate(headers) if there == header.strip()]
    alike = [
        place for place, there in enumerate(headers) if bare(there) == bare(header) != "" and not is_personal(there)
    ]
    if not (standing := same or alike):
        raise Unreadable(f"{path}: there is no column {shortened(header)!r}; the columns are {listed(headers)}")
    return _only(path, standing, headers)
