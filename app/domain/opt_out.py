"""Does this message ask us to leave somebody alone?"""

from __future__ import annotations

import re
import unicodedata

# The carriers' own words (TELEPHONY.md section 6), and what people write instead: any reasonable means counts
# (DOMAIN.md section 4).
_WORDS = {
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
    "alto", "parar", "pare", "para", "basta", "cancelar", "baja",
}  # fmt: skip
_PHRASES = re.compile(
    r"\b(opt me out|opt out|opting out|unsubscribe|remove me|take me off|leave me alone|do not (call|text|contact)"
    r"|dont (call|text|contact)|quit (calling|texting)|stop (calling|texting|contacting|messaging|it|this|now|please|all)"
    r"|please stop|no more (calls|texts|messages)"
    r"|no me (llame|llamen|escriba|escriban|moleste|molesten)|dejen? de (llamar|escribir))\b"
)


def means_stop(body: str) -> bool:
    """Whether `body` is STOP in any spelling that a person would use, English or Spanish. In doubt, yes."""
    decomposed = unicodedata.normalize("NFKD", body).casefold()
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    plain = re.sub(r"[^a-z ]+", "", letters.replace("\n", " ")).strip()
    words = plain.split()
    squeezed = "".join(words)
    if squeezed in _WORDS or re.sub(r"(.)\1+", r"\1", squeezed) in _WORDS:
        return True
    return bool(_PHRASES.search(" ".join(words)))
