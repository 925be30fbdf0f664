"""Webhooks out: who is told what, and what became of it."""

from __future__ import annotations

from apiflask import APIBlueprint


def add_to(blueprint: APIBlueprint) -> None:
    pass
