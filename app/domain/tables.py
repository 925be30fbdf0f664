"""Reading of the packaged tables in app/data. Only the files that own one call it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files


def rows(name: str) -> Iterator[list[str]]:
    """The rows of app/data/`name` (UTF-8 CSV) as lists of text, without the header.

    Raises FileNotFoundError where the package was built without it.
    """
    with files("app").joinpath("data", name).open(encoding="utf-8") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader
