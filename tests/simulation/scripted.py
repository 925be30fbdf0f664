"""A product of a few lines, to try the carrier with: paths and the documents they answer with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from app.simulator.exchange import Exchange
from app.simulator.products import ProductUnreachable, Reply
from app.simulator.switches import Switches
from app.timekeeping import ManualClock

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "12345"
BASE = "https://app.example.com"
OURS = "+18005550199"
CALLER = "+13125550147"
ANA = "+12175550123"
BEN = "+12175550124"
START = datetime(2026, 5, 5, 15, 4, tzinfo=UTC)

Answer = str | Reply | Callable[[dict[str, str]], str | Reply]


@dataclass(frozen=True)
class Asked:
    """One request as the product saw it."""

    at: datetime
    method: str
    path: str
    form: dict[str, str]
    headers: Mapping[str, str]


def xml(inside: str) -> Reply:
    """A document with `inside`."""
    return Reply(200, "text/xml", f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>')


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(status, "text/html", "", {"location": location})


class ScriptedProduct:
    """Answers by path: the inside of a document, a whole reply, or a function of the form. Unknown paths are 404."""

    def __init__(self, clock: ManualClock, answers: Mapping[str, Answer]) -> None:
        self._clock = clock
        self.answers = dict(answers)
        self.asked: list[Asked] = []

    def request(self, method: str, url: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Reply:
        parts = urlsplit(url)
        self.asked.append(Asked(self._clock.now(), method, parts.path, dict(form), headers))
        if parts.hostname == "nowhere.example.com":
            raise ProductUnreachable("refused")
        answer = self.answers.get(parts.path, Reply(404, "text/plain", "not found"))
        if callable(answer):
            answer = answer(dict(form))
        return answer if isinstance(answer, Reply) else xml(answer)

    def asked_at(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def params(self, path: str) -> dict[str, str]:
        """The form of the one request to `path`."""
        [asked] = self.asked_at(path)
        return asked.form


@dataclass(frozen=True)
class Stage:
    """A clock, a product and an exchange with one number."""

    clock: ManualClock
    product: ScriptedProduct
    exchange: Exchange


def stage(
    answers: Mapping[str, Answer], *, switches: Switches | None = None, fallback: bool = False, seed: int = 0
) -> Stage:
    """A world whose number `OURS` asks /in; status callbacks go to /status, with `fallback` failures to /fallback."""
    clock = ManualClock(START)
    product = ScriptedProduct(clock, {"/status": Reply(204, "", ""), **answers})
    exchange = Exchange(
        clock=clock,
        product=product,
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        seed=seed,
        switches=switches or Switches(),
    )
    exchange.add_number(
        OURS,
        voice_url=f"{BASE}/in",
        status_url=f"{BASE}/status",
        fallback_url=f"{BASE}/fallback" if fallback else None,
        sms_url=f"{BASE}/sms",
    )
    return Stage(clock, product, exchange)


def dial(*numbers: str, whisper: str | None = "/whisper", **attributes: str) -> str:
    """A Dial of `numbers` whose action is /done; attributes by their TwiML names."""
    given = {"action": "/done", "callerId": OURS} | attributes
    attribute_text = "".join(f' {name}="{value}"' for name, value in given.items() if value)
    url = f' url="{whisper}"' if whisper else ""
    callbacks = ' statusCallback="/child" statusCallbackEvent="initiated ringing answered completed"'
    nouns = "".join(f"<Number{url}{callbacks}>{number}</Number>" for number in numbers)
    return f"<Dial{attribute_text}>{nouns}</Dial>"


PRESS_1 = '<Gather numDigits="1" action="/key" timeout="8"><Say>Press 1 to accept</Say></Gather><Hangup/>'


def screening(numbers: Sequence[str] = (ANA,), **attributes: str) -> dict[str, Answer]:
    """A product that rings `numbers`, screens by the key 1, and says goodbye."""
    return {
        "/in": dial(*numbers, **attributes),
        "/whisper": PRESS_1,
        "/key": lambda form: "" if form["Digits"] == "1" else "<Hangup/>",
        "/child": Reply(204, "", ""),
        "/done": "<Say>Goodbye</Say>",
    }
