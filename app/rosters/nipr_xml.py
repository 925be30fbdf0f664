"""An XML file as a stream of elements: nothing is fetched, expanded or held whole.

Read by the standard library's expat. Without a DOCTYPE there are no entities, so there is none: no expansion, no
external file. defusedxml would refuse the same and no more (neither depth nor size, and it knows no line numbers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol
from xml.parsers import expat

from app.rosters.csv_table import LARGEST_FILE, LONGEST_CELL
from app.rosters.errors import Problems, shortened

DEEPEST = 32
LONGEST_TAG_BYTES = 1024 * 1024
"""expat older than 2.6 reads an unfinished tag again with every piece: a long one would take minutes."""

_PIECE_BYTES = 64 * 1024
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([^"']{1,40})["']""")
_UTF8_MARK = b"\xef\xbb\xbf"
_NOT_XML = {
    b"PK\x03\x04": "this is a spreadsheet or an archive, not XML; unpack it",
    b"\xff\xfe": "this is UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "this is UTF-16 text; save it as UTF-8",
}
_UTF8 = ("utf-8", "utf8", "us-ascii", "ascii")
_ONE_BYTE = ("iso-8859-1", "latin1", "windows-1252", "cp1252")


class Elements(Protocol):
    """Who is told of each element. `path` holds the names from the root to it and is only good during the call."""

    kept: frozenset[str]
    """Names of the elements whose text is wanted. The text of all others is never looked at."""

    def begin(self, path: Sequence[str], attributes: Mapping[str, str], line: int) -> None:
        """Raises Unreadable where nothing further is to be read."""

    def end(self, path: Sequence[str], text: str, line: int) -> None:
        """`text` is stripped and cut one character after the longest cell; `line` is where the element ends."""


class Unreadable(Exception):
    """The file cannot be read from here on; the message says why."""


def walk(content: bytes, elements: Elements, problems: Problems) -> None:
    """Tell `elements` of everything in the file, in its order; the first thing that is no sound XML goes to `problems`."""
    if (why := _not_ours(content)) is not None:
        problems.add(1, None, why)
        return
    stream = _Stream(elements)
    try:
        for piece in _pieces(content):
            stream.feed(piece)
        stream.close()
    except Unreadable as unreadable:
        problems.add(stream.line, None, str(unreadable))
    except expat.ExpatError as error:
        problems.add(error.lineno, None, f"not readable as XML from here on: {expat.ErrorString(error.code)}")
    except UnicodeDecodeError:
        problems.add(stream.line, None, "a byte that the file's own encoding does not have; save it as UTF-8")


def _not_ours(content: bytes) -> str | None:
    if len(content) > LARGEST_FILE:
        return f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB; ask for fewer producers at a time"
    if not content or content.isspace():
        return "the file is empty"
    for magic, why in _NOT_XML.items():
        if content.startswith(magic):
            return why
    encoding = _encoding(content)
    if encoding not in _UTF8 + _ONE_BYTE:
        return f"the encoding {shortened(encoding)} is not read; save it as UTF-8"
    return None


def _encoding(content: bytes) -> str:
    declared = _ENCODING.match(content.removeprefix(_UTF8_MARK) if content[:3] == _UTF8_MARK else content[:400])
    return declared[1].decode("ascii", "replace").lower() if declared else "utf-8"


def _pieces(content: bytes) -> Iterator[bytes]:
    """The content as UTF-8, in pieces."""
    encoding = _encoding(content)
    first = len(_UTF8_MARK) if content.startswith(_UTF8_MARK) else 0
    for at in range(first, len(content), _PIECE_BYTES):
        piece = content[at : at + _PIECE_BYTES]
        yield piece.decode(encoding).encode() if encoding in _ONE_BYTE else piece


class _Stream:
    def __init__(self, elements: Elements) -> None:
        self._elements = elements
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._length = 0
        self._fed_bytes = 0
        # The file's own word for its encoding is overruled: the pieces are UTF-8.
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def feed(self, piece: bytes) -> None:
        self._parser.Parse(piece, False)
        self._fed_bytes += len(piece)
        if self._fed_bytes - self._parser.CurrentByteIndex > LONGEST_TAG_BYTES:
            raise Unreadable(f"a single tag or comment of more than {LONGEST_TAG_BYTES // 1024} KB")

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= DEEPEST:
            raise Unreadable(f"elements inside elements, more than {DEEPEST} deep")
        self._path.append(name)
        self._text, self._length = ([] if name in self._elements.kept else None), 0
        self._elements.begin(self._path, attributes, self.line)

    def _end(self, name: str) -> None:
        text = "".join(self._text).strip()[: LONGEST_CELL + 1] if self._text else ""
        self._text = None
        self._elements.end(self._path, text, self.line)
        self._path.pop()

    def _characters(self, characters: str) -> None:
        if self._text is not None and self._length <= LONGEST_CELL:
            # Blanks before the text may be long, and are no text.
            piece = characters if self._length else characters.lstrip()
            self._text.append(piece[: LONGEST_CELL + 1])
            self._length += len(piece)


def _refuse_doctype(name: str, system_id: str | None, public_id: str | None, has_internal_subset: bool) -> None:
    raise Unreadable("a DOCTYPE, which could name other files and entities, is never read; remove that line")
