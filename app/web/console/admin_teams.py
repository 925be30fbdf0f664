"""The team of a campaign: who is on it, and how they stand."""

from __future__ import annotations

from flask import Response, abort, request, url_for

from app.storage import teams
from app.web.console.admin_campaigns import records_nothing
from app.web.console.admin_forms import campaign_or_404, how, number, typed
from app.web.console.doors import Section, done, read, refused, render
from app.workflows.admin.change_team import Standing, put_on_team, take_off_team
from app.workflows.admin.refused import Refused

SHOWN = 200
FOUND = 20


def add_to(pages: Section) -> None:
    pages.add("GET", "/campaigns/<int:campaign_id>/team", campaign_team)
    pages.add("POST", "/campaigns/<int:campaign_id>/team", put_member)
    pages.add("POST", "/campaigns/<int:campaign_id>/team/remove", remove_member)


def campaign_team(campaign_id: int) -> Response:
    return _page(campaign_id, {})


def put_member(campaign_id: int) -> Response:
    """Onto the team, or another standing on it."""
    wrong: dict[str, str] = {}
    npn = typed("npn")
    standing = Standing(
        priority=number("priority", wrong, otherwise=0) or 0,
        weight=number("weight", wrong, otherwise=1) or 0,
        cap=number("cap", wrong),
        language=typed("language") or None,
    )
    with read() as tx:
        campaign_or_404(tx, campaign_id)
    made = Refused(wrong) if wrong else put_on_team(campaign_id, [npn], standing, **how())
    if made is None:
        abort(404)
    if isinstance(made, Refused):
        return _page(campaign_id, dict(made.errors), status=422)
    return done(f"NPN {npn} is on the team.", to=url_for("admin.campaign_team", campaign_id=campaign_id))


def remove_member(campaign_id: int) -> Response:
    back = url_for("admin.campaign_team", campaign_id=campaign_id)
    with read() as tx:
        campaign_or_404(tx, campaign_id)
    made = take_off_team(campaign_id, [typed("npn")], **how())
    if made is None:
        abort(404)
    if isinstance(made, Refused):
        return refused(f"Not taken off: {'; '.join(made.errors.values())}.", to=back)
    everybody = "" if made.members else " The team is empty now, which means everybody."
    return done(f"NPN {typed('npn')} is off the team.{everybody}", to=back)


def _page(campaign_id: int, errors: dict[str, str], *, status: int = 200) -> Response:
    words = request.args.get("q", "").replace("\0", "")[:100].strip()
    with read() as tx:
        campaign = campaign_or_404(tx, campaign_id)
        members = teams.named(tx, campaign_id, limit=SHOWN)
        found = teams.find_producers(tx, words, not_on=campaign_id, limit=FOUND + 1) if words else []
    return render(
        "admin/campaign_team.html",
        status=status,
        campaign=campaign,
        warned=records_nothing(campaign),
        members=members,
        total=len(campaign.team or ()),
        words=words,
        found=found[:FOUND],
        more=len(found) > FOUND,
        errors=errors,
        npn=typed("npn") if errors else "",
        given={name: typed(name) for name in ("priority", "weight", "cap", "language")} if errors else {},
    )
