"""Add a vendor, or bring its name and the numbers it transfers from up to date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from app.domain import phone
from app.storage import campaigns, ledger
from app.storage.campaigns import Vendor
from app.storage.database import Database
from app.workflows.admin.refused import Refused, is_line, refused

LONGEST_NAME = 200
MOST_TRUNKS = 200

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)


def keep_vendor(
    slug: str,
    *,
    name: str,
    trunks: Sequence[str],
    actor: str,
    database: Database,
    now: datetime,
    new: bool = False,
) -> Vendor | Refused:
    """The vendor as it is now: what is not given any more is gone. `new`: one that is there already is refused."""
    numbers = {text: phone.parse(text) for text in trunks}
    errors: dict[str, str] = {}
    if not _SLUG.fullmatch(slug):
        errors["slug"] = f"{slug[:60]!r}: a slug is 1 to 60 small letters, digits, - and _"
    if not is_line(name, LONGEST_NAME):
        errors["name"] = f"one line of 1 to {LONGEST_NAME} characters"
    if bad := [text for text, number in numbers.items() if number is None]:
        errors["transfer_numbers"] = f"{bad[0][:40]!r}: not a telephone number"
    if len(numbers) > MOST_TRUNKS:
        errors["transfer_numbers"] = f"at most {MOST_TRUNKS} numbers"
    if errors:
        return Refused(errors)
    wanted = list(dict.fromkeys(number.e164 for number in numbers.values() if number))
    with database.begin() as tx:
        known = campaigns.vendor(tx, slug)
        if new and known is not None:
            return refused("slug", f"{slug!r}: there is a vendor of that name already")
        for number in wanted:
            owner = campaigns.vendor_of_trunk(tx, number)
            if owner is not None and (known is None or known.vendor_id != owner):
                return refused("transfer_numbers", f"{number}: it is another vendor's already")
        campaigns.add_vendor(tx, slug=slug, name=name, trunks=wanted)
        facts = {"slug": slug, "name": name, "transfer_numbers": wanted}
        ledger.write(tx, kind="vendor_set", now=now, actor=actor, facts=facts)
        kept = campaigns.vendor(tx, slug)
        assert kept is not None
        return kept
