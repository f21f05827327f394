"""HTML of strangers, made harmless to be shown to staff."""

from __future__ import annotations

import re

import nh3

from helpdesk.lib.mail.defects import Defect

MAX_TAGS = 15_000
"""The rules of HTML make every parser take time with the square of the tags: 200,000 nested ``<div>``
keep nh3 busy for four minutes. A long thread made by Word has some thousand."""

_FORMATTING = frozenset(
    ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_NAME = re.compile(r"[a-zA-Z]+")
_MARK = re.compile(r"<[a-zA-Z]")

_CLEANER = nh3.Cleaner(
    tags={
        "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd",
        "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins",
        "li", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table",
        "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
    },
    clean_content_tags={"script", "style", "title", "template", "iframe"},
    # No address of a picture at all: reading a remote one tells the sender that, when and where it
    # was read; one of the mail itself is among its files. Browsers show the name in *alt* instead.
    attributes={
        "a": {"href"},
        "img": {"alt"},
        "ol": {"start"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)  # fmt: skip


def sanitised(source: str, defects: set[Defect]) -> str:
    """*source* without anything that acts, loads, styles or pretends; empty when it is too complex to
    be made so in reasonable time, which then joins *defects*."""
    if len(_MARK.findall(source)) > MAX_TAGS:
        defects.add(Defect.HTML_TOO_COMPLEX)
        return ""
    return _CLEANER.clean(_plain_formatting(source)).strip()


def _plain_formatting(source: str) -> str:
    """*source* with the attributes of ``<b>``, ``<font>`` and their like removed.

    HTML reopens formatting that was left open in every later paragraph; only of those without
    different attributes it reopens three at most, otherwise 1 MB becomes terabytes.
    """
    kept, at = [], 0
    while (start := source.find("<", at)) >= 0:
        kept.append(source[at:start])
        name = _NAME.match(source, start + 1)
        word = name.group().lower() if name else ""
        if word not in _FORMATTING:
            kept.append("<")
            at = start + 1
            continue
        end = source.find(">", start)
        if end < 0:
            return "".join(kept)  # an open tag at the very end says nothing
        kept.append(f"<{word}>")
        at = end + 1
    return "".join(kept) + source[at:]
