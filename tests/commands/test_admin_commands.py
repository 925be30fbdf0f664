"""Keys that are replaced and revoked, and hours that are narrowed, by command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.storage import access
from app.storage.database import Database
from tests.commands.conftest import Threegate

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


def _opens(database: Database, key: str, at: datetime) -> bool:
    with database.read() as tx:
        return access.key_of(tx, key, at) is not None


def test_a_key_is_replaced_and_the_old_one_ends_after_its_hours(threegate: Threegate, database: Database) -> None:
    old = threegate.json("apikey", "create", "--name", "dialer", "--scope", "read")["key"]

    new = threegate.json("apikey", "rotate", "1", "--overlap", "2")

    assert (new["name"], new["scopes"]) == ("dialer", ["read"])
    assert _opens(database, old, NOW + timedelta(hours=1))
    assert not _opens(database, old, NOW + timedelta(hours=2, minutes=1))
    assert _opens(database, new["key"], NOW + timedelta(hours=3))
    threegate("apikey", "rotate", "1", "--overlap", "99999999", code=2)
    threegate("apikey", "rotate", "9", code=1)


def test_a_key_is_revoked_by_its_number_and_the_list_shows_no_key(threegate: Threegate, database: Database) -> None:
    key = threegate.json("apikey", "create", "--name", "dialer", "--scope", "read")["key"]

    threegate("apikey", "revoke", "1")

    assert not _opens(database, key, NOW + timedelta(seconds=1))
    (listed,) = threegate.json("apikey", "list")["keys"]
    assert (listed["id"], listed["name"], listed["in_force"]) == (1, "dialer", False)
    assert key not in threegate("apikey", "list").stdout
    threegate("apikey", "revoke", "1", code=1)
    threegate("apikey", "revoke", "9", code=1)


def test_a_key_may_end_by_itself(threegate: Threegate) -> None:
    threegate("apikey", "create", "--name", "visitor", "--scope", "read", "--days", "30")

    (listed,) = threegate.json("apikey", "list")["keys"]

    assert listed["ends_at"] is not None
    assert "1 to 3650" in threegate("apikey", "create", "--name", "x", "--scope", "read", "--days", "0", code=2).stderr


def test_hours_are_narrowed_listed_and_lifted(threegate: Threegate) -> None:
    narrowed = threegate.json("hours", "narrow", "ohio", "weekday", "09:00-18:00")
    threegate("hours", "narrow", "US", "sunday", "closed")

    assert narrowed["changed"] == {"before": "as the law", "after": "09:00-18:00"}
    assert [
        (one["jurisdiction"], one["day_class"], one["hours"]) for one in threegate.json("hours", "list")["hours"]
    ] == [
        ("OH", "weekday", "09:00-18:00"),
        ("US", "sunday", "closed"),
    ]
    threegate("hours", "lift", "OH", "weekday")
    assert [one["jurisdiction"] for one in threegate.json("hours", "list")["hours"]] == ["US"]


def test_what_would_widen_the_law_is_bad_input_that_names_the_rule(threegate: Threegate) -> None:
    told = threegate("hours", "narrow", "OH", "weekday", "07:00-18:00", code=2).stderr

    assert "would widen the law" in told
    assert "47 CFR 64.1200" in told
    threegate("hours", "narrow", "OH", "weekday", "always", code=2)
    threegate("hours", "narrow", "ZZ", "weekday", "09:00-18:00", code=2)
