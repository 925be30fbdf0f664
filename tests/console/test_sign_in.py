"""Signing in: what a person sees, what is refused, and what the ledger keeps of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from passlib.totp import TOTP
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app.domain.roles import Role
from app.storage import users
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.web import create_app
from app.workflows.admin.change_user import change_user
from tests.console.conftest import PASSWORD, Console, Visitor, add_person, token_in
from tests.product import Stage

_ledger = table_of(LedgerRow)
ADDRESS = "supervisor@agency.example"


def kinds(stage: Stage) -> list[str]:
    """Kinds of the ledger's entries about people, oldest first."""
    with stage.database.read() as tx:
        rows = tx.execute(select(_ledger.c.kind).where(_ledger.c.actor == f"user:{ADDRESS}").order_by(_ledger.c.id))
        return [row[0] for row in rows]


# ---- at a browser


def test_a_person_signs_in_and_out(console: Console, browser: Browser) -> None:
    add_person(console.stage, "supervisor")
    context = browser.new_context(reduced_motion="reduce")
    visitor = Visitor(context.new_page(), console, ADDRESS, None)
    page = visitor.go("/account")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    visitor.check()

    page.get_by_label("Email").fill("Supervisor@Agency.example")
    page.get_by_label("Password").fill("not the one I chose")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Authentication failed")).to_be_visible()
    page.get_by_label("Email").fill("Supervisor@Agency.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    page.locator("summary", has_text=ADDRESS).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert kinds(console.stage) == ["sign_in_failed", "signed_in", "signed_out"]
    context.close()


def test_a_second_factor_is_set_up_and_then_asked_for(person: Callable[..., Visitor], browser: Browser) -> None:
    visitor = person("supervisor")
    page = visitor.go("/tf-setup")
    page.get_by_role("button", name="Set up an authenticator app").click()
    expect(page.get_by_alt_text("Picture of the key")).to_be_visible()
    visitor.check()
    codes = TOTP(key=page.locator(".mono").inner_text().replace("-", "").replace(" ", ""))
    first = codes.generate()
    page.get_by_label("Authentication Code").fill(first.token)
    page.get_by_role("button", name="Confirm the code").click()
    expect(page.get_by_text("an authenticator app")).to_be_visible()

    context = browser.new_context(reduced_motion="reduce")
    again = Visitor(context.new_page(), visitor.console, ADDRESS, None)
    page = again.go("/login")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The code of your app")).to_be_visible()
    again.check()
    page.get_by_label("Authentication Code").fill(first.token)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Invalid code")).to_be_visible()
    page.get_by_label("Authentication Code").fill(codes.generate(first.start_time + 30).token)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(re.compile(r"(?<!tf-validate)$"))

    again.go("/account")
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    assert "second_factor_set" in kinds(visitor.console.stage)
    context.close()


# ---- what is refused


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    return _public(stage.app.test_client())


def _public(client: FlaskClient) -> FlaskClient:
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_REFERER"] = "https://localhost/"
    return client


def _sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> str | None:
    """Where that leads; None where the form is shown again."""
    token = token_in(client.get("/login").get_data(as_text=True))
    answer = client.post("/login", data={"email": email, "password": password, "csrf_token": token})
    return answer.headers.get("Location")


def test_ten_failures_lock_the_account_for_a_quarter_of_an_hour(stage: Stage, client: FlaskClient) -> None:
    add_person(stage, "supervisor")

    for _ in range(users.FAILURES_UNTIL_LOCKED):
        assert _sign_in(client, ADDRESS, "not the one I chose") is None

    assert _sign_in(client, ADDRESS) is None
    stage.clock.advance(users.LOCKED_FOR.total_seconds() - 1)
    assert _sign_in(client, ADDRESS) is None
    stage.clock.advance(1)
    assert _sign_in(client, ADDRESS) == "/"


def test_nobody_learns_who_has_an_account(stage: Stage, client: FlaskClient) -> None:
    add_person(stage, "supervisor")

    pages = []
    for email in (ADDRESS, "nobody@agency.example"):
        token = token_in(client.get("/login").get_data(as_text=True))
        form = {"email": email, "password": "not the one I chose", "csrf_token": token}
        pages.append(client.post("/login", data=form).get_data(as_text=True).replace(email, "").replace(token, ""))

    assert re.sub(r'value="[^"]*"', "", pages[0]) == re.sub(r'value="[^"]*"', "", pages[1])


def test_who_must_have_a_second_factor_gets_nowhere_without(stage: Stage) -> None:
    add_person(stage, "supervisor")
    settings = stage.tools.settings.model_copy(update={"second_factor": "required"})
    client = _public(create_app(replace(stage.tools, settings=settings)).test_client())

    to = _sign_in(client, ADDRESS)

    assert to is not None
    assert to.startswith("/tf-setup")
    assert client.get("/account").headers["Location"].startswith("/login")


@pytest.mark.parametrize("change", [{"active": False}, {"role": Role.COMPLIANCE}], ids=["deactivated", "another role"])
def test_a_changed_person_is_out_at_once(change: dict[str, Any], stage: Stage, client: FlaskClient) -> None:
    add_person(stage, "supervisor")
    assert _sign_in(client, ADDRESS) == "/"
    with stage.database.read() as tx:
        found = users.by_email(tx, ADDRESS)
    assert found is not None

    change_user(
        found.id,
        **{"role": found.role, "npn": None, "active": True, **change},
        actor="test",
        database=stage.database,
        now=stage.now,
    )

    assert client.get("/account").headers["Location"].startswith("/login")


def test_a_session_leads_nowhere_but_here(stage: Stage, client: FlaskClient) -> None:
    add_person(stage, "supervisor")
    token = token_in(client.get("/login").get_data(as_text=True))
    form = {"email": ADDRESS, "password": PASSWORD, "csrf_token": token}

    to = client.post("/login?next=https://elsewhere.example/", data=form).headers.get("Location", "")

    assert "elsewhere" not in to


def test_the_cookie_is_for_https_alone_and_for_no_script(stage: Stage, client: FlaskClient) -> None:
    add_person(stage, "supervisor")
    token = token_in(client.get("/login").get_data(as_text=True))

    answer = client.post("/login", data={"email": ADDRESS, "password": PASSWORD, "csrf_token": token})

    cookie = answer.headers["Set-Cookie"]
    assert "Set-Cookie" not in client.get("/account").headers, "a board that looks must not bring an older cookie back"

    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


# ---- a way back in


@dataclass
class KeptMail:
    """What would have been sent."""

    is_set = True
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, to: str, subject: str, body: str) -> None:
        self.sent.append((to, subject, body))


def test_a_forgotten_password_is_replaced_by_mail(stage: Stage) -> None:
    add_person(stage, "supervisor")
    mail = KeptMail()
    client = _public(create_app(replace(stage.tools, mail=mail)).test_client())
    token = token_in(client.get("/reset").get_data(as_text=True))
    for email in (ADDRESS, "nobody@agency.example"):
        assert client.post("/reset", data={"email": email, "csrf_token": token}).status_code in (200, 302)

    ((to, subject, body),) = mail.sent
    assert (to, subject) == (ADDRESS, "Threegate: choose a new password")
    link = re.search(r"https://\S+", body)
    assert link is not None, body
    path = link[0].removeprefix("https://threegate.example.com")
    token = token_in(client.get(path).get_data(as_text=True))
    new = "another horse battery"
    client.post(path, data={"password": new, "password_confirm": new, "csrf_token": token})

    fresh = _public(create_app(stage.tools).test_client())
    assert _sign_in(fresh, ADDRESS) is None
    assert _sign_in(fresh, ADDRESS, new) == "/"
    assert "password_reset" in kinds(stage)


def test_sessions_end_after_a_shift(stage: Stage, client: FlaskClient) -> None:
    assert stage.app.config["PERMANENT_SESSION_LIFETIME"] == timedelta(hours=12)
