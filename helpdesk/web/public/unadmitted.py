"""Files of which no complaint came yet, on the form that anybody may send: from pages of ours, and not without end.

A form that is refused keeps its files, and so does one whose session has ended meanwhile: its token is asked to be
ours, not to be this session's. Such a token is easily had, so what fills the disk is counted as well. It is counted as
soon as it lies there, whatever becomes of the form, and given back once a complaint came of it. How many files there
can be follows from the limits of the view: only their bytes are counted here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField

from helpdesk.intake import kept_files
from helpdesk.lib.limits_storage import client_network, count_by_itself, hits_of
from helpdesk.lib.uploads import Received
from helpdesk.web.once import browser_id
from helpdesk.web.uploads_in_forms import are_chosen
from helpdesk.web.uploads_in_forms import take_in as take_in_any

MOST_BYTES = (
    200_000_000  # a whole hospital, and all its refused forms, may stand behind one address
)
WITHIN = timedelta(hours=1)

_NOT_OURS = _l("Please choose your files once more.")
_TOO_MUCH = _l(
    "More files than we can keep came from your network within this hour, so these were not kept. What you wrote is: "
    "send it without them, or choose them again later."
)


def take_in(field: MultipleFileField, key: str, *, is_of_ours: bool) -> list[Received]:
    """The files of a form that *is_of_ours*, by its token, as any form's; counted until ``release``.

    Where nothing is taken in, what was kept of an earlier try stays. Opens its own units.
    """
    g.unadmitted = 0
    if not are_chosen(field):
        return take_in_any(field, key)
    standing = {file.sha256 for file in kept_files.kept(key, browser_id())}
    files = take_in_any(field, key, refusal=_refusal(is_of_ours))
    g.unadmitted = sum(file.size for file in files if file.sha256 not in standing)
    _count(g.unadmitted)
    return files


def release() -> None:
    """A complaint came of this form: what it brought just now counts no more."""
    _count(-g.unadmitted)


def _refusal(is_of_ours: bool) -> Any | None:
    if not is_of_ours:
        return _NOT_OURS
    return _TOO_MUCH if hits_of(_counter()) >= MOST_BYTES else None


def _count(size: int) -> None:
    if size:
        count_by_itself(_counter(), WITHIN, size)


def _counter() -> str:
    return f"bytes unadmitted/{client_network()}"
