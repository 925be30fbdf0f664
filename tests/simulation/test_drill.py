"""The drill: every path on a copy; it tells what callers would experience, and says no where a promise is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.commands.drill_copy import CopiedProduct, NotMadeUp, check_made_up
from app.commands.drill_pairs import pairs_of
from app.domain import policy
from app.domain.drill_report import Covered, Experience
from app.domain.licensing import Status
from app.domain.lines import Requirement
from app.settings import Settings
from app.simulator.cast import packaged
from app.simulator.drill import drill
from app.simulator.drill_paths import PATHS
from app.simulator.drill_people import Pair
from app.storage import campaigns
from app.storage.database import Database
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.open_state import Document, Opened, open_state
from tests.builders import licensed, roster_file

if TYPE_CHECKING:
    from tests.databases import SqliteCopies

MORNING = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
AGENCY = "+18005550199"
REAL = Settings.model_construct(
    secret_key="real", twilio_account_sid="ACreal", twilio_auth_token="real", public_base_url="https://agency.example"
)


def agency(database: Database, roster: bytes, *states: str, **settings: str) -> None:
    """An agency with that roster and one campaign for life; `states` are open."""
    imported = import_roster(
        roster, file_name="roster.csv", actor="test", dry_run=False, database=database, now=MORNING
    )
    assert isinstance(imported, Imported), imported
    opened = open_state(
        states,
        document=Document("certificate.pdf", b"%PDF-1.4 test"),
        verified_by="compliance@example.com",
        zips=None,
        actor="test",
        database=database,
        now=MORNING,
    )
    assert isinstance(opened, Opened), opened
    with database.begin() as tx:
        campaigns.add(tx, number=AGENCY, name="Final expense", requirement=Requirement.parse("life"), vendor_id=None)
        campaign = campaigns.reached_by(tx, AGENCY)
        assert campaign is not None
        campaigns.change_settings(tx, campaign, settings, actor="test", now=MORNING)


def drilled(
    database: Database, folder: Path, state: str, *only: str, edit: Callable[[Pair], Pair] = lambda pair: pair
) -> Covered:
    """The drill of one state, of `only` some paths; `edit` may falsify what the drill holds the product against."""
    paths = [path for path in PATHS if not only or path.key in only]
    folder.mkdir(exist_ok=True)
    copied = CopiedProduct(database, REAL, folder, MORNING)
    try:
        (pair,) = pairs_of(copied, database, [state], (), None, MORNING)
        return drill(copied, edit(pair), pair.daytime(MORNING), paths=paths)
    finally:
        copied.close()


@pytest.fixture(scope="module")
def on_disk(sqlite_copies: SqliteCopies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with sqlite_copies.fresh(tmp_path_factory.mktemp("agency")) as url:
        database = Database(url, synchronous="OFF")
        agency(database, packaged("agency.csv"), "OH", ring_seconds="15")
        yield database
        database.dispose()


@pytest.fixture(scope="module")
def ohio(on_disk: Database, tmp_path_factory: pytest.TempPathFactory) -> Covered:
    return drilled(on_disk, tmp_path_factory.mktemp("ohio"), "OH")


@pytest.fixture
def empty(sqlite_copies: SqliteCopies, tmp_path: Path) -> Iterator[Database]:
    with sqlite_copies.fresh(tmp_path) as url:
        database = Database(url, synchronous="OFF")
        yield database
        database.dispose()


def on(covered: Covered, key: str) -> Experience:
    return next(experience for experience in covered.experiences if experience.key == key)


def heard(experience: Experience) -> str:
    return " ".join(line.text for line in experience.told if line.who == "caller")


# ---- what callers experience


def test_every_path_of_the_demo_agency_keeps_every_promise(ohio: Covered) -> None:
    assert [experience.key for experience in ohio.experiences] == [path.key for path in PATHS]
    assert {experience.key: experience.wrong for experience in ohio.experiences if experience.wrong} == {}
    assert ohio.skipped == ()
    assert ohio.passed


def test_it_is_told_who_may_take_the_call_and_why_others_may_not(ohio: Covered) -> None:
    why = {refused.name: refused.codes for refused in ohio.refused}

    assert set(ohio.licensed) == {"Grace Lee", "Ana Ruiz", "Frank Doyle", "Ivy Chen", "Sam Whitt"}
    assert why["Dana Cole"] == ("license_expired",)
    assert why["Eli Park"] == ("loa_missing",)
    assert ohio.refused_total == 7


def test_the_caller_hears_who_is_rung_and_is_connected(ohio: Covered) -> None:
    accepted = on(ohio, "accepted")

    (rung,) = accepted.rung
    assert rung.outcome == "pressed 1 and was connected"
    assert accepted.outcome.startswith(f"Connected to {rung.name} after ")
    assert "please key your five digit ZIP code" in heard(accepted)
    assert {other.why for other in accepted.not_rung} == {f"not needed: {rung.name} took the call"}
    assert len(accepted.not_rung) == len(ohio.licensed) - 1


def test_the_next_one_is_rung_where_the_first_does_not_answer(ohio: Covered) -> None:
    first, second = on(ohio, "next_accepts").rung

    assert (first.outcome, second.outcome) == ("did not answer", "pressed 1 and was connected")
    assert first.npn != second.npn


@pytest.mark.parametrize("key", ["suspended", "home_suspended"])
def test_whose_authority_goes_while_the_phone_rings_is_not_connected(ohio: Covered, key: str) -> None:
    first, *others = on(ohio, key).rung

    assert "the right to take this call is gone" in first.outcome
    assert first.npn not in {other.npn for other in others}


def test_a_promise_is_told_and_kept(ohio: Covered) -> None:
    promised = on(ohio, "called_back")

    assert "We will call you back within 5 minutes." in heard(promised)
    assert "Promised a call, and called back by" in promised.outcome
    assert promised.person_after_seconds is not None
    assert promised.promise_after_seconds is not None
    assert promised.promise_after_seconds < promised.person_after_seconds < 300
    assert promised.custody == "served"


def test_nobody_licensed_is_a_supervisors_work_at_once(ohio: Covered) -> None:
    nobody = on(ohio, "nobody_licensed")

    assert nobody.rung == ()
    assert "We have no agent who may take your call from Ohio." in heard(nobody)
    assert nobody.custody == "escalated"


def test_a_silent_caller_of_an_unknown_state_is_asked_in_both_languages(ohio: Covered) -> None:
    unknown = on(ohio, "unknown_state")

    assert unknown.rung == ()
    assert "five digit ZIP code" in heard(unknown)
    assert "código postal" in heard(unknown)


def test_outside_the_hours_the_promise_is_for_the_morning(ohio: Covered) -> None:
    night = on(ohio, "outside_hours")

    assert night.at == datetime(2026, 11, 19, 1, 30, tzinfo=UTC)
    assert night.promised_by == datetime(2026, 11, 19, 13, 5, tzinfo=UTC)


def test_who_hangs_up_is_texted_and_who_said_stop_is_not(ohio: Covered) -> None:
    left, stop = on(ohio, "hangs_up"), on(ohio, "said_stop")

    assert any(line.kind == "text" and "from us" in line.text for line in left.told)
    assert not any("from us" in line.text for line in stop.told)
    assert stop.promise_after_seconds is None


def test_callers_are_people_whom_nobody_can_reach(ohio: Covered) -> None:
    callers = [experience.caller for experience in ohio.experiences if experience.caller != "anonymous"]

    assert all(caller[5:10] == "55501" for caller in callers)


# ---- where the roster is thin


def test_where_nobody_is_licensed_only_the_paths_without_anybody_are_drilled(empty: Database, tmp_path: Path) -> None:
    agency(empty, roster_file(licensed("Ana", 1, "PA")), "OH")

    covered = drilled(empty, tmp_path / "drill", "OH")

    assert covered.passed
    assert [one.key for one in covered.experiences] == [path.key for path in PATHS if not path.licensed]
    assert {one.why for one in covered.skipped} == {
        "nobody is licensed",
        "nobody is licensed here whose home is elsewhere",
    }
    assert covered.gaps[0] == "Nobody is licensed in Ohio: every caller goes to the supervisors' list."


def test_a_state_that_hangs_by_one_producer_is_told(empty: Database, tmp_path: Path) -> None:
    ends_soon = licensed("Ana", 1, "OH")
    ends_soon = ends_soon.holding(replace(ends_soon.held[0], expires="2026-12-01"))
    agency(empty, roster_file(ends_soon), "OH")

    covered = drilled(empty, tmp_path / "drill", "OH", "accepted", "next_accepts")

    assert covered.passed, [one.wrong for one in covered.experiences]
    assert covered.gaps[:2] == (
        "Only Ana Tester is licensed: nobody is left while they are away or in a talk.",
        "Within 30 days nobody is left: Ana Tester, unless renewed or verified anew.",
    )


def test_a_state_that_is_not_open_is_drilled_as_if_it_were(empty: Database, tmp_path: Path) -> None:
    agency(empty, roster_file(licensed("Ana", 1, "OH"), licensed("Pat", 2, "PA")), "PA")

    covered = drilled(empty, tmp_path / "drill", "OH", "accepted", "nobody_licensed")

    assert covered.as_if_open
    assert covered.passed, [one.wrong for one in covered.experiences]
    assert covered.licensed == ("Ana Tester",)


@pytest.mark.parametrize(
    "settings",
    [
        {"languages": "es"},
        {"ask": "no", "when_nobody": "return"},
        {"text_sender": "MG0123456789abcdef0123456789abcdef", "buffer_seconds": "45"},
    ],
    ids=lambda settings: "+".join(settings),
)
def test_a_campaigns_settings_are_no_broken_promise(empty: Database, tmp_path: Path, settings: dict[str, str]) -> None:
    agency(empty, roster_file(licensed("Ana", 1, "OH"), licensed("Ben", 2, "PA", "OH")), "OH", **settings)

    covered = drilled(empty, tmp_path / "drill", "OH", "next_accepts", "called_back", "hangs_up", "withheld_number")

    assert [one.wrong for one in covered.experiences] == [(), (), (), ()]


# ---- it says no


def test_a_phone_that_rings_without_authority_is_told(on_disk: Database, tmp_path: Path) -> None:
    """As if the product's gate let somebody through whom the rule refuses."""

    def revoked(pair: Pair) -> Pair:
        return replace(
            pair,
            producers=tuple(
                replace(one, licenses=tuple(replace(held, status=Status.REVOKED) for held in one.licenses))
                if one.name != "Sam Whitt"
                else one
                for one in pair.producers
            ),
        )

    covered = drilled(on_disk, tmp_path, "OH", "accepted", edit=revoked)

    wrong = on(covered, "accepted").wrong
    assert not covered.passed
    assert any(why.endswith("has no authority for this call, and was rung") for why in wrong)
    assert any(why.endswith("had no authority at that moment, and was connected") for why in wrong)


def test_a_promise_at_an_hour_that_is_not_open_is_told(on_disk: Database, tmp_path: Path) -> None:
    """As if the product took other hours for lawful than there are."""
    afternoon = policy.parse_hours("Mon-Fri 14:00-15:00")

    covered = drilled(
        on_disk,
        tmp_path,
        "OH",
        "withheld_number",
        edit=lambda pair: replace(pair, policy=replace(pair.policy, hours=afternoon)),
    )

    assert any("when this person may not be called" in why for why in on(covered, "withheld_number").wrong)


# ---- it cannot dial anyone


def test_the_carrier_client_knows_no_address_but_the_pretended_one(on_disk: Database, tmp_path: Path) -> None:
    copied = CopiedProduct(on_disk, REAL, tmp_path, MORNING)
    try:
        (pair,) = pairs_of(copied, on_disk, ["OH"], (), None, MORNING)
        copied.begin(pair, MORNING)

        with pytest.raises(Exception, match="No connection adapters"):
            copied.session.get("https://api.twilio.com/2010-04-01/Accounts.json")
    finally:
        copied.close()


@pytest.mark.parametrize("name", ["twilio_auth_token", "twilio_account_sid", "secret_key"])
def test_nothing_is_drilled_with_a_credential_of_the_installation(name: str, tmp_path: Path) -> None:
    copied = Settings.model_construct(
        secret_key="a", twilio_account_sid="b", twilio_auth_token="c", public_base_url="https://drill.invalid"
    )

    with pytest.raises(NotMadeUp, match=name):
        check_made_up(copied.model_copy(update={name: "real"}), REAL.model_copy(update={name: "real"}))


def test_each_path_begins_with_the_copy_as_it_was_taken(on_disk: Database, tmp_path: Path) -> None:
    copied = CopiedProduct(on_disk, REAL, tmp_path, MORNING)
    try:
        (pair,) = pairs_of(copied, on_disk, ["OH"], (), None, MORNING)
        copied.begin(pair, MORNING)
        copied.take_authority_away("OH")
        copied.clock.advance(timedelta(days=1).total_seconds())

        copied.begin(pair, MORNING)

        (again,) = pairs_of(copied, on_disk, ["OH"], (), None, MORNING)
        assert [one.name for one in again.licensed(MORNING)] == [one.name for one in pair.licensed(MORNING)]
        assert copied.clock.now() == MORNING
    finally:
        copied.close()
