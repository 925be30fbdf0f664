"""Every sentence that a caller or a producer hears or reads, in English and Spanish; only what is true.

Three values are spelled as codes and put into words here: `states` (names joined by `|`), `product` (a
requirement such as `personal_lines|property+casualty`, or any text) and `reason` (INTERFACE.md section 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

LANGUAGES = ("en", "es")
# A value longer than this is somebody else's text gone wild; no name or product of ours comes near it.
LONGEST_VALUE = 200

_FOLLOW_UP = {
    "en": "A person from our team will follow up with you.",
    "es": "Una persona de nuestro equipo se comunicará con usted.",
}

# Keyed by sentence, then by language. Bodies of text messages keep to GSM-7 letters: one segment each.
_SENTENCES: dict[str, dict[str, str]] = {
    "ask_zip": {
        "en": "To reach an agent licensed in your state, please key your five digit ZIP code.",
        "es": "Para hablar con un agente con licencia en su estado, marque los cinco dígitos de su código postal.",
    },
    "ask_zip_again": {
        "en": "We did not get that. Please key or say your five digit ZIP code.",
        "es": "No lo recibimos. Por favor marque o diga los cinco dígitos de su código postal.",
    },
    "ask_zip_not_found": {
        "en": "That ZIP code does not exist. Please key your five digit ZIP code again.",
        "es": "Ese código postal no existe. Por favor marque otra vez los cinco dígitos.",
    },
    "one_moment": {
        "en": "One moment, please. We are calling a licensed agent for you.",
        "es": "Un momento, por favor. Estamos llamando a un agente con licencia para usted.",
    },
    "stay_or_zip": {
        "en": "Stay on the line, or key your ZIP, and another licensed agent takes over.",
        "es": "Quédese en la línea, o marque su código postal, y otro agente con licencia le atenderá.",
    },
    "whisper_offer": {"en": "{product}. {states}.", "es": "{product}. {states}."},
    "whisper_presumed": {
        "en": "The state is presumed: confirm the ZIP first.",
        "es": "El estado es una suposición: confirme primero el código postal.",
    },
    "whisper_shared": {
        "en": "That ZIP lies in more than one state: confirm the address first.",
        "es": "Ese código postal toca más de un estado: confirme primero la dirección.",
    },
    "whisper_conflict": {
        "en": "Our records disagree about the state: confirm the ZIP first.",
        "es": "Nuestros datos no coinciden sobre el estado: confirme primero el código postal.",
    },
    "whisper_keys": {
        "en": "Press 1 to accept, 2 for not now.",
        "es": "Marque 1 para aceptar, 2 para ahora no.",
    },
    "whisper_again": {
        "en": "That is not one of the keys. Press 1 to accept, 2 for not now.",
        "es": "Esa tecla no sirve aquí. Marque 1 para aceptar, 2 para ahora no.",
    },
    "authority_lost": {
        "en": "This call can no longer be given to you: {reason}. Thank you.",
        "es": "Esta llamada ya no se le puede pasar: {reason}. Gracias.",
    },
    "not_now": {"en": "All right, not now.", "es": "Está bien, ahora no."},
    "offer_gone": {"en": "The caller has hung up.", "es": "La persona que llamaba colgó."},
    "offer_over": {
        "en": "This call is no longer offered to you.",
        "es": "Esta llamada ya no se le ofrece.",
    },
    "acknowledge_busy": {
        "en": "All our licensed agents are busy. " + _FOLLOW_UP["en"],
        "es": "Todos nuestros agentes con licencia están ocupados. " + _FOLLOW_UP["es"],
    },
    "acknowledge_nobody_licensed": {
        "en": "We have no agent who may take your call from {states}. " + _FOLLOW_UP["en"],
        "es": "No tenemos un agente que pueda atender su llamada de {states}. " + _FOLLOW_UP["es"],
    },
    "acknowledge_state_unknown": {
        "en": "We could not tell which state you live in, so we cannot connect you now. " + _FOLLOW_UP["en"],
        "es": "No pudimos saber en qué estado vive, así que no podemos conectarle ahora. " + _FOLLOW_UP["es"],
    },
    "acknowledge_outside_hours": {
        "en": "You have reached us outside our hours. " + _FOLLOW_UP["en"],
        "es": "Nos llama fuera de nuestro horario. " + _FOLLOW_UP["es"],
    },
    "acknowledge_no_number": {
        "en": "We cannot see your number, so we cannot call you back. Please call us again.",
        "es": "No podemos ver su número, así que no podemos devolverle la llamada. Por favor llame otra vez.",
    },
    "acknowledge_opted_out": {
        "en": "We could not connect you now. You asked us not to contact you, so we will not call you back. "
        "Please call us again.",
        "es": "No pudimos conectarle ahora. Usted nos pidió no contactarle, así que no le devolveremos la "
        "llamada. Por favor llame otra vez.",
    },
    "acknowledge_trouble": {
        "en": "We are sorry, we could not connect you just now. Your call is on our team's list, and a "
        "person will follow up.",
        "es": "Lo sentimos, no pudimos conectarle en este momento. Su llamada está en la lista de nuestro "
        "equipo, y una persona se comunicará con usted.",
    },
    "goodbye": {"en": "Goodbye.", "es": "Adiós."},
    "fallback": {
        "en": "We are sorry. Our system is having trouble. We have written down your call, and a person will "
        "follow up.",
        "es": "Lo sentimos. Nuestro sistema tiene problemas. Hemos anotado su llamada, y una persona se "
        "comunicará con usted.",
    },
    # Where not even the journal could be written, no follow-up may be promised.
    "fallback_not_written": {
        "en": "We are sorry. Our system is having trouble. Please call again in a few minutes.",
        "es": "Lo sentimos. Nuestro sistema tiene problemas. Por favor llame otra vez en unos minutos.",
    },
    "producer_menu": {
        "en": "Press 1 to be available, 2 to be away.",
        "es": "Marque 1 para estar disponible, 2 para ausentarse.",
    },
    "producer_menu_done_available": {"en": "You are available.", "es": "Usted está disponible."},
    "producer_menu_done_away": {"en": "You are away.", "es": "Usted está ausente."},
    "text_missed": {
        "en": "You missed two calls and are out of rotation. Reply ON to come back.",
        "es": "Tiene dos llamadas perdidas y ya no recibe ofertas. Responda ON para volver.",
    },
    "text_presence_on": {
        "en": "You are available. Reply OFF to stop getting calls.",
        "es": "Usted recibe llamadas. Responda OFF para dejar de recibirlas.",
    },
    "text_presence_off": {
        "en": "You are away and get no calls. Reply ON to come back.",
        "es": "Usted no recibe llamadas. Responda ON para volver.",
    },
    "text_wrong_state": {
        "en": "Noted: {states}. The caller goes to another licensed agent or to the supervisors.",
        "es": "Anotado: {states}. La llamada pasa a otro agente con licencia o a los supervisores.",
    },
    "text_wrong_state_unclear": {
        "en": "We could not note that. Within a minute of your talk, text WRONG and the state or ZIP, for example "
        "WRONG TX.",
        "es": "No pudimos anotarlo. Antes de un minuto tras su llamada, escriba WRONG y el estado o ZIP, por ejemplo "
        "WRONG TX.",
    },
    "text_command_unknown": {
        "en": "We did not understand that. Reply ON to get calls, OFF to stop getting them.",
        "es": "No entendemos ese mensaje. Responda ON para recibir llamadas, OFF para dejar de recibirlas.",
    },
}

_REASONS: dict[str, dict[str, str]] = {
    "no_license": {"en": "you hold no license there", "es": "usted no tiene licencia allí"},
    "license_not_active": {"en": "your license there is not active", "es": "su licencia allí no está activa"},
    "license_not_yet_effective": {
        "en": "your license there has not begun yet",
        "es": "su licencia allí todavía no ha comenzado",
    },
    "license_expired": {"en": "your license there has expired", "es": "su licencia allí venció"},
    "loa_missing": {
        "en": "your license there lacks the line of authority",
        "es": "a su licencia allí le falta el ramo autorizado",
    },
    "expiration_unknown": {
        "en": "the expiration date of your license there is not known",
        "es": "no se conoce la fecha de vencimiento de su licencia allí",
    },
    "resident_license_invalid": {
        "en": "your resident license is not in force",
        "es": "su licencia de residente no está vigente",
    },
    "resident_loa_missing": {
        "en": "your resident license lacks the line of authority",
        "es": "a su licencia de residente le falta el ramo autorizado",
    },
    "domicile_change_pending": {
        "en": "your change of address is still pending",
        "es": "su cambio de domicilio está pendiente",
    },
    "producer_suspended": {"en": "your account is suspended", "es": "su cuenta está suspendida"},
    "appointment_missing": {
        "en": "you have no appointment with that carrier",
        "es": "usted no tiene nombramiento con esa aseguradora",
    },
    "roster_stale": {
        "en": "your license has not been verified recently",
        "es": "su licencia no se ha verificado recientemente",
    },
    "state_not_open": {"en": "we are not open in that state", "es": "no operamos en ese estado"},
    "state_unknown": {"en": "the caller's state is not known", "es": "no se conoce el estado de quien llama"},
    "agency_license_expired": {
        "en": "our agency license there is not in force",
        "es": "la licencia de nuestra agencia allí no está vigente",
    },
    "not_on_team": {
        "en": "you are not on the team for this number",
        "es": "usted no está en el equipo de este número",
    },
}
_ANY_REASON = {"en": "your authority for it has changed", "es": "su autorización para ella cambió"}

_LINES: dict[str, dict[str, str]] = {
    "life": {"en": "life", "es": "vida"},
    "health": {"en": "health", "es": "salud"},
    "property": {"en": "property", "es": "propiedad"},
    "casualty": {"en": "casualty", "es": "responsabilidad civil"},
    "personal_lines": {"en": "personal lines", "es": "seguros personales"},
    "variable": {"en": "variable products", "es": "productos variables"},
}
_AND = {"en": " and ", "es": " y "}
_OR = {"en": " or ", "es": " o "}

KEYS = tuple(_SENTENCES)
REASONS = tuple(_REASONS)


class UnknownPhrase(KeyError):
    """twiml/phrases.py has no sentence of that name."""


class MissingValue(KeyError):
    """The sentence has a place for a value that was not given."""


def say(key: str, language: str, values: Mapping[str, str]) -> str:
    """The sentence `key` with `values` filled in; English where we do not speak `language`.

    Raises UnknownPhrase and MissingValue: both are our own slips, found by tests.
    """
    try:
        sentence = _SENTENCES[key]
    except KeyError:
        raise UnknownPhrase(key) from None
    spoken = language if language in LANGUAGES else "en"
    worded = {name: _worded(name, text, spoken) for name, text in values.items()}
    try:
        words = sentence[spoken].format_map(worded)
    except KeyError as missing:
        raise MissingValue(f"{key} needs {missing}") from None
    return words[:1].upper() + words[1:]


def places(key: str, language: str) -> frozenset[str]:
    """The names of the values that the sentence `key` needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(_SENTENCES[key][language]) if name)


def _worded(name: str, text: str, language: str) -> str:
    text = text[:LONGEST_VALUE]
    if name == "states":
        return _AND[language].join(part for part in text.split("|") if part)
    if name == "reason":
        return _REASONS.get(text, _ANY_REASON)[language]
    if name == "product":
        return _OR[language].join(_lines(choice, language) for choice in text.split("|"))
    return text


def _lines(choice: str, language: str) -> str:
    return _AND[language].join(_LINES.get(line, {}).get(language, line) for line in choice.split("+"))
