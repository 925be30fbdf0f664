"""The producer's pages without a browser: whose they are, what a form refuses, both languages."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.call import Outcome
from app.domain.licensing import Reason
from app.domain.lines import Line
from app.domain.residency import Confidence, Source
from app.domain.talk_word import TalkWord
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, accepts
from app.storage import users
from app.web.console.me_shown import TONES
from app.web.console.producer_words import WORDS
from app.workflows.presence.extend_wrap_up import Why
from tests.builders import Held, licensed
from tests.console.conftest import token_of
from tests.conversations.people import ANA, BEN, OHIO_CALLER, OHIO_ZIP
from tests.product import Stage

SignIn = Callable[..., FlaskClient]


def talked(stage: Stage, *, seconds: float = 20) -> Call:
    stage.hire(ANA)
    return stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=seconds))


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.get_data(as_text=True)[:2000])
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **form})


# ---- words


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_with_the_same_values() -> None:
    empty = [key for key, texts in WORDS.items() if len(texts) != 2 or not all(text.strip() for text in texts)]
    unlike = [key for key, (english, spanish) in WORDS.items() if placeholders(english) != placeholders(spanish)]

    assert (empty, unlike) == ([], [])


def test_every_code_that_a_page_may_show_has_words() -> None:
    codes = {
        *(f"state_{state}" for state in TONES),
        *(f"told_{state}" for state in TONES),
        *(f"word_{word}" for word in TalkWord),
        *(f"line_{line}" for line in Line),
        *(f"reason_{reason}" for reason in Reason),
        *(f"sure_{confidence}" for confidence in Confidence),
        *(f"source_{source}" for source in Source),
        *(f"not_{why}" for why in Why),
        *(f"not_{why}" for why in ("no_talk", "wrong_state", "closed", "talked_since", "in_call", "too_late")),
    }

    assert codes <= set(WORDS)


def test_no_word_is_written_for_nobody() -> None:
    from pathlib import Path

    import app.web.console as console

    folder = Path(next(iter(console.__path__)))
    written = "".join(file.read_text() for file in folder.glob("me*.py"))
    written += "".join(file.read_text() for file in (folder.parent / "templates/console/me").glob("*.html"))
    built = ("state_", "told_", "word_", "line_", "reason_", "sure_", "source_", "not_", "done_", "tab_", "error_")
    unused = [
        key
        for key in WORDS
        if not key.startswith(built) and not re.search(rf"""["']{key}["']""", written) and key not in _BY_THE_TABLE
    ]

    assert unused == []


_BY_THE_TABLE = {"weekdays", "months", "date"}


# ---- whose they are


@pytest.mark.parametrize("path", ["/me", "/me/now?panel=now", "/me/callbacks", "/me/licenses", "/me/moved"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_opens_in_both_languages(stage: Stage, signed_in_client: SignIn, path: str, language: str) -> None:
    talked(stage)
    client = signed_in_client("producer", npn=ANA.npn)
    post(client, "/account/language", language=language)

    told = page(client, path)

    assert ("Listo ya" in told or "Disponible" in told) == (language == "es")


def test_who_is_no_producer_is_told_how_to_be_linked(stage: Stage, signed_in_client: SignIn) -> None:
    client = signed_in_client("supervisor")

    told = page(client, "/me")

    assert "You are not linked to a producer yet" in told
    assert "My licenses" not in told
    assert client.get("/me/licenses").status_code == 403
    assert post(client, "/me/presence", presence="available").status_code == 403


def test_a_supervisor_with_an_npn_has_the_pages_for_themselves(stage: Stage, signed_in_client: SignIn) -> None:
    stage.hire(ANA)
    client = signed_in_client("supervisor", npn=ANA.npn)

    assert "My licenses" in page(client, "/me")
    assert post(client, "/me/presence", presence="away").status_code == 303
    assert stage.seat(ANA).presence == "away"


def test_another_producers_call_is_as_if_it_were_not_there(stage: Stage, signed_in_client: SignIn) -> None:
    call = talked(stage)
    stage.import_roster(BEN)
    ben = signed_in_client("producer", npn=BEN.npn)

    assert "555" not in page(ben, "/me")
    assert ben.get(f"/me/calls/{call.sid}/wrong-state").status_code == 404
    assert post(ben, f"/me/calls/{call.sid}/wrong-state", state="TX").status_code == 404
    assert post(ben, f"/me/calls/{call.sid}/disposition", disposition="opted_out").status_code == 404
    assert post(ben, "/me/calls/CAnothing/disposition", disposition="served").status_code == 404
    assert stage.lead(call).custody == "promised"


def test_while_it_only_rings_the_card_tells_no_name(stage: Stage, signed_in_client: SignIn) -> None:
    stage.hire(ANA, behavior=accepts(15))
    client = signed_in_client("producer", npn=ANA.npn)
    stage.ring_in(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    while stage.seat(ANA).held_by is None:
        stage.exchange.run(1)

    told = page(client, "/me/now?panel=now")

    assert "Your phone rings" in told
    assert "Ohio" in told
    assert "614-***" not in told
    stage.exchange.run()


# ---- what is done


def test_presence_is_set_by_its_producer(stage: Stage, signed_in_client: SignIn) -> None:
    stage.hire(ANA)
    client = signed_in_client("producer", npn=ANA.npn)

    answer = post(client, "/me/presence", presence="away")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/")
    assert stage.seat(ANA).presence == "away"
    assert post(client, "/me/presence", presence="missed").status_code == 400


def test_after_two_misses_one_tap_brings_back(stage: Stage, signed_in_client: SignIn) -> None:
    from app.simulator.parties import NO_ANSWER

    stage.hire(ANA, behavior=NO_ANSWER)
    client = signed_in_client("producer", npn=ANA.npn)
    for _ in range(2):
        stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    assert "Missed two rings" in page(client, "/me")

    post(client, "/me/presence", presence="available")

    assert stage.seat(ANA).presence == "available"
    assert "Missed two rings" not in page(client, "/me")


def test_wrap_up_grows_by_thirty_seconds_to_ten_minutes_and_ends_with_ready(
    stage: Stage, signed_in_client: SignIn
) -> None:
    talked(stage)
    client = signed_in_client("producer", npn=ANA.npn)
    before = stage.seat(ANA).free_at

    post(client, "/me/wrap-up")
    assert (stage.seat(ANA).free_at - before).total_seconds() == 30

    for _ in range(25):
        post(client, "/me/wrap-up")
    assert (stage.seat(ANA).free_at - before).total_seconds() == 600 - 30
    assert "+30 s" not in page(client, "/me")

    post(client, "/me/presence", presence="available")
    assert stage.seat(ANA).availability(stage.now) == "available"
    assert "not in wrap-up" in page(client, post(client, "/me/wrap-up").headers["Location"])


def test_a_press_of_2_is_left_in_peace_and_is_no_wrap_up(stage: Stage, signed_in_client: SignIn) -> None:
    from app.simulator.parties import declines

    stage.hire(ANA, behavior=declines())
    client = signed_in_client("producer", npn=ANA.npn)
    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    assert stage.outcomes(call) == [(ANA.npn, Outcome.DECLINED)]
    before = stage.seat(ANA).free_at

    told = page(client, "/me")
    post(client, "/me/wrap-up")

    assert "You pressed 2" in told
    assert stage.seat(ANA).free_at == before


def test_a_word_that_comes_too_late_is_refused_in_words(stage: Stage, signed_in_client: SignIn) -> None:
    call = talked(stage)
    client = signed_in_client("producer", npn=ANA.npn)
    stage.presence(ANA, "available")
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=90))

    answer = post(client, f"/me/calls/{call.sid}/disposition", disposition="served")

    assert "Somebody has talked with this person since." in page(client, answer.headers["Location"])
    assert post(client, f"/me/calls/{call.sid}/disposition", disposition="lovely").status_code == 400


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "not both and not neither"),
        ({"zip": "43215", "state": "OH"}, "not both and not neither"),
        ({"zip": "00000"}, "No ZIP that lies in a state"),
        ({"state": "ZZ"}, "Choose one of the states"),
    ],
)
def test_a_wrong_place_is_told_beside_its_field_and_what_was_typed_stays(
    stage: Stage, signed_in_client: SignIn, form: dict[str, str], told: str
) -> None:
    call = talked(stage)
    client = signed_in_client("producer", npn=ANA.npn)

    answer = post(client, f"/me/calls/{call.sid}/wrong-state", **form)

    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert told in text
    assert f'value="{form.get("zip", "")}"' in text
    assert stage.lead(call).custody == "promised"


@pytest.mark.parametrize(
    ("to", "on", "told"),
    [
        ("TX", "2026-11-19", "A day that has come"),
        ("TX", "0206-11-18", "A day that has come"),
        ("TX", "yesterday", "A day that has come"),
        ("OH", "2026-11-18", "other than the one you have left"),
        ("", "2026-11-18", "other than the one you have left"),
    ],
)
def test_a_move_that_cannot_be_is_told_beside_its_field_and_changes_nothing(
    stage: Stage, signed_in_client: SignIn, to: str, on: str, told: str
) -> None:
    stage.hire(ANA)
    client = signed_in_client("producer", npn=ANA.npn)

    for path in ("/me/moved", "/me/moved/confirm"):
        answer = post(client, path, to=to, on=on)
        assert answer.status_code == 422
        assert told in answer.get_data(as_text=True)
    assert stage.app.test_client().get("/me").status_code == 302


# ---- licenses


def test_licenses_that_need_attention_come_first(stage: Stage, signed_in_client: SignIn) -> None:
    person = licensed("Ana", 1, "OH").holding(
        Held("OH"), Held("TX", expires="2026-12-01"), Held("FL", expires="2026-10-01"), Held("GA", status="suspended")
    )
    stage.import_roster(person)
    client = signed_in_client("producer", npn=person.npn)

    told = page(client, "/me/licenses")

    found = re.findall(r"<strong>(Florida|Georgia|Ohio|Texas)</strong>", told)
    assert found == ["Florida", "Georgia", "Texas", "Ohio"]
    assert "3 of 4 states need attention." in told
    assert "13 days left" in told


def test_a_language_is_kept_with_the_user(stage: Stage, signed_in_client: SignIn) -> None:
    stage.hire(ANA)
    client = signed_in_client("producer", npn=ANA.npn)

    answer = post(client, "/account/language", language="es", back="/me")

    assert answer.headers["Location"] == "/me"
    assert "Terminar mi turno" in page(client, "/me")
    with stage.database.read() as tx:
        found = users.by_email(tx, "producer@agency.example")
    assert found is not None
    assert found.language == "es"


def test_the_second_persons_account_does_not_change_the_firsts(stage: Stage, signed_in_client: SignIn) -> None:
    """One signs in after the other in one process: nothing of a person is kept between requests."""
    stage.hire(ANA, BEN)
    signed_in_client("producer", npn=ANA.npn)
    ben = signed_in_client("producer", npn=BEN.npn, email="ben@agency.example")

    post(ben, "/me/presence", presence="away")

    assert (stage.seat(ANA).presence, stage.seat(BEN).presence) == ("available", "away")
