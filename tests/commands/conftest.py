"""`threegate …` over a database of the test's own, at a fixed instant."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.commands import cli
from tests.builders import Person, roster_file


@dataclass
class Threegate:
    """The command, with its environment."""

    environment: dict[str, str]
    folder: Path

    def __call__(self, *arguments: str, code: int = 0) -> Result:
        """Run it; it must exit with `code`, and a failure must be told in one line."""
        result = CliRunner(env=self.environment).invoke(cli, arguments)
        assert result.exit_code == code, (arguments, result.output, result.exception)
        if code == 2:
            assert len(result.stderr.strip().splitlines()) == 1, result.stderr
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self(*arguments, "--json", code=code).stdout)

    def file(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def roster(self, *people: Person) -> None:
        self("roster", "import", self.file("roster.csv", roster_file(*people)))

    def open(self, *states: str) -> None:
        proof = self.file("proof.pdf", b"%PDF-1.4 test")
        self("state", "open", *states, "--document", proof, "--verified-by", "compliance@example.com")

    def campaign(self, number: str = "+18005550199", *more: str) -> Result:
        return self("campaign", "add", "--number", number, "--name", "Final expense", "--loa", "life", *more)


@pytest.fixture
def make_threegate(tmp_path: Path) -> Callable[..., Threegate]:
    def make(url: str, **environment: str) -> Threegate:
        told = {
            "THREEGATE_ENV": "test",
            "DATABASE_URL": url,
            # Slow enough to stand still, and the same for every command of a test.
            "THREEGATE_CLOCK": "2026-11-18T15:00:00Z*0.000001",
            "THREEGATE_JOURNAL_DIR": str(tmp_path / "journal"),
            "THREEGATE_DOCUMENTS_DIR": str(tmp_path / "documents"),
            "THREEGATE_SQLITE_SYNCHRONOUS": "OFF",
        }
        return Threegate(told | environment, tmp_path)

    return make


@pytest.fixture
def threegate(database_url: str, make_threegate: Callable[..., Threegate]) -> Threegate:
    return make_threegate(database_url)
