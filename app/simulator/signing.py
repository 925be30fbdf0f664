"""Twilio's request signature, written a second time so that the product's verification is not tested by itself.

Source: TELEPHONY.md section 2, whose vectors the tests reproduce.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit


def sign(auth_token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """X-Twilio-Signature: Base64(HMAC-SHA1(token, URL + sorted names, each with its sorted set of values))."""
    values: dict[str, set[str]] = {}
    for name, value in form:
        values.setdefault(name, set()).add(value)
    text = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def signed_url(url: str, *, voice: bool) -> str:
    """The URL as Twilio signs it: no user, no fragment, and for HTTPS voice no port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if voice and parts.scheme == "https":
        host = host.partition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
