"""The voice doors: signature first, bounded bodies, hostile values, and five addresses that always answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text
from werkzeug.test import TestResponse

from app.simulator.signing import sign
from app.wiring import Tools
from tests.carrier.examples import EXAMPLES
from tests.conversations.deliveries import arrival_form, ask
from tests.product import AGENCY, AUTH_TOKEN, PUBLIC, Stage
from twiml import reader, verbs

SID = "CA" + "1" * 32
CALLER = "+16145550150"
ARRIVAL = arrival_form(SID, CALLER, AGENCY)


def post(stage: Stage, body: bytes, headers: dict[str, str], path: str = "/voice/incoming") -> TestResponse:
    return stage.app.test_client().post(
        path, data=body, headers=headers, content_type="application/x-www-form-urlencoded"
    )


def signed(form: list[tuple[str, str]], base: str = PUBLIC, path: str = "/voice/incoming") -> dict[str, str]:
    return {"X-Twilio-Signature": sign(AUTH_TOKEN, base + path, form)}


def written(stage: Stage) -> int:
    """How many calls and texts are in the database."""
    with stage.database.read() as tx:
        counted = [
            tx.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in ("calls", "texts_received")
        ]
    return sum(counted)


def document(body: str) -> tuple[Any, ...]:
    return reader.read(body).verbs


def test_without_the_carriers_signature_nothing_happens(stage: Stage) -> None:
    body = urlencode(ARRIVAL).encode()
    good = signed(ARRIVAL)["X-Twilio-Signature"]
    forged: list[dict[str, str]] = [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "ünicode"},
        {"X-Twilio-Signature": good[:-2] + "A="},
        {"X-Twilio-Signature": sign("another token", f"{PUBLIC}/voice/incoming", ARRIVAL)},
        signed(ARRIVAL, path="/voice/status"),
        signed([*ARRIVAL, ("Digits", "1")]),
        {**signed(ARRIVAL, base="https://attacker.example"), "X-Forwarded-Host": "attacker.example"},
        {**signed(ARRIVAL, base="http://threegate.example.com"), "X-Forwarded-Proto": "http"},
        {**signed(ARRIVAL, base="https://attacker.example"), "Host": "attacker.example"},
    ]

    answers = [post(stage, body, headers) for headers in forged]

    assert [answer.status_code for answer in answers] == [403] * len(forged)
    assert written(stage) == 0


def test_forwarded_headers_change_nothing_about_a_good_signature(stage: Stage) -> None:
    spoofed = {"X-Forwarded-Host": "attacker.example", "X-Forwarded-Proto": "http", "X-Forwarded-For": "127.0.0.1"}

    answer = post(stage, urlencode(ARRIVAL).encode(), {**signed(ARRIVAL), **spoofed})

    assert answer.status_code == 200
    assert written(stage) == 1


def test_the_port_of_an_https_address_is_dropped_by_the_carrier_and_kept_by_some(stage: Stage) -> None:
    answers = [
        post(stage, urlencode(ARRIVAL).encode(), signed(ARRIVAL, base=base)) for base in (PUBLIC, f"{PUBLIC}:443")
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_blank_parameters_are_signed_and_kept(stage: Stage) -> None:
    form = [*ARRIVAL, ("FromCity", ""), ("ParentCallSid", ""), ("CallerName", "")]

    assert post(stage, urlencode(form).encode(), signed(form)).status_code == 200


def test_a_body_beyond_64_kilobytes_is_refused_and_so_are_sixty_thousand_fields(stage: Stage) -> None:
    large = [*ARRIVAL, ("Body", "x" * 70_000)]
    many = [(f"f{nth}", "") for nth in range(60_000)]
    some = [(f"f{nth}", "") for nth in range(5_000)]

    statuses = [post(stage, urlencode(form).encode(), signed(form)).status_code for form in (large, many, some)]

    assert statuses[:2] == [413, 413]
    assert statuses[2] in (403, 413)
    assert written(stage) == 0


def test_what_is_set_at_the_carrier_answers_posts_only(stage: Stage) -> None:
    form = {
        "CallSid": SID, "From": CALLER, "To": AGENCY, "CallStatus": "completed",
        "MessageSid": "SM" + "1" * 32, "MessageStatus": "sent", "Body": "hello",
    }  # fmt: skip

    for path in ("/voice/incoming", "/voice/status", "/voice/fallback", "/sms/incoming", "/sms/status"):
        answer = ask(stage, path, list(form.items()))
        asked_by_get = stage.app.test_client().get(path, headers=signed([], path=path))

        assert answer.status in (200, 204), path
        assert asked_by_get.status_code == 405
        assert "no-store" in answer.headers.get("cache-control", "no-store")


def test_a_call_without_a_sid_that_could_be_one_is_refused(stage: Stage) -> None:
    for sid in ("", "CA", "CA" + "g" * 32, "SM" + "1" * 32, SID + "1", "CA" + "1" * 31 + "\n", "../../etc"):
        reply = ask(stage, "/voice/incoming", [("CallSid", sid), ("From", CALLER), ("To", AGENCY)])
        assert reply.status == 400, sid

    assert written(stage) == 0


def test_a_form_for_another_call_than_the_address_names_is_refused(stage: Stage) -> None:
    ask(stage, "/voice/incoming", ARRIVAL)
    other = arrival_form("CA" + "2" * 32, CALLER, AGENCY, Digits="43215")

    reply = ask(stage, f"/voice/calls/{SID}/zip/1", other)

    assert reply.status == 400


HOSTILE = [
    "\x00\x0b\x1f", "\u202egnp.exe", "🛑" * 50, "x" * 6_000, "</Say><Dial>+19005550150</Dial>", "<!ENTITY a 'b'>", "]]>",
    "'; DROP TABLE calls; --", "{states}", "%s%n", "\ufeff\ufffe",
]  # fmt: skip


def test_hostile_values_are_stored_or_dropped_and_every_document_stays_ours(stage: Stage) -> None:
    for nth, value in enumerate(HOSTILE):
        sid = f"CA{nth:032x}"
        more = dict.fromkeys(
            ["CallerName", "FromCity", "SpeechResult", "ForwardedFrom", "StirVerstat", "Unknown"], value
        )
        arrival = arrival_form(sid, value, AGENCY, **more)

        replies = [
            ask(stage, "/voice/incoming", arrival),
            ask(stage, f"/voice/calls/{sid}/zip/1", [*arrival, ("Digits", value)]),
            ask(stage, f"/voice/calls/{sid}/offers/1/concluded", [*arrival, ("DialCallStatus", value)]),
            ask(stage, "/voice/fallback", [*arrival, ("ErrorUrl", value), ("ErrorCode", value)]),
        ]

        assert [reply.status for reply in replies] == [200] * 4, value
        kinds = {type(verb) for reply in replies for verb in document(reply.body)}
        assert kinds <= {verbs.Gather, verbs.Redirect, verbs.Say, verbs.Hangup}, value
    assert written(stage) == len(HOSTILE)


def test_a_body_that_is_no_utf_8_is_no_request_of_the_carriers(stage: Stage) -> None:
    for body in (b"CallSid=%ED%A0%80", b"CallSid=\xff\xfe", b"From=%00%FF"):
        assert post(stage, body, signed([("CallSid", "x")])).status_code == 403


def test_the_carriers_own_examples_are_understood(stage: Stage) -> None:
    """Signed as they came for the paths that we share; signed anew for ours, where theirs are another house's."""
    places = {
        "/voice/inbound": "/voice/incoming", "/voice/whisper": "offers/1/screen", "/voice/whisper-result": "offers/1/key",
        "/voice/menu": "zip/1", "/voice/status": "offers/1/progress", "/voice/dial-done": "offers/1/concluded",
        "/voice/number-status": "/voice/status", "/voice/fallback": "/voice/fallback", "/sms/inbound": "/sms/incoming",
        "/sms/status": "/sms/status",
    }  # fmt: skip
    statuses = {}
    for example in EXAMPLES.values():
        place = places.get(example.path_with_query.partition("?")[0])
        if place is None:
            continue
        form = dict(example.form)
        path = (
            place if place.startswith("/") else f"/voice/calls/{form.get('ParentCallSid') or form['CallSid']}/{place}"
        )
        statuses[example.name] = ask(stage, path, example.form).status

    assert len(statuses) == 23
    assert set(statuses.values()) <= {200, 204}, statuses


def test_the_examples_signatures_are_the_carriers_for_the_address_they_were_made_for(stage: Stage) -> None:
    from app.web import create_app

    at_home = stage.tools.settings.model_copy(update={"public_base_url": "https://app.example.com"})
    tools = Tools(settings=at_home, database=stage.database, carrier=stage.tools.carrier, clock=stage.clock)
    client = create_app(tools).test_client()
    ours = {"/voice/fallback", "/sms/status"}
    same = [example for example in EXAMPLES.values() if example.path_with_query in ours]

    statuses = [
        client.post(
            example.path_with_query,
            data=urlencode(example.form),
            headers={"X-Twilio-Signature": example.signature},
            content_type="application/x-www-form-urlencoded",
        ).status_code
        for example in same
    ]

    assert len(same) >= 5
    assert set(statuses) <= {200, 204}
