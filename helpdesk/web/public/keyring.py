"""Which complaints this browser has opened, by number and PIN or by the signed link.

The signed session holds ids, never a PIN of theirs; a key wears out after two hours without use,
and at once when the PIN of the complaint is replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import abort, flash, redirect, session, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, or_

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.tickets import access
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.tracking import find_own
from helpdesk.web.typed import unsaved_words

LASTS = timedelta(hours=2)
MOST_KEYS = 6  # a cookie holds 4 KB
_KEYRING = "keyring"
View = TypeVar("View", bound=Callable[..., Any])


def add(ticket: Ticket) -> None:
    """Let this browser see *ticket* from now on."""
    number = number_of(ticket)
    others = {name: key for name, key in _keys().items() if name != number}
    while len(others) >= MOST_KEYS:
        others.pop(next(iter(others)))  # the one longest unused
    session[_KEYRING] = {**others, number: [ticket.id, ticket.link_version, _until()]}


def follow(number: str, link_version: int) -> bool:
    """Let this browser go on after it ended the links of *number* itself; was it so?

    An old form that comes once more gives an old version, which opens nothing.
    """
    key = _keys()[number]
    session[_KEYRING] = {**_keys(), number: [key[0], max(key[1], link_version), key[2]]}
    return key[1] < link_version


def drop_all() -> None:
    """Close every complaint on this device."""
    session.pop(_KEYRING, None)


def numbers() -> list[str]:
    """The numbers that are open here, the one used last at the end."""
    return list(_keys())


def is_open_here() -> ColumnElement[bool]:
    """On ``tickets``: is it open here, and was its PIN not replaced since?"""
    keys = (
        and_(Ticket.id == ticket_id, Ticket.link_version == link_version)
        for ticket_id, link_version, _until_then in _keys().values()
    )
    return or_(false(), *keys)


def fetch(number: str, *, to_change: bool = False) -> tuple[Ticket, Actor]:
    """The open complaint with this number, and the complainant as who acts on it.

    *to_change* locks its row, inside a unit of work.

    Raises NotFound when it is not open here or its PIN was replaced since.
    """
    key = _keys().get(number)
    if key is None:
        raise NotFound
    ticket_id, link_version, _until_then = key
    actor = Actor.complainant(ticket_id)
    ticket = access.find_to_change(actor, number) if to_change else find_own(ticket_id)
    if ticket.link_version != link_version:
        raise NotFound
    return ticket, actor


def with_key(view: View) -> View:
    """For views of one complaint: without its key, ask for number and PIN; with it, wear it on."""

    @wraps(view)
    def guarded(number: str, **values: Any) -> Any:
        key = _keys().get(number)
        if key is None:
            if unsaved_words():
                abort(401)
            flash(_("Please open your complaint once more with its number and PIN."), "warn")
            return redirect(url_for("public.track", nomor=number))
        others = {name: other for name, other in _keys().items() if name != number}
        session[_KEYRING] = {**others, number: [*key[:2], _until()]}
        return view(number, **values)

    return guarded  # type: ignore[return-value]


def _keys() -> dict[str, list[int]]:
    """The keys that still open something."""
    now = int(clock.now().timestamp())
    kept: dict[str, list[int]] = session.get(_KEYRING, {})
    return {number: key for number, key in kept.items() if key[2] > now}


def _until() -> int:
    return int((clock.now() + LASTS).timestamp())
