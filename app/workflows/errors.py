"""Surprises that a door must answer for its leg."""

from __future__ import annotations


class UnknownCall(Exception):
    """The carrier asks about a call that we have no record of."""
