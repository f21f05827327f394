"""The list from which somebody opened a ticket, so that they go on where they were.

Each is kept under the endpoint where its readers begin: a head of customer care reads the figures too, and is to find
the own worklist again.
"""

from __future__ import annotations

from flask import request, session, url_for

_LONGEST = 300  # the session's cookie carries it


def list_left(beginning: str) -> str:
    """The list that this person saw last, or where they begin."""
    return str(session.get(_key(beginning)) or url_for(beginning))


def note_list(beginning: str) -> None:
    """Remember that the list that is asked for now was the last one open."""
    here = request.full_path.rstrip("?")
    here = request.script_root + (here if len(here) <= _LONGEST else request.path)
    if list_left(beginning) != here:
        session[_key(beginning)] = here


def _key(beginning: str) -> str:
    return f"left {beginning}"
