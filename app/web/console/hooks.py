"""Webhooks out: who is told what, how they are doing, and the log of what they were sent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, TypeVar

from flask import Response, abort, request, url_for

from app.domain.webhook_types import WORDS, EventType, open_to
from app.storage import campaigns, webhooks, webhooks_deliveries
from app.storage.webhooks_deliveries import STATUSES, Delivery
from app.web.console.admin_forms import how, id_or_404, several, typed
from app.web.console.doors import Section, done, read, refused, render, tools
from app.workflows.admin.refused import Refused
from app.workflows.webhooks import keep_endpoint, replay
from app.workflows.webhooks.keep_endpoint import WithSecret

Found = TypeVar("Found")

LOGGED = 50
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def section() -> Section:
    pages = Section("hooks", "/webhooks")
    pages.add("GET", "", endpoint_list)
    pages.add("POST", "", add_one)
    pages.add("GET", "/<int:webhook_id>", endpoint)
    for name, view in (
        ("change", change_one),
        ("switch", switch_one),
        ("test", try_one),
        ("rotate", rotate_one),
        ("remove", remove_one),
        ("replay", replay_all),
    ):
        pages.add("POST", f"/<int:webhook_id>/{name}", view)
    pages.add("POST", "/<int:webhook_id>/deliveries/<int:delivery_id>/replay", replay_one)
    return pages


# ---- all of them


def endpoint_list() -> Response:
    return _list({}, {})


def add_one() -> Response:
    given = {**_given(), "vendor": typed("vendor")}
    made = keep_endpoint.add_endpoint(
        given["url"],
        types=given["types"],
        description=given["description"],
        vendor=given["vendor"] or None,
        local=_local(),
        **how(),
    )
    if isinstance(made, Refused):
        return _list(given, dict(made.errors), status=422)
    return _shown_once(made)


def _list(given: dict[str, Any], errors: dict[str, str], *, status: int = 200) -> Response:
    with read() as tx:
        found = webhooks.listed(tx)
        counted = webhooks_deliveries.counts(tx, [each.id for each in found])
        vendors = campaigns.vendors(tx)
    return render(
        "hooks/list.html",
        status=status,
        endpoints=found,
        counted=counted,
        most=webhooks.MOST,
        options=[("", "the agency: every lead, and its licenses"), *((each.slug, each.name) for each in vendors)],
        **_form(given, errors, tuple(EventType)),
    )


# ---- one of them


def endpoint(webhook_id: int) -> Response:
    return _page(webhook_id, {}, {})


def change_one(webhook_id: int) -> Response:
    given = _given()
    changed = _there(keep_endpoint.change_endpoint(id_or_404(webhook_id), local=_local(), **given, **how()))
    if isinstance(changed, Refused):
        return _page(webhook_id, given, dict(changed.errors), status=422)
    return done("Kept.", to=_at(webhook_id))


def switch_one(webhook_id: int) -> Response:
    on = typed("to") == "on"
    changed = _there(keep_endpoint.change_endpoint(id_or_404(webhook_id), on=on, local=_local(), **how()))
    if isinstance(changed, Refused):
        return refused(f"Not done: {changed}.", to=_at(webhook_id))
    told = "It is told again, of what happens from now on." if on else "It is told nothing until it is switched on."
    return done(told, to=_at(webhook_id))


def try_one(webhook_id: int) -> Response:
    return _asked(webhook_id, keep_endpoint.try_endpoint(id_or_404(webhook_id), **how()), "A ping.test is on its way.")


def rotate_one(webhook_id: int) -> Response:
    """A new secret now; the old one is good for a day."""
    made = keep_endpoint.rotate_secret(id_or_404(webhook_id), **how())
    if made is None:
        abort(404)
    return _shown_once(made)


def remove_one(webhook_id: int) -> Response:
    _there(keep_endpoint.remove_endpoint(id_or_404(webhook_id), **how()))
    return done("It is removed, and told nothing any more.", to=url_for("hooks.endpoint_list"))


def replay_all(webhook_id: int) -> Response:
    span = SPANS.get(typed("span"))
    if span is None:
        return refused("Not sent again: choose since when.", to=_at(webhook_id))
    since = tools().clock.now() - span
    found = replay.replay_since(id_or_404(webhook_id), since, **how())
    if found is None:
        abort(404)
    if isinstance(found, Refused):
        return refused(f"Not sent again: {found}.", to=_at(webhook_id))
    return done(f"{found.count} events are on their way.", to=_at(webhook_id))


def replay_one(webhook_id: int, delivery_id: int) -> Response:
    return _asked(webhook_id, replay.replay_delivery(id_or_404(delivery_id), **how()), "It is on its way again.")


def _page(webhook_id: int, given: dict[str, Any], errors: dict[str, str], *, status: int = 200) -> Response:
    shown = request.args.get("status", "")
    kind = request.args.get("type", "")
    before = request.args.get("before", "")
    with read() as tx:
        found = _there(webhooks.load(tx, id_or_404(webhook_id)))
        log = webhooks_deliveries.listed(
            tx,
            found.id,
            statuses=(shown,) if shown in STATUSES else STATUSES,
            kind=kind if kind in set(EventType) else None,
            before=id_or_404(int(before)) if before.isdecimal() and before.isascii() else None,
            limit=LOGGED + 1,
        )
        counted = webhooks_deliveries.counts(tx, [found.id])[found.id]
    chosen = {name: value for name, value in (("status", shown), ("type", kind)) if value}
    return render(
        "hooks/endpoint.html",
        status=status,
        endpoint=found,
        counted=counted,
        log=[(each, _pretty(each)) for each in log[:LOGGED]],
        following=log[LOGGED - 1].id if len(log) > LOGGED else None,
        first=not before,
        chosen=chosen,
        statuses=STATUSES,
        spans=[("hour", "the last hour"), ("day", "the last 24 hours"), ("week", "the last 7 days")],
        **_form(
            given or {"url": found.url, "description": found.description, "types": found.types},
            errors,
            open_to(found.vendor_id),
        ),
    )


def _form(given: dict[str, Any], errors: dict[str, str], open_types: tuple[EventType, ...]) -> dict[str, Any]:
    return {"given": given, "errors": errors, "types": [(str(each), WORDS[each]) for each in open_types]}


def _given() -> dict[str, Any]:
    return {"url": typed("url"), "description": typed("description"), "types": several("types")}


def _local() -> bool:
    """Whether this machine may be told, for trying out."""
    return tools().settings.env != "production"


def _shown_once(made: WithSecret) -> Response:
    """Not by a redirect: a secret stands in no address, no cookie and no log."""
    return render("hooks/secret.html", status=201, endpoint=made.endpoint, secret=made.secret)


def _asked(webhook_id: int, found: object | Refused | None, told: str) -> Response:
    answer = _there(found)
    if isinstance(answer, Refused):
        return refused(f"Not done: {answer}.", to=_at(webhook_id))
    return done(told, to=_at(webhook_id))


def _there(found: Found | None) -> Found:
    if found is None:
        abort(404)
    return found


def _at(webhook_id: int) -> str:
    return url_for("hooks.endpoint", webhook_id=webhook_id)


def _pretty(one: Delivery) -> str:
    return json.dumps(json.loads(one.payload), indent=2)
