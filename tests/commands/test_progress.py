"""How far a command is: drawn on a terminal, and nowhere else."""

from __future__ import annotations

import io

from rich.console import Console

from app.commands.progress import percent_done


def test_a_terminal_sees_how_far_it_is() -> None:
    screen = io.StringIO()

    with percent_done("Importing [roster].csv", Console(file=screen, force_terminal=True, width=80)) as progress:
        assert progress is not None
        progress(40)
        progress(100)

    assert "Importing [roster].csv" in screen.getvalue()
    assert "100%" in screen.getvalue()


def test_what_is_no_terminal_is_told_nothing() -> None:
    screen = io.StringIO()

    with percent_done("Importing", Console(file=screen)) as progress:
        assert progress is None

    assert not screen.getvalue()
