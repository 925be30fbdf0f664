"""The admin's work by clicking, and then what the product says of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from app.domain.policy import Policy
from app.storage import agency_hours as hours_kept
from app.storage import campaigns, ledger
from app.storage.campaigns import Campaign
from app.storage.ledger import Entry
from app.workflows.do_requested import do_requested
from tests.builders import Held, licensed, roster_file
from tests.console.conftest import Visitor
from tests.product import AGENCY, Stage

ANA, BEN = licensed("Ana", 1, "OH", "TX"), licensed("Ben", 2, "PA")


def _campaign(stage: Stage) -> Campaign:
    with stage.database.read() as tx:
        found = campaigns.reached_by(tx, AGENCY)
    assert found is not None
    return found


def _entries(stage: Stage, kind: str) -> list[Entry]:
    with stage.database.read() as tx:
        found = [ledger.entry(tx, number) for number in range(1, 200)]
    return [entry for entry in found if entry is not None and entry.kind == kind]


def test_a_campaign_is_added_and_its_gaps_are_shown(person: Callable[..., Visitor], stage: Stage) -> None:
    stage.import_roster(ANA, BEN)
    admin = person("admin")
    page = admin.go("/admin/campaigns")
    admin.check()
    admin.shoot("admin-campaigns")

    page.get_by_role("link", name="Add a campaign").click()
    page.get_by_label("Name").fill("Medicare supplement")
    page.get_by_label("Number").fill("nonsense")
    page.get_by_label("Lines of authority needed").fill("health")
    page.get_by_role("button", name="Add the campaign").click()
    expect(page.get_by_text("not a telephone number")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Medicare supplement")
    admin.check()
    admin.shoot("admin-campaign-new")
    page.get_by_label("Number").fill("(800) 555-0150")
    page.get_by_role("button", name="Add the campaign").click()

    expect(page.get_by_role("heading", name="Medicare supplement")).to_be_visible()
    expect(page.get_by_text("Records nothing.")).to_be_visible()
    open_gap = page.locator(".panel").filter(has_text="nobody could take the call")
    expect(open_gap.get_by_text("Ohio")).to_be_visible()
    admin.check()
    admin.shoot("admin-gaps")
    with stage.database.read() as tx:
        added = campaigns.reached_by(tx, "+18005550150")
    assert added is not None
    assert str(added.requirement) == "health"
    assert [entry.actor for entry in _entries(stage, "campaign_added")] == ["user:admin@agency.example"]


def test_settings_are_changed_and_reset_with_who_and_when(person: Callable[..., Visitor], stage: Stage) -> None:
    admin = person("admin")
    page = admin.go(f"/admin/campaigns/{_campaign(stage).campaign_id}")

    page.get_by_label("Ring time").fill("900")
    page.get_by_label("Recording", exact=True).select_option("announce_first")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("expected a whole number from 5 to 60")).to_be_visible()
    expect(page.get_by_label("Ring time")).to_have_value("900")
    expect(page.get_by_label("Recording", exact=True)).to_have_value("announce_first")
    assert _campaign(stage).policy == Policy()
    admin.check()
    admin.shoot("admin-settings-wrong")

    page.get_by_label("Ring time").fill("15")
    page.get_by_label("Ring time").press("Enter")
    expect(page.get_by_text("Changed: ring time, recording.")).to_be_visible()
    assert _campaign(stage).policy == Policy(ring_seconds=15, recording="announce_first")
    expect(page.get_by_text("by admin@agency.example").first).to_be_visible()
    admin.check()
    admin.shoot("admin-settings")

    page.get_by_role("button", name="Reset Ring time to its default").click()
    expect(page.get_by_text("Ring time follows its default again.")).to_be_visible()
    assert _campaign(stage).policy == Policy(recording="announce_first")
    assert [entry.facts["settings"] for entry in _entries(stage, "campaign_set")] == [
        {"recording": "announce_first", "ring_seconds": "15"},
        {"ring_seconds": "20"},
    ]


def test_a_team_is_put_together_and_only_it_is_rung(person: Callable[..., Visitor], stage: Stage) -> None:
    stage.hire(ANA, BEN)
    admin = person("admin")
    page = admin.go(f"/admin/campaigns/{_campaign(stage).campaign_id}/team")
    expect(page.get_by_text("Everybody is on this team")).to_be_visible()

    page.get_by_label("Name or NPN").fill("ana")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("button", name="Add Ana Tester").click()
    page.get_by_label("Calls a day of Ana Tester").fill("3")
    page.get_by_label("Priority of Ana Tester").fill("many")
    page.get_by_role("button", name="Save Ana Tester").click()
    expect(page.get_by_text("priority: expected a whole number")).to_be_visible()
    admin.check()
    page.get_by_label("Priority of Ana Tester").fill("2")
    page.get_by_role("button", name="Save Ana Tester").click()
    expect(page.get_by_text(f"NPN {ANA.npn} is on the team.")).to_be_visible()
    admin.check()
    admin.shoot("admin-team")
    with stage.database.read() as tx:
        (member,) = campaigns.team(tx, _campaign(stage).campaign_id)
    assert (member.priority, member.weight, member.cap) == (2, 1, 3)

    page.get_by_role("button", name="Take off Ana Tester").click()
    expect(page.get_by_text("which means everybody.")).to_be_visible()
    assert _campaign(stage).team is None


def test_a_number_for_a_state_reaches_the_campaign(person: Callable[..., Visitor], stage: Stage) -> None:
    admin = person("admin")
    page = admin.go(f"/admin/campaigns/{_campaign(stage).campaign_id}/numbers")

    page.get_by_role("textbox", name="Number").fill("800-555-0151")
    page.get_by_label("For callers of").select_option(label="Ohio")
    page.get_by_label(re.compile("Pool")).check()
    page.get_by_role("button", name="Add the number").click()

    expect(page.get_by_text("+18005550151 reaches the campaign.")).to_be_visible()
    admin.check()
    admin.shoot("admin-numbers")
    with stage.database.read() as tx:
        assert campaigns.numbers_of(tx, _campaign(stage).campaign_id)[0] == ("+18005550151", True, "OH")


def test_a_vendors_key_opens_the_api_until_it_is_revoked(person: Callable[..., Visitor], stage: Stage) -> None:
    admin = person("admin")
    page = admin.go("/admin/vendors/new")
    page.get_by_label("Name for the API").fill("leadco")
    page.get_by_label("Name", exact=True).fill("LeadCo, Inc.")
    page.get_by_label("Numbers it transfers from").fill("800-555-0160\n+1 800 555 0161")
    page.get_by_role("button", name="Add the vendor").click()
    admin.check()
    admin.shoot("admin-vendor")
    page.get_by_role("link", name="Make a key for it").click()
    page.get_by_label("Name", exact=True).fill("LeadCo's dialer")
    page.get_by_role("checkbox", name=re.compile("^read")).check()
    page.get_by_role("button", name="Make the key").click()
    key = page.locator("#secret").inner_text()
    admin.check()
    admin.shoot("admin-key-once")

    def opens() -> int:
        headers = {"Authorization": f"Bearer {key}"}
        return stage.app.test_client().get("/api/v1/reports/service", headers=headers).status_code

    assert opens() == 200
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_text(key)).to_have_count(0)
    admin.check()
    admin.shoot("admin-keys")
    page.locator("summary").filter(has_text="Revoke").click()
    page.get_by_role("button", name="Revoke LeadCo's dialer").click()
    expect(page.get_by_text("from now on it opens nothing")).to_be_visible()
    assert opens() == 401
    assert [entry.kind for entry in _entries(stage, "apikey_revoked")] == ["apikey_revoked"]


def test_somebody_is_let_in_by_a_password_shown_once_and_put_out_at_once(
    person: Callable[..., Visitor], stage: Stage
) -> None:
    admin = person("admin")
    page = admin.go("/admin/users/new")
    page.get_by_label("Address").fill("sam@agency.example")
    page.get_by_role("radio", name=re.compile("^supervisor")).check()
    admin.check()
    admin.shoot("admin-user-new")
    page.get_by_role("button", name="Add them").click()
    password = page.locator("#secret").inner_text()
    admin.check()
    theirs = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    theirs.goto(f"{admin.console.address}/login")
    theirs.get_by_label(re.compile("mail", re.I)).fill("sam@agency.example")
    theirs.get_by_label("Password", exact=True).fill(password)
    theirs.get_by_role("button", name=re.compile("sign in", re.I)).click()
    theirs.goto(f"{admin.console.address}/account")
    expect(theirs.get_by_role("heading", name="My account")).to_be_visible()

    page.get_by_role("link", name="I have it").click()
    page.get_by_label("May sign in").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("sam@agency.example is changed.")).to_be_visible()
    admin.check()
    admin.shoot("admin-user")

    theirs.goto(f"{admin.console.address}/account")
    expect(theirs).to_have_url(re.compile("/login"))
    theirs.context.close()
    admin.go("/admin/users")
    admin.check()
    admin.shoot("admin-users")
    (change,) = _entries(stage, "user_changed")
    assert (change.actor, change.facts["after"]["active"]) == ("user:admin@agency.example", False)


def test_hours_are_narrowed_and_never_widened(person: Callable[..., Visitor], stage: Stage) -> None:
    admin = person("admin")
    admin.go("/admin/hours")
    admin.check()
    admin.shoot("admin-hours")
    admin.page.get_by_role("link", name="Ohio").click()
    weekday = admin.page.locator("section.day").filter(has_text="Weekdays")

    weekday.get_by_label("From").fill("07:00")
    weekday.get_by_role("button", name="Narrow Weekdays").click()
    expect(weekday.get_by_text("would widen the law")).to_be_visible()
    admin.check()
    admin.shoot("admin-hours-refused")
    weekday.get_by_label("From").fill("9:30")
    weekday.get_by_label("To").fill("17:00")
    weekday.get_by_role("button", name="Narrow Weekdays").click()

    expect(weekday.get_by_text("09:30–17:00").first).to_be_visible()
    admin.check()
    admin.shoot("admin-hours-ohio")
    with stage.database.read() as tx:
        assert hours_kept.in_force(tx).spelled() == '{"OH weekday": "09:30-17:00"}'
    assert _campaign(stage).policy.agency_hours.by_day
    (entry,) = _entries(stage, "agency_hours")
    assert entry.actor == "user:admin@agency.example"
    weekday.get_by_role("button", name="As the law has it").click()
    expect(admin.page.get_by_text("Weekdays: as the law has it.")).to_be_visible()


def test_a_roster_is_previewed_and_then_applied(person: Callable[..., Visitor], stage: Stage, tmp_path: Path) -> None:
    stage.import_roster(ANA)
    file = tmp_path / "november.csv"
    file.write_bytes(roster_file(ANA.holding(Held("OH", expires="2026-12-31"), Held("TX")), BEN))
    admin = person("admin")
    page = admin.go("/admin/imports")
    admin.check()
    admin.shoot("admin-imports")

    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Preview the changes").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    admin.check()
    admin.shoot("admin-import-waits")
    do_requested(database=stage.database, now=stage.clock.now)
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(f"{ANA.npn} OH life changed"))).to_be_visible()
    admin.check()
    admin.shoot("admin-import-preview")
    with stage.database.read() as tx:
        before = ledger.roster_version(tx)
    page.get_by_role("button", name="Apply exactly this file").click()
    do_requested(database=stage.database, now=stage.clock.now)

    expect(page.get_by_text("Applied.", exact=True)).to_be_visible()
    admin.check()
    assert stage.get(f"/producers/{BEN.npn}")["resident_state"] == "PA"
    with stage.database.read() as tx:
        assert ledger.roster_version(tx) > before
    assert _entries(stage, "roster_imported")[-1].actor == "user:admin@agency.example"


def test_row_errors_are_shown_by_line_and_column(person: Callable[..., Visitor], stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(roster_file(ANA, BEN).replace(b"active", b"<b>asleep</b>", 1))
    admin = person("admin")
    page = admin.go("/admin/imports")

    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Preview the changes").click()
    do_requested(database=stage.database, now=stage.clock.now)

    expect(page.get_by_text("1 error; nothing is imported.")).to_be_visible()
    expect(page.get_by_role("cell", name="<b>asleep</b>")).to_be_visible()
    expect(page.get_by_role("button", name="Apply exactly this file")).to_have_count(0)
    admin.check()
    admin.shoot("admin-import-errors")


def test_the_system_page_says_what_needs_mending(person: Callable[..., Visitor]) -> None:
    admin = person("admin")
    page = admin.go("/admin/system")

    expect(page.get_by_role("rowheader", name="Database")).to_be_visible()
    expect(page.get_by_text("Something needs mending")).to_be_visible()
    admin.check()
    admin.shoot("admin-system")
