"""Leads in bulk: a file at once."""

from __future__ import annotations

from apiflask import APIBlueprint


def add_to(blueprint: APIBlueprint) -> None:
    pass
