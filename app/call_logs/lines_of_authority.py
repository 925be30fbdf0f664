"""Which line of authority a call was for: its own column says, or its campaign, or the person for all calls."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from app.call_logs.cells import Remembered
from app.call_logs.layout import Options, Unreadable
from app.domain.lines import BadRequirement, Requirement
from app.rosters.errors import shortened

NO_LINE = "no line of authority"
NOT_A_LINE = "no line of authority that we know"


def reader(path: Path, options: Options, fields: Collection[str]) -> Callable[[str, str], str]:
    """From a row's own word and its campaign to the requirement, e.g. `property+casualty`; "" where nothing says one.

    `fields` are those that the file has columns for. Raises Unreadable where no row could ever say a line.
    """
    for said in (options.loa, *options.loa_by_campaign.values()):
        if said is not None and not required(said):
            raise Unreadable(f"--loa {shortened(said)}: {NOT_A_LINE}; say e.g. --loa life or --loa property+casualty")
    if options.loa_by_campaign and "campaign" not in fields:
        raise Unreadable(f"{path}: no column names the campaign; say which one does: --column campaign=HEADER")
    if options.loa is None and not options.loa_by_campaign and "loa" not in fields:
        raise Unreadable(f"{path}: say which line these calls were for: --loa life")

    by_campaign = {_known(campaign): required(loa) for campaign, loa in options.loa_by_campaign.items()}
    otherwise = required(options.loa) if options.loa is not None else ""
    of_row = Remembered(required)
    of_campaign = Remembered(lambda campaign: by_campaign.get(_known(campaign), otherwise))
    return lambda said, campaign: of_row[said] if said else of_campaign[campaign]


def required(text: str) -> str:
    """The requirement in its plain spelling; "" where the text is none."""
    try:
        return str(Requirement.parse(text))
    except BadRequirement:
        return ""


def _known(campaign: str) -> str:
    return campaign.strip().casefold()
