"""What stands before every page, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from flask.testing import FlaskClient

from app.storage.database import Database
from app.web import create_app
from app.web.console.doors import _SLOTS
from tests.console.conftest import token_of
from tests.product import Stage

SignedIn = Callable[..., FlaskClient]


def test_pages_leave_threads_to_the_carrier(stage: Stage, signed_in_client: SignedIn) -> None:
    client = signed_in_client("admin")
    slots = stage.app.extensions[_SLOTS]

    with ExitStack() as others:
        for _ in range(4):
            others.enter_context(slots)
        page = client.get("/account")
        alive = client.get("/healthz")

    assert (page.status_code, page.headers["Retry-After"], page.headers["Refresh"]) == (503, "1", "1")
    assert alive.status_code == 200
    assert client.get("/account").status_code == 200


def test_a_place_is_given_back_whatever_happens(stage: Stage, signed_in_client: SignedIn) -> None:
    client = signed_in_client("admin")

    for _ in range(6):
        assert client.post("/account/language").status_code == 400
        assert stage.app.test_client().get("/account").status_code == 302

    assert client.get("/account").status_code == 200


def test_without_a_database_a_page_says_so_and_calls_go_on(stage: Stage, signed_in_client: SignedIn) -> None:
    client = signed_in_client("admin")
    with client.session_transaction() as session:
        kept = dict(session)
    gone = Database("postgresql://nobody@127.0.0.1:1/nothing")
    there = create_app(replace(stage.tools, database=gone)).test_client()
    there.environ_base["wsgi.url_scheme"] = "https"
    with there.session_transaction() as session:
        session.update(kept)

    page, sign_in = there.get("/account"), there.get("/login")

    assert (page.status_code, sign_in.status_code) == (503, 503)
    assert "The database is out of reach" in page.get_data(as_text=True)


def test_a_page_is_nobodys_to_keep_or_to_frame(signed_in_client: SignedIn) -> None:
    page = signed_in_client("admin").get("/account")

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Strict-Transport-Security"]


def test_a_live_region_of_somebody_signed_out_leads_to_the_sign_in(stage: Stage) -> None:
    answer = stage.app.test_client().get("/account", headers={"HX-Request": "true", "HX-Current-URL": "/account"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/account"


def test_a_large_form_is_refused(signed_in_client: SignedIn) -> None:
    client = signed_in_client("admin")

    refused = client.post("/account/language", data={"language": "e" * 100_000, "csrf_token": token_of(client)})

    assert refused.status_code == 413
