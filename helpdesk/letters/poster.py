"""QR posters: an invitation to say what is wrong, on the wall of the place it is about.

A poster is no letter: it says nothing about a case, bears no number and is drawn anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from flask_babel import force_locale, gettext
from markupsafe import Markup

from helpdesk.letters.drawing import picture_data
from helpdesk.letters.parties import Letterhead
from helpdesk.lib.database import in_transaction
from helpdesk.lib.pdf import render_pdf
from helpdesk.lib.qr import qr_svg

STYLESHEETS = ("css/poster.css",)
_ON_A_SHEET = 4


class Size(StrEnum):
    """The paper: a wall's A4, a counter's A6, or four A6 on a sheet of A4 to be cut."""

    A4 = "a4"
    A6 = "a6"
    FOUR_A6 = "lembar"


@dataclass(frozen=True)
class Poster:
    """One poster. *name* is the place in the poster's language, '' for one that may hang anywhere.

    *url* is the short address that opens the form with the place chosen, *code* the place's own.
    """

    name: str
    url: str
    code: str = ""

    @property
    def qr(self) -> Markup:
        """The code that leads to the form."""
        return qr_svg(self.url, title=gettext("QR code"), description=self.url)

    @property
    def address(self) -> str:
        """The address as somebody types it."""
        return self.url.partition("://")[2]


def draw_posters(
    posters: Sequence[Poster], size: Size, language: str, letterhead: Letterhead
) -> bytes:
    """The posters as PDF: one a page, on a sheet of A6 four of each place.

    Raises RuntimeError inside a unit of work.
    """
    if in_transaction():
        raise RuntimeError("a poster is drawn before or after a unit of work, never inside")
    with force_locale(language):
        title = gettext("Poster")
        if len(posters) == 1 and posters[0].name:
            title = gettext("Poster: %(place)s", place=posters[0].name)
        html = current_app.jinja_env.get_template("letters/poster.html").render(
            pages=list(_pages(posters, size)),
            size=size.value,
            head=letterhead,
            logo=picture_data(letterhead.logo_digest),
        )
    return render_pdf(html, title=str(title), lang=language, stylesheets=STYLESHEETS)


def _pages(posters: Sequence[Poster], size: Size) -> Iterator[Sequence[Poster]]:
    """What stands on each page. A sheet that is to be cut holds four of one place, or four places."""
    if size is not Size.FOUR_A6:
        yield from ([poster] for poster in posters)
    elif len(posters) == 1:
        yield list(posters) * _ON_A_SHEET
    else:
        for start in range(0, len(posters), _ON_A_SHEET):
            yield posters[start : start + _ON_A_SHEET]
