"""One person's data: all of it, or gone."""

from __future__ import annotations

from apiflask import APIBlueprint


def add_to(blueprint: APIBlueprint) -> None:
    pass
