"""A database whose cable can be pulled: the same object, whose engine then leads nowhere. Nothing is patched."""

from __future__ import annotations

from pathlib import Path

from app.storage.database import Database
from app.timekeeping import ManualClock
from tests.product import Stage, build_stage


class UnpluggableDatabase(Database):
    """A real database; unplugged, its engine is a real one that finds nothing at the other end."""

    def __init__(self, url: str, nowhere: Path) -> None:
        super().__init__(url, synchronous="OFF")
        self._plugged = self.engine
        if self.dialect == "sqlite":
            # A folder stands where the file should be.
            nowhere.mkdir()
            gone = f"sqlite:///{nowhere}"
        else:
            gone = "postgresql://nobody@127.0.0.1:1/nothing"
        self._gone = Database(gone)

    def unplug(self) -> None:
        self.engine = self._gone.engine

    def plug_in(self) -> None:
        self.engine = self._plugged

    def dispose(self) -> None:
        self._gone.dispose()
        self._plugged.dispose()
        super().dispose()


def build_unpluggable(url: str, clock: ManualClock, folder: Path) -> tuple[Stage, UnpluggableDatabase]:
    database = UnpluggableDatabase(url, folder / "nowhere")
    return build_stage(database, clock, folder), database
