"""Does this message ask us to leave somebody alone?

Any reasonable means counts (DOMAIN.md section 4), so in doubt it does. But a sentence that happens to hold "stop" or
"end" is no doubt: who is suppressed for "the end of the week works" never gets the call that they asked for.
"""

from __future__ import annotations

import re
import unicodedata

# The carriers' own words (TELEPHONY.md section 6) and their Spanish: STOP where they are the whole message.
_ALONE = frozenset({
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "alto", "parar", "pare",
    "paren", "para", "basta", "cancelar", "baja",
})  # fmt: skip
# STOP also as one sentence of several ("Who is this? STOP"), and as people mistype it.
_STOP = frozenset({
    "stop", "stops", "stopped", "stoping", "stopall", "stopit", "stp", "sto", "sotp", "stpo", "tsop", "dtop",
    "srop", "stoip", "stpp", "unsubscribe", "unsubscribed", "unsubscribeme", "unsuscribe", "unsubcribe",
    "unsubscibe", "unsub", "optout", "optmeout", "cease", "enough", "alto", "basta", "pare", "paren", "parale",
    "parenle", "ctop",
})  # fmt: skip
_POLITE = frozenset({
    "please", "pls", "plz", "thanks", "thank", "thx", "you", "ok", "okay", "now", "immediately", "asap", "hi",
    "hello", "hey", "sir", "maam", "just", "already", "i", "said", "yes", "no", "and", "right", "all",
    "everything", "it", "this", "today", "por", "favor", "gracias", "ya", "ahora", "senor", "senora", "hola",
    "mas",
})  # fmt: skip
_SIGNS = frozenset("🛑⛔🚫📵")
# Letters that look or sound like the Latin ones; and those in boxes, which Unicode does not decompose.
_LOOK_ALIKES = str.maketrans(
    dict(zip("авекмнорстухѕіјпοραετικνυχσς", "abekmhopctyxsijpopaetikvuxss", strict=True))
    | {
        chr(first + index): chr(ord("a") + index)
        for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
        for index in range(26)
    }
)
_LEET = str.maketrans("05$1", "ossl")
_SENTENCE_ENDS = re.compile(r"[.,;:!?¡¿\n()\-–—/]+")

# What limits a no to some hours, or to another number: "don't call before 9" is no STOP, "don't call me at all" is one.
_FOR_A_WHILE = (
    r"(?! (?:me |us |back )*(?:before|after|until|till|between|today|tonight|tomorrow|now|right now|yet|so (?:early|late)"
    r"|early|late|during|while|when|this (?:morning|afternoon|evening|week)|in the|at (?:\d|noon|night|work)|on (?!this|my)"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekends?"
    r"|(?:my|the) (?:\w+ )?(?:old|other|office|work|job|home|house|landline|wife|husband))\b)"
)
_POR_UN_RATO = (
    r"(?! (?:hoy|manana|ahora|ahorita|todavia|antes|despues|hasta|entre|a las?|en la|por la|de noche|tan|mientras|el|los"
    r"|lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b)"
)
_ENGLISH = (
    r"opt (?:me |us )?out|opting out|unsubscribe",
    r"lose my number|(?:remove|delete) (?:me|us|my (?:number|name|info\w*|phone)|this number)",
    r"(?:take|get) (?:me|us|my (?:number|name)|this number) off|off (?:your|this|the) (?:\w+ )?list",
    r"leave (?:me|us) (?:the \w+ )?alone|go away|get lost|(?:fuck|piss|bug|buzz|back) off|fuck you",
    rf"(?:do not|dont|(?<!you )never|stop trying to) (?:ever )?(?:call|text|contact|message|bother|write|email){_FOR_A_WHILE}",
    r"(?<!you )never (?:call|text|contact|message) (?:me|us)",
    r"(?:do not|dont) (?:want|wish) (?:any(?:more| more)? |your |these |to (?:get |receive |have )?(?:any(?: more)? )?|more )*"
    rf"(?:calls?|texts?|messages?|be (?:called|contacted|texted|bothered)|hear from|talk to you){_FOR_A_WHILE}",
    r"(?:no longer|not) (?:want|wish|interested in) (?:to )?(?:be(?:ing)? (?:called|contacted|texted)|receiv\w+|hear\w*)",
    r"(?:revoke|withdraw|take back) (?:my |all )?consent|(?:do not|dont|never) consent(?:ed)?|cease and desist",
    r"quit (?:calling|texting|contacting|messaging|bothering|harassing|sending|spamming)",
    r"(?<!dont )(?<!not )(?<!never )stop (?:calling|texting|contacting|messaging|emailing|sending|bothering|spamming"
    r"|harassing|blowing|trying|it|this|now|please|all|these|them|with|me)",
    r"please stop(?! (?:by|in|over|at|on|paying|working)\b)|no more (?:calls?|texts?|messages?|contact|please|of this)",
    r"(?:this is|its|reporting|reported|report) (?:\w+ )?(?:as )?spam",
)
_SPANISH = (
    r"no (?:me|nos) (?:vuelvan? a )?(?:(?:llam|molest|mand|envi|contact|marqu|text)(?:e[ns]?|ar)|escrib(?:a[ns]?|ir))"
    rf"(?:me|nos)?\b{_POR_UN_RATO}",
    rf"no (?:llamen|escriban|molesten|manden|envien|llame mas|molestar|llamar mas){_POR_UN_RATO}|no vuelvan? a",
    r"(?:dejen?|deje[ns]?)(?:me|nos)? (?:en paz|tranquil\w|de (?:llamar|escribir|molestar|mandar|enviar)\w*)",
    r"dejame en paz|dejen ?me|borren?me|quiten?me|eliminen?me|saquen?me|(?:borren?|quiten?|eliminen?) mi (?:numero|nombre)",
    r"(?:darme|deme|denme|dar|quiero) de baja|ya basta|para ya|revoco|no mas (?:llamadas|mensajes|textos)",
    r"ya no quiero (?:mas|que|recibir|llamadas|mensajes|textos|nada|saber)",
    r"no quiero (?:mas|que me (?:llam|escrib|molest)\w+|recibir|sus|llamadas|mensajes)",
)
_PHRASES = re.compile(rf"\b(?:{'|'.join(_ENGLISH + _SPANISH)})\b")
# Nothing else in the sentence: "no more", but not "no more than $40 a month".
_SENTENCES = re.compile(
    r"(?:no more|no mas|(?:im |i am )?not interested|you (?:have|got) (?:the|a) wrong number|(?:sorry )?wrong number"
    r"|ya no quiero|no me interesa|no estoy interesad[oa]|numero equivocado|leave me|spam|i want out|"
    r"(?:i )?want(?: to)? (?:stop|opt out|cancel|quit|unsubscribe)(?: (?:texts?|messages?|calls?))?)"
)
# "stop" first or last in a sentence without any sign: "wrong number stop", "stop i have insurance".
_STOP_BY = re.compile(r"stop (?:by|in|at|over|off|on|signs?|lights?|watch|loss|smoking|drinking|working|paying)\b")
_NOT_US = re.compile(
    r"\b(?:bus|train|truck|pit|the|a|next|last|first|one|full|non|to|will|wont|cant|can|cannot|never|dont|not|you|they"
    r"|we|it|he|she|i|does|did|do|should|would|could|must) stop$"
)
_QUESTION = re.compile(r"(?:when|what|where|why|how|who|which|does|do|did|is|are|can|could|will|would|should)\b")
_CAPITALS = re.compile(r"\bSTOP\b(?! (?i:by|in|at|sign|over)\b)")


def means_stop(body: str) -> bool:
    """Whether `body` is STOP in any spelling that a person would use, English or Spanish. In doubt, yes."""
    if single_word(body) in _ALONE | _STOP or (body.strip() and set(body.strip()) - {"\ufe0f", " "} <= _SIGNS):
        return True
    sentences = [_words(sentence) for sentence in _SENTENCE_ENDS.split(_letters(body))]
    whole = " ".join(word for sentence in sentences for word in sentence.split())
    return bool(_PHRASES.search(whole)) or any(map(_is_stop, sentences)) or _shouts_stop(body)


def single_word(body: str) -> str:
    """The one word that `body` is, whatever stands around and between its letters: "S.T.O.P!!", "stoooop", "ＳＴ０Ｐ"."""
    letters = _letters(body)
    if re.search(r"(?<![^\W_])\d+(?![^\W_])", letters):
        return ""  # "yes 4", "para 2"
    joined = re.sub(r"[^a-z]", "", letters.translate(_LEET) if re.search("[a-z]", letters) else letters)
    if joined in _ALONE | _STOP:
        return joined
    return re.sub(r"(.)\1+", r"\1", joined)


def _is_stop(sentence: str) -> bool:
    words = sentence.split()
    rest = [word for word in words if word not in _POLITE]
    if not rest or _SENTENCES.fullmatch(sentence):
        return bool(rest)
    plain = [re.sub(r"(.)\1+", r"\1", word) for word in rest]
    if set(rest) <= _STOP or set(plain) <= _STOP or (len(set(plain)) == 1 and plain[0] in _ALONE and len(words) < 4):
        return sentence != "para"
    if plain[0] == "stop":
        return not _STOP_BY.match(" ".join(plain))
    return plain[-1] == "stop" and not _NOT_US.search(sentence) and not _QUESTION.match(sentence)


def _shouts_stop(body: str) -> bool:
    """STOP in capitals within a message that is not all capitals."""
    found = _CAPITALS.search(body)
    return bool(found and body != body.upper() and not _NOT_US.search(body[: found.end()].casefold()))


def _letters(text: str) -> str:
    """Lower case, without accents and apostrophes, look-alikes as what they look like."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    visible = (mark for mark in folded if not unicodedata.combining(mark) and unicodedata.category(mark) != "Cf")
    return re.sub(r"['’‘`´]", "", "".join(visible)).translate(_LOOK_ALIKES)


def _words(sentence: str) -> str:
    """Words of Latin letters and digits, one blank between; single letters in a row are one word ("s t o p it")."""
    words = " ".join(re.findall(r"[a-z0-9$]+", sentence))
    return re.sub(r"\b(?:[a-z] ){2,}[a-z]\b", lambda match: match[0].replace(" ", ""), words)
