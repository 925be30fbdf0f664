"""Campaigns: which there are, a new one, the numbers that reach one, and where it would find nobody."""

from __future__ import annotations

from flask import Response, abort, url_for

from app.domain import states
from app.domain.lines import Line
from app.domain.recording_consent import Mode
from app.domain.retention import HEALTH_SALE, retention_of
from app.storage import campaigns
from app.storage.campaigns import Campaign
from app.web.console.admin_forms import campaign_or_404, how, typed
from app.web.console.doors import Section, done, read, render, tools
from app.workflows.admin.add_campaign import add_campaign
from app.workflows.admin.add_number import add_number
from app.workflows.admin.refused import Refused
from app.workflows.authority.matrix import gaps_of

EXAMPLES = ("life", "health", "property+casualty", "personal_lines|property+casualty")


def add_to(pages: Section) -> None:
    pages.add("GET", "/campaigns", campaign_list)
    pages.add("GET", "/campaigns/new", new_campaign)
    pages.add("POST", "/campaigns/new", create_campaign)
    pages.add("GET", "/campaigns/<int:campaign_id>/numbers", campaign_numbers)
    pages.add("POST", "/campaigns/<int:campaign_id>/numbers", add_campaign_number)
    pages.add("GET", "/campaigns/<int:campaign_id>/gaps", campaign_gaps)


def records_nothing(campaign: Campaign) -> bool:
    """Whether the standing warning is due: sales of health coverage have to be recorded (DOMAIN.md section 4)."""
    return retention_of(campaign.requirement) is HEALTH_SALE and campaign.policy.recording == Mode.OFF


def campaign_list() -> Response:
    with read() as tx:
        found = campaigns.everything(tx)
        vendors = {vendor.vendor_id: vendor.name for vendor in campaigns.vendors(tx)}
    warned = {campaign.campaign_id for campaign in found if records_nothing(campaign)}
    return render("admin/campaigns.html", campaigns=found, vendors=vendors, warned=warned)


def new_campaign() -> Response:
    return _new_campaign({}, {})


def create_campaign() -> Response:
    given = {name: typed(name) for name in ("number", "name", "loa", "vendor")}
    made = add_campaign(
        number=given["number"],
        name=given["name"],
        loa=given["loa"],
        vendor=given["vendor"] or None,
        settings={},
        **how(),
    )
    if isinstance(made, Refused):
        return _new_campaign(given, dict(made.errors), status=422)
    told = f"{made.name} is there. Its calls are taken as soon as {made.number} points to us at the carrier."
    return done(told, to=url_for("admin.campaign_gaps", campaign_id=made.campaign_id))


def _new_campaign(given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    with read() as tx:
        vendors = campaigns.vendors(tx)
    return render(
        "admin/campaign_new.html", status=status, given=given, errors=errors, vendors=vendors, lines=list(Line)
    )


# ---- its numbers


def campaign_numbers(campaign_id: int) -> Response:
    return _numbers(campaign_id, {}, {})


def add_campaign_number(campaign_id: int) -> Response:
    given = {name: typed(name) for name in ("number", "state", "pool")}
    with read() as tx:
        campaign_or_404(tx, campaign_id)
    made = add_number(
        campaign_id, number=given["number"], pool=bool(given["pool"]), state=given["state"] or None, **how()
    )
    if made is None:
        abort(404)
    if isinstance(made, Refused):
        return _numbers(campaign_id, given, dict(made.errors), status=422)
    return done(f"{made.number} reaches the campaign.", to=url_for("admin.campaign_numbers", campaign_id=campaign_id))


def _numbers(campaign_id: int, given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    with read() as tx:
        campaign = campaign_or_404(tx, campaign_id)
        numbers = campaigns.numbers_of(tx, campaign_id)
    places = sorted((states.name(code), code) for code in states.ALL)
    options = [("", "any state"), *((code, name) for name, code in places)]
    return render(
        "admin/campaign_numbers.html",
        status=status,
        campaign=campaign,
        warned=records_nothing(campaign),
        numbers=numbers,
        given=given,
        errors=errors,
        states=options,
    )


# ---- where it would find nobody


def campaign_gaps(campaign_id: int) -> Response:
    now = tools().clock.now()
    with read() as tx:
        campaign = campaign_or_404(tx, campaign_id)
        gaps = gaps_of(tx, campaign, now)
    return render("admin/campaign_gaps.html", campaign=campaign, warned=records_nothing(campaign), gaps=gaps)
