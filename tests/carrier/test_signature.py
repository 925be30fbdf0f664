"""Who signs over our public address is the carrier; nobody else is."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from app.carrier.webhooks import Signature
from tests.carrier.examples import AUTH_TOKEN, BASE_URL, EXAMPLES, FOLDER, Example

VECTORS = json.loads((FOLDER / "signature-vectors.json").read_text(encoding="utf-8"))["vectors"]
INBOUND = EXAMPLES["inbound_voice_no_geo"]


def signed(url: str, form: list[tuple[str, str]], token: str = AUTH_TOKEN) -> str:
    signature: str = RequestValidator(token).compute_signature(url, dict(form))
    return signature


def accepted(example: Example, base_url: str = BASE_URL, token: str = AUTH_TOKEN) -> bool:
    signature = Signature(token, base_url)
    return signature.accepts("POST", example.path_with_query, example.form, example.signature)


def test_there_are_twenty_seven_examples() -> None:
    assert len(EXAMPLES) == 27


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_every_signed_example_is_accepted(example: Example) -> None:
    assert accepted(example)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["source"] for vector in VECTORS])
def test_every_published_signature_is_accepted(vector: dict[str, str]) -> None:
    form = parse_qsl(vector["body"], keep_blank_values=True)
    signature = Signature(vector["token"], vector["base_url"])

    assert signature.accepts("POST", vector["path"], form, vector["signature"])
    assert not signature.accepts("POST", vector["path"] + "&x=1", form, vector["signature"])


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_one_changed_value_is_noticed(example: Example) -> None:
    form = [(name, value + "0" if name == "From" else value) for name, value in example.form]

    assert not Signature(AUTH_TOKEN, BASE_URL).accepts("POST", example.path_with_query, form, example.signature)


def test_blank_parameters_are_part_of_what_is_signed() -> None:
    without_blanks = [(name, value) for name, value in INBOUND.form if value]

    signature = Signature(AUTH_TOKEN, BASE_URL)

    assert not signature.accepts("POST", INBOUND.path_with_query, without_blanks, INBOUND.signature)


def test_the_signature_of_another_token_is_not_ours() -> None:
    assert not accepted(INBOUND, token="54321")


def test_without_a_token_nothing_is_accepted() -> None:
    forged = signed(BASE_URL + INBOUND.path_with_query, INBOUND.form, token="")

    assert not Signature("", BASE_URL).accepts("POST", INBOUND.path_with_query, INBOUND.form, forged)


@pytest.mark.parametrize("header", [None, "", " ", "=", "ñ" * 28, "🦜", "\ud800", "x" * 100_000, "a\x00b"])
def test_a_header_that_is_no_signature_is_refused_quietly(header: str | None) -> None:
    signature = Signature(AUTH_TOKEN, BASE_URL)

    assert signature.accepts("POST", INBOUND.path_with_query, INBOUND.form, header) is False


@given(
    st.text(st.characters(codec=None), max_size=40),
    st.lists(st.tuples(st.text(), st.text())),
    st.none() | st.text(),
)
def test_nothing_makes_it_raise(path: str, form: list[tuple[str, str]], header: str | None) -> None:
    signature = Signature(AUTH_TOKEN, BASE_URL)

    assert signature.accepts("POST", path, form, header) is False


def test_the_public_address_counts_not_the_one_that_the_request_claims() -> None:
    assert accepted(INBOUND, base_url="https://app.example.com/")
    assert not accepted(INBOUND, base_url="https://evil.example.com")
    assert not accepted(INBOUND, base_url="http://app.example.com")


@pytest.mark.parametrize("signed_host", ["app.example.com", "app.example.com:8443", "app.example.com:443"])
def test_with_https_the_port_may_be_signed_or_not(signed_host: str) -> None:
    form = [("CallSid", "CA1")]
    header = signed(f"https://{signed_host}/voice/incoming", form)

    port = ":8443" if "8443" in signed_host else ""
    assert Signature(AUTH_TOKEN, f"https://app.example.com{port}").accepts("POST", "/voice/incoming", form, header)


def test_a_public_port_is_dropped_for_voice_and_kept_for_texts() -> None:
    signature = Signature(AUTH_TOKEN, "https://app.example.com:8443")
    form = [("CallSid", "CA1")]

    for url in ("https://app.example.com/voice/incoming", "https://app.example.com:8443/voice/incoming"):
        assert signature.accepts("POST", "/voice/incoming", form, signed(url, form))
    other = signed("https://app.example.com:9443/voice/incoming", form)
    assert not signature.accepts("POST", "/voice/incoming", form, other)


def test_a_plain_http_port_is_kept() -> None:
    form = [("CallSid", "CA1")]
    header = signed("http://127.0.0.1:8000/voice/incoming", form)

    assert Signature(AUTH_TOKEN, "http://127.0.0.1:8000").accepts("POST", "/voice/incoming", form, header)


def test_user_and_password_of_the_public_address_are_not_signed() -> None:
    form = [("CallSid", "CA1")]
    header = signed("https://app.example.com/voice/incoming", form)

    signature = Signature(AUTH_TOKEN, "https://user:secret@app.example.com")

    assert signature.accepts("POST", "/voice/incoming", form, header)


def test_a_base_path_belongs_to_the_public_address() -> None:
    form = [("CallSid", "CA1")]
    header = signed("https://example.com/threegate/voice/incoming", form)

    signature = Signature(AUTH_TOKEN, "https://example.com/threegate/")

    assert signature.accepts("POST", "/voice/incoming", form, header)


def test_a_get_is_signed_by_its_address_alone() -> None:
    header = signed("https://app.example.com/voice/incoming?CallSid=CA1&Digits=", [])

    signature = Signature(AUTH_TOKEN, BASE_URL)

    assert signature.accepts("GET", "/voice/incoming?CallSid=CA1&Digits=", [("CallSid", "CA1")], header)
    assert not signature.accepts("GET", "/voice/incoming?CallSid=CA1", [("CallSid", "CA1")], header)


def test_a_parameter_given_twice_is_signed_with_both_values() -> None:
    form = [("CallSid", "CA1"), ("Digits", "1")]
    header = signed("https://app.example.com/voice/incoming", form)

    signature = Signature(AUTH_TOKEN, BASE_URL)

    assert not signature.accepts("POST", "/voice/incoming", [*form, ("Digits", "2")], header)
