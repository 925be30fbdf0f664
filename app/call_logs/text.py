"""A call log as text: which kind of file it is, and its lines one after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

from app.call_logs.layout import Unreadable

BEGINNING = 64 * 1024
LONGEST_LINE = 1_000_000
MOST_LINES_OF_A_ROW = 50

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MAGIC = (
    ((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"), "a spreadsheet or an archive; save the sheet as CSV UTF-8"),
    ((b"\x1f\x8b",), "compressed (gzip); unpack it first"),
    ((b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd"), "compressed; unpack it first"),
    ((b"%PDF",), "a PDF; export the calls as CSV"),
    ((b"<",), "a web page or XML; export the calls as CSV"),
)


def opened(path: Path) -> TextIO:
    """The file as text; bytes that are not of its encoding become U+FFFD. Raises Unreadable where it is none."""
    try:
        if path.is_dir():
            raise Unreadable(f"{path}: this is a directory; name a file in it")
        if not path.is_file():
            raise Unreadable(f"{path}: there is no such file")
        with path.open("rb") as file:
            beginning = file.read(BEGINNING)
        encoding = _encoding(path, beginning)
        return path.open(encoding=encoding, errors="replace", newline="")
    except OSError as error:
        raise Unreadable(f"{path}: cannot be opened: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise Unreadable(f"{str(path)!r}: not the name of a file") from error


def position(file: TextIO) -> int:
    """How many bytes were taken from the file."""
    buffered = getattr(file, "buffer", None)
    return int(buffered.tell()) if buffered is not None else 0


def _encoding(path: Path, beginning: bytes) -> str:
    if not beginning.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Unreadable(f"{path}: the file is empty; its first line must name the columns")
    if beginning.startswith(_UTF16):
        return "utf-16"
    for starts, what in _MAGIC:
        if beginning.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(starts):
            raise Unreadable(f"{path}: this is {what}")
    if beginning.count(0) * 100 > len(beginning):
        raise Unreadable(f"{path}: this is not a text file; export the calls as CSV UTF-8")
    return "utf-8-sig"


class TooLong(Exception):
    """A row spans more lines, or a line more characters, than any row of a call log does."""


class Lines:
    """The lines of a file for a csv.reader, which can be given back from the second line of a row on.

    A quote that is never closed makes a row of everything that follows it; given back, only its first line is lost. Each
    iterator goes on where the last one stopped, also after TooLong.
    """

    def __init__(self, file: TextIO) -> None:
        self._read = partial(file.readline, LONGEST_LINE)
        self._of_row: list[str] = []
        self._before = 0
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        of_row, again, read = self._of_row, self._again, self._read
        while line := again.popleft() if again else read():
            of_row.append(line)
            if len(line) >= LONGEST_LINE:
                # Given back, it must not swallow the line after it.
                of_row[-1] = "\n"
                while line and not line.endswith(("\n", "\r")):
                    line = read()
                raise TooLong
            if len(of_row) > MOST_LINES_OF_A_ROW:
                raise TooLong
            yield line

    def begin_row(self) -> int:
        """The number of the line on which the next row begins."""
        self._before += len(self._of_row)
        self._of_row.clear()
        return self._before + 1

    @property
    def of_row(self) -> Sequence[str]:
        """The lines of this row so far."""
        return self._of_row

    def give_back(self, *, keep: int = 1) -> None:
        """All lines of this row but the first, or the first `keep`, will be handed out again."""
        self._again.extendleft(reversed(self._of_row[keep:]))
        del self._of_row[keep:]
