"""Keys of machines: made and shown once, replaced, revoked."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, request, url_for

from app.storage import access, campaigns
from app.storage.access import SCOPE_WORDS
from app.web.console.admin_forms import how, id_or_404, number, several, typed
from app.web.console.doors import Section, done, read, refused, render, tools
from app.workflows.admin.create_key import KeyCreated, create_key
from app.workflows.admin.end_key import revoke_key, rotate_key
from app.workflows.admin.refused import Refused

SHOWN = 200


def add_to(pages: Section) -> None:
    pages.add("GET", "/keys", keys)
    pages.add("POST", "/keys", make_key)
    pages.add("POST", "/keys/<int:key_id>/revoke", end_key)
    pages.add("POST", "/keys/<int:key_id>/rotate", replace_key)


def keys() -> Response:
    return _page({"vendor": request.args.get("vendor", "")[:60]}, {})


def make_key() -> Response:
    given, wrong = {name: typed(name) for name in ("name", "vendor", "days")}, dict[str, str]()
    days = number("days", wrong)
    if wrong:
        return _page(given, wrong, status=422)
    made = create_key(name=given["name"], scopes=several("scopes"), vendor=given["vendor"] or None, days=days, **how())
    if isinstance(made, Refused):
        return _page(given, dict(made.errors), status=422)
    return _shown_once(made, "")


def end_key(key_id: int) -> Response:
    back = url_for("admin.keys")
    ended = revoke_key(id_or_404(key_id), **how())
    if ended is None:
        abort(404)
    if isinstance(ended, Refused):
        return refused(f"{ended}.", to=back)
    return done(f"The key {ended.name} is revoked: from now on it opens nothing.", to=back)


def replace_key(key_id: int) -> Response:
    """A new key now; the old one works on for some hours."""
    back, wrong = url_for("admin.keys"), dict[str, str]()
    hours = number("hours", wrong, otherwise=24) or 0
    if wrong:
        return refused(f"Not replaced: the hours: {wrong['hours']}.", to=back)
    # Any number is clipped to what a timedelta holds; the act itself says how many hours there may be.
    made = rotate_key(id_or_404(key_id), overlap=timedelta(hours=min(hours, 100_000)), **how())
    if made is None:
        abort(404)
    if isinstance(made, Refused):
        return refused(f"Not replaced: {made}.", to=back)
    return _shown_once(made, f"The old one ends in {hours} hours." if hours else "The old one has ended.")


def _shown_once(made: KeyCreated, old: str) -> Response:
    """Not by a redirect: a key stands in no address, no cookie and no log."""
    return render("admin/key.html", status=201, made=made, old=old, words=SCOPE_WORDS)


def _page(given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    with read() as tx:
        found = access.keys(tx, limit=SHOWN)
        vendors = campaigns.vendors(tx)
    return render(
        "admin/keys.html",
        status=status,
        keys=found,
        vendors={vendor.vendor_id: vendor for vendor in vendors},
        options=[("", "nobody in particular"), *((vendor.slug, vendor.name) for vendor in vendors)],
        words=SCOPE_WORDS,
        chosen=several("scopes"),
        given=given,
        errors=errors,
        at=tools().clock.now(),
    )
