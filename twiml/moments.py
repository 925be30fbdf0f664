"""A promised time in words: "tomorrow at 10:00 AM Eastern time". The code is app/domain/moments.py's."""

from __future__ import annotations

from datetime import datetime

_ZONES = {
    "E": {"en": "Eastern time", "es": "hora del este"},
    "C": {"en": "Central time", "es": "hora central"},
    "M": {"en": "Mountain time", "es": "hora de la montaña"},
    "P": {"en": "Pacific time", "es": "hora del Pacífico"},
    "AK": {"en": "Alaska time", "es": "hora de Alaska"},
    "H": {"en": "Hawaii time", "es": "hora de Hawái"},
    "A": {"en": "Atlantic time", "es": "hora del Atlántico"},
    "CH": {"en": "Chamorro time", "es": "hora de Guam"},
    "S": {"en": "Samoa time", "es": "hora de Samoa"},
}
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPANISH_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
# Letters that a text counts once (GSM-7).
_SHORT_SPANISH_DAYS = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SPANISH_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
    *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


def worded(code: str, language: str, *, short: bool = False) -> str:
    """The moment as a person says it, `short` as a text writes it; what is no such code stays as it is."""
    try:
        local, day, zone = code.split("|")
        at = datetime.fromisoformat(local)
    except ValueError:
        return code
    if short:
        return _short(at, day, zone, language)
    named = _ZONES.get(zone.upper().removesuffix("ST").removesuffix("DT"), {}).get(language, zone)
    return (_spanish if language == "es" else _english)(at, day, named)


def _short(at: datetime, day: str, zone: str, language: str) -> str:
    """`tomorrow 10:00 AM EST`, `Tue 12/1 10:00 AM EST`."""
    clock = f"{at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'} {zone}"
    near = {"today": {"en": "today", "es": "hoy"}, "tomorrow": {"en": "tomorrow", "es": "manana"}}
    if day in near:
        return f"{near[day].get(language, day)} {clock}"
    days = _SHORT_SPANISH_DAYS if language == "es" else _ENGLISH_DAYS
    return f"{days[at.weekday()][:3]} {at.month}/{at.day} {clock}"


def _english(at: datetime, day: str, zone: str) -> str:
    clock = f"{at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'} {zone}"
    if day in ("today", "tomorrow"):
        return f"{day} at {clock}"
    return f"on {_ENGLISH_DAYS[at.weekday()]}, {_ENGLISH_MONTHS[at.month - 1]} {at.day}, at {clock}"


def _spanish(at: datetime, day: str, zone: str) -> str:
    part = "de la mañana" if at.hour < 12 else "de la tarde" if at.hour < 20 else "de la noche"
    hour = at.hour % 12 or 12
    clock = f"{'a la' if hour == 1 else 'a las'} {hour}:{at:%M} {part}, {zone}"
    if day in ("today", "tomorrow"):
        return f"{'hoy' if day == 'today' else 'mañana'} {clock}"
    return f"el {_SPANISH_DAYS[at.weekday()]} {at.day} de {_SPANISH_MONTHS[at.month - 1]} {clock}"
