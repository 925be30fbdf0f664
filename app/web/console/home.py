"""Where somebody begins, and what they may change about themselves."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for

from app.storage import users
from app.web.console.doors import Section, done, read, render, tools, user
from app.web.console.menu import home_of

LANGUAGES = ("en", "es")


def section() -> Section:
    pages = Section("home", "")
    pages.add("GET", "/", home)
    pages.add("GET", "/account", account)
    pages.add("POST", "/account/language", language)
    return pages


def home() -> Response:
    """On to the page that this person works on."""
    return cast(Response, redirect(url_for(home_of(user().roles))))


def account() -> Response:
    with read() as tx:
        found = users.load(tx, user().id)
    return render("account.html", account=found, required=user().check_tf_required_setup())


def language() -> Response:
    """English or Spanish, for the pages that have both."""
    chosen = request.form.get("language", "")
    with tools().database.begin() as tx:
        users.set_language(tx, user().id, chosen if chosen in LANGUAGES else "en")
    back = urlsplit(request.form.get("back", ""))
    is_ours = back.path.startswith("/") and not back.netloc and not back.path.startswith("//")
    told = "Ahora en español." if chosen == "es" else "Now in English."
    return done(told, to=back.path if is_ours else url_for("home.account"))
