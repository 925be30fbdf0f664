"""What was agreed with a vendor, by command."""

from __future__ import annotations

from app.storage import ledger
from app.storage.database import Database
from tests.commands.conftest import Threegate


def test_vendors_are_listed_with_their_trunks(threegate: Threegate) -> None:
    threegate("vendor", "add", "zenith", "--name", "Zenith")
    threegate("vendor", "add", "acme", "--name", "Acme", "--transfer-number", "800-555-0110")

    listed = threegate.json("vendor", "list")["vendors"]

    assert listed == [
        {"slug": "acme", "name": "Acme", "transfer_numbers": ["+18005550110"]},
        {"slug": "zenith", "name": "Zenith", "transfer_numbers": []},
    ]
    assert "Zenith" in threegate("vendor", "list").stdout


def test_terms_are_set_together_shown_with_their_defaults_and_written_down(
    threegate: Threegate, database: Database
) -> None:
    threegate("vendor", "add", "leadco", "--name", "Lead Company")

    made = threegate.json("vendor", "set", "leadco", "hourly_cap=25", "unanswered_per_hour=3")
    told = threegate("vendor", "set", "leadco", "hourly_cap=30", "daily_cap=none").stdout
    shown = threegate.json("vendor", "show", "leadco")

    assert made == {"slug": "leadco", "terms": {"hourly_cap": "25", "unanswered_per_hour": "3"}}
    assert told.splitlines() == ["hourly_cap: 30 (was 25)", "daily_cap: none (as it was)"]
    assert shown["terms"]["hourly_cap"] == {"value": "30", "default": "none"}
    assert shown["terms"]["unanswered_per_hour"] == {"value": "3", "default": "none"}
    assert shown["terms"]["dispute_days"] == {"value": "7", "default": "7"}
    assert (shown["now"]["leads_today"], shown["now"]["held_back_until"]) == (0, None)
    with database.read() as tx:
        entry = ledger.entry(tx, 2)
    assert entry is not None
    assert (entry.kind, entry.facts["vendor"]) == ("vendor_terms", "leadco")
    assert entry.facts["before"] == {"hourly_cap": "none", "unanswered_per_hour": "none"}
    assert entry.facts["after"] == {"hourly_cap": "25", "unanswered_per_hour": "3"}
    assert entry.actor.startswith("command:")


def test_one_bad_term_changes_nothing(threegate: Threegate) -> None:
    threegate("vendor", "add", "leadco", "--name", "Lead Company")

    told = threegate("vendor", "set", "leadco", "hourly_cap=25", "dispute_days=none", code=2).stderr

    assert "dispute_days" in told
    assert threegate.json("vendor", "show", "leadco")["terms"]["hourly_cap"]["value"] == "none"


def test_what_is_not_there_is_bad_input(threegate: Threegate) -> None:
    threegate("vendor", "show", "nobody", code=2)
    threegate("vendor", "set", "nobody", "hourly_cap=1", code=2)
    threegate("vendor", "set", "nobody", "hourly_cap", code=2)


def test_a_vendor_is_shown_in_lines_a_person_reads(threegate: Threegate) -> None:
    threegate("vendor", "add", "leadco", "--name", "Lead Company", "--transfer-number", "+18005550110")

    told = threegate("vendor", "show", "leadco").stdout

    assert told.splitlines()[:4] == [
        "vendor leadco: Lead Company, transfers from +18005550110",
        "calls: 0 this hour, 0 today",
        "leads: 0 this hour, 0 today",
        "unanswered calls this hour: 0",
    ]
