"""Anchors: heads of the ledger's chain, signed and kept outside of the database, where its owner cannot write them anew.

An anchor is a file of JSON. What is signed is the anchor without its signature as canonical JSON (RFC 8785), with Ed25519
(RFC 8032): whoever has the public key can check it without us. The private key is a file, never in the database.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

LARGEST = 64 * 1024
"""Bytes of an anchor, or of a key."""

MOST = 1_000_000
"""Anchors of one folder: nine years of one each five minutes."""

_NAME = re.compile(r"anchor-([0-9]{1,18})\.json", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class KeyTrouble(Exception):
    """A key cannot be read, or is of another kind; the message says which and why."""


class BadAnchor(ValueError):
    """It is no anchor; the message says why."""


@dataclass(frozen=True)
class Anchor:
    """A head of the chain. Instants are RFC 3339 in UTC; `signature` is base64, None where nobody signed."""

    seq: int
    hash: str
    at: str
    exported_at: str
    installation: str
    key_id: str | None = None
    signature: str | None = None

    @property
    def signed(self) -> bytes:
        """What a signature is of."""
        return rfc8785.dumps({name: value for name, value in self.fields.items() if name != "signature"})

    @property
    def fields(self) -> dict[str, Any]:
        """As the file has them; what nobody gave is left out."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def written(self) -> bytes:
        return json.dumps(self.fields, indent=2).encode() + b"\n"


@dataclass(frozen=True)
class PublicKey:
    """Checks signatures. `pem` is as `openssl pkey -pubin` reads it."""

    key: Ed25519PublicKey

    @property
    def pem(self) -> str:
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @cached_property
    def key_id(self) -> str:
        """The first 16 digits of the SHA-256 of the raw key: a name for it, no proof."""
        return hashlib.sha256(self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]

    def why_not(self, anchor: Anchor) -> str | None:
        """Why the anchor is not one that this key signed; None where it is."""
        if anchor.signature is None:
            return "it is not signed"
        try:
            self.key.verify(base64.b64decode(anchor.signature, validate=True), anchor.signed)
        except (InvalidSignature, ValueError):
            by = f"by key {anchor.key_id}, and this is {self.key_id}" if anchor.key_id != self.key_id else "by this key"
            return f"its signature is not good: it says that it was signed {by}"
        return None


@dataclass(frozen=True)
class Signer:
    """Signs with a private key."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key.public_key())

    def sign(self, anchor: Anchor) -> Anchor:
        """The anchor with this key's id and signature."""
        named = Anchor(**{**vars(anchor), "key_id": self.public.key_id, "signature": None})
        return Anchor(**{**vars(named), "signature": base64.b64encode(self.key.sign(named.signed)).decode()})


def new_signer() -> Signer:
    return Signer(Ed25519PrivateKey.generate())


def keep_private(signer: Signer, path: Path) -> None:
    """Write the private key to a new file that only its owner may read. Raises OSError, also where the file is there."""
    pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_new(path, pem, mode=0o600)


def read_signer(path: Path) -> Signer:
    """Raises KeyTrouble."""
    try:
        key = load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyTrouble(f"{path}: no private key without a password in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyTrouble(f"{path}: a key of another kind than Ed25519")
    return Signer(key)


def read_public_key(path: Path) -> PublicKey:
    """Raises KeyTrouble."""
    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyTrouble(f"{path}: no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyTrouble(f"{path}: a key of another kind than Ed25519")
    return PublicKey(key)


def parse(content: bytes) -> Anchor:
    """An anchor as `threegate ledger anchor` and the scheduler write it. Raises BadAnchor."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadAnchor("it is no JSON") from error
    if not isinstance(told, dict):
        raise BadAnchor("it is no object")
    # An anchor of before they were signed names no installation.
    fields: dict[str, Any] = {name: told.get(name) for name in Anchor.__dataclass_fields__}
    found = Anchor(**{**fields, "installation": fields["installation"] or ""})
    texts = (found.at, found.exported_at, found.installation)
    optional = (found.key_id, found.signature)
    if not isinstance(found.seq, int) or isinstance(found.seq, bool) or not 0 < found.seq < 2**53:
        raise BadAnchor("its seq is no place in a chain")
    if not isinstance(found.hash, str) or not _HASH.fullmatch(found.hash):
        raise BadAnchor("its hash is no SHA-256")
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(text, str | None) for text in optional):
        raise BadAnchor("something in it is no text")
    if set(told) - set(Anchor.__dataclass_fields__):
        raise BadAnchor("there is something in it that is not signed")
    return found


class AnchorFolder:
    """A folder in which each anchor is written once, best a mount on which nothing can be changed: anchor-<seq>.json."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def newest(self) -> int:
        """The highest place of which there is an anchor; 0 where there is none. Raises OSError."""
        if not self.path.exists():
            return 0
        return max(
            (int(match[1]) for entry in os.scandir(self.path) if (match := _NAME.fullmatch(entry.name))), default=0
        )

    def write(self, anchor: Anchor) -> bool:
        """Keep it for good; False where there is one of this place already. Raises OSError."""
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            _write_new(self.path / f"anchor-{anchor.seq}.json", anchor.written(), mode=0o444)
        except FileExistsError:
            return False
        return True

    def files(self, *, first: int = 0, last: int | None = None) -> list[Path]:
        """Its anchors from place `first` to `last` in the order of the chain. Raises OSError."""
        named = ((int(match[1]), path) for path in self.path.iterdir() if (match := _NAME.fullmatch(path.name)))
        wanted = sorted(each for each in named if first <= each[0] and (last is None or each[0] <= last))
        return [path for _, path in wanted[:MOST]]


def _write_new(path: Path, content: bytes, *, mode: int) -> None:
    """All of it or nothing, on the disk when this returns; never over what is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        # On a mount where nothing can be taken back the half of it stays, and is no anchor.
        with suppress(OSError):
            path.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise KeyTrouble(f"{path}: {error.strerror}") from error
    if len(content) > LARGEST:
        raise KeyTrouble(f"{path}: too large for a key")
    return content
