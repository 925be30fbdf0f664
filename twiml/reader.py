"""TwiML text to verbs, strict about names, nesting, attributes and values.

For the simulator and tests only: the product never reads TwiML. Codes are Twilio's own (TELEPHONY.md section
6). Twilio only warns of many of these (12200, 132xx); a simulator that shrugged would hide our mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from twiml import verbs
from twiml.grammar import MESSAGING, SCHEMA, VERBS, Attribute, Element, check_number

PARSE_FAILURE = 12100
WRONG_ROOT = 12102
LARGEST_DOCUMENT = 65_536
"""Bytes of TwiML that are read (64 kB); more is 11750."""


class TwimlError(ValueError):
    """The document is not the TwiML that Twilio's schema allows; `code` is the one its debugger would show."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Document:
    """What a document says; `warnings` only where it was read leniently."""

    verbs: tuple[verbs.Verb, ...]
    warnings: tuple[TwimlError, ...] = ()


def read(text: str, *, lenient: bool = False, messaging: bool = False) -> Document:
    """The verbs of `text`. Raises TwimlError; leniently, what the schema does not know is left out with a
    warning.

    `messaging` reads the answer to a text (Message, Redirect) instead of a call's document.
    """
    root = _parse(text)
    if root.tag != "Response":
        raise TwimlError(WRONG_ROOT, f"the root element must be Response, not {root.tag}")
    reading = _Reading(lenient)
    reading.refuse_attributes(root, {})
    reading.refuse_text(root)
    allowed = MESSAGING if messaging else VERBS
    return Document(reading.children(root, allowed, SCHEMA), tuple(reading.warnings))


def _parse(text: str) -> ElementTree.Element:
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_DOCUMENT:
        raise TwimlError(11750, "the document is larger than 64 kB")
    if text[:1].isspace() and text.lstrip().startswith("<?xml"):
        raise TwimlError(PARSE_FAILURE, "nothing may stand before <?xml")
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise TwimlError(PARSE_FAILURE, "document types and entities are not read")
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise TwimlError(PARSE_FAILURE, f"document parse failure: {error}") from error


class _Reading:
    """One reading of one document: strict, or collecting warnings."""

    def __init__(self, lenient: bool) -> None:
        self._lenient = lenient
        self.warnings: list[TwimlError] = []

    def complain(self, code: int, message: str) -> None:
        error = TwimlError(code, message)
        if not self._lenient:
            raise error
        self.warnings.append(error)

    def children(self, parent: ElementTree.Element, allowed: Mapping[str, Element], code: int) -> tuple[Any, ...]:
        found = []
        for child in parent:
            if child.tail and child.tail.strip():
                self.complain(SCHEMA, f"text {child.tail.strip()!r} after {child.tag}")
            if child.tag not in allowed:
                self.complain(code, f"{child.tag} is not allowed in {parent.tag}")
                continue
            found.append(self.element(child, allowed[child.tag]))
        return tuple(found)

    def element(self, node: ElementTree.Element, schema: Element) -> Any:
        values = self.attributes(node, schema.attributes)
        if schema.text_field is not None:
            if len(node) and not schema.children:
                self.complain(schema.nesting_code, f"{node[0].tag} is not allowed in {node.tag}")
            values[schema.text_field] = node.text or ""
        if schema.child_field is not None:
            values[schema.child_field] = self.children(node, schema.children, schema.nesting_code)
        if schema.text_field is None:
            values |= self._text_beside_children(node, schema)
        value = schema.build(**values)
        for code, message in schema.check(value):
            self.complain(code, message)
        return value

    def _text_beside_children(self, node: ElementTree.Element, schema: Element) -> dict[str, Any]:
        """A Dial may carry a bare number instead of nouns; no other verb has text."""
        text = (node.text or "").strip()
        if text and node.tag == "Dial" and not len(node):
            number = verbs.Number(text)
            for code, message in check_number(number):
                self.complain(code, message)
            return {"targets": (number,)}
        self.refuse_text(node)
        if len(node) and schema.child_field is None:
            self.complain(SCHEMA, f"{node[0].tag} is not allowed in {node.tag}")
        return {}

    def attributes(self, node: ElementTree.Element, known: Mapping[str, Attribute]) -> dict[str, Any]:
        self.refuse_attributes(node, known)
        values: dict[str, Any] = {}
        for name, attribute in known.items():
            if name not in node.attrib:
                continue
            try:
                values[attribute.fills or _snake(name)] = attribute.convert(node.attrib[name])
            except ValueError as error:
                self.complain(attribute.code, f"{node.tag} {name}={node.attrib[name]!r}: {error}")
        return values

    def refuse_attributes(self, node: ElementTree.Element, known: Mapping[str, Attribute]) -> None:
        for name in node.attrib:
            if name not in known:
                self.complain(SCHEMA, f"{node.tag} has no attribute {name}")

    def refuse_text(self, node: ElementTree.Element) -> None:
        if node.text and node.text.strip():
            self.complain(SCHEMA, f"text {node.text.strip()!r} in {node.tag}")


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)
