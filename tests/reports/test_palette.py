"""app/reports/templates/lookback.css: what stands on what can be read by everybody (WCAG 2.2: 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from importlib import resources

import pytest

CSS = (resources.files("app.reports") / "templates" / "lookback.css").read_text(encoding="utf-8")
READ = [
    *(("ink", on) for on in ("paper", "raised", "bad-soft", "watch-soft", "accent-soft")),
    *(("soft", on) for on in ("paper", "raised")),
    *((word, on) for word in ("accent", "bad", "watch") for on in ("paper", "raised")),
    *(("on-bad", "bad"), ("on-bad", "bad-deep"), ("ink", "bad-light")),
    *(("watch", "watch-soft"), ("good", "good-soft"), ("good", "raised")),
]
SEEN = [(part, "paper") for part in ("bad", "watch", "calm", "mute", "dim", "good")]


def palettes() -> dict[str, dict[str, str]]:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
    )
    return {"light": light, "dark": light | dark, "print": light | {"paper": "#ffffff"}}


def luminance(color: str) -> float:
    """Relative luminance of "#rrggbb", as WCAG defines it."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", ["light", "dark", "print"])
@pytest.mark.parametrize(("text", "ground"), READ)
def test_text_can_be_read(palette: str, text: str, ground: str) -> None:
    colors = palettes()[palette]

    assert contrast(colors[text], colors[ground]) >= 4.5


@pytest.mark.parametrize("palette", ["light", "dark", "print"])
@pytest.mark.parametrize(("part", "ground"), SEEN)
def test_parts_of_a_drawing_stand_out(palette: str, part: str, ground: str) -> None:
    colors = palettes()[palette]

    assert contrast(colors[part], colors[ground]) >= 3


def test_every_color_that_is_used_is_defined() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))

    assert used <= {*palettes()["light"], "serif", "sans"}


def test_paper_and_dark_screens_have_their_own_rules() -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in CSS
    assert "@media print" in CSS
    assert "print-color-adjust: exact" in CSS
    assert "thead { display: table-header-group; }" in CSS
