"""Vendors, campaigns, keys: what is done before the first call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain import policy
from app.domain.policy import Policy
from app.storage import access, campaigns, ledger
from app.storage.database import Database
from tests.builders import licensed
from tests.commands.conftest import Threegate

NUMBER = "+18005550199"
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
ANA, BEN = licensed("Ana", 1, "OH", "PA"), licensed("Ben", 2, "PA")


def _kinds(database: Database) -> list[str]:
    with database.read() as tx:
        found = [ledger.entry(tx, number) for number in range(1, 100)]
    return [entry.kind for entry in found if entry is not None]


# ---- keys


def test_a_key_is_printed_once_with_its_scopes(threegate: Threegate, database: Database) -> None:
    made = threegate.json("apikey", "create", "--name", "dialer", "--scope", "authority", "--scope", "read")

    assert set(made) == {"key", "name", "scopes"}
    assert (made["name"], made["scopes"]) == ("dialer", ["authority", "read"])
    with database.read() as tx:
        key = access.key_of(tx, made["key"], NOW)
    assert key is not None
    assert key.scopes == {"authority", "read"}
    assert _kinds(database) == ["apikey_created"]


@pytest.mark.parametrize(
    "scopes", [("--scope", "read", "vendor"), ("--scope", "read,vendor"), ("--scope", "read", "--scope", "vendor")]
)
def test_several_scopes_may_be_written_in_any_way(threegate: Threegate, scopes: tuple[str, ...]) -> None:
    assert threegate.json("apikey", "create", "--name", "n", *scopes)["scopes"] == ["read", "vendor"]


def test_an_unknown_scope_names_those_that_there_are(threegate: Threegate) -> None:
    told = threegate("apikey", "create", "--name", "n", "--scope", "read", "--scope", "root", code=2).stderr

    assert "'root'" in told
    assert all(scope in told for scope in access.SCOPES)


def test_without_json_the_key_alone_is_on_standard_output(threegate: Threegate) -> None:
    shown = threegate("apikey", "create", "--name", "n", "--scope", "read")

    assert access.is_key(shown.stdout.strip())
    assert shown.stdout.strip() not in shown.stderr


def test_a_key_may_be_a_vendors(threegate: Threegate, database: Database) -> None:
    threegate("vendor", "add", "acme", "--name", "Acme")
    made = threegate.json("apikey", "create", "--name", "n", "--scope", "vendor", "--vendor", "acme")

    with database.read() as tx:
        key, vendor = access.key_of(tx, made["key"], NOW), campaigns.vendor(tx, "acme")
    assert key is not None
    assert vendor is not None
    assert key.vendor_id == vendor.vendor_id
    threegate("apikey", "create", "--name", "n", "--scope", "vendor", "--vendor", "nobody", code=2)


# ---- vendors


def test_a_vendor_has_a_name_and_trunks(threegate: Threegate, database: Database) -> None:
    made = threegate.json(
        "vendor",
        "add",
        "acme",
        "--name",
        "Acme",
        "--transfer-number",
        "800-555-0110",
        "--transfer-number",
        "+18005550111",
    )

    assert made == {"slug": "acme", "name": "Acme", "transfer_numbers": ["+18005550110", "+18005550111"]}
    threegate("vendor", "add", "acme", "--name", "Acme Inc", "--transfer-number", "+18005550112")
    with database.read() as tx:
        vendor = campaigns.vendor(tx, "acme")
    assert vendor is not None
    assert (vendor.name, vendor.trunks) == ("Acme Inc", ("+18005550112",))


@pytest.mark.parametrize(
    "arguments",
    [
        ("Acme!", "--name", "x"),
        ("acme", "--name", ""),
        ("acme", "--name", "x", "--transfer-number", "anonymous"),
        ("other", "--name", "x", "--transfer-number", "+18005550110"),
    ],
)
def test_a_vendor_that_cannot_be_is_refused(threegate: Threegate, arguments: tuple[str, ...]) -> None:
    threegate("vendor", "add", "first", "--name", "First", "--transfer-number", "+18005550110")

    threegate("vendor", "add", *arguments, code=2)


# ---- campaigns


def test_a_new_campaign_tells_the_rosters_gaps(threegate: Threegate, database: Database) -> None:
    threegate.roster(ANA, BEN)
    threegate.open("OH", "TX")

    made = threegate.json("campaign", "add", "--number", NUMBER, "--name", "Final expense", "--loa", "life")

    assert made == {
        "number": NUMBER,
        "name": "Final expense",
        "loa": "life",
        "vendor": None,
        "gaps": {"open_without_authority": ["TX"], "authority_but_not_open": ["PA"]},
    }
    assert "campaign_added" in _kinds(database)


def test_gaps_are_told_on_standard_error_for_a_person(threegate: Threegate) -> None:
    threegate.open("TX")

    shown = threegate.campaign()

    assert "TX" in shown.stderr
    assert "TX" not in shown.stdout


def test_a_health_campaign_that_records_nothing_stands_warned(threegate: Threegate) -> None:
    health = ("--number", NUMBER, "--name", "Medicare", "--loa", "life|health")

    added = threegate("campaign", "add", *health).stderr
    shown = threegate("campaign", "show", NUMBER).stderr
    shown_as_json = threegate("campaign", "show", NUMBER, "--json").stderr
    threegate("campaign", "set", NUMBER, "recording=announce_first")
    recording = threegate("campaign", "show", NUMBER).stderr

    assert "records nothing" in added
    assert shown in added
    assert shown == shown_as_json
    assert recording == ""


def test_a_campaign_for_other_lines_is_not_warned(threegate: Threegate) -> None:
    threegate.campaign()

    assert threegate("campaign", "show", NUMBER).stderr == ""


def test_a_number_has_one_campaign(threegate: Threegate) -> None:
    threegate.campaign()

    told = threegate("campaign", "add", "--number", "(800) 555-0199", "--name", "x", "--loa", "life", code=2).stderr

    assert "already" in told


@pytest.mark.parametrize(
    "change",
    [
        {"--number": "12"},
        {"--loa": "boats"},
        {"--loa": "life+"},
        {"--name": ""},
        {"--vendor": "nobody"},
        {"--set": "ring_seconds=900"},
        {"--set": "volume=11"},
        {"--set": "ring_seconds"},
    ],
)
def test_a_campaign_that_cannot_be_leaves_nothing_behind(
    threegate: Threegate, database: Database, change: dict[str, str]
) -> None:
    options = {"--number": NUMBER, "--name": "x", "--loa": "life", **change}

    threegate("campaign", "add", *(part for option in options.items() for part in option), code=2)

    with database.read() as tx:
        assert campaigns.everything(tx) == []
    assert _kinds(database) == []


def test_settings_are_changed_together_or_not_at_all(threegate: Threegate, database: Database) -> None:
    threegate.campaign(NUMBER, "--set", "ring_seconds=15", "--set", "ask=no")

    threegate("campaign", "set", NUMBER, "max_attempts=5", "ring_seconds=1", code=2)
    changed = threegate.json("campaign", "set", NUMBER, "max_attempts=5", "carrier=Acme Life")

    assert changed == {"number": NUMBER, "settings": {"max_attempts": "5", "carrier": "Acme Life"}}
    with database.read() as tx:
        [campaign] = campaigns.everything(tx)
    assert campaign.policy == Policy(ring_seconds=15, ask=False, max_attempts=5, carrier="Acme Life")
    assert _kinds(database) == ["campaign_added", "campaign_set"]


def test_a_campaign_is_shown_with_every_setting_its_default_and_who_changed_it(threegate: Threegate) -> None:
    threegate.campaign(NUMBER, "--set", "ring_seconds=15")

    shown = threegate.json("campaign", "show", NUMBER)

    assert list(shown["settings"]) == list(policy.spelled(Policy()))
    ring = shown["settings"]["ring_seconds"]
    assert (ring["value"], ring["default"], ring["changed_at"]) == ("15", "20", "2026-11-18T15:00:00Z")[:3]
    assert ring["changed_by"].startswith("command:")
    assert shown["settings"]["ask"] == {"value": "yes", "default": "yes", "changed_at": None, "changed_by": None}
    assert "ring_seconds" in threegate("campaign", "show", NUMBER).stdout


def test_a_further_number_reaches_the_campaign(threegate: Threegate) -> None:
    threegate.campaign()

    threegate("campaign", "number", "add", "+18005550198", "--campaign", NUMBER, "--pool", "--state", "OH")

    assert threegate.json("campaign", "show", NUMBER)["numbers"] == [
        {"number": "+18005550198", "pool": True, "state": "OH"},
        {"number": NUMBER, "pool": False, "state": None},
    ]
    threegate("campaign", "number", "add", "+18005550198", "--campaign", NUMBER, code=2)
    threegate("campaign", "number", "add", "+18005550197", "--campaign", "+18005550101", code=2)
    threegate("campaign", "number", "add", "+18005550197", "--campaign", NUMBER, "--state", "ZZ", code=2)


def test_a_team_is_put_together_and_taken_apart(threegate: Threegate) -> None:
    threegate.roster(ANA, BEN)
    threegate.campaign()

    how = ("--priority", "2", "--weight", "3", "--cap", "9", "--language", "es")
    threegate("campaign", "team", NUMBER, "add", ANA.npn, BEN.npn, *how)
    threegate("campaign", "team", NUMBER, "remove", BEN.npn)

    assert threegate.json("campaign", "show", NUMBER)["team"] == [
        {"npn": ANA.npn, "priority": 2, "weight": 3, "cap": 9, "language": "es"}
    ]
    assert "everybody" in threegate("campaign", "team", NUMBER, "remove", ANA.npn).stderr
    threegate("campaign", "team", NUMBER, "remove", ANA.npn, code=2)
    threegate("campaign", "team", NUMBER, "add", "123", code=2)


@pytest.mark.parametrize("arguments", [("show", "+18005550101"), ("set", "+18005550101", "ask=no"), ("show", "x")])
def test_a_campaign_that_is_not_there_is_bad_input(threegate: Threegate, arguments: tuple[str, ...]) -> None:
    threegate("campaign", *arguments, code=2)


# ---- what is missing


def test_the_doctor_names_each_mend_until_all_is_well(
    tmp_path: Path, database_url: str, make_threegate: Callable[..., Threegate]
) -> None:
    threegate = make_threegate(database_url)

    ill = threegate.json("doctor", code=1)
    threegate.roster(ANA)
    threegate.open("OH")
    threegate.campaign()
    well = threegate.json("doctor")

    assert ill["ok"] is False
    assert _to_mend(ill) == ["numbers", "states", "roster"]
    assert (well["ok"], _to_mend(well)) == (True, [])


def test_the_doctor_says_when_dialing_is_off(threegate: Threegate) -> None:
    threegate("dial", "off", "--because", "odd bill")

    told = next(one for one in threegate.json("doctor", code=1)["findings"] if one["what"] == "dialing")

    assert "odd bill" in told["told"]
    assert told["hint"]


def _to_mend(found: dict[str, Any]) -> list[str]:
    return [finding["what"] for finding in found["findings"] if finding["mend"]]


@pytest.mark.parametrize(
    ("environment", "what"),
    [
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, "database"),
        ({"THREEGATE_JOURNAL_DIR": "/proc/nothing"}, "journal"),
        ({"TWILIO_API_KEY_SID": "SK00000000000000000000000000000000"}, "softphone"),
        ({"TWILIO_API_KEY_SECRET": "a secret without its key"}, "softphone"),
    ],
)
def test_the_doctor_finds_what_is_wrong_with_the_settings(
    threegate: Threegate, environment: dict[str, str], what: str
) -> None:
    threegate.environment |= environment

    assert what in _to_mend(threegate.json("doctor", code=1))
