"""HTML as text, in one pass over its tags.

Own, because what there is cannot be fed by strangers: inscriptis lays tables out, and 600 KB of HTML
with one wide cell then need gigabytes; behind 256 nested elements lxml drops the words; the
standard-library parser takes quadratic time for ``<a<a<a``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_UNSEEN = frozenset({"script", "style", "title", "template", "xml"})
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot",
        "thead", "tr", "ul",
    }
)  # fmt: skip
_APART = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "pre"}
)
_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,15}")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HREF = re.compile(r"\shref\s{0,3}=\s{0,3}[\"']?(https?://[^\s\"'<>]+)", re.IGNORECASE)
_MAX_ADDRESS = 400  # longer ones are there to count readers
_MAX_QUOTES = 10  # marks before a line: more say nothing, and would multiply the text


def text_of_html(source: str) -> str:
    """The words of *source*, a line per block, cells parted by ``|``, quotes marked with ``> ``."""
    page = _Page()
    unseen = ""
    for tag, address, words in _pieces(source):
        if tag == unseen:
            unseen = ""
        if unseen:
            continue
        if tag in _UNSEEN:
            unseen = f"/{tag}"
            continue
        if tag:
            page.meet(tag, address)
        page.write(words)
    return page.text()


def _pieces(source: str) -> Iterator[tuple[str, str, str]]:
    """Every tag's name (with its slash), the address of a link, and the words after it; linear, since no
    search is repeated that found nothing."""
    at, tag, address = 0, "", ""
    while at < len(source):
        start = source.find("<", at)
        while start >= 0 and source[start + 1 : start + 2] not in _OPENERS:
            start = source.find("<", start + 1)  # "a < b"
        if start < 0:
            yield tag, address, source[at:]
            return
        yield tag, address, source[at:start]
        is_comment = source.startswith("<!--", start)
        end = source.find("-->" if is_comment else ">", start + 1)
        if end < 0:  # never closed: a browser would show nothing more, we show it all
            yield "", "", source[start:]
            return
        name = _NAME.match(source, start + 1, end)
        tag = name.group().lower() if name else ""
        address = _address_in(source[start:end]) if tag == "a" else ""
        at = end + (3 if is_comment else 1)
    yield tag, address, ""


def _address_in(tag: str) -> str:
    found = _HREF.search(tag[:_MAX_ADDRESS])
    return html.unescape(found.group(1)) if found else ""


_OPENERS = frozenset("/!?abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class _Page:
    """Lines as they come out."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []
        self._quotes = 0
        self._preformatted = 0
        self._address, self._linked_from = "", 0

    def meet(self, tag: str, address: str) -> None:
        name = tag.removeprefix("/")
        if name == "br":
            self._end_line(keep=True)
        elif name == "a":
            self._end_link()
            self._address, self._linked_from = address, len(self._words)
        elif name in ("td", "th"):
            if tag.startswith("/"):
                self._words.append(" | ")
        elif name in _BLOCKS:
            self._end_line()
            if tag == "/blockquote":
                self._quotes = max(0, self._quotes - 1)
            if name in _APART:
                self._part()
            self._change(tag)

    def write(self, words: str) -> None:
        if not words:
            return
        words = html.unescape(words).replace("\xa0", " ")
        if not self._preformatted:
            self._words.append(_BLANKS.sub(" ", words))
            return
        *lines, last = words.split("\n")
        for line in lines:
            self._words.append(line)
            self._end_line(keep=True)
        self._words.append(last)

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines).strip("\n")

    def _end_link(self) -> None:
        """Name where a link leads, unless its words do: evidence is often sent as "here"."""
        shown = "".join(self._words[self._linked_from :]).strip()
        if self._address and _plainly(shown) != _plainly(self._address):
            self._words.append(f" <{self._address}>")
        self._address = ""

    def _change(self, tag: str) -> None:
        match tag:
            case "blockquote":
                self._quotes += 1
            case "pre":
                self._preformatted += 1
            case "/pre":
                self._preformatted = max(0, self._preformatted - 1)
            case "li":
                self._words.append("- ")
            case "hr":
                self._words.append("-" * 20)
                self._end_line()

    def _end_line(self, *, keep: bool = False) -> None:
        """End the line if something is on it; *keep* ends an empty one, too."""
        self._end_link()
        line = "".join(self._words)
        line = line.rstrip() if self._preformatted else _BLANKS.sub(" ", line).strip(" |")
        self._words, self._linked_from = [], 0
        if line or keep:
            self._lines.append("> " * min(self._quotes, _MAX_QUOTES) + line)

    def _part(self) -> None:
        """A blank line, but never two."""
        blank = ("> " * min(self._quotes, _MAX_QUOTES)).rstrip()
        if self._lines and not self._lines[-1].strip("> "):
            self._lines[-1] = blank
        elif self._lines:
            self._lines.append(blank)


def _plainly(address: str) -> str:
    return address.lower().removeprefix("https://").removeprefix("http://").rstrip("/")
