"""Addresses that others may be told at: never ours, never a private network's, as far as the spelling tells.

A name can still lead to a private address, today or tomorrow: that is found when it is resolved (outside/vendor_hooks.py).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

LONGEST = 2000

_MARKS = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+", re.ASCII)
"""What may stand in an address (RFC 3986), without the # that no request carries."""

_NAME = re.compile(r"(?=.{1,253}\Z)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{1,63}", re.ASCII)
_NUMBER = re.compile(r"(?:0[xX][0-9A-Fa-f]*|[0-9]+)\Z", re.ASCII)
"""A last label that a resolver takes for a number: 2130706433 and 0x7f000001 are 127.0.0.1."""

_PRIVATE = "the host is on a private network, which is never told"


def wrong_url(url: str, *, local: bool) -> str | None:
    """Why nothing can be sent there; None where it can. `local`: this machine and plain http are allowed, for trying out."""
    if "#" in url:
        return "an address without a #fragment: no request carries one"
    if not 1 <= len(url) <= LONGEST or not _MARKS.fullmatch(url):
        return f"an address of at most {LONGEST} characters, percent-encoded, e.g. https://crm.example.com/threegate"
    parts = _split(url)
    if parts is None or not parts.hostname:
        return "no address, as https://crm.example.com/threegate is one"
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        return "an address that begins with https://"
    if "@" in parts.netloc:
        return "an address without a user and a password: what we send is signed"
    return _wrong_host(parts.hostname, local=local)


def _wrong_host(host: str, *, local: bool) -> str | None:
    literal = _literal(host)
    if literal is None:
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) or not _NAME.fullmatch(host.removesuffix(".")):
            return "the host is no name, and no address as 203.0.113.7 is one"
        if not local and (host.removesuffix(".").split(".")[-1] == "localhost" or "." not in host.removesuffix(".")):
            return _PRIVATE
        return None
    if literal.is_loopback and local:
        return None
    public = literal.is_global and not literal.is_multicast
    return None if public else _PRIVATE


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        # Reading the port is what finds out that it is none.
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(host)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
