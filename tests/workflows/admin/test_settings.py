"""Settings, teams, numbers, vendors and keys: one act each, in the ledger with who did it, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import policy, setting_words
from app.domain.policy import CHOICES, Policy
from app.storage import access, campaigns
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.workflows.admin.add_campaign import add_campaign
from app.workflows.admin.add_number import NumberAdded, add_number
from app.workflows.admin.change_settings import SettingsChanged, change_settings, reset_settings
from app.workflows.admin.change_team import Standing, TeamChanged, put_on_team, take_off_team
from app.workflows.admin.create_key import KeyCreated, create_key
from app.workflows.admin.end_key import revoke_key, rotate_key
from app.workflows.admin.keep_vendor import keep_vendor
from app.workflows.admin.refused import Refused
from app.workflows.licenses.import_roster import import_roster
from tests.builders import licensed, roster_file
from tests.workflows.admin.ledger import entries

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
ANN = "user:ann@agency.example"
ANA = licensed("Ana", 1, "OH")


def _add(database: Database, **change: str) -> Campaign | Refused:
    given = {"number": "+18005550199", "name": "Final expense", "loa": "life"} | change
    return add_campaign(
        number=given["number"],
        name=given["name"],
        loa=given["loa"],
        vendor=given.get("vendor"),
        settings={},
        actor=ANN,
        database=database,
        now=NOW,
    )


@pytest.fixture
def campaign(database: Database) -> Campaign:
    added = _add(database)
    assert isinstance(added, Campaign), added
    return added


def _now(database: Database, campaign: Campaign) -> Campaign:
    with database.read() as tx:
        return campaigns.by_id(tx, campaign.campaign_id)


def test_every_setting_has_its_words_and_every_choice_its_own() -> None:
    assert sorted(setting_words.KEYS) == sorted(policy.spelled(Policy()))
    assert {key: tuple(words) for key, words in setting_words.CHOICES.items()} == CHOICES


# ---- campaigns


def test_everything_that_is_wrong_with_a_campaign_is_told_at_once(database: Database) -> None:
    refusal = _add(database, number="12", name="a\nb", loa="boats")

    assert isinstance(refusal, Refused)
    assert set(refusal.errors) == {"number", "name", "loa"}
    assert entries(database) == []


def test_a_setting_goes_back_to_its_default_as_if_it_had_never_been_set(database: Database, campaign: Campaign) -> None:
    change_settings(campaign.campaign_id, {"ring_seconds": "15"}, actor=ANN, database=database, now=NOW)

    back = reset_settings(
        campaign.campaign_id, ["ring_seconds"], actor="user:bob@agency.example", database=database, now=NOW
    )

    assert isinstance(back, SettingsChanged)
    assert (back.before, back.after) == ({"ring_seconds": "15"}, {"ring_seconds": "20"})
    after = _now(database, campaign)
    assert (after.policy, after.settings) == (Policy(), {})
    with database.read() as tx:
        change = campaigns.last_changes(tx, campaign.campaign_id)["ring_seconds"]
    assert (change.before, change.after, change.actor) == ("15", "20", "user:bob@agency.example")
    assert [entry.kind for entry in entries(database)] == ["campaign_added", "campaign_set", "campaign_set"]


def test_what_somebody_else_has_set_meanwhile_is_not_overwritten(database: Database, campaign: Campaign) -> None:
    seen = policy.spelled(campaign.policy)
    change_settings(
        campaign.campaign_id, {"ring_seconds": "15"}, actor="user:bob@agency.example", database=database, now=NOW
    )

    late = change_settings(
        campaign.campaign_id,
        {"ring_seconds": "30", "max_attempts": "5"},
        expected=seen,
        actor=ANN,
        database=database,
        now=NOW,
    )

    assert isinstance(late, Refused)
    assert set(late.errors) == {"ring_seconds"}
    assert "15" in late.errors["ring_seconds"]
    assert _now(database, campaign).policy == Policy(ring_seconds=15)


def test_every_wrong_setting_is_named_and_none_is_set(database: Database, campaign: Campaign) -> None:
    texts = {"ring_seconds": "900", "price": "$5", "hours": "always", "carrier": "a\0b", "max_attempts": "5"}

    refusal = change_settings(campaign.campaign_id, texts, actor=ANN, database=database, now=NOW)

    assert isinstance(refusal, Refused)
    assert set(refusal.errors) == {"ring_seconds", "price", "hours", "carrier"}
    assert "5 to 60" in refusal.errors["ring_seconds"]
    assert _now(database, campaign).policy == Policy()


def test_a_campaign_that_is_not_there_is_none(database: Database) -> None:
    assert change_settings(9, {"ask": "no"}, actor=ANN, database=database, now=NOW) is None
    assert reset_settings(9, ["ask"], actor=ANN, database=database, now=NOW) is None
    assert put_on_team(9, ["1"], Standing(), actor=ANN, database=database, now=NOW) is None
    assert take_off_team(9, ["1"], actor=ANN, database=database, now=NOW) is None
    assert add_number(9, number="+18005550198", pool=False, state=None, actor=ANN, database=database, now=NOW) is None


def test_a_team_is_changed_as_a_whole_or_not_at_all(database: Database, campaign: Campaign) -> None:
    import_roster(roster_file(ANA), file_name="r.csv", actor="test", dry_run=False, database=database, now=NOW)

    with_nobody = put_on_team(campaign.campaign_id, [ANA.npn, "1"], Standing(), actor=ANN, database=database, now=NOW)
    too_heavy = put_on_team(campaign.campaign_id, [ANA.npn], Standing(weight=0), actor=ANN, database=database, now=NOW)
    assert isinstance(with_nobody, Refused)
    assert isinstance(too_heavy, Refused)
    assert _now(database, campaign).team is None

    changed = put_on_team(campaign.campaign_id, [ANA.npn], Standing(cap=3), actor=ANN, database=database, now=NOW)

    assert changed == TeamChanged(campaign.number, 1)
    assert take_off_team(campaign.campaign_id, [ANA.npn], actor=ANN, database=database, now=NOW) == TeamChanged(
        campaign.number, 0
    )
    assert isinstance(take_off_team(campaign.campaign_id, [ANA.npn], actor=ANN, database=database, now=NOW), Refused)
    assert [entry.facts["change"] for entry in entries(database) if entry.kind == "campaign_team"] == ["add", "remove"]


def test_a_number_may_be_for_one_state(database: Database, campaign: Campaign) -> None:
    added = add_number(
        campaign.campaign_id, number="800 555 0198", pool=True, state="oh", actor=ANN, database=database, now=NOW
    )

    assert added == NumberAdded("+18005550198", campaign.number, True, "OH")


# ---- vendors


def test_two_vendors_never_share_a_trunk_and_a_new_one_never_replaces_another(database: Database) -> None:
    keep_vendor("acme", name="Acme", trunks=["+18005550110"], actor=ANN, database=database, now=NOW)

    shared = keep_vendor("other", name="Other", trunks=["+18005550110"], actor=ANN, database=database, now=NOW)
    again = keep_vendor("acme", name="Mine", trunks=[], new=True, actor=ANN, database=database, now=NOW)

    assert isinstance(shared, Refused)
    assert isinstance(again, Refused)
    with database.read() as tx:
        assert [(one.slug, one.name, one.trunks) for one in campaigns.vendors(tx)] == [
            ("acme", "Acme", ("+18005550110",))
        ]


# ---- keys


def _key(database: Database) -> tuple[str, int]:
    made = create_key(name="dialer", scopes=["read"], vendor=None, actor=ANN, database=database, now=NOW)
    assert isinstance(made, KeyCreated)
    with database.read() as tx:
        return made.key, access.keys(tx, limit=1)[0].id


def _opens(database: Database, key: str, at: datetime) -> bool:
    with database.read() as tx:
        return access.key_of(tx, key, at) is not None


def test_a_revoked_key_opens_nothing_from_then_on(database: Database) -> None:
    key, key_id = _key(database)

    revoke_key(key_id, actor=ANN, database=database, now=NOW)

    assert not _opens(database, key, NOW)
    assert isinstance(revoke_key(key_id, actor=ANN, database=database, now=NOW), Refused)
    assert revoke_key(99, actor=ANN, database=database, now=NOW) is None
    assert [entry.kind for entry in entries(database)] == ["apikey_created", "apikey_revoked"]


def test_a_replaced_key_works_on_for_its_hours_and_then_ends_by_itself(database: Database) -> None:
    old, key_id = _key(database)

    made = rotate_key(key_id, overlap=timedelta(hours=24), actor=ANN, database=database, now=NOW)

    assert isinstance(made, KeyCreated)
    assert (made.name, made.scopes) == ("dialer", ("read",))
    assert _opens(database, old, NOW + timedelta(hours=23, minutes=59))
    assert not _opens(database, old, NOW + timedelta(hours=24))
    assert _opens(database, made.key, NOW + timedelta(days=365))
    assert made.key not in repr(made)
    assert all(made.key not in str(entry.facts) for entry in entries(database))


def test_a_key_never_gets_longer_to_live(database: Database) -> None:
    old, key_id = _key(database)
    rotate_key(key_id, overlap=timedelta(hours=1), actor=ANN, database=database, now=NOW)

    rotate_key(key_id, overlap=timedelta(hours=100), actor=ANN, database=database, now=NOW)

    assert not _opens(database, old, NOW + timedelta(hours=1))
    assert isinstance(rotate_key(key_id, overlap=timedelta(days=31), actor=ANN, database=database, now=NOW), Refused)


@pytest.mark.parametrize(
    ("name", "scopes", "field"), [("", ["read"], "name"), ("n", [], "scopes"), ("n", ["root"], "scopes")]
)
def test_a_key_that_cannot_be_is_refused(database: Database, name: str, scopes: list[str], field: str) -> None:
    refusal = create_key(name=name, scopes=scopes, vendor=None, actor=ANN, database=database, now=NOW)

    assert isinstance(refusal, Refused)
    assert set(refusal.errors) == {field}
    assert entries(database) == []


def test_every_scope_is_explained() -> None:
    assert tuple(access.SCOPE_WORDS) == access.SCOPES
