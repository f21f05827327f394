"""QR codes as SVG, the same picture on a page and on paper.

Presentation attributes only, so that a strict Content-Security-Policy and a print engine both draw
it.
"""

from __future__ import annotations

import io

import segno
from markupsafe import Markup, escape

INK = "#13222b"
PAPER = "#ffffff"  # printed with the code: on a dark page a scanner still needs the light margin


def qr_svg(text: str, *, title: str, description: str = "") -> Markup:
    """Draw *text* as an inline SVG that fills the width its box gives it.

    *title* is read aloud instead of the picture (and becomes the alternative text in a PDF);
    *description* says where it leads. Error correction M: a fold or a stamp over a seventh of it
    does no harm. Raises ValueError for empty text or text too long for any code (about 2300 bytes).
    """
    if not text:
        raise ValueError("a QR code needs something to say")
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawing,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        border=4,
        dark=INK,
        light=PAPER,
        title=title,
        desc=description or None,
        svgclass=None,
        lineclass=None,
    )
    svg = drawing.getvalue().decode().strip()
    # segno cannot set these two: without the role some readers walk through the drawing, and crisp
    # edges keep hairlines out of the modules when the code is scaled.
    opening = f'<svg role="img" aria-label="{escape(title)}" shape-rendering="crispEdges" '
    return Markup(svg.replace("<svg ", opening, 1))  # segno escapes title and description
