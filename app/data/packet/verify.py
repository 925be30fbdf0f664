"""Checks a packet of evidence with nothing but Python 3.9 or newer: python3 verify.py [--public-key KEY.pem] [FOLDER]

It reads the files beside it (or in FOLDER) and asks nothing else. Exit 0: everything holds. Exit 1: something does not, and
it is named. README.txt says what each check proves, and what none of them can.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

CHAINED = ("id", "kind", "actor", "call_id", "lead_id", "roster_version", "rule_version")


def main(arguments: list[str]) -> int:
    key: bytes | None = None
    if "--public-key" in arguments:
        at = arguments.index("--public-key")
        key = public_key(Path(arguments[at + 1]))
        del arguments[at : at + 2]
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        wrong = files(folder, manifest)
        links, more = chain(folder, manifest)
        wrong += more + decisions(folder, links) + anchors(folder, links, key)
    except (OSError, ValueError, KeyError, TypeError) as error:
        wrong = [f"the packet cannot be read: {type(error).__name__}: {error}"]
    for each in wrong:
        print(f"WRONG  {each}")
    print("This packet does not hold." if wrong else "Everything that this packet can prove by itself holds.")
    return 1 if wrong else 0


def files(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Every file is there, is what the manifest says, and there is no other."""
    wrong = []
    for name, told in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name}: the file is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != told["sha256"]:
            wrong.append(f"{name}: the file is not what the manifest says")
    known = {*manifest["files"], "manifest.json"}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known and "__pycache__" not in name:
            wrong.append(f"{name}: the manifest does not know this file")
    if not wrong:
        print(f"ok     {len(known)} files are what the manifest says")
    return wrong


def chain(folder: Path, manifest: dict[str, Any]) -> tuple[dict[int, dict[str, Any]], list[str]]:
    """Each link follows the one before it, its hash is of what it says, and each fact shown has the digest in it."""
    links: dict[int, dict[str, Any]] = {}
    previous: dict[str, Any] | None = None
    shown = 0
    for number, line in enumerate((folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        seq = row["seq"]
        if previous is not None and seq != previous["seq"] + 1:
            return links, [f"ledger.jsonl, line {number}: after link {previous['seq']} comes {seq}"]
        if previous is not None and row["prev_hash"] != previous["hash"]:
            return links, [f"ledger.jsonl, link {seq}: it is not chained to the link before it"]
        if row["hash"] != link_hash(row):
            return links, [f"ledger.jsonl, link {seq}: it is not what was sealed"]
        if "facts" in row:
            shown += 1
            if hashlib.sha256(f"{row['salt']}:{row['facts']}".encode()).hexdigest() != row["facts_digest"]:
                return links, [f"ledger.jsonl, link {seq}: its facts are not those that were sealed"]
        links[seq] = previous = row
    told = manifest["chain"]
    if told["from"] is not None and (not links or min(links) != told["from"] or max(links) != told["to"]):
        return links, [f"ledger.jsonl: the chain should go from link {told['from']} to {told['to']}"]
    if set(told["cited"]) != {seq for seq, row in links.items() if row.get("cited")}:
        return links, ["ledger.jsonl: the entries that are cited are not those that the manifest names"]
    print(f"ok     {len(links)} links of the ledger's chain follow one another; the facts of {shown} are those sealed")
    return links, []


def link_hash(row: dict[str, Any]) -> str:
    """SHA-256 over the hash before and the entry as canonical JSON (RFC 8785)."""
    entry = {name: row[name] for name in CHAINED}
    entry.update(seq=row["seq"], at=row["at"], facts=row["facts_digest"])
    return hashlib.sha256(row["prev_hash"].encode() + canonical(entry)).hexdigest()


def canonical(value: dict[str, Any]) -> bytes:
    """RFC 8785, for texts, whole numbers and null: all there is here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def decisions(folder: Path, links: dict[int, dict[str, Any]]) -> list[str]:
    """What a decision says was written is what the sealed entry says."""
    wrong = []
    count = 0
    seen = set()
    for line in (folder / "decisions.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        count += 1
        name = f"decisions.jsonl, entry {told['ledger_id']}"
        row = links.get(told["seq"])
        seen.add(told["seq"])
        if row is None or not row.get("cited"):
            wrong.append(f"{name}: the ledger in this packet does not have it")
            continue
        same = ("id", "ledger_id"), ("kind", "kind"), ("actor", "actor"), ("hash", "hash"), ("roster_version",) * 2
        if any(row[theirs] != told[ours] for theirs, ours in same):
            wrong.append(f"{name}: it is not the entry that was sealed")
        elif "facts" in row and json.loads(row["facts"]) != told["written"]:
            wrong.append(f"{name}: what it says was written is not what was sealed")
    for seq in sorted(seq for seq, row in links.items() if row.get("cited") and seq not in seen):
        wrong.append(f"decisions.jsonl: the entry of link {seq} is cited and missing")
    if not wrong:
        print(f"ok     {count} decisions say what was sealed")
    return wrong


def anchors(folder: Path, links: dict[int, dict[str, Any]], key: bytes | None) -> list[str]:
    """The chain goes through each anchor; with the agency's public key, each is signed with it."""
    wrong = []
    found = sorted((folder / "anchors").glob("*.json")) if (folder / "anchors").is_dir() else []
    signed = through = 0
    for path in found:
        anchor = json.loads(path.read_bytes())
        row = links.get(anchor["seq"])
        if row is not None and row["hash"] != anchor["hash"]:
            wrong.append(f"anchors/{path.name}: the chain does not go through it")
        through += row is not None
        if key is None:
            continue
        text = canonical({name: value for name, value in anchor.items() if name != "signature"})
        if "signature" not in anchor or not is_signed(key, base64.b64decode(anchor["signature"]), text):
            wrong.append(f"anchors/{path.name}: it is not signed with this key")
        signed += 1
    if wrong:
        return wrong
    print(f"ok     the chain goes through {through} anchors" if through else "note   no anchor of this chain is here")
    if key is not None:
        print(f"ok     {signed} anchors are signed with this key")
    elif found:
        print("note   no signature was checked: give the agency's public key with --public-key")
    return []


# ---- Ed25519 (RFC 8032, section 5.1.7), slowly


P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]


def public_key(path: Path) -> bytes:
    """The 32 bytes of an Ed25519 key in PEM."""
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("-----")]
    der = base64.b64decode("".join(lines))
    if len(der) != 44 or der[:12] != bytes.fromhex("302a300506032b6570032100"):
        raise SystemExit(f"{path}: no Ed25519 public key in PEM")
    return der[12:]


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    if len(signature) != 64:
        return False
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = times(s, BASE), plus(r, times(h, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def plus(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P


def times(number: int, a: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = plus(found, a)
        a = plus(a, a)
        number >>= 1
    return found


def root(y: int, sign: int) -> int | None:
    """The x of a point whose y is known."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def point(content: bytes) -> Point | None:
    y = int.from_bytes(content, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = root(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = root(BASE_Y, 0) or 0
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
