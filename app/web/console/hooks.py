"""Webhooks out: who is told what, and what became of it."""

from __future__ import annotations

from app.web.console.doors import Section


def section() -> Section:
    return Section("hooks", "/webhooks")
