"""What the softphone's panel says, in English and in Spanish. A test holds the two together."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "page_title": (
        "My softphone",
        "Mi teléfono en el navegador",
    ),
    "page_text": (
        "Leave this window open: calls ring here while you work in others.",
        "Deje abierta esta ventana: las llamadas suenan aquí mientras trabaja en otras.",
    ),
    "window": (
        "In a window of its own",
        "En una ventana aparte",
    ),
    "title": (
        "Calls in this browser",
        "Llamadas en este navegador",
    ),
    "unavailable": (
        "Not set up here. Calls ring your phone, {phone}.",
        "No está configurado aquí. Las llamadas suenan en su teléfono, {phone}.",
    ),
    "off": (
        "Calls ring your phone, {phone}.",
        "Las llamadas suenan en su teléfono, {phone}.",
    ),
    "turn_on": (
        "Take calls in this browser",
        "Tomar llamadas en este navegador",
    ),
    "turn_off": (
        "Back to my phone",
        "Volver a mi teléfono",
    ),
    "asking": (
        "Asking your browser for the microphone.",
        "Pidiendo el micrófono a su navegador.",
    ),
    "connecting": (
        "Connecting to the phone network.",
        "Conectando con la red telefónica.",
    ),
    "ready": (
        "Calls ring in this browser while this page stays open.",
        "Las llamadas suenan en este navegador mientras esta página siga abierta.",
    ),
    "incoming": (
        "Incoming call",
        "Llamada entrante",
    ),
    "incoming_callback": (
        "Callback: take it, and we ring the person",
        "Devolución de llamada: tómela y llamamos a la persona",
    ),
    "no_details": (
        "What it is about could not be loaded. The voice in your ear says it.",
        "No se pudo cargar de qué trata. La voz en su oído lo dice.",
    ),
    "take": (
        "Take the call",
        "Tomar la llamada",
    ),
    "not_now": (
        "Not now",
        "Ahora no",
    ),
    "taking": (
        "One moment. You are connected once your authority has been looked at again.",
        "Un momento. Queda conectado después de revisar otra vez su autorización.",
    ),
    "passing": (
        "Passing it on.",
        "La pasamos a otra persona.",
    ),
    "talking": (
        "You are connected.",
        "Está conectado.",
    ),
    "calling": (
        "We are ringing the person. You are connected when they answer.",
        "Estamos llamando a la persona. Queda conectado cuando conteste.",
    ),
    "mute": (
        "Mute",
        "Silenciar",
    ),
    "unmute": (
        "Unmute",
        "Activar micrófono",
    ),
    "muted": (
        "Your microphone is off.",
        "Su micrófono está apagado.",
    ),
    "hang_up": (
        "Hang up",
        "Colgar",
    ),
    "ended": (
        "The call is over.",
        "La llamada terminó.",
    ),
    "passed": (
        "Passed on. You are asked again in ten minutes.",
        "Pasada a otra persona. Le preguntamos de nuevo en diez minutos.",
    ),
    "missed": (
        "That call was not taken here.",
        "Esa llamada no se tomó aquí.",
    ),
    "authority_lost": (
        "Not connected: you have no authority there at this moment.",
        "No conectado: en este momento no tiene autorización allí.",
    ),
    "stranger": (
        "Something rang that we did not send. It was not answered.",
        "Sonó algo que no enviamos nosotros. No se contestó.",
    ),
    "microphone_refused": (
        "The browser does not give us the microphone. Allow it for this page (the lock beside the address), "
        "then try again. Until then calls ring your phone.",
        "El navegador no nos da el micrófono. Permítalo para esta página (el candado junto a la dirección) e "
        "intente de nuevo. Mientras tanto las llamadas suenan en su teléfono.",
    ),
    "microphone_missing": (
        "No microphone was found. Plug one in, then try again. Until then calls ring your phone.",
        "No se encontró un micrófono. Conecte uno e intente de nuevo. Mientras tanto las llamadas suenan en "
        "su teléfono.",
    ),
    "not_supported": (
        "This browser cannot take calls. Use a current Chrome, Edge, Firefox or Safari. Calls ring your phone.",
        "Este navegador no puede tomar llamadas. Use un Chrome, Edge, Firefox o Safari actual. Las llamadas "
        "suenan en su teléfono.",
    ),
    "offline": (
        "No connection. Calls ring your phone until it is back; this page comes back by itself.",
        "Sin conexión. Las llamadas suenan en su teléfono hasta que vuelva; esta página vuelve sola.",
    ),
    "pass_refused": (
        "The phone network refused this browser. Calls ring your phone. Tell your admin: threegate doctor "
        "says what is missing.",
        "La red telefónica rechazó este navegador. Las llamadas suenan en su teléfono. Avise a su "
        "administrador: threegate doctor dice qué falta.",
    ),
    "server_trouble": (
        "We could not be reached. Calls ring your phone until this page can tell us that it is here.",
        "No pudimos recibir aviso de esta página. Las llamadas suenan en su teléfono hasta que lo haya.",
    ),
    "signed_out": (
        "You are signed out, so calls ring your phone. Sign in again.",
        "Su sesión terminó, así que las llamadas suenan en su teléfono. Inicie sesión de nuevo.",
    ),
    "leaving": (
        "You are on a call. Leaving this page ends it.",
        "Está en una llamada. Si sale de esta página, termina.",
    ),
}


def words_in(language: str) -> dict[str, str]:
    """Every sentence in `language`; in English where there is no such language."""
    nth = 1 if language == "es" else 0
    return {key: both[nth] for key, both in WORDS.items()}
