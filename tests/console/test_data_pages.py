"""Exports and people's data at a browser: asked for, watched, downloaded, erased."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from app.workflows.do_requested import do_requested
from tests.console.conftest import Visitor
from tests.product import AGENCY, Stage

NUMBER = "+16145550150"


def test_a_person_is_exported_with_the_rest_and_then_erased(person: Callable[..., Visitor], stage: Stage) -> None:
    lead = {"campaign": AGENCY, "phone": NUMBER, "first_name": "Joan", "state": "OH"}
    stage.app.test_client().post("/api/v1/leads", json=lead, headers={"Authorization": f"Bearer {stage.key}"})
    visitor = person("compliance")
    page = visitor.go("/data/exports")
    page.get_by_label("What").select_option("leads")
    page.get_by_role("button", name="Make the file").click()
    do_requested(database=stage.database, now=stage.clock.now)
    expect(page.get_by_role("link", name="Download leads, csv")).to_be_visible()
    visitor.check()
    visitor.shoot("data-exports")

    page.get_by_role("link", name="People's data").click()
    page.get_by_label("Their number").fill("614 555 0150")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", name="+1 614-***-**50")).to_be_visible()
    visitor.check()
    visitor.shoot("data-person")
    page.get_by_label("Why").fill("asked by letter")
    page.get_by_label("Their number once more").fill("614 555 0150")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("The scheduler does it within seconds")).to_be_visible()
    do_requested(database=stage.database, now=stage.clock.now)
    page.get_by_role("link", name="Look again").click()

    expect(page.get_by_role("rowheader", name="our own do-not-call list")).to_be_visible()
    visitor.check()
    visitor.shoot("data-erased")
    page.get_by_role("link", name="People's data").first.click()
    expect(page.get_by_role("link", name="erased")).to_be_visible()
    visitor.check()
