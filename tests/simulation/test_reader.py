"""TwiML is read strictly. Source: TELEPHONY.md sections 4 and 6."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import Gather, VoiceResponse

from twiml import reader, verbs


def inside(text: str) -> tuple[verbs.Verb, ...]:
    return reader.read(f"<Response>{text}</Response>").verbs


def test_verbs_carry_twilios_defaults() -> None:
    assert inside("<Gather/>") == (verbs.Gather(),)
    assert verbs.Gather().timeout == 5
    assert verbs.Gather().finish_on_key == "#"
    assert inside("<Dial><Number>+12175550123</Number></Dial>")[0] == verbs.Dial((verbs.Number("+12175550123"),))
    assert verbs.Dial().timeout == 30


def test_a_dial_may_carry_a_bare_number() -> None:
    assert inside("<Dial>+12175550123</Dial>") == (verbs.Dial((verbs.Number("+12175550123"),)),)


def test_comments_are_ignored() -> None:
    assert inside("<!-- a --><Hangup/>") == (verbs.Hangup(),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<Response", 12100),
        (' <?xml version="1.0"?><Response/>', 12100),
        ('<!DOCTYPE r [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>', 12100),
        ("", 12100),
        ("<response/>", 12102),
        ("<Response><say>x</say></Response>", 12200),
        ("<Response><Enqueue>x</Enqueue></Response>", 12200),
        ("<Response><Say Voice='man'>x</Say></Response>", 12200),
        ("<Response>x</Response>", 12200),
        ("<Response><Hangup/>x</Response>", 12200),
        ("<Response><Pause><Say>x</Say></Pause></Response>", 12200),
        ("<Response><Say>x<Play>y</Play></Say></Response>", 12200),
        ("<Response><Say></Say></Response>", 13520),
        ("<Response><Say loop='-1'>x</Say></Response>", 13510),
        ("<Response><Dial/></Response>", 13223),
        ("<Response><Dial>somebody</Dial></Response>", 13223),
        ("<Response><Dial><Say>x</Say></Dial></Response>", 13215),
        ("<Response><Dial><Conference>x</Conference></Dial></Response>", 13215),
        ("<Response><Dial timeout='4'>+12175550123</Dial></Response>", 13212),
        ("<Response><Dial timeout='601'>+12175550123</Dial></Response>", 13212),
        ("<Response><Dial method='PUT'>+12175550123</Dial></Response>", 13210),
        ("<Response><Dial answerOnBridge='yes'>+12175550123</Dial></Response>", 13219),
        ("<Response><Dial hangupOnStar='1'>+12175550123</Dial></Response>", 13213),
        ("<Response><Dial record='always'>+12175550123</Dial></Response>", 13217),
        ("<Response><Dial>" + "<Number>+12175550123</Number>" * 11 + "</Dial></Response>", 13250),
        ("<Response><Gather numDigits='0'/></Response>", 13314),
        ("<Response><Gather finishOnKey='12'/></Response>", 13310),
        ("<Response><Gather timeout='soon'/></Response>", 13313),
        ("<Response><Gather><Hangup/></Gather></Response>", 13320),
        ("<Response><Reject reason='tired'/></Response>", 12200),
        ("<Response><Say>" + "x" * 65_536 + "</Say></Response>", 11750),
    ],
)
def test_what_the_schema_does_not_allow_is_refused_with_twilios_code(text: str, code: int) -> None:
    with pytest.raises(reader.TwimlError) as caught:
        reader.read(text)

    assert caught.value.code == code


def test_read_leniently_the_unknown_is_left_out_with_a_warning() -> None:
    document = reader.read("<Response><Foo/><Say tone='high'>Hello</Say></Response>", lenient=True)

    assert document.verbs == (verbs.Say("Hello"),)
    assert [warning.code for warning in document.warnings] == [12200, 12200]


def test_the_answer_to_a_text_has_verbs_of_its_own() -> None:
    document = reader.read("<Response><Message to='+12175550123'>Hi</Message></Response>", messaging=True)

    assert document.verbs == (verbs.Message("Hi", to="+12175550123"),)
    with pytest.raises(reader.TwimlError):
        reader.read("<Response><Message>Hi</Message></Response>")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip))
def test_whatever_twilios_own_library_says_is_read_back(words: str) -> None:
    response = VoiceResponse()
    gather = Gather(num_digits=5, action="/zip?a=1&b=2")
    gather.say(words)
    response.append(gather)

    [verb] = reader.read(str(response)).verbs

    assert verb == verbs.Gather((verbs.Say(words),), action="/zip?a=1&b=2", num_digits=5)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    try:
        reader.read(text)
    except reader.TwimlError as error:
        assert error.code in {12100, 12102, 12200}  # noqa: PT017  # either way is fine, nothing else is
