"""On what a receipt is printed: sheets or the roll of a counter printer. Chosen once, remembered by the session."""

from __future__ import annotations

from flask import request, session

from helpdesk.letters.drawing import Paper

_SESSION_KEY = "paper"
_ASKED = {"a4": Paper.A4, "struk": Paper.ROLL}


def paper_in_use() -> Paper:
    """What was asked for with ``?kertas=a4|struk``, else what this browser chose before, else A4."""
    asked = _ASKED.get(request.args.get("kertas", ""))
    if asked is not None:
        session[_SESSION_KEY] = asked.value
        return asked
    kept = session.get(_SESSION_KEY)
    return Paper(kept) if kept in set(Paper) else Paper.A4
