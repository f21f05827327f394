"""Pieces of a page that come out the same whenever they are given the same: drawn once, then remembered.

``{{ drawn_once(row, line, day) }}`` in a template draws the macro *row* the first time and afterwards gives
what it gave. A macro imported without context reads only its arguments and our words, so its arguments, the
language and the zone are the whole of what it depends on; a test refuses one that asks for the request, the
reader or the hour.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache

from flask import Flask, current_app
from markupsafe import Markup

from helpdesk.accounts.organisation import local_zone
from helpdesk.web.locale import language_now

Macro = Callable[..., Markup]
_PIECES = 20_000  # a row of a list weighs about a kilobyte
_EXTENSION = "drawn_once"


def init_drawing(app: Flask) -> None:
    """Give templates ``drawn_once``; what is remembered belongs to *app* and goes with it."""
    app.extensions[_EXTENSION] = lru_cache(maxsize=_PIECES)(_draw)
    app.jinja_env.globals.update(drawn_once=drawn_once, drawn_each=drawn_each)


def drawn_once(macro: Macro, *values: Hashable) -> Markup:
    """What *macro* draws from *values*. Raises TypeError for a value that could change (a list, a row)."""
    remembered: Callable[..., Markup] = current_app.extensions[_EXTENSION]
    return remembered(macro, language_now(), local_zone().key, *values)


def drawn_each(macro: Macro, ones: Iterable[Hashable], *values: Hashable) -> Markup:
    """What *macro* draws from each of *ones* with the same *values*, one after the other."""
    remembered: Callable[..., Markup] = current_app.extensions[_EXTENSION]
    language, zone = language_now(), local_zone().key
    drawn = [remembered(macro, language, zone, one, *values) for one in ones]
    return Markup("".join(drawn))


def _draw(macro: Macro, _language: str, _zone: str, *values: Hashable) -> Markup:
    return macro(*values)
