"""A packet proves what happened as it was then: played calls on both databases, read as a regulator reads them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.outside.anchors import keep_private, new_signer
from app.simulator.parties import accepts, declines
from app.storage import calls, ledger, seals
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.workflows.authority.keep_anchors import Anchoring, keep_anchors
from app.workflows.authority.verify_ledger import seal_ledger, verify_ledger
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.packet.asked import Asked, asked, of_facts
from app.workflows.packet.errors import TooLarge
from app.workflows.packet.make_packet import Limits, Made, make_packet
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER, PAT
from tests.product import Stage
from tests.workflows.receivers import Receivers

ZONE = "America/New_York"
RINGING = 20
"""Seconds after which a producer's phone rings, and nobody has pressed anything."""


class Packet:
    """A packet, unpacked into `folder`."""

    def __init__(self, content: bytes, folder: Path) -> None:
        self.content, self.folder = content, folder
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.names = archive.namelist()
            archive.extractall(folder)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text(name).splitlines()]

    def rows(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text(name))))

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text("manifest.json"))
        return found

    def verify(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What its own verify.py says, with nothing of ours to import."""
        return subprocess.run(
            [sys.executable, "-I", str(self.folder / "verify.py"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )


def question(stage: Stage, **given: Any) -> Asked:
    with stage.database.read() as tx:
        found = asked(tx, zone=ZONE, **given)
    assert isinstance(found, Asked), found
    return found


def made(stage: Stage, folder: Path, *, anchoring: Anchoring | None = None, **given: Any) -> Packet:
    content, _ = bytes_of(stage, anchoring=anchoring, **given)
    return Packet(content, folder / "packet")


def bytes_of(
    stage: Stage, *, anchoring: Anchoring | None = None, limits: Limits | None = None, **given: Any
) -> tuple[bytes, Made]:
    file = io.BytesIO()
    told = make_packet(
        file,
        question(stage, **given),
        anchoring=anchoring or Anchoring("https://threegate.example.com"),
        made_for="user:kim@agency.example",
        database=stage.database,
        now=stage.now,
        limits=limits or Limits(),
    )
    return file.getvalue(), told


@pytest.fixture
def played(stage: Stage) -> Stage:
    """Ana takes a call from Ohio, and her license is suspended afterwards; Ben declines, Pat has no license there."""
    stage.hire(BEN, behavior=declines())
    stage.hire(ANA, behavior=accepts(talk_seconds=200))
    stage.hire(PAT)
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(3600)
    stage.suspend(ANA, "OH")
    stage.clock.advance(3600)
    return stage


def first_call(stage: Stage) -> calls.Call:
    with stage.database.read() as tx:
        found = calls.by_id(tx, tx.execute(select(func.min(table_of(CallRow).c.id))).scalar_one())
    assert found is not None
    return found


def sid_of(stage: Stage) -> str:
    return first_call(stage).call_sid


QUESTIONS = ["state", "npn", "call"]


def asked_as(stage: Stage, what: str) -> dict[str, Any]:
    return {"state": {"state": "OH"}, "npn": {"npn": ANA.npn}, "call": {"call_sid": sid_of(stage)}}[what]


@pytest.mark.parametrize("what", QUESTIONS)
def test_a_license_suspended_later_stands_as_it_was_at_the_call(played: Stage, tmp_path: Path, what: str) -> None:
    packet = made(played, tmp_path, **asked_as(played, what))

    told = packet.text("summary.txt")
    flat = re.sub(r"\s+", " ", told)
    assert f"Taken by Ana Tester (NPN {ANA.npn})" in flat
    assert f"Ohio, life: number OH-{ANA.npn}, active, Jan 1, 2020 to Dec 31, 2027" in flat
    assert "from a roster file" in flat
    (held,) = [row for row in packet.rows("licenses.csv") if row["npn"] == ANA.npn and row["state"] == "OH"]
    assert (held["status"], held["source"]) == ("active", "csv")
    assert "suspended" not in packet.text("licenses.csv")


@pytest.mark.parametrize("what", QUESTIONS)
def test_who_was_offered_and_who_could_not_be_is_told_in_words(played: Stage, tmp_path: Path, what: str) -> None:
    packet = made(played, tmp_path, **asked_as(played, what))

    flat = re.sub(r"\s+", " ", packet.text("summary.txt"))
    assert f"Offered: Ben Tester (NPN {BEN.npn}): declined" in flat
    assert f"Offered: Ana Tester (NPN {ANA.npn}): pressed 1 and was connected" in flat
    assert "Without authority: 1, because holds no license in that state: Pat Tester" in flat
    assert "State: Ohio." in flat
    assert "+1 614-***-**50" in flat
    page = packet.text("summary.html")
    assert "<script" not in page
    assert "Pat Tester" in page
    offers = [line for line in packet.lines("decisions.jsonl") if line["kind"] == "offer"]
    considered = {one["npn"]: one for one in offers[0]["re_derived"]["producers"]}
    assert considered[PAT.npn]["reasons"] == ["no_license"]
    assert considered[ANA.npn]["allowed"] is True
    assert [line["re_derived"]["agrees_with_written"] for line in offers] == [True, True]


def test_a_refusal_at_the_key_press_stands_with_its_reason(stage: Stage, tmp_path: Path) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=None))
    stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(RINGING)
    stage.suspend(ANA, "OH")
    stage.exchange.run()

    packet = made(stage, tmp_path, state="OH")

    flat = re.sub(r"\s+", " ", packet.text("summary.txt"))
    assert f"Refused: Ana Tester (NPN {ANA.npn}): pressed 1; the license there was not active" in flat
    assert f"Offered: Ana Tester (NPN {ANA.npn}): pressed 1 and was not connected" in flat
    refusal = next(line for line in packet.lines("decisions.jsonl") if line["kind"] == "acceptance")
    assert refusal["written"]["reasons"] == ["license_not_active"]
    assert refusal["re_derived"]["agrees_with_written"] is True


@pytest.mark.parametrize("what", QUESTIONS)
def test_no_consumers_number_or_name_leaves(played: Stage, tmp_path: Path, what: str) -> None:
    packet = made(played, tmp_path, **asked_as(played, what))

    for name in packet.names:
        assert OHIO_CALLER not in packet.text(name), name
        assert OHIO_CALLER[2:] not in packet.text(name), name


def test_only_the_days_and_the_people_that_were_asked_about_are_in_it(played: Stage, tmp_path: Path) -> None:
    played.clock.advance(86400)
    played.hire(PAT)
    played.behave(BEN, accepts(talk_seconds=100))
    played.presence(BEN, "available")
    played.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)

    today = played.now.date()
    both = made(played, tmp_path / "both", state="OH")
    first = made(played, tmp_path / "first", state="OH", last=date(2026, 11, 18))
    second = made(played, tmp_path / "second", state="OH", first=today)
    anas = made(played, tmp_path / "ana", npn=ANA.npn)

    assert [len(packet.rows("calls.csv")) for packet in (both, first, second, anas)] == [2, 1, 1, 1]
    assert all(packet.verify().returncode == 0 for packet in (both, first, second, anas))


def test_nothing_found_is_said_to_be_nothing_and_still_proves_itself(played: Stage, tmp_path: Path) -> None:
    packet = made(played, tmp_path, state="TX")

    assert "There was nothing" in packet.text("summary.txt")
    assert "There was nothing" in packet.text("summary.html")
    assert packet.rows("calls.csv") == []
    assert packet.lines("decisions.jsonl") == []
    checked = packet.verify()
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_empty_ledger_makes_an_empty_packet(stage: Stage, tmp_path: Path) -> None:
    packet = made(stage, tmp_path, state="OH")

    assert "There was nothing" in packet.text("README.txt") + packet.text("summary.txt")
    assert packet.verify().returncode == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "state"),
        ({"state": "OH", "npn": ANA.npn}, "npn"),
        ({"state": "XX"}, "state"),
        ({"npn": "1"}, "npn"),
        ({"call_sid": "CA1"}, "call_sid"),
        ({"state": "OH", "first": date(2026, 11, 19), "last": date(2026, 11, 18)}, "to"),
        ({"state": "OH", "first": date(1, 1, 1)}, "from"),
        ({"state": "OH", "last": date(9999, 12, 31)}, "to"),
    ],
)
def test_what_is_not_there_is_refused_by_field(played: Stage, given: dict[str, Any], field: str) -> None:
    with played.database.read() as tx:
        found = asked(tx, zone=ZONE, **given)

    assert isinstance(found, Unmet)
    assert found.field == field


def test_a_calls_packet_has_no_days(played: Stage) -> None:
    with played.database.read() as tx:
        found = asked(tx, zone=ZONE, call_sid=sid_of(played), first=date(2026, 11, 18))

    assert isinstance(found, Unmet)
    assert found.field == "from"


def test_a_question_survives_its_way_through_json(played: Stage) -> None:
    given = question(played, state="OH", first=date(2026, 11, 1), last=date(2026, 11, 30))

    assert of_facts(json.loads(json.dumps(given.facts))) == given
    assert given.file_name == "packet-OH-2026-11-01-2026-11-30.zip"


# ---- what proves it


def test_the_same_question_at_the_same_head_is_the_same_bytes(played: Stage) -> None:
    seal_ledger(database=played.database)
    with played.database.read() as tx:
        before = seals.head(tx)
    first, told = bytes_of(played, state="OH")
    with played.database.read() as tx:
        (note,) = [entry for entry in ledger.entries(tx, range(1, 200)).values() if entry.kind == "packet_made"]

    assert before is not None
    assert told.head == before.seq
    assert note.facts["manifest_sha256"] == told.manifest_sha256
    # That it was made is in the ledger: the head is another one now, and what was asked about is the same.
    second, _ = bytes_of(played, state="OH")
    one, other = (zipfile.ZipFile(io.BytesIO(content)) for content in (first, second))
    for name in ("decisions.jsonl", "calls.csv", "licenses.csv", "verify.py"):
        assert one.read(name) == other.read(name), name
    assert one.namelist()[:-2] != []


def test_anchors_since_are_in_it_and_their_signatures_can_be_checked(played: Stage, tmp_path: Path) -> None:
    signer = new_signer()
    keep_private(signer, tmp_path / "key.pem")
    (tmp_path / "public.pem").write_text(signer.public.pem)
    (tmp_path / "other.pem").write_text(new_signer().public.pem)
    anchoring = Anchoring("https://threegate.example.com", tmp_path / "key.pem", tmp_path / "anchors")
    seal_ledger(database=played.database)
    keep_anchors(anchoring=anchoring, database=played.database, notices=Receivers(anybody=False), now=played.now)
    packet = made(played, tmp_path / "packet", anchoring=anchoring, state="OH")

    good = packet.verify("--public-key", str(tmp_path / "public.pem"))
    other = packet.verify("--public-key", str(tmp_path / "other.pem"))

    assert good.returncode == 0, good.stdout + good.stderr
    assert "2 anchors are signed with this key" in good.stdout
    assert other.returncode == 1
    assert "not signed with this key" in other.stdout


def test_a_sound_packet_verifies_with_nothing_but_python(played: Stage, tmp_path: Path) -> None:
    checked = made(played, tmp_path, state="OH").verify()

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Everything that this packet can prove by itself holds." in checked.stdout


TAMPERS = ["decision", "decision and manifest", "ledger line", "facts", "manifest", "extra", "missing", "last link"]


@pytest.mark.parametrize("tamper", TAMPERS)
def test_a_packet_that_somebody_changed_names_what_was_changed(played: Stage, tmp_path: Path, tamper: str) -> None:
    packet = made(played, tmp_path, state="OH")

    says = change(packet, tamper)

    checked = packet.verify()
    assert checked.returncode == 1, checked.stdout
    assert says in checked.stdout


def change(packet: Packet, tamper: str) -> str:
    decisions, chain = packet.folder / "decisions.jsonl", packet.folder / "ledger.jsonl"
    match tamper:
        case "decision" | "decision and manifest":
            decisions.write_text(decisions.read_text().replace('"status":"active"', '"status":"revoked"', 1))
            if tamper == "decision":
                return "decisions.jsonl: the file is not what the manifest says"
            redone(packet, "decisions.jsonl")
            return "what it says was written is not what was sealed"
        case "ledger line":
            lines = chain.read_text().splitlines(keepends=True)
            chain.write_text("".join(lines[:1] + lines[2:]))
            redone(packet, "ledger.jsonl")
            return "comes"
        case "facts":
            chain.write_text(chain.read_text().replace('\\"allowed\\":true', '\\"allowed\\":false', 1))
            redone(packet, "ledger.jsonl")
            return "its facts are not those that were sealed"
        case "manifest":
            manifest = packet.manifest
            manifest["files"]["calls.csv"]["sha256"] = "0" * 64
            (packet.folder / "manifest.json").write_text(json.dumps(manifest))
            return "calls.csv: the file is not what the manifest says"
        case "extra":
            (packet.folder / "more.txt").write_text("more")
            return "more.txt: the manifest does not know this file"
        case "missing":
            (packet.folder / "licenses.csv").unlink()
            return "licenses.csv: the file is missing"
        case "last link":
            lines = chain.read_text().splitlines(keepends=True)
            chain.write_text("".join(lines[:-1]))
            redone(packet, "ledger.jsonl")
            return "the chain should go from link"
    raise AssertionError(tamper)


def redone(packet: Packet, name: str) -> None:
    """The manifest made to fit, as somebody who knows what they do would."""
    manifest = packet.manifest
    manifest["files"][name]["sha256"] = hashlib.sha256((packet.folder / name).read_bytes()).hexdigest()
    (packet.folder / "manifest.json").write_text(json.dumps(manifest))


# ---- what cannot be shown


def test_a_decision_whose_facts_were_erased_is_told_to_be_erased(played: Stage, tmp_path: Path) -> None:
    played.reads_zero = False
    call = first_call(played)
    with played.database.begin() as tx:
        ids = ledger.decisions_of_call(tx, call.id)
        by = ledger.write(tx, kind=seals.ERASURE, now=played.now, actor="test", facts={"entries": ids})
        seals.erase_facts(tx, ids, by=by)

    of_call = made(played, tmp_path / "call", call_sid=call.call_sid)
    of_state = made(played, tmp_path / "state", state="OH")

    assert verify_ledger(database=played.database).bad is None
    assert of_call.verify().returncode == 0
    assert all(line["written"] is None and line["erased_by"] == by for line in of_call.lines("decisions.jsonl"))
    flat = re.sub(r"\s+", " ", of_call.text("summary.txt"))
    assert f"The facts of {len(ids)} decisions were erased" in flat
    assert "nobody can say whether they belong here" in re.sub(r"\s+", " ", of_state.text("summary.txt"))


def test_facts_that_hold_a_number_are_masked_and_keep_their_salt_to_themselves(played: Stage, tmp_path: Path) -> None:
    with played.database.begin() as tx:
        entry = max(ledger.entries(tx, range(1, 500)))
        facts = {**next(each.facts for each in ledger.entries(tx, range(1, entry)).values() if each.kind == "offer")}
        ledger.write(
            tx, kind="check", now=played.now, actor="key:dialer", facts={**facts, "dialing": OTHER_OHIO_CALLER}
        )

    packet = made(played, tmp_path, state="OH")

    (check,) = [line for line in packet.lines("decisions.jsonl") if line["kind"] == "check"]
    (link,) = [line for line in packet.lines("ledger.jsonl") if line.get("withheld")]
    assert check["written"]["dialing"] == "+1 614-***-**51"
    assert "salt" not in link
    assert "facts" not in link
    assert OTHER_OHIO_CALLER not in "".join(packet.text(name) for name in packet.names)
    assert packet.verify().returncode == 0


def test_a_bridge_that_nobody_let_through_cannot_be_hidden(played: Stage, tmp_path: Path) -> None:
    played.reads_zero = False
    with played.database.begin() as tx:
        ledger.write(
            tx,
            kind="bridged_without_acceptance",
            now=played.now,
            actor="carrier",
            facts={"offer": 1, "npn": ANA.npn},
            call_id=first_call(played).id,
        )

    packet = made(played, tmp_path, state="OH")

    assert "The carrier reported a connection that no decision let through." in packet.text("summary.txt")
    assert "1 connection without a decision" in re.sub(r"\s+", " ", packet.text("summary.txt"))


@pytest.mark.parametrize("limits", [Limits(decisions=2), Limits(verdicts=3)])
def test_more_than_a_packet_holds_is_refused_with_what_to_do(played: Stage, limits: Limits) -> None:
    with pytest.raises(TooLarge, match="ask for fewer days"):
        bytes_of(played, state="OH", limits=limits)


def test_the_summary_tells_of_the_first_calls_and_how_many_more_the_files_have(played: Stage, tmp_path: Path) -> None:
    played.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)
    content, _ = bytes_of(played, state="OH", limits=Limits(calls_told=1))
    packet = Packet(content, tmp_path / "packet")

    assert "1 more calls stand in calls.csv" in packet.text("summary.txt")
    assert len(packet.rows("calls.csv")) == 2
