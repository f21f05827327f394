"""What is said of a file that is not handed out: a virus scanner has not seen it yet, or found something in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from helpdesk.lib.errors import Locked
from helpdesk.lib.examined_files import Closed, Kept, Verdict, closed_files
from helpdesk.web.locale import gettext as _


def must_be_open(file: Kept) -> None:
    """Raises Locked, with the reason in words, where *file* is not handed out now."""
    refuse_closed(closed_files([file]))


def refuse_closed(closed: Mapping[Any, Closed]) -> None:
    """Raises Locked if there is any."""
    first = next(iter(closed.values()), None)
    if first is not None:
        raise Locked(why_closed(first))


def why_closed(closed: Closed) -> str:
    """Why, as staff read it, or whoever complained."""
    if request and request.blueprint == "public":
        return _to_complainant(closed)
    if closed.is_infected:
        return _(
            "A malicious program was found in this file (%(name)s); it cannot be opened. "
            "Ask the sender to send it again.",
            name=closed.found,
        )
    if closed.verdict is Verdict.TOO_LARGE:
        return _(
            "This file is too large to be examined and cannot be opened. Tell the administrator."
        )
    return _("This file is being examined. It can be opened afterwards.")


def _to_complainant(closed: Closed) -> str:
    if closed.is_infected:
        return _(
            "We cannot open this file: it holds a harmful program, perhaps without anybody knowing. "
            "If it is yours, please send it again, for example as a photo."
        )
    if closed.verdict is Verdict.TOO_LARGE:
        return _("We have received this file, but it is too large to be examined for now.")
    return _("We are examining this file. It can be opened afterwards.")
