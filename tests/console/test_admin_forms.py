"""The admin's pages without a browser: what is refused, what is kept of what was typed, what nobody may send."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.policy import Policy
from app.storage import access, campaigns, ledger, users
from app.storage.campaigns import Campaign
from app.web.console.admin_imports import COUNT_WORDS
from app.workflows.admin.ask_import import LARGEST_UPLOAD
from tests.builders import licensed
from tests.console.conftest import add_person, token_of
from tests.product import AGENCY, Stage

PAGES = (
    "/admin/campaigns",
    "/admin/campaigns/new",
    "/admin/campaigns/1",
    "/admin/campaigns/1/team",
    "/admin/campaigns/1/team?q=%00ana%25",
    "/admin/campaigns/1/numbers",
    "/admin/campaigns/1/gaps",
    "/admin/vendors",
    "/admin/vendors/new",
    "/admin/keys",
    "/admin/keys?vendor=%00",
    "/admin/users",
    "/admin/users?after=x",
    "/admin/users/new",
    "/admin/users/1",
    "/admin/hours",
    "/admin/hours/US",
    "/admin/hours/AL",
    "/admin/imports",
    "/admin/system",
)
NOTHING = (
    "/admin/campaigns/99",
    "/admin/campaigns/99999999999999999999",
    "/admin/campaigns/99/team",
    "/admin/campaigns/99/numbers",
    "/admin/campaigns/99/gaps",
    "/admin/vendors/nobody",
    "/admin/vendors/%00",
    "/admin/users/99",
    "/admin/hours/ZZ",
    "/admin/hours/%00",
    "/admin/imports/99",
    "/admin/imports/99/now",
)
HOSTILE = "<script>alert(1)</script> \"'& ‮\x00"


@pytest.fixture
def client(stage: Stage, signed_in_client: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in_client("admin")


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., tuple[int, str]]:
    """`post(path, field=…)`: the status and what the page says (where it goes on to, for 303)."""
    token = token_of(client)

    def send(path: str, **fields: Any) -> tuple[int, str]:
        answer = client.post(path, data={"csrf_token": token, **fields})
        where = answer.headers.get("Location", "")
        return answer.status_code, where or answer.get_data(as_text=True)

    return send


Post = Callable[..., tuple[int, str]]


def _campaign(stage: Stage) -> Campaign:
    with stage.database.read() as tx:
        found = campaigns.reached_by(tx, AGENCY)
    assert found is not None
    return found


def _kinds(stage: Stage) -> set[str]:
    with stage.database.read() as tx:
        found = [ledger.entry(tx, number) for number in range(1, 50)]
    return {entry.kind for entry in found if entry is not None}


def test_every_page_answers_before_there_is_anything_to_show(client: FlaskClient) -> None:
    for path in PAGES:
        answer = client.get(path)

        assert answer.status_code == 200, (path, answer.get_data(as_text=True)[-2000:])


def test_what_is_not_there_is_404(client: FlaskClient, post: Post) -> None:
    for path in NOTHING:
        assert client.get(path).status_code == 404, path
    for path in (
        "campaigns/99",
        "campaigns/99/reset",
        "campaigns/99/team",
        "campaigns/99/team/remove",
        "campaigns/99/numbers",
    ):
        assert post(f"/admin/{path}", ask="no", key="ask", npn="1", number="+18005550150")[0] in (404, 303), path
    for path in (
        "keys/99/revoke",
        "keys/99/rotate",
        "users/99/password",
        "users/99/unlock",
        "imports/99/apply",
        "hours/ZZ/weekday",
    ):
        assert post(f"/admin/{path}")[0] == 404, path


def test_nothing_is_done_without_the_forms_token(client: FlaskClient, stage: Stage) -> None:
    answer = client.post("/admin/vendors/new", data={"slug": "acme", "name": "Acme"})

    assert answer.status_code == 400
    with stage.database.read() as tx:
        assert campaigns.vendor(tx, "acme") is None


def test_every_setting_that_cannot_be_is_told_beside_its_field_and_what_was_typed_stays(
    post: Post, stage: Stage
) -> None:
    typed = {"ring_seconds": "900", "price": "$5", "hours": HOSTILE, "time_zone": "Ohio", "max_attempts": "5"}
    was = {"was.ring_seconds": "20", "was.price": "none", "was.time_zone": "America/New_York", "was.max_attempts": "3"}

    status, page = post("/admin/campaigns/1", **typed, **was)

    assert status == 422
    assert page.count('class="field-error"') == 4
    assert 'value="900"' in page
    assert 'value="5"' in page
    assert "<script>alert" not in page
    assert _campaign(stage).policy == Policy()


def test_a_second_admin_is_told_what_the_first_one_set(post: Post, stage: Stage) -> None:
    stage.set(ring_seconds=15)

    status, page = post("/admin/campaigns/1", **{"ring_seconds": "30", "was.ring_seconds": "20"})
    again, _ = post("/admin/campaigns/1", **{"ring_seconds": "30", "was.ring_seconds": "15"})

    assert (status, again) == (422, 303)
    assert "somebody else has set it to 15" in page
    assert _campaign(stage).policy.ring_seconds == 30


def test_names_are_shown_as_they_are_and_never_run(post: Post, client: FlaskClient, stage: Stage) -> None:
    name = HOSTILE.replace("\x00", "").replace("‮", "")
    assert post("/admin/vendors/new", slug="acme", name=name)[0] == 303
    assert post("/admin/vendors/new", slug="other", name=HOSTILE)[0] == 422
    assert post("/admin/campaigns/new", number="+18005550150", name=name, loa="life", vendor="acme")[0] == 303

    for path in (
        "/admin/vendors",
        "/admin/vendors/acme",
        "/admin/campaigns",
        "/admin/campaigns/2",
        "/admin/keys",
        "/admin/system",
    ):
        page = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in page, path


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("vendors/new", {"slug": "No Good", "name": "x"}, "a slug is"),
        ("vendors/new", {"slug": "x", "name": "x", "transfer_numbers": "12, 34"}, "not a telephone number"),
        ("campaigns/new", {"number": "+18005550150", "name": "x", "loa": "boats"}, "the lines are"),
        ("campaigns/new", {"number": AGENCY, "name": "x", "loa": "life"}, "a campaign at it already"),
        ("campaigns/new", {"number": "+18005550150", "name": "x", "loa": "life", "vendor": "nobody"}, "no vendor"),
        ("campaigns/1/numbers", {"number": AGENCY}, "reaches a campaign already"),
        ("campaigns/1/numbers", {"number": "+18005550150", "state": "ZZ"}, "56 jurisdictions"),
        ("campaigns/1/team", {"npn": "1"}, "no producer has NPN"),
        ("keys", {"name": "x"}, "choose at least one"),
        ("keys", {"name": "x", "scopes": ["root"]}, "no scope"),
        ("users/new", {"email": "nonsense", "role": "admin"}, "email-error"),
        ("users/new", {"email": "a@agency.example", "role": "king"}, "choose a role"),
        ("users/new", {"email": "a@agency.example", "role": "producer"}, "needs their NPN"),
        ("users/new", {"email": "admin@agency.example", "role": "admin"}, "this address already"),
        ("users/1", {"role": "supervisor", "active": "yes"}, "last admin"),
        ("users/1", {"role": "admin"}, "last admin"),
        ("hours/OH/weekday", {"opens": "07:00", "closes": "20:00"}, "widen the law"),
        ("hours/AL/sunday", {"opens": "10:00", "closes": "12:00"}, "no calls at all"),
        ("hours/OH/weekday", {"opens": "", "closes": "20:00"}, "give both times"),
        ("imports", {"format": "csv"}, "not empty"),
        ("imports", {"format": "csv", "file": (io.BytesIO(b"x"), "a.csv"), "npn": "1"}, "only for NIPR"),
        ("imports", {"format": "nipr-csr", "file": (io.BytesIO(b"x"), "a.csv"), "as_of": "soon"}, "YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_leaves_nothing(
    post: Post, stage: Stage, path: str, fields: dict[str, Any], told: str
) -> None:
    before = _kinds(stage)

    status, page = post(f"/admin/{path}", **fields)

    assert (status, told in page) == (422, True), (status, page[-3000:])
    assert _kinds(stage) == before


def test_a_file_larger_than_may_be_is_413_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post(
        "/admin/imports",
        data=b"",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(LARGEST_UPLOAD + 10 * 1024 * 1024)},
    )
    other = client.post("/admin/vendors/new", data={"name": "x" * 100_000})

    assert (answer.status_code, other.status_code) == (413, 413)


def test_only_whom_the_change_concerns_is_signed_out(
    post: Post, client: FlaskClient, stage: Stage, signed_in_client: Callable[..., FlaskClient]
) -> None:
    theirs = signed_in_client("supervisor")
    assert theirs.get("/account").status_code == 200

    assert post("/admin/users/2", role="compliance", active="yes")[0] == 303

    assert theirs.get("/account").status_code == 302
    assert client.get("/account").status_code == 200
    with stage.database.read() as tx:
        changed = users.load(tx, 2)
    assert changed is not None
    assert changed.role.value == "compliance"


def test_a_locked_account_is_unlocked_and_a_second_factor_forgotten(post: Post, stage: Stage) -> None:
    add_person(stage, "supervisor")
    with stage.database.begin() as tx:
        for _ in range(users.FAILURES_UNTIL_LOCKED):
            users.count_failure(tx, 2, stage.now)

    assert post("/admin/users/2/unlock")[0] == 303

    with stage.database.read() as tx:
        found = users.load(tx, 2)
    assert found is not None
    assert (found.failures, found.locked(stage.now)) == (0, False)
    assert "user_reset" in _kinds(stage)


def test_a_password_is_shown_once_where_no_mail_is_set(post: Post, stage: Stage) -> None:
    stage.import_roster(licensed("Ana", 1, "OH"))

    status, page = post("/admin/users/new", email="ana@agency.example", role="producer", npn="90000001")

    assert status == 201
    assert 'id="secret"' in page
    with stage.database.read() as tx:
        added = users.by_email(tx, "ana@agency.example")
    assert added is not None
    assert (added.npn, added.active) == ("90000001", True)


def test_a_key_is_replaced_by_a_form_that_names_hours(post: Post, client: FlaskClient, stage: Stage) -> None:
    with stage.database.begin() as tx:
        old = access.create_key(tx, name="dialer", scopes=["read"], now=stage.now)

    assert post("/admin/keys/1/rotate", hours="soon")[0] == 303
    with stage.database.read() as tx:
        assert len(access.keys(tx, limit=10)) == 1
    status, page = post("/admin/keys/1/rotate", hours="2")

    assert status == 201
    assert "ends in 2 hours" in page
    stage.clock.advance(2 * 3600)
    with stage.database.read() as tx:
        assert access.key_of(tx, old, stage.now) is None
    assert client.get("/admin/keys").status_code == 200


def test_the_system_page_tells_no_secret(client: FlaskClient, stage: Stage) -> None:
    page = client.get("/admin/system").get_data(as_text=True)

    for secret in (stage.tools.settings.twilio_auth_token, stage.database.url.database):
        assert secret
        assert secret not in page


def test_every_count_has_its_words() -> None:
    assert all(singular != plural for singular, plural in COUNT_WORDS.values())


def test_when_a_key_was_used_is_written_once_an_hour(stage: Stage) -> None:
    with stage.database.begin() as tx:
        key = access.create_key(tx, name="dialer", scopes=["read"], now=stage.now)

    def used_at(*, minutes_later: int) -> float:
        stage.clock.advance(minutes_later * 60)
        answer = stage.app.test_client().get("/api/v1/callbacks", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200
        with stage.database.read() as tx:
            kept = access.kept_key(tx, 1)
        assert kept is not None
        assert kept.last_used_at is not None
        return (stage.now - kept.last_used_at).total_seconds() / 60

    assert [used_at(minutes_later=later) for later in (0, 59, 1)] == [0, 59, 0]
