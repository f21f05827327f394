"""Number and PIN of a complaint, for the browser that sent it and for one hour.

The session's cookie is signed, but whoever comes upon it can read it. What is handed over is therefore sealed in it,
and taken out when the hour is over.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from flask import Flask, Response, session

from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.lib.sealing import Unreadable, seal, unseal
from helpdesk.web.once import browser_id

SHOWN_FOR = timedelta(hours=1)
_PURPOSE = "handed over"
_KEPT = "handed_over"


def init_handing_over(app: Flask) -> None:
    """Forget what is over, whichever page is asked for next."""
    app.after_request(_forget_what_is_over)


def hand_over(place: str, *said: str | int) -> None:
    """Let this browser be shown at *place* what was *said*; it forgets what was said there before."""
    until = int((clock.now() + SHOWN_FOR).timestamp())
    sealed = seal(json.dumps(said), purpose=_PURPOSE, owner=_owner(place))
    session[_KEPT] = {**_kept(), place: [until, sealed]}


def recall(place: str) -> list[Any]:
    """What this browser may be shown at *place*; raises NotFound after the hour, and for everybody else."""
    until, sealed = _kept().get(place, (0, ""))
    if until <= clock.now().timestamp():
        raise NotFound
    try:
        said: list[Any] = json.loads(unseal(sealed, purpose=_PURPOSE, owner=_owner(place)))
    except Unreadable:
        raise NotFound from None
    return said


def forget(place: str) -> None:
    """Show it no longer."""
    if place in _kept():
        session[_KEPT] = {name: one for name, one in _kept().items() if name != place}


def _kept() -> dict[str, list[Any]]:
    kept: dict[str, list[Any]] = session.get(_KEPT, {})
    return kept


def _forget_what_is_over(response: Response) -> Response:
    # An answer that did not look at the session must not begin to depend on it.
    if session.accessed and _kept():
        now = clock.now().timestamp()
        left = {place: one for place, one in _kept().items() if one[0] > now}
        if not left:
            session.pop(_KEPT)
        elif len(left) < len(_kept()):
            session[_KEPT] = left
    return response


def _owner(place: str) -> str:
    return f"{place}/{browser_id()}"
