"""`threegate ledger key`, `anchor` and `verify`: what a person does to show that nobody wrote the ledger anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.storage.database import Database
from tests.commands.conftest import Threegate
from tests.unguarded import take_guard_away


@pytest.fixture
def signing(
    database_url: str, make_threegate: Callable[..., Threegate], tmp_path: Path, database: Database
) -> Threegate:
    """An installation with a key, whose ledger has entries."""
    threegate = make_threegate(database_url, THREEGATE_ANCHOR_KEY=str(tmp_path / "private.pem"))
    public = threegate("ledger", "key", str(tmp_path / "private.pem")).stdout
    threegate.file("public.pem", public.encode())
    threegate.open("OH")
    return threegate


def test_a_signed_anchor_is_good_with_the_public_key(signing: Threegate) -> None:
    out = str(signing.folder / "anchor.json")
    told = signing("ledger", "anchor", "--out", out).stdout

    found = signing.json("ledger", "verify", "--anchor", out, "--public-key", str(signing.folder / "public.pem"))

    assert "signed with key" in told
    assert found["ok"] is True
    assert found["anchors"] == {"followed": 1, "unsigned": 0, "signatures_checked": True, "bad": []}


def test_a_forged_anchor_is_named(signing: Threegate, database: Database) -> None:
    folder = signing.folder / "anchors"
    folder.mkdir()
    path = folder / "anchor-1.json"
    signing("ledger", "anchor", "--out", str(path))
    forged = json.loads(path.read_bytes()) | {"hash": "f" * 64}
    path.write_text(json.dumps(forged))

    told = signing(
        "ledger", "verify", "--anchor", str(folder), "--public-key", str(signing.folder / "public.pem"), code=1
    )

    assert "BAD ANCHOR anchor-1.json: its signature is not good" in told.stderr
    assert "written anew" in signing("ledger", "verify", "--anchor", str(folder), code=1).stderr


def test_an_anchor_that_nobody_signed_is_taken_with_a_word_about_it(threegate: Threegate) -> None:
    threegate.open("OH")
    anchor = threegate.file("anchor.json", threegate("ledger", "anchor").stdout.encode())
    threegate("ledger", "key", str(threegate.folder / "other.pem"))

    told = threegate("ledger", "verify", "--anchor", anchor).stdout

    assert "goes through the anchor" in told
    assert "nobody signed" in told
    assert "no signature was checked" in told


def test_with_a_public_key_an_anchor_that_nobody_signed_is_bad(threegate: Threegate) -> None:
    threegate.open("OH")
    anchor = threegate.file("anchor.json", threegate("ledger", "anchor").stdout.encode())
    public = threegate.file("public.pem", threegate("ledger", "key", str(threegate.folder / "key.pem")).stdout.encode())

    told = threegate("ledger", "verify", "--anchor", anchor, "--public-key", public, code=1)

    assert "it is not signed" in told.stderr


def test_a_key_is_never_written_over(signing: Threegate) -> None:
    signing("ledger", "key", str(signing.folder / "private.pem"), code=2)


def test_a_key_that_cannot_be_read_is_said_before_anything_is_written(
    database_url: str, make_threegate: Callable[..., Threegate], tmp_path: Path
) -> None:
    threegate = make_threegate(database_url, THREEGATE_ANCHOR_KEY=str(tmp_path / "missing.pem"))
    threegate.open("OH")

    told = threegate("ledger", "anchor", "--out", str(tmp_path / "anchor.json"), code=2)

    assert "THREEGATE_ANCHOR_KEY" in told.stderr
    assert not (tmp_path / "anchor.json").exists()
    findings = {one["what"]: one for one in threegate.json("doctor", code=1)["findings"]}
    assert findings["anchors"]["ok"] is False


def test_a_public_key_without_an_anchor_a_bad_key_and_an_empty_folder_are_bad_input(threegate: Threegate) -> None:
    threegate.open("OH")
    (threegate.folder / "empty").mkdir()
    anchor = threegate.file("anchor.json", threegate("ledger", "anchor").stdout.encode())

    threegate("ledger", "verify", "--public-key", threegate.file("nonsense.pem", b"nonsense"), code=2)
    threegate("ledger", "verify", "--anchor", anchor, "--public-key", str(threegate.folder / "nonsense.pem"), code=2)
    threegate("ledger", "verify", "--anchor", str(threegate.folder / "empty"), code=2)
    threegate("ledger", "verify", "--anchor", str(threegate.folder / "nowhere"), code=2)


def test_the_doctor_says_how_anchors_stand(signing: Threegate, database: Database) -> None:
    findings = {one["what"]: one for one in signing.json("doctor", code=1)["findings"]}

    assert findings["anchors"]["told"].startswith("signed with key")


def test_what_an_edit_left_behind_is_named_whatever_the_anchor(signing: Threegate, database: Database) -> None:
    anchor = signing.file("anchor.json", signing("ledger", "anchor").stdout.encode())
    with database.begin() as tx:
        take_guard_away(tx)
        tx.execute(text("UPDATE ledger SET facts = '{}' WHERE seq = 1"))

    assert "its facts are not those" in signing("ledger", "verify", "--anchor", anchor, code=1).stderr
