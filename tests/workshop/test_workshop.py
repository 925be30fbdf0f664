"""A fresh clone on a stranger's machine builds: nothing in it points at the machine it was written on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

REPO = Path(__file__).parents[2]
# Spelled apart, so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:root|work|home|Users)" + r"/\w|file:" + r"//[/\w]")
INDEX_HOST = re.compile("pypi" + r"\.org|python" + r"hosted|npmjs" + r"\.(?:org|com)|deb\.debian" + r"\.org")


def lines_of_our_files() -> Iterator[tuple[str, str]]:
    """Each line of each text file that git tracks or would track, and where it stands."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = REPO / name
        if not path.is_file() or b"\0" in (content := path.read_bytes()):
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
            yield f"{name}:{number}", line


def test_the_lock_names_no_index_and_no_place_to_find_wheels() -> None:
    lock = (REPO / "requirements.lock").read_text()

    assert not re.search(r"://|^\s*(--(?!hash=)|-[a-z])", lock, re.MULTILINE)


def test_every_locked_package_has_a_hash() -> None:
    packages = re.split(r"\n(?=\S)", (REPO / "requirements.lock").read_text().strip())

    assert len(packages) > 50
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    assert [where for where, line in lines_of_our_files() if MACHINE_PATH.search(line)] == []


def test_no_file_names_the_host_of_a_package_index() -> None:
    assert [where for where, line in lines_of_our_files() if INDEX_HOST.search(line)] == []
