"""STOP, in any spelling that a person would use; and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.opt_out import means_stop

MEANT = (
    "STOP", "stop", "Stop!", "s t o p", "S.T.O.P", "stoooop", "STOP\n", "\u200bstop", "ｓｔｏｐ", "STOP 🛑", "\"stop\"",
    "STOPALL", "stop all", "Unsubscribe", "CANCEL", "END", "quit", "REVOKE", "OPTOUT", "opt out", "opt-out", "Please stop",
    "stop texting me", "STOP CALLING!!", "stop contacting us now", "stop it", "take me off this list", "Remove me please",
    "do not call", "do not contact me", "don't text me", "Don’t call me again", "no more texts", "no more calls please",
    "leave me alone", "quit calling", "alto", "ALTO!", "Pare", "basta", "cancelar", "baja", "no me llamen",
    "No me escriban más", "dejen de llamar", "deje de escribir",
    "Stop!!", "STOPP", "stop.", "Please stop texting me", "no more", "unsubscribe me", "take me off your list",
    "wrong number stop", "stoop", "🛑", "🛑🛑 stop", "ＳＴＯＰ", "ЅТОР", "СТОП", "ⓢⓣⓞⓟ", "🆂🆃🅾🅿", "🇸🇹🇴🇵", "st0p", "5top",
    "$top", "S-T-O-P", "s.t.o.p.", "STOP STOP STOP", "stop stop", "stop please", "pls stop", "ok stop",
    "Stop, thanks", "Who is this? STOP", "Wrong number. Stop.", "stop I already have insurance", "I said STOP",
    "not interested stop", "not interested", "I'm not interested.", "dont text me", "don't ever call me again",
    "Do not contact me at all", "never call me again", "lose my number", "delete my number",
    "remove my number from your list", "get me off this list", "I want to opt out", "optout", "sotp", "stpo",
    "stop calling", "quit texting me", "go away", "This is spam", "reported as spam", "I do not consent to calls",
    "I revoke my consent", "cease and desist", "I no longer wish to be contacted", "I don't want any more calls",
    "I don't want to be called", "don't want to hear from you", "no me llamen más", "ya no quiero", "déjenme en paz",
    "bórrenme", "no me llame", "no me manden mensajes", "ya no me escriban", "ya basta", "paren", "para",
    "para por favor", "pare por favor", "darme de baja", "quítenme de la lista", "no quiero que me llamen",
    "no quiero recibir mensajes", "numero equivocado", "wrong number", "no estoy interesada", "no me interesa",
    "ya no quiero mas llamadas", "no vuelvan a llamar", "cancel", "Quit.", "cancel please", "revoke", "stop!!! 😡",
    "Unsubscibe", "unsub", "please take my number off your list", "Don't call me at this number",
    "I'm on the do not call list", "fuck off", "STOP\n\nSent from my iPhone", "please stop",
    "why do you keep calling, stop", "no molesten", "dejen de llamarme",
)  # fmt: skip
NOT_MEANT = (
    "", "yes", "hello", "call me tomorrow at ten", "I will stop by your office", "what is the end date?", "¿para qué es?",
    "para mi esposa", "cancelled my other policy, call me", "43215", "please call", "how do I quit smoking and get cover",
    "the bus stop on Main St", "start", "HELP", "weekend works", "I can't pay more than 40",
    "I can't stop by today, call me tomorrow at 10", "what time do you stop working", "the bus stop on 5th",
    "end of the week works", "at the end of the day", "can you cancel my old policy?", "para mañana a las diez",
    "para mi esposo", "don't call before 9", "Don't call me today, call me tomorrow at 10",
    "please don't call after 5", "no me llame hoy, llámeme mañana", "no me llamen antes de las 9",
    "no more than $40 a month", "I want to cancel my current plan and switch", "does the coverage end in December?",
    "my policy ends on friday", "I quit my job last month", "when does my coverage stop?",
    "I never stop working before 6", "they stopped my benefits", "my benefits stopped", "one stop shop", "non stop",
    "next stop is Columbus", "I'm at the bus stop", "stop by tomorrow at 3", "please stop by my house",
    "did you cancel the appointment", "do you need my ssn", "cuánto cuesta", "sí", "no", "no gracias", "alto costo",
    "para mañana", "mi esposo para las 5", "no puedo ahora", "ya no trabajo los lunes", "who is this", "ok",
    "thanks", "👍", "🙂", "call me", "top", "I am 65", "UNSTOP", "YES", "info", "don't call me now, call at 5",
    "do not call me at 9, call at 10", "I'll end up calling you", "weekend", "the end of november",
    "the policy was revoked", "bajaron los precios", "la baja cobertura", "para cuando?",
    "no more questions from me", "i don't want to pay more", "no quiero pagar mucho",
    "quiero cancelar mi póliza vieja", "can't stop laughing", "My number is 614-555-0150",
    "I'm unable to call until 3", "no me llame a las 3, mejor a las 5", "Stopping by at 3",
    "the stop sign on my street", "it won't stop raining", "I don't want calls before 9",
    "not interested in dental, just medical", "stop by tomorrow", "don't stop calling me, I want this",
    "Is $40 enough?", "El precio es muy alto", "you never call me back", "no me llamaron ayer", "never mind",
    "don't call the office, call my cell", "do not call my old number, use this one", "WRONG TX", "wrong state: Texas", "OFF",
    "I don't want to talk now, call me at 5", "no me han llamado", "yes 4", "para, mi esposo",
)  # fmt: skip


@pytest.mark.parametrize("body", MEANT)
def test_it_means_stop(body: str) -> None:
    assert means_stop(body)


@pytest.mark.parametrize("body", NOT_MEANT)
def test_it_does_not_mean_stop(body: str) -> None:
    assert not means_stop(body)


@given(body=st.text(max_size=1600))
def test_any_text_has_an_answer(body: str) -> None:
    assert means_stop(body) in (True, False)


@given(before=st.text(" .!?-\t", max_size=5), after=st.text(" .!?-\t\n", max_size=5), upper=st.booleans())
def test_signs_and_blanks_around_it_change_nothing(before: str, after: str, upper: bool) -> None:
    assert means_stop(before + ("STOP" if upper else "stop") + after)


@pytest.mark.parametrize(
    "body", ["\x00", "stop" * 4000, "s" * 10_000, "don't " * 2500, "\u202epots", "🛑" * 5000, "a b " * 2500]
)
def test_odd_and_endless_texts_have_an_answer(body: str) -> None:
    assert means_stop(body) is (body[0] == "🛑")


@given(body=st.sampled_from(MEANT), upper=st.booleans())
def test_capitals_do_not_matter(body: str, upper: bool) -> None:
    assert means_stop(body.upper() if upper else body.lower())
