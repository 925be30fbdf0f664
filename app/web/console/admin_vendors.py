"""Vendors: who sells us calls, the numbers they transfer from, and their keys."""

from __future__ import annotations

import re

from flask import Response, abort, url_for

from app.storage import access, campaigns
from app.web.console.admin_forms import how, typed
from app.web.console.doors import Section, done, read, render, tools
from app.workflows.admin.keep_vendor import keep_vendor
from app.workflows.admin.refused import Refused

KEYS_SHOWN = 50


def add_to(pages: Section) -> None:
    pages.add("GET", "/vendors", vendor_list)
    pages.add("GET", "/vendors/new", new_vendor)
    pages.add("POST", "/vendors/new", create_vendor)
    pages.add("GET", "/vendors/<slug>", vendor)
    pages.add("POST", "/vendors/<slug>", change_vendor)


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


def _page(slug: str, given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    with read() as tx:
        found = None if _unlikely(slug) else campaigns.vendor(tx, slug)
        if found is None:
            abort(404)
        keys = access.keys(tx, limit=KEYS_SHOWN, vendor_id=found.vendor_id)
    return render(
        "admin/vendor.html",
        status=status,
        vendor=found,
        given=given or {"name": found.name, "transfer_numbers": "\n".join(found.trunks)},
        errors=errors,
        keys=keys,
        at=tools().clock.now(),
    )


def _given() -> dict[str, str]:
    return {"name": typed("name"), "transfer_numbers": typed("transfer_numbers")}


def _trunks() -> list[str]:
    """One a line, or between commas."""
    return [part.strip() for part in re.split(r"[\r\n,;]+", typed("transfer_numbers")) if part.strip()]


def _unlikely(slug: str) -> bool:
    """What cannot be stored cannot be looked for."""
    return "\0" in slug or len(slug) > 60
