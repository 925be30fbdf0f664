"""Notices to supervisors, by whatever apprise can send: mail, chat, text, a webhook (setting THREEGATE_NOTIFY_URLS)."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from apprise import Apprise

log = logging.getLogger(__name__)

_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")


@dataclass(frozen=True)
class Notice:
    """What is sent. Never a consumer's name or number: it leaves for somebody else's machines. A producer may be named."""

    title: str
    body: str


class Notices(Protocol):
    """The port to whoever is told."""

    @property
    def anybody(self) -> bool:
        """Whether there is anybody to tell."""
        ...

    @property
    def tells_opened(self) -> bool:
        """Whether an escalation is told of as soon as it is opened, too."""
        ...

    def send(self, notice: Notice) -> bool:
        """False where it surely reached nobody, or as far as anybody can tell."""
        ...


class NullNotices:
    """Nobody is told."""

    anybody = False
    tells_opened = False

    def send(self, notice: Notice) -> bool:
        return True


class AppriseNotices:
    """One receiver for each URL that apprise can read; the others are logged and left out."""

    def __init__(self, urls: str, *, tells_opened: bool = False) -> None:
        self.tells_opened = tells_opened
        self._urls = urls

    @cached_property
    def _receivers(self) -> list[tuple[str, Apprise]]:
        found = [(shown(url), _receiver(url)) for url in urls_in(self._urls)]
        for name in (name for name, receiver in found if receiver is None):
            log.error("THREEGATE_NOTIFY_URLS: %s cannot be used; see threegate doctor", name)
        return [(name, receiver) for name, receiver in found if receiver is not None]

    @property
    def anybody(self) -> bool:
        return bool(self._receivers)

    def send(self, notice: Notice) -> bool:
        """Tell everybody; one who was reached is enough."""
        reached = 0
        for name, receiver in self._receivers:
            if receiver.notify(title=notice.title, body=notice.body):
                reached += 1
            else:
                log.error("a notice did not reach %s: %s", name, notice.title)
        return reached > 0


def urls_in(text: str) -> list[str]:
    """The URLs of a list that is separated by commas; a comma inside of one stays."""
    return [url for url in (part.strip(" ,\t\n") for part in _BETWEEN.split(text)) if url]


def unusable(text: str) -> Sequence[str]:
    """Those URLs of the setting that apprise cannot read, without their secrets."""
    return [shown(url) for url in urls_in(text) if _receiver(url) is None]


def shown(url: str) -> str:
    """Enough of a URL to know it by; the rest may be a token."""
    scheme, separator, _ = url.partition("://")
    return f"{scheme}://…" if separator else "one without ://"


def _receiver(url: str) -> Apprise | None:
    # It takes half a second to load, and most processes never need it.
    from apprise import Apprise, AppriseAsset

    receiver = Apprise(asset=AppriseAsset(app_id="Threegate", async_mode=False))
    return receiver if receiver.add(url) else None
