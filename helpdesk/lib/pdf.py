"""HTML to PDF: tagged (pdf/ua-1), drawn only from our own static files, the same bytes each time.

*Tagged* means that a screen reader finds title, language, headings, tables and alternative texts.
We do not say *certified*: no validator has confirmed it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

if TYPE_CHECKING:
    from weasyprint import CSS, HTML, Page, URLFetcher

_LONGEST_ROLL = 3000  # mm; what is longer goes on to a second piece
_PIXELS_PER_MM = 96 / 25.4  # CSS pixels
STATIC = Path(__file__).resolve().parents[2] / "static"

_DOCUMENT = Markup(
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="generator" content="Tanggap">{created}</head><body>{body}</body></html>'
)
_CREATED = Markup(
    '<meta name="dcterms.created" content="{0}"><meta name="dcterms.modified" content="{0}">'
)


def render_pdf(
    html: str,
    *,
    title: str,
    lang: str,
    stylesheets: Sequence[str],
    created_at: datetime | None = None,
) -> bytes:
    """Draw *html*, the content of a body, as a PDF and return its bytes.

    *title* and *lang* (such as ``id``) are asked for because a tagged document needs both.
    *stylesheets* are paths under ``static``; they name the typeface in ``@page`` too, whose margin
    boxes do not inherit it from the body. Pictures and fonts come from ``static`` or from ``data:``;
    every other address stays unread. *created_at* is the date the document bears: never the present
    moment, so that the same letter is the same bytes.

    Takes about a second and five megabytes a page: never call it while a transaction is open.
    """
    document, sheets = _prepare(
        html, title=title, lang=lang, stylesheets=stylesheets, created_at=created_at
    )
    return _written(document, sheets)


def render_roll(
    html: str,
    *,
    width: int,
    title: str,
    lang: str,
    stylesheets: Sequence[str],
    created_at: datetime | None = None,
) -> bytes:
    """The same on one page as narrow as a roll of paper, *width* mm, and as long as what it says.

    The content is laid out twice: once to learn its height, then on a page of that height, so that a
    thermal printer cuts where the words end.
    """
    document, sheets = _prepare(
        html, title=title, lang=lang, stylesheets=stylesheets, created_at=created_at
    )
    tall = [*sheets, _page_of(width, _LONGEST_ROLL)]
    height = _height_of(document.render(stylesheets=tall).pages)
    return _written(document, [*sheets, _page_of(width, height)])


def is_own(url: str) -> bool:
    """May a document load *url*: is it ``data:``, or a file under ``static``?"""
    parts = urlsplit(url)
    if parts.scheme == "data":
        return True
    if parts.scheme != "file" or parts.netloc:
        return False
    return Path(unquote(parts.path)).resolve().is_relative_to(STATIC)


def _prepare(
    html: str,
    *,
    title: str,
    lang: str,
    stylesheets: Sequence[str],
    created_at: datetime | None,
) -> tuple[HTML, list[CSS]]:
    from PIL import ImageFile
    from weasyprint import CSS, HTML  # 1.7 s to import: only a process that prints pays for it

    # WeasyPrint switches this on for the whole process; a torn photograph must stay refused here.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    fetcher = _fetcher_class()()
    base = STATIC.as_uri() + "/"
    stamp = _CREATED.format(_w3c(created_at)) if created_at else ""
    document = HTML(
        string=_DOCUMENT.format(lang=lang, title=title, created=stamp, body=Markup(html)),
        base_url=base,
        url_fetcher=fetcher,
    )
    sheets = [CSS(filename=STATIC / name, url_fetcher=fetcher) for name in stylesheets]
    return document, sheets


def _page_of(width: int, height: int) -> CSS:
    """The size of a page, in mm."""
    from weasyprint import CSS

    return CSS(string=f"@page {{ size: {width}mm {height}mm }}")


def _written(document: HTML, sheets: list[CSS]) -> bytes:
    pdf: bytes = document.write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1", pdf_tags=True)
    return pdf


def _height_of(pages: Sequence[Page]) -> int:
    """The height in whole mm that the first page's content takes, margins included; of several pages, a whole one."""
    if len(pages) > 1:
        return _LONGEST_ROLL
    page = pages[0]._page_box
    body = page.children[0].children[0]  # html, body: WeasyPrint offers no public way to its boxes
    used = float(body.position_y + body.margin_height() + page.margin_bottom)
    return math.ceil(used / _PIXELS_PER_MM)


@functools.cache
def _fetcher_class() -> type[URLFetcher]:
    from weasyprint import URLFetcher

    class OwnFilesOnly(URLFetcher):
        """Reads what :func:`is_own` allows: no network, no other file of this machine."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Fetch *url*; raises ValueError for a foreign one, and the picture stays empty."""
            if not is_own(url):
                raise ValueError(f"not one of our own files: {url}")
            return super().fetch(url, headers)

    return OwnFilesOnly


def _w3c(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
