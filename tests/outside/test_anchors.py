"""Anchors as files: written once, signed, and checked by whoever has the public key."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from app.outside.anchors import (
    Anchor,
    AnchorFolder,
    BadAnchor,
    KeyTrouble,
    keep_private,
    new_signer,
    parse,
    read_public_key,
    read_signer,
)

HEAD = Anchor(
    seq=7,
    hash="0" * 63 + "7",
    at="2026-11-18T15:00:00Z",
    exported_at="2026-11-18T15:05:00Z",
    installation="https://threegate.example.com",
)


def test_what_was_signed_is_good_when_it_is_read_back() -> None:
    signer = new_signer()

    read = parse(signer.sign(HEAD).written())

    assert signer.public.why_not(read) is None
    assert (read.seq, read.key_id) == (7, signer.public.key_id)


@pytest.mark.parametrize("changed", ["seq", "hash", "at", "exported_at", "installation", "signature"])
def test_an_anchor_that_was_changed_is_not_what_was_signed(changed: str) -> None:
    signer = new_signer()
    signed = signer.sign(HEAD)
    other: dict[str, Any] = {"seq": 8, "hash": "1" * 64, "signature": new_signer().sign(HEAD).signature}

    forged = replace(signed, **{changed: other.get(changed, "2026-11-18T16:00:00Z")})

    assert "not good" in str(signer.public.why_not(parse(forged.written())))


def test_another_key_or_none_is_said_to_be_so() -> None:
    signer, other = new_signer(), new_signer()

    assert f"by key {other.public.key_id}, and this is {signer.public.key_id}" in str(
        signer.public.why_not(other.sign(HEAD))
    )
    assert signer.public.why_not(HEAD) == "it is not signed"


def test_a_private_key_is_a_new_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    signer, path, public = new_signer(), tmp_path / "anchor.pem", tmp_path / "public.pem"

    keep_private(signer, path)
    public.write_text(signer.public.pem)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_public_key(public).why_not(read_signer(path).sign(HEAD)) is None
    with pytest.raises(FileExistsError):
        keep_private(new_signer(), path)
    assert read_signer(path).public.key_id == signer.public.key_id


@pytest.mark.parametrize("content", [None, b"", b"nonsense", b"x" * 70_000, "curve"])
def test_what_is_no_key_is_named_with_its_path(tmp_path: Path, content: bytes | str | None) -> None:
    path, public = tmp_path / "key.pem", tmp_path / "public.pem"
    curve = generate_private_key(SECP256R1())
    if content == "curve":
        path.write_bytes(curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public.write_bytes(curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    elif isinstance(content, bytes):
        path.write_bytes(content)
        public.write_bytes(content)

    with pytest.raises(KeyTrouble, match=r"key\.pem"):
        read_signer(path)
    with pytest.raises(KeyTrouble, match=r"public\.pem"):
        read_public_key(public)


def test_an_anchor_is_never_written_over(tmp_path: Path) -> None:
    folder = AnchorFolder(tmp_path / "anchors")

    first, again = folder.write(HEAD), folder.write(replace(HEAD, hash="f" * 64))
    folder.write(replace(HEAD, seq=12))
    (tmp_path / "anchors" / "anchor-99.txt").touch()

    assert (first, again, folder.newest()) == (True, False, 12)
    assert [path.name for path in folder.files()] == ["anchor-7.json", "anchor-12.json"]
    assert parse(folder.files()[0].read_bytes()) == HEAD


def test_a_folder_that_is_not_there_yet_has_no_anchor(tmp_path: Path) -> None:
    assert AnchorFolder(tmp_path / "none").newest() == 0


def test_an_anchor_of_before_they_were_signed_can_be_read() -> None:
    old = {"seq": 3, "hash": "a" * 64, "at": "2026-11-18T15:00:00Z", "exported_at": "2026-11-18T15:00:00Z"}

    assert parse(json.dumps(old).encode()).signature is None


@given(content=st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_is_no_anchor_is_said_to_be_none(content: bytes | str) -> None:
    with pytest.raises(BadAnchor):
        parse(content.encode() if isinstance(content, str) else content)


@given(st.sampled_from(["seq", "hash", "at", "signature", "more"]), st.none() | st.booleans() | st.text(max_size=5))
def test_a_field_that_cannot_be_makes_no_anchor(name: str, value: Any) -> None:
    fields = {**HEAD.fields, name: value}
    if name == "signature" and (value is None or isinstance(value, str)):
        return
    if name == "at" and isinstance(value, str):
        return

    with pytest.raises(BadAnchor):
        parse(json.dumps(fields).encode())
