"""The records of a JSON file, one after another, without ever holding the file.

Reads one page of a list ({"calls": […], …}), several of them in a row, a bare array, or one record to a line, as Twilio's
BulkExport writes them (www.twilio.com/docs/usage/bulkexport/day).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from app.call_logs.layout import Unreadable

LIST = "calls"
"""The member of a page that holds its records."""

_CHUNK = 64 * 1024
_LONGEST_VALUE = 1_000_000
# A record to a line is decoded whole, which is quicker; a page that does not fit is taken apart.
_LONGEST_LINE = 32 * 1024
_BLANK = " \t\r\n\ufeff"


class Records:
    """Iterates (line, record). A record is whatever JSON value stands where one is expected. Raises Unreadable."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path = path
        self._file = file
        self._text = ""
        self._at = 0
        self._line = 1
        self._counted = 0
        self._ended = False
        self._decode = json.JSONDecoder().raw_decode

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        while (mark := self._next_mark()) != "":
            if mark == "[":
                self._at += 1
                yield from self._elements()
            elif mark == "{":
                yield from self._page()
            elif mark == ",":
                self._at += 1
            else:
                raise self._broken()

    def _page(self) -> Iterator[tuple[int, Any]]:
        """The records of an object, or the object itself where it has no list of them."""
        line = self._here()
        whole = self._whole_line()
        if isinstance(whole, dict):
            listed = whole.get(LIST)
            yield from ((line, record) for record in listed) if isinstance(listed, list) else ((line, whole),)
            return
        self._at += 1
        record: dict[str, Any] = {}
        listed = False
        while (mark := self._next_mark()) != "}":
            if mark == ",":
                self._at += 1
                continue
            name = self._value()
            if not isinstance(name, str) or self._next_mark() != ":":
                raise self._broken()
            self._at += 1
            if name == LIST and self._next_mark() == "[":
                self._at += 1
                listed = True
                yield from self._elements()
            else:
                record[name] = self._value()
        self._at += 1
        if not listed:
            yield line, record

    def _elements(self) -> Iterator[tuple[int, Any]]:
        while (mark := self._next_mark()) != "]":
            if mark == ",":
                self._at += 1
                continue
            line = self._here()
            yield line, self._value()
        self._at += 1

    def _whole_line(self) -> Any:
        """The object that begins here, where all of it is at hand and it is small; None otherwise."""
        if len(self._text) - self._at < _LONGEST_LINE:
            self._more()
        try:
            value, end = self._decode(self._text, self._at)
        except (ValueError, RecursionError):
            return None
        self._at = end
        return value

    def _value(self) -> Any:
        """The value that begins here."""
        self._next_mark()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except RecursionError:
                raise self._broken() from None
            except ValueError:
                end = len(self._text)
                value = None
                if self._ended or end - self._at > _LONGEST_VALUE:
                    raise self._broken() from None
            else:
                # 12 may be the beginning of 123.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            self._more()

    def _next_mark(self) -> str:
        """The character that is no blank, at which we then stand; "" at the end of the file."""
        while True:
            text, at = self._text, self._at
            while at < len(text) and text[at] in _BLANK:
                at += 1
            self._at = at
            if at < len(text):
                return text[at]
            if self._ended:
                return ""
            self._more()

    def _more(self) -> None:
        self._here()
        chunk = self._file.read(_CHUNK)
        self._ended = not chunk
        self._text = self._text[self._at :] + chunk
        self._at = self._counted = 0

    def _here(self) -> int:
        """The line at which we stand."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _broken(self) -> Unreadable:
        return Unreadable(
            f"{self._path}: line {self._here()}: the file ends here, or is not JSON from here on; export it again"
        )
