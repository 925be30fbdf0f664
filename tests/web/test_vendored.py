"""Nothing that others wrote runs in a browser unless it is the very file that was read and chosen."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_FOLDERS = [_ROOT / "app" / "web" / "static" / "vendor", _ROOT / "tests" / "console" / "vendor"]


@pytest.mark.parametrize("folder", _FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_file_is_the_one_of_the_manifest(folder: Path) -> None:
    packages = json.loads((folder / "manifest.json").read_text())
    listed = {file["path"]: file["sha384"] for package in packages for file in package["files"]}

    found = {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }

    assert found == listed
    assert all(package[fact] for package in packages for fact in ("name", "version", "license"))


def _digest(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
