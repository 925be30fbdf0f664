"""The templates of our pages: everything from a log or a roster is escaped, and no word is longer than its column."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from app.reports import wording
from app.reports.wording import counted, ranged, shown

_LONGEST_WORD = 24


@cache
def templates() -> Environment:
    """The environment that every page is made in."""
    environment = Environment(
        loader=PackageLoader("app.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    environment.filters["sentence"] = wording.sentence
    # A terminal may not have it; a page looks better with it.
    environment.filters["prose"] = lambda text: text.replace("'", "’")
    environment.filters["breakable"] = _breakable
    environment.globals.update(counted=counted, ranged=ranged, state=wording.state, lines=wording.lines)
    return environment


def _breakable(text: str) -> Markup:
    """Words longer than any of ours may break, so that no cell outgrows its table; ours never do."""
    if max(map(len, text.split(" "))) <= _LONGEST_WORD:
        return escape(text)
    return Markup("<wbr>").join(re.findall(rf"[^ ]{{1,{_LONGEST_WORD}}} *| +", text))
