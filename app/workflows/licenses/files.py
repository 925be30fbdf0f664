"""What is kept of a file that changed the roster: its name and its hash."""

from __future__ import annotations

import hashlib


def sha256(content: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def base_name(file_name: str) -> str:
    """The name without folders, as it can be stored anywhere: at most 255 characters of Unicode."""
    last = file_name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return last.encode("utf-8", "replace").decode().replace("\0", "")[:255]
