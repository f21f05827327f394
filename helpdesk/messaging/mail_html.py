"""A message as HTML, made from the very words of its text: nothing is said in one that is not in the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup, escape

_TEMPLATE = "messages/_mail.html"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


@dataclass(frozen=True)
class MailPage:
    """What is drawn: *link* gets a button with the word *button*, *delimiter* tells where an answer is cut.

    Link and delimiter may be empty.
    """

    organisation: str
    subject: str
    body: str
    language: str
    link: str = ""
    button: str = ""
    delimiter: str = ""


def draw_mail(page: MailPage) -> str:
    """The HTML of *page*: readable on a small screen and in the dark, without anything fetched from elsewhere."""
    paragraphs = [one for one in re.split(r"\n\s*\n", page.body.strip()) if one.strip()]
    drawn: str = current_app.jinja_env.get_template(_TEMPLATE).render(
        page=page, paragraphs=[_lines(one) for one in paragraphs]
    )
    return drawn


def _lines(paragraph: str) -> Markup:
    return Markup("<br>").join(_linked(line) for line in paragraph.strip().splitlines())


def _linked(line: str) -> Markup:
    """*line* escaped, with its web addresses as links that show where they lead."""
    pieces: list[Markup] = []
    rest = 0
    for found in _ADDRESS.finditer(line):
        address = escape(found.group())
        pieces += [
            escape(line[rest : found.start()]),
            Markup('<a href="{0}" style="color:#1a5fb4;word-break:break-all">{0}</a>').format(
                address
            ),
        ]
        rest = found.end()
    return Markup("").join([*pieces, escape(line[rest:])])
