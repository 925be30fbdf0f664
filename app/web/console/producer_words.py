"""Every sentence of the producer's pages, in English and in Spanish. A test holds the two together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

LANGUAGES = ("en", "es")

WORDS: Mapping[str, tuple[str, str]] = {
    # ---- the frame
    "title": ("My desk", "Mi mesa"),
    "tab_now": ("Now", "Ahora"),
    "tab_callbacks": ("Callbacks", "Llamadas"),
    "tab_licenses": ("Licenses", "Licencias"),
    "tab_moved": ("I moved", "Me mudé"),
    "tabs": ("My pages", "Mis páginas"),
    "other_language": ("Español", "English"),
    "other_language_label": (
        "Español: change the language of these pages",
        "English: cambiar el idioma de estas páginas",
    ),
    # ---- state
    "state_available": ("Ready", "Disponible"),
    "state_ringing": ("Your phone rings", "Su teléfono suena"),
    "state_on_call": ("On a call", "En una llamada"),
    "state_wrap_up": ("Wrap-up", "Cierre"),
    "state_not_now": ("Not now", "Ahora no"),
    "state_away": ("Break", "Pausa"),
    "state_missed": ("Missed two rings", "Dos llamadas sin contestar"),
    "state_offline": ("Offline", "Desconectado"),
    "state_suspended": ("Suspended", "Suspendido"),
    "told_available": ("Calls for your states ring your phone.", "Las llamadas de sus estados suenan en su teléfono."),
    "told_ringing": ("Answer your phone and press 1 to take it.", "Conteste y oprima 1 para tomarla."),
    "told_on_call": ("Nobody else is put through to you.", "No le pasamos a nadie más."),
    "told_wrap_up": ("The next call comes when this ends.", "La próxima llamada llega cuando esto termine."),
    "told_not_now": (
        "You pressed 2: no call until this ends.",
        "Usted oprimió 2: ninguna llamada hasta que esto termine.",
    ),
    "told_away": ("No calls until you are ready.", "Ninguna llamada hasta que esté disponible."),
    "told_missed": ("You get no calls. One tap brings you back.", "No recibe llamadas. Un toque y vuelve."),
    "told_offline": ("No calls. Tap Ready to begin.", "Ninguna llamada. Toque Disponible para empezar."),
    "told_suspended": (
        "No call may be put through to you. Ask compliance.",
        "No se le puede pasar ninguna llamada. Pregunte a cumplimiento.",
    ),
    "ready": ("Ready", "Disponible"),
    "break": ("Break", "Pausa"),
    "end_shift": ("End my shift", "Terminar mi turno"),
    "back_to_ready": ("Back to ready", "Volver a disponible"),
    "ready_now": ("Ready now", "Listo ya"),
    "more_time": ("+30 s", "+30 s"),
    "more_time_label": ("+30 s of wrap-up", "+30 s de cierre"),
    "after_call_ready": ("Ready after this call", "Disponible después de esta llamada"),
    "after_call_break": ("Break after this call", "Pausa después de esta llamada"),
    "switch": ("Your state", "Su estado"),
    "done_available": ("You are ready.", "Está disponible."),
    "done_away": ("You are on a break.", "Está en pausa."),
    "done_offline": ("Your shift is over.", "Su turno terminó."),
    "done_more_time": ("30 seconds more.", "30 segundos más."),
    "not_no_wrap_up": ("You are not in wrap-up.", "No está en cierre."),
    "not_longest_reached": ("Wrap-up lasts ten minutes at most.", "El cierre dura diez minutos como máximo."),
    # ---- not linked
    "unlinked_title": ("You are not linked to a producer yet", "Todavía no está vinculado a un productor"),
    "unlinked_text": (
        "These pages show one producer's own calls and licenses. Give your "
        "NPN to an admin: under Users, they choose it for "
        "your sign-in ({email}). Or they run: threegate user add {email} --role producer --npn YOUR_NPN.",
        "Estas páginas muestran las llamadas y licencias de un solo "
        "productor. Dé su NPN a un administrador: en Users lo "
        "elige para su acceso ({email}). O ejecuta: threegate user add {email} --role producer --npn SU_NPN.",
    ),
    # ---- the call card
    "no_call_title": ("No call just now", "Ninguna llamada ahora"),
    "no_call_ready": (
        "You are in rotation. The card of your next call opens here.",
        "Está en la rotación. Aquí se abre la ficha de su próxima llamada.",
    ),
    "no_call_resting": (
        "The card of your next call opens here once you are ready.",
        "Aquí se abre la ficha de su próxima llamada cuando esté disponible.",
    ),
    "no_call_next": ("Next promised callback:", "Próxima llamada prometida:"),
    "card_ringing": ("Ringing you", "Le está llamando"),
    "card_talking": ("Talking", "Hablando"),
    "card_last": ("Your last call", "Su última llamada"),
    "card_callback": ("Callback", "Llamada de regreso"),
    "nameless": ("Name not known", "Nombre desconocido"),
    "number_withheld": ("number withheld", "número oculto"),
    "speaks_es": ("Speaks Spanish", "Habla español"),
    "product": ("Product", "Producto"),
    "lives_in": ("Lives in", "Vive en"),
    "state_not_known": ("State not known", "Estado desconocido"),
    "each_required": ("A license in each is required.", "Se requiere licencia en cada uno."),
    "and": ("and", "y"),
    "sure_confirmed": ("confirmed", "confirmado"),
    "sure_verified": ("verified", "verificado"),
    "sure_shared": ("ZIP in two states", "código postal en dos estados"),
    "sure_likely": ("likely", "probable"),
    "sure_presumed": ("presumed: ask for the ZIP first", "supuesto: pida primero el código postal"),
    "sure_conflict": ("contradictory: ask for the ZIP first", "contradictorio: pida primero el código postal"),
    "sure_unknown": ("not known", "desconocido"),
    "source_keyed_zip": ("The caller keyed or said ZIP {zip}.", "La persona marcó o dijo el código postal {zip}."),
    "source_vendor_zip_and_state": (
        "The vendor's ZIP {zip} and state agree.",
        "El código postal {zip} y el estado del proveedor coinciden.",
    ),
    "source_vendor_zip": ("The vendor's ZIP {zip} says so.", "Lo dice el código postal {zip} del proveedor."),
    "source_vendor_state_and_area_code": (
        "The vendor's state and the area code agree.",
        "El estado del proveedor y el código de área coinciden.",
    ),
    "source_stated_state": ("A producer learned it from the caller.", "Un productor lo supo por la persona."),
    "source_area_code": (
        "Only the area code says so, and people keep their numbers.",
        "Solo lo dice el código de área, y la gente conserva su número.",
    ),
    "source_candidates": ("What we were told contradicts itself.", "Lo que nos dijeron se contradice."),
    "source_none": ("Nobody has said where they live.", "Nadie ha dicho dónde vive."),
    "you_hold": ("You hold in {state}", "Usted tiene en {state}"),
    "you_lack": ("Not held in {state}: do not discuss", "No tiene en {state}: no hable de"),
    "nothing": ("nothing", "nada"),
    "vendor_sent": ("What the vendor sent", "Lo que envió el proveedor"),
    "vendor_nothing": ("The vendor sent no record for this caller.", "El proveedor no envió datos de esta persona."),
    "vendor": ("Vendor", "Proveedor"),
    "address": ("Address", "Dirección"),
    "consent": ("Consent", "Consentimiento"),
    "consent_kept": ("kept", "guardado"),
    "consent_none": ("none sent", "no enviado"),
    "their_id": ("Their id", "Su número"),
    "earlier_calls": ("Earlier calls", "Llamadas anteriores"),
    "earlier_none": ("None: this is the first.", "Ninguna: es la primera."),
    "with": ("with {name}", "con {name}"),
    "nobody_talked": ("nobody talked with them", "nadie habló con la persona"),
    "outbound": ("we called", "llamamos"),
    "inbound": ("they called", "llamó"),
    # ---- how it was
    "how_was_it": ("How was it?", "¿Cómo fue?"),
    "how_is_it": ("Say how it goes; it counts when the call ends.", "Diga cómo va; cuenta cuando termine la llamada."),
    "say_within": ("Say so within", "Dígalo en"),
    "or_called_back": ("or they are called back, you first.", "o se le llama de nuevo, usted primero."),
    "called_back_at": (
        "They are called back at {time}, you first. You may still say otherwise.",
        "Se le llama de nuevo a las {time}, usted primero. Aún puede decir otra cosa.",
    ),
    "on_supervisors_list": ("They are on the supervisors' list.", "Está en la lista de los supervisores."),
    "counted_served": (
        "Counted as served after {talk} of talk. Say otherwise if it was not.",
        "Contada como atendida tras {talk} de conversación. Diga otra cosa si no lo fue.",
    ),
    "is_served": ("Served.", "Atendida."),
    "is_closed": ("Closed.", "Cerrada."),
    "you_said": ("You said: {word}.", "Usted dijo: {word}."),
    "word_served": ("Served", "Atendida"),
    "word_not_interested": ("Not interested", "Sin interés"),
    "word_not_served": ("Call back", "Llamar de nuevo"),
    "word_wrong_number": ("Wrong number", "Número equivocado"),
    "word_opted_out": ("Asked not to be called", "Pidió que no lo llamen"),
    "what_opted_out": ("Calls and texts end at once, for good.", "Llamadas y mensajes terminan ya, para siempre."),
    "done_kept": ("Noted: {word}.", "Anotado: {word}."),
    "not_no_talk": ("You have not talked with anybody on that call.", "Usted no habló con nadie en esa llamada."),
    "not_wrong_state": (
        "You reported a wrong state: that talk serves nobody.",
        "Usted avisó de otro estado: esa conversación no atiende a nadie.",
    ),
    "not_closed": ("The lead is closed already.", "El caso ya está cerrado."),
    "not_talked_since": ("Somebody has talked with this person since.", "Alguien habló después con esta persona."),
    "not_in_call": (
        "The person is on the line, or is being called just now.",
        "La persona está en la línea, o la estamos llamando.",
    ),
    "not_too_late": ("That talk was more than a day ago.", "Esa conversación fue hace más de un día."),
    # ---- wrong state
    "wrong_state": ("Wrong state", "Otro estado"),
    "wrong_state_title": ("They live, or are, in another state", "Vive, o está, en otro estado"),
    "wrong_state_live": (
        "Tell the caller that you connect them with a licensed colleague, "
        "then send this. The caller leaves your call at once "
        "and is offered to somebody licensed there; nobody licensed means that a "
        "supervisor takes over. This talk will not count as served.",
        "Diga a la persona que la comunica con un colega con licencia, y "
        "envíe esto. La persona sale de su llamada al instante "
        "y se ofrece a alguien con licencia allí; si no hay nadie, un supervisor "
        "se encarga. Esta conversación no contará como atendida.",
    ),
    "wrong_state_over": (
        "The call is over. The state is kept, the talk no longer counts as "
        "served, and the person goes to the supervisors' list.",
        "La llamada terminó. Se guarda el estado, la conversación ya no cuenta como "
        "atendida y la persona pasa a la lista de los supervisores.",
    ),
    "zip_label": ("ZIP that they say", "Código postal que dice"),
    "zip_hint": ("Best: five digits decide the state by themselves.", "Lo mejor: cinco dígitos deciden el estado."),
    "or_state_label": ("Or the state", "O el estado"),
    "or_state_hint": (
        "It is added to what was known; a license in each is then required.",
        "Se añade a lo que se sabía; entonces se requiere licencia en cada uno.",
    ),
    "choose_state": ("Choose a state", "Elija un estado"),
    "send_wrong_state": ("Move the caller on", "Pasar a la persona"),
    "send_wrong_state_over": ("Report the state", "Avisar del estado"),
    "back": ("Back", "Volver"),
    "error_one_place": (
        "Give the ZIP or the state, not both and not neither.",
        "Dé el código postal o el estado, no ambos ni ninguno.",
    ),
    "error_zip": (
        "No ZIP that lies in a state. Five digits, please.",
        "No es un código postal de un estado. Cinco dígitos, por favor.",
    ),
    "error_state": ("Choose one of the states.", "Elija uno de los estados."),
    "done_moved_on": ("{state} is noted, and the caller moves on.", "{state} queda anotado, y la persona pasa a otro."),
    "done_state_noted": ("{state} is noted.", "{state} queda anotado."),
    "not_moved": (
        "{state} is noted, but the caller could not be moved. Ask them to hang "
        "up and call again; the lead goes to the supervisors.",
        "{state} queda anotado, pero no se pudo pasar a la persona. Pídale que "
        "cuelgue y llame otra vez; el caso pasa a los supervisores.",
    ),
    "you_reported": ("You reported {state}.", "Usted avisó: {state}."),
    # ---- callbacks
    "callbacks_title": ("My callbacks", "Mis llamadas prometidas"),
    "callbacks_none": ("No callback waits for you", "Ninguna llamada le espera"),
    "callbacks_none_text": (
        "Every promise made to your callers is kept or somebody else's. A short "
        "talk that you mark \u201cCall back\u201d comes here.",
        "Cada promesa a sus clientes está cumplida o es de otra persona. Una "
        "conversación corta marcada \u201cLlamar de nuevo\u201d llega aquí.",
    ),
    "callbacks_text": (
        "When one is due and you are ready, we ring you first, then the person.",
        "Cuando toca y usted está disponible, le llamamos primero a usted, luego a la persona.",
    ),
    "due_now": ("Due now, until {time}", "Toca ahora, hasta las {time}"),
    "due_at": ("{time}, until {until}", "{time}, hasta las {until}"),
    "their_time": ("{time} for them", "{time} para la persona"),
    "dialing_now": ("Being called now", "Llamando ahora"),
    "only_you": ("Only you", "Solo usted"),
    "assigned_you": ("Assigned to you", "Asignada a usted"),
    "you_first": ("You first", "Usted primero"),
    "tried": ("tried {count} times", "{count} intentos"),
    # ---- licenses
    "licenses_title": ("My licenses", "Mis licencias"),
    "licenses_none": ("No license on the roster", "Ninguna licencia en la lista"),
    "licenses_none_text": (
        "Nothing can be put through to you until compliance imports your licenses.",
        "No se le puede pasar nada hasta que cumplimiento importe sus licencias.",
    ),
    "licenses_fine": (
        "All good: {count} states in force, the next ends in {days} days.",
        "Todo bien: {count} estados vigentes, el próximo termina en {days} días.",
    ),
    "licenses_fine_perpetual": ("All good: {count} states in force.", "Todo bien: {count} estados vigentes."),
    "licenses_warn": ("{warn} of {count} states need attention.", "{warn} de {count} estados requieren atención."),
    "home_state": ("home", "residencia"),
    "days_left": ("{days} days left", "quedan {days} días"),
    "day_left": ("1 day left", "queda 1 día"),
    "last_day": ("last day today", "hoy es el último día"),
    "ended": ("ended {days} days ago, {day}", "terminó hace {days} días, el {day}"),
    "perpetual": ("does not end", "no termina"),
    "end_unknown": ("end not known", "fecha desconocida"),
    "ends_on": ("ends {day}", "termina el {day}"),
    "in_force": ("in force", "vigente"),
    "education_left": ("{credits} education credits to go", "faltan {credits} créditos de educación"),
    "education_left_by": (
        "{credits} education credits to go by {day}",
        "faltan {credits} créditos de educación antes del {day}",
    ),
    "education_missing": ("continuing education not complete", "educación continua incompleta"),
    "education_done": ("education complete", "educación completa"),
    # ---- a move
    "moved_title": ("I have moved", "Me he mudado"),
    "moved_text": (
        "Report it the day it happens: calls stop where your license depends on your old home, and you are protected.",
        "Avise el mismo día: las llamadas se detienen donde su licencia "
        "depende de su antigua residencia, y usted queda protegido.",
    ),
    "moved_to": ("I live now in", "Ahora vivo en"),
    "moved_on": ("Since", "Desde el"),
    "moved_on_hint": (
        "The day you moved, not the day you report it.",
        "El día en que se mudó, no el día en que avisa.",
    ),
    "look_first": ("Show what stops", "Mostrar qué se detiene"),
    "confirm_title": ("{to} since {day}?", "¿{to} desde el {day}?"),
    "stops_at_once": (
        "At once, no call is put through to you from these {count} states:",
        "Al instante no se le pasa ninguna llamada de estos {count} estados:",
    ),
    "comes_back": (
        "Compliance gives them back one by one, {to} first, once each state has "
        "your change of address. It does not come back by itself.",
        "Cumplimiento los devuelve uno por uno, {to} primero, cuando cada "
        "estado tenga su cambio de dirección. No vuelven solos.",
    ),
    "late_move": (
        "The time to report it has run in one of these states. Report it now all "
        "the same; calls since then are listed for compliance.",
        "El plazo ya pasó en uno de estos estados. Avise ahora de todos modos; "
        "las llamadas desde entonces se listan para cumplimiento.",
    ),
    "confirm_move": ("Yes, I have moved", "Sí, me he mudado"),
    "not_yet": ("No, go back", "No, volver"),
    "done_move": (
        "Noted. Calls from {count} states have stopped.",
        "Anotado. Se detuvieron las llamadas de {count} estados.",
    ),
    "error_to": ("Choose a state other than the one you have left.", "Elija un estado distinto del que dejó."),
    "error_on": (
        "A day that has come, please; the year in four digits.",
        "Un día que ya llegó, por favor; el año con cuatro cifras.",
    ),
    "open_move": (
        "You reported a move from {from_state} to {to_state} on {day}.",
        "Usted avisó de una mudanza de {from_state} a {to_state} el {day}.",
    ),
    "open_move_states": (
        "{waiting} of {count} states still wait: {states}.",
        "{waiting} de {count} estados siguen esperando: {states}.",
    ),
    "open_move_due": (
        "The first change of address is due by {day}.",
        "El primer cambio de dirección debe estar antes del {day}.",
    ),
    "open_move_withdrawn": (
        "Compliance has taken the report back; what it stopped is given back one by one.",
        "Cumplimiento retiró el aviso; lo que detuvo se devuelve uno por uno.",
    ),
    "exposure_pending": ("Calls since the move are being counted.", "Se están contando las llamadas desde la mudanza."),
    "exposure_none": (
        "No call was put through since the move that should not have been.",
        "Desde la mudanza no se pasó ninguna llamada indebida.",
    ),
    "exposure_some": (
        "{count} calls since the move rest on a license that was not yours any more; compliance has the list.",
        "{count} llamadas desde la mudanza se basaron en una licencia que ya no era suya; cumplimiento tiene la lista.",
    ),
    "correct_move": (
        "Something was wrong? Report it again, and it is corrected; an earlier day stays.",
        "¿Algo estaba mal? Avise otra vez y se corrige; un día anterior se mantiene.",
    ),
    # ---- lines and reasons
    "line_life": ("life", "vida"),
    "line_health": ("health", "salud"),
    "line_property": ("property", "propiedad"),
    "line_casualty": ("casualty", "responsabilidad"),
    "line_personal_lines": ("personal lines", "líneas personales"),
    "line_variable": ("variable", "variable"),
    "line_car_rental": ("car rental", "alquiler de autos"),
    "line_credit": ("credit", "crédito"),
    "line_crop": ("crop", "cosechas"),
    "line_surety": ("surety", "fianzas"),
    "line_travel": ("travel", "viajes"),
    "reason_no_license": ("no license there", "sin licencia allí"),
    "reason_license_not_active": ("license not active", "licencia no activa"),
    "reason_license_not_yet_effective": ("not yet in effect", "aún no vigente"),
    "reason_license_expired": ("expired", "vencida"),
    "reason_loa_missing": ("line not held", "línea que no tiene"),
    "reason_expiration_unknown": ("end date not known", "fecha de fin desconocida"),
    "reason_resident_license_invalid": ("home license not in force", "licencia de residencia no vigente"),
    "reason_resident_loa_missing": ("line not held at home", "línea que no tiene en su residencia"),
    "reason_domicile_change_pending": ("stopped by your move", "detenida por su mudanza"),
    "reason_producer_suspended": ("you are suspended", "usted está suspendido"),
    "reason_appointment_missing": ("no appointment", "sin nombramiento"),
    "reason_roster_stale": ("not verified lately", "sin verificar hace tiempo"),
    "reason_state_not_open": ("state not open", "estado no abierto"),
    "reason_state_unknown": ("state not known", "estado desconocido"),
    "reason_agency_license_expired": ("agency license expired", "licencia de la agencia vencida"),
    "reason_not_on_team": ("not on the team", "no es del equipo"),
    # ---- time
    "weekdays": ("Mon Tue Wed Thu Fri Sat Sun", "lun mar mié jue vie sáb dom"),
    "months": ("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", "ene feb mar abr may jun jul ago sep oct nov dic"),
    "date": ("{month} {day}, {year}", "{day} {month} {year}"),
}


def word(key: str, language: str, **values: object) -> str:
    """The sentence in the language; English where the language is "
    "another. Raises KeyError for a key that nobody wrote."""
    return WORDS[key][LANGUAGES.index(language) if language in LANGUAGES else 0].format(**values)


def day_words(on: date, language: str) -> str:
    """Nov 22, 2026; 22 nov 2026."""
    month = word("months", language).split()[on.month - 1]
    return word("date", language, month=month, day=on.day, year=on.year)


def time_words(at: datetime, language: str, *, zone: ZoneInfo, now: datetime) -> str:
    """4:30 pm; on another day with it: Mon 4:30 pm, Nov 30 4:30 pm."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    time = here.strftime("%I:%M %p").lstrip("0").lower()
    if here.date() == today:
        return time
    if abs((here.date() - today).days) <= 6:
        return f"{word('weekdays', language).split()[here.weekday()]} {time}"
    month = word("months", language).split()[here.month - 1]
    named = f"{here.day} {month}" if language == "es" else f"{month} {here.day}"
    return f"{named} {time}"
