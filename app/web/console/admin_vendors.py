"""Vendors: who sells us calls, the numbers they transfer from, and their keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, request, url_for

from app.domain import vendor_terms
from app.storage import access, campaigns
from app.web.console.admin_forms import how, typed
from app.web.console.doors import Section, done, read, render, tools
from app.workflows.admin.agree_terms import agree_terms
from app.workflows.admin.keep_vendor import keep_vendor
from app.workflows.admin.refused import Refused
from app.workflows.leads.limits import Traffic, traffic_of

KEYS_SHOWN = 50
_NONE = "none"


def add_to(pages: Section) -> None:
    pages.add("GET", "/vendors", vendor_list)
    pages.add("GET", "/vendors/new", new_vendor)
    pages.add("POST", "/vendors/new", create_vendor)
    pages.add("GET", "/vendors/<slug>", vendor)
    pages.add("POST", "/vendors/<slug>", change_vendor)
    pages.add("POST", "/vendors/<slug>/terms", agree_vendor_terms)


def vendor_list() -> Response:
    with read() as tx:
        found = campaigns.vendors(tx)
        every = campaigns.everything(tx)
    sold = {one.vendor_id: [each for each in every if each.vendor_id == one.vendor_id] for one in found}
    return render("admin/vendors.html", vendors=found, sold=sold)


def new_vendor() -> Response:
    return render("admin/vendor.html", vendor=None, given={}, errors={}, keys=[])


def create_vendor() -> Response:
    given = _given() | {"slug": typed("slug")}
    made = keep_vendor(given["slug"], name=given["name"], trunks=_trunks(), new=True, **how())
    if isinstance(made, Refused):
        return render("admin/vendor.html", status=422, vendor=None, given=given, errors=made.errors, keys=[])
    return done(f"{made.name} is there.", to=url_for("admin.vendor", slug=made.slug))


def vendor(slug: str) -> Response:
    return _page(slug, {}, {})


def change_vendor(slug: str) -> Response:
    given = _given()
    with read() as tx:
        if _unlikely(slug) or campaigns.vendor(tx, slug) is None:
            abort(404)
    made = keep_vendor(slug, name=given["name"], trunks=_trunks(), **how())
    if isinstance(made, Refused):
        return _page(slug, given, dict(made.errors), status=422)
    return done(f"{made.name} is kept.", to=url_for("admin.vendor", slug=slug))


def agree_vendor_terms(slug: str) -> Response:
    texts = {key: typed(key) for key in vendor_terms.NUMBERS if key in request.form}
    made = None if _unlikely(slug) else agree_terms(slug, texts, **how())
    if made is None:
        abort(404)
    if isinstance(made, Refused):
        return _page(slug, texts, dict(made.errors), status=422)
    told = ", ".join(vendor_terms.WORDS[key].label.lower() for key in made.changed)
    return done(f"Changed: {told}." if told else "Nothing was changed.", to=url_for("admin.vendor", slug=slug))


def _page(slug: str, given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    now = tools().clock.now()
    with read() as tx:
        found = None if _unlikely(slug) else campaigns.vendor(tx, slug)
        if found is None:
            abort(404)
        keys = access.keys(tx, limit=KEYS_SHOWN, vendor_id=found.vendor_id)
        traffic = traffic_of(tx, found.vendor_id, now, agency_zone=ZoneInfo(tools().settings.time_zone))
    return render(
        "admin/vendor.html",
        status=status,
        vendor=found,
        given={"name": found.name, "transfer_numbers": "\n".join(found.trunks)} | given,
        errors=errors,
        keys=keys,
        at=now,
        traffic=traffic,
        terms=[_term(key, traffic, given, errors) for key in vendor_terms.NUMBERS],
    )


def _term(key: str, traffic: Traffic, given: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    value = vendor_terms.spelled(traffic.terms)[key]
    return {
        "key": key,
        "words": vendor_terms.WORDS[key],
        "value": given.get(key, "" if value == _NONE else value),
        "default": vendor_terms.spelled(vendor_terms.AGREED_BY_DEFAULT)[key],
        "error": errors.get(key, ""),
    }


def _given() -> dict[str, str]:
    return {"name": typed("name"), "transfer_numbers": typed("transfer_numbers")}


def _trunks() -> list[str]:
    """One a line, or between commas."""
    return [part.strip() for part in re.split(r"[\r\n,;]+", typed("transfer_numbers")) if part.strip()]


def _unlikely(slug: str) -> bool:
    """What cannot be stored cannot be looked for."""
    return "\0" in slug or len(slug) > 60
