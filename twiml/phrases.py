"""Every sentence that a caller or a producer hears or reads, in English and Spanish; only what is true.

Four values are spelled as codes and put into words here: `states` (names joined by `|`), `product` (a requirement such
as `personal_lines|property+casualty`, or any text), `reason` (INTERFACE.md section 5) and `when` (app/domain/moments.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from twiml import moments

LANGUAGES = ("en", "es")
# A value longer than this is somebody else's text gone wild; no name or product of ours comes near it.
LONGEST_VALUE = 200
_LONGEST_NAME = 30
"""Of a campaign, in a text: the whole of it is to be one segment."""

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
    "ask_zip_not_found": {
        "en": "That ZIP code does not exist. Please key your five digit ZIP code again.",
        "es": "Ese código postal no existe. Por favor marque otra vez los cinco dígitos.",
    },
    "one_moment": {
        "en": "One moment, please. We are calling a licensed agent for you.",
        "es": "Un momento, por favor. Estamos llamando a un agente con licencia para usted.",
    },
    "recording_announced": {"en": "This call may be recorded.", "es": "Esta llamada puede ser grabada."},
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
    "whisper_recorded": {"en": "The talk is recorded.", "es": "La conversación se graba."},
    "whisper_recorded_announce": {
        "en": "The talk is recorded: say so first.",
        "es": "La conversación se graba: dígalo al empezar.",
    },
    "whisper_keys": {
        "en": "Press 1 to accept, 2 for not now.",
        "es": "Marque 1 para aceptar, 2 para ahora no.",
    },
    "authority_lost": {
        "en": "This call can no longer be given to you: {reason}. Thank you.",
        "es": "Esta llamada ya no se le puede pasar: {reason}. Gracias.",
    },
    "not_now": {"en": "All right, not now.", "es": "Está bien, ahora no."},
    "offer_gone": {"en": "The caller has hung up.", "es": "La persona que llamaba colgó."},
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
    # What will happen: one sentence for why, one for what, one for the keys.
    "busy": {
        "en": "All our licensed agents are busy.",
        "es": "Todos nuestros agentes con licencia están ocupados.",
    },
    "outside_hours": {
        "en": "You have reached us outside our hours.",
        "es": "Nos llama fuera de nuestro horario.",
    },
    "cannot_text": {
        "en": "We cannot send a text to your number, so please remember:",
        "es": "No podemos enviar un mensaje de texto a su número, así que por favor recuerde:",
    },
    "promise_within": {
        "en": "We will call you back within {minutes} minutes.",
        "es": "Le llamaremos en {minutes} minutos como máximo.",
    },
    "promise_by": {
        "en": "We will call you back {when}, at the latest.",
        "es": "Le llamaremos {when}, a más tardar.",
    },
    "promise_at": {"en": "We will call you {when}.", "es": "Le llamaremos {when}."},
    "keys_stay_or_time": {
        "en": "Press 1 to stay on the line, 2 to choose another time.",
        "es": "Marque 1 para esperar en la línea, 2 para elegir otra hora.",
    },
    "keys_time": {"en": "Press 2 to choose another time.", "es": "Marque 2 para elegir otra hora."},
    "ask_contact": {
        "en": "We could not connect you now. You asked us not to contact you, so we will not call you back. "
        "Press 2 if you want us to call you back this once.",
        "es": "No pudimos conectarle ahora. Usted nos pidió no contactarle, así que no le devolveremos la "
        "llamada. Marque 2 si quiere que le llamemos por esta vez.",
    },
    "ask_number": {
        "en": "We could not connect you now, and we cannot see your number. Please key or say the ten digit "
        "number where we may call you.",
        "es": "No pudimos conectarle ahora, y no podemos ver su número. Por favor marque o diga los diez dígitos "
        "del número donde podemos llamarle.",
    },
    "ask_number_again": {
        "en": "That is not a number that we can call. Please key the ten digits again.",
        "es": "A ese número no podemos llamar. Por favor marque otra vez los diez dígitos.",
    },
    "ask_time": {
        "en": "Say a day and a time, for example tomorrow at ten. Or key the hour and the minutes, for example "
        "1 0 3 0, then pound.",
        "es": "Diga un día y una hora, por ejemplo mañana a las diez. O marque la hora y los minutos, por ejemplo "
        "1 0 3 0, y luego la tecla de número.",
    },
    "ask_time_again": {
        "en": "We did not understand the time. Please say it again, for example Tuesday at two.",
        "es": "No entendimos la hora. Por favor dígala otra vez, por ejemplo el martes a las dos.",
    },
    "time_not_possible": {
        "en": "We may not call you at that time. The next possible time is {when}.",
        "es": "A esa hora no podemos llamarle. La próxima hora posible es {when}.",
    },
    "confirm_time": {
        "en": "You chose {when}. Press 1 if that is right, 2 to choose another time.",
        "es": "Usted eligió {when}. Marque 1 si es correcto, 2 para elegir otra hora.",
    },
    "confirm_next_time": {
        "en": "Press 1 to take it, 2 to choose another time.",
        "es": "Marque 1 para aceptarla, 2 para elegir otra hora.",
    },
    "hold_place": {
        "en": "You are number {place} in line. Please stay on the line, or press 2 to choose another time.",
        "es": "Usted es el número {place} en la fila. Por favor espere, o marque 2 para elegir otra hora.",
    },
    "still_busy": {
        "en": "All our licensed agents are still busy, so a person from our team has been told.",
        "es": "Todos nuestros agentes con licencia siguen ocupados, así que avisamos a una persona de nuestro equipo.",
    },
    "whisper_outbound": {"en": "Outbound call. {product}. {states}.", "es": "Llamada saliente. {product}. {states}."},
    "whisper_callback": {"en": "Callback. {product}. {states}.", "es": "Devolución de llamada. {product}. {states}."},
    "callback_not_needed": {
        "en": "This callback is no longer needed. Thank you.",
        "es": "Esta devolución de llamada ya no hace falta. Gracias.",
    },
    "callback_on_the_line": {
        "en": "They are calling us at this moment. Thank you.",
        "es": "Nos están llamando en este momento. Gracias.",
    },
    "callback_outside_hours": {
        "en": "They may not be called at this hour. Thank you.",
        "es": "A esta hora no se les puede llamar. Gracias.",
    },
    "callback_left_alone": {
        "en": "They may not be called. Thank you.",
        "es": "No se les puede llamar. Gracias.",
    },
    "callback_dialing_off": {
        "en": "Dialing is turned off at this moment. Thank you.",
        "es": "Las llamadas están desactivadas en este momento. Gracias.",
    },
    "callback_call_again": {
        "en": "We are sorry, we cannot connect you at this moment. We will call you again.",
        "es": "Lo sentimos, no podemos conectarle en este momento. Le llamaremos otra vez.",
    },
    "callback_no_answer": {"en": "They did not answer. Thank you.", "es": "No contestaron. Gracias."},
    "ask_served": {
        "en": "Press 1 if you spoke with them, 2 if not.",
        "es": "Marque 1 si habló con la persona, 2 si no.",
    },
    "noted": {"en": "Noted. Thank you.", "es": "Anotado. Gracias."},
    # To somebody whom no text reaches and who agreed to automated calls: one sentence for who and what, one for the key.
    "notice_promise": {
        "en": "This is an automated call from {campaign}. A licensed agent will call you {when}.",
        "es": "Esta es una llamada automática de {campaign}. Un agente con licencia le llamará {when}.",
    },
    "notice_promise_by": {
        "en": "This is an automated call from {campaign}. A licensed agent will call you {when}, at the latest.",
        "es": "Esta es una llamada automática de {campaign}. Un agente con licencia le llamará {when}, a más tardar.",
    },
    "notice_follow_up": {
        "en": "This is an automated call from {campaign}. " + _FOLLOW_UP["en"],
        "es": "Esta es una llamada automática de {campaign}. " + _FOLLOW_UP["es"],
    },
    "notice_stop": {"en": "To stop these calls, press 9.", "es": "Para no recibir más estas llamadas, marque 9."},
    "notice_stopped": {
        "en": "We will not call or text you again. Goodbye.",
        "es": "No volveremos a llamarle ni a enviarle mensajes. Adiós.",
    },
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
    "text_promise": {
        "en": "{campaign}: sorry we missed you. A licensed agent will call you {when}. Reply with another time or your "
        "ZIP. STOP to opt out",
        "es": "{campaign}: un agente con licencia le llamara {when}. Responda con otra hora o su ZIP. STOP para no "
        "recibir mas",
    },
    "text_promise_by": {
        "en": "{campaign}: sorry we missed you. A licensed agent will call by {when}. Reply with another time or your "
        "ZIP. STOP to opt out",
        "es": "{campaign}: un agente con licencia le llamara antes de {when}. Responda con otra hora o su ZIP. STOP para "
        "no recibir mas",
    },
    "text_follow_up": {
        "en": "{campaign}: sorry we missed you. A person from our team will follow up. Reply with a time that suits you. "
        "STOP to opt out",
        "es": "{campaign}: una persona de nuestro equipo se comunicara con usted. Responda con una hora que le convenga. "
        "STOP para no recibir mas",
    },
    "text_ask_zip": {
        "en": "{campaign}: sorry we missed you. Reply with your 5 digit ZIP, so that an agent licensed in your state can "
        "call. STOP to opt out",
        "es": "{campaign}: responda con los 5 digitos de su ZIP, para que le llame un agente con licencia. STOP para no "
        "recibir mas",
    },
    "text_slipped": {
        "en": "{campaign}: sorry, we could not call when we said. A person from our team will follow up. STOP to "
        "opt out",
        "es": "{campaign}: no pudimos llamarle cuando dijimos. Una persona se comunicara con usted. STOP para no recibir "
        "mas",
    },
    # Answers to a person's own message: at most one each.
    "text_answer_promised": {
        "en": "{campaign}: we will call you {when}. Reply with another time to change it.",
        "es": "{campaign}: le llamaremos {when}. Responda con otra hora para cambiarla.",
    },
    "text_answer_promised_by": {
        "en": "{campaign}: we will call you {when} at the latest. Reply with another time to change it.",
        "es": "{campaign}: le llamaremos {when} a mas tardar. Responda con otra hora para cambiarla.",
    },
    "text_answer_other_time": {
        "en": "{campaign}: we may not call you at that time. We will call you {when}. Reply with another time to change it.",
        "es": "{campaign}: a esa hora no podemos llamarle. Le llamaremos {when}. Responda con otra hora para cambiarla.",
    },
    "text_answer_nobody_licensed": {
        "en": "{campaign}: we have no agent who may take your call from {states}. A person from our team will follow up "
        "with you.",
        "es": "{campaign}: no tenemos un agente que pueda atender su llamada de {states}. Una persona de nuestro equipo "
        "se comunicara con usted.",
    },
    "text_answer_ask_zip": {
        "en": "{campaign}: to call you we need to know your state. Reply with your five digit ZIP code.",
        "es": "{campaign}: para llamarle necesitamos saber su estado. Responda con los cinco digitos de su ZIP.",
    },
    "text_answer_to_team": {
        "en": "{campaign}: thank you. A person from our team will follow up with you.",
        "es": "{campaign}: gracias. Una persona de nuestro equipo se comunicara con usted.",
    },
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

# One letter that GSM-7 lacks makes the whole text UCS-2: twice the segments (TELEPHONY.md section 7).
_TO_GSM_7 = str.maketrans("áíóúÁÍÓÚ\u2019\u2018\u201c\u201d\u2013\u2014", "aiouAIOU''\"\"--")

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
    text_message = key.startswith("text_")
    worded = {name: _worded(name, text, spoken, short=text_message) for name, text in values.items()}
    try:
        words = sentence[spoken].format_map(worded)
    except KeyError as missing:
        raise MissingValue(f"{key} needs {missing}") from None
    words = words[:1].upper() + words[1:]
    return words.translate(_TO_GSM_7) if text_message else words


def places(key: str, language: str) -> frozenset[str]:
    """The names of the values that the sentence `key` needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(_SENTENCES[key][language]) if name)


def _worded(name: str, text: str, language: str, *, short: bool) -> str:
    text = text[:LONGEST_VALUE]
    if name == "campaign":
        return text[:_LONGEST_NAME].strip()
    if name == "states":
        return _AND[language].join(part for part in text.split("|") if part)
    if name == "reason":
        return _REASONS.get(text, _ANY_REASON)[language]
    if name == "when":
        return moments.worded(text, language, short=short)
    if name == "product":
        return _OR[language].join(_lines(choice, language) for choice in text.split("|"))
    return text


def _lines(choice: str, language: str) -> str:
    return _AND[language].join(_LINES.get(line, {}).get(language, line) for line in choice.split("+"))
