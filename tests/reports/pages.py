"""A page read back as a browser would: the tags, how they nest, the text and the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "wbr", "br", "img", "link", "input", "hr"}
_CLOSED_AT_ONCE = {"rect", "line", "path", "circle"}
_NO_BLOCKS_IN = {"p", "h1", "h2", "h3", "bdi", "dt", "summary", "caption"}
_BLOCKS = {"p", "div", "section", "table", "ul", "ol", "dl", "figure", "h1", "h2", "h3", "header", "details"}
_PARENTS = {
    "li": {"ul", "ol"},
    "tr": {"thead", "tbody"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tbody": {"table"},
    "caption": {"table"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "figcaption": {"figure"},
    "summary": {"details"},
}


@dataclass
class Element:
    """One tag that was opened, with all the text in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class ReadPage(HTMLParser):
    """Every element in order; `wrong` says what a validator would."""

    html: str
    elements: list[Element] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []
        self.feed(self.html)
        self.close()
        self.wrong += [f"<{element.tag}> is never closed" for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._judge(element)
        if tag in ("dt", "dd"):
            self.handle_data(" ")
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _CLOSED_AT_ONCE:
            self.wrong.append(f"<{tag}/> closes nothing")
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.wrong.append(f"</{tag}> closes <{self._open[-1].tag if self._open else 'nothing'}>")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Every such element; `class_="tile"` finds it among several classes."""
        classes = set(attributes.pop("class_", "").split())
        return [
            element
            for element in self.elements
            if element.tag == tag
            and classes <= set(element.attributes.get("class", "").split())
            and all(element.attributes.get(name) == value for name, value in attributes.items())
        ]

    @property
    def text(self) -> str:
        """What a reader sees, white space as one blank."""
        return " ".join(self.all("body")[0].text.split())

    def _judge(self, element: Element) -> None:
        parent = self._open[-1].tag if self._open else ""
        if element.tag in _PARENTS and parent not in _PARENTS[element.tag]:
            self.wrong.append(f"<{element.tag}> in <{parent}>")
        if element.tag in _BLOCKS and (outer := _NO_BLOCKS_IN & {above.tag for above in self._open}):
            self.wrong.append(f"<{element.tag}> in {outer}")
