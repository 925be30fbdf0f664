"""Surprises that a door must answer for its leg."""

from __future__ import annotations


class UnknownCall(Exception):
    """The carrier asks about a call that we have no record of."""


class CannotBeDone(Exception):
    """It was asked for, and it cannot be done; the message is one line for who asked."""
