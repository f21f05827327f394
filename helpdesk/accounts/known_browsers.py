"""A browser in which somebody signed in before: the rest of their account does not shut it out.

Anybody who knows a name can make its account rest, again and again; its owner must be able to work all the same. What
such a browser keeps is no key: it lets a password be tried, and each browser has only a few tries of its own.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from helpdesk.lib.limits_storage import count_in_unit, hits_of
from helpdesk.lib.sealing import Unreadable, seal, unseal

TRIES = 8
TRIED_WITHIN = timedelta(hours=4)
MOST = 5  # people who take turns at one browser
_PURPOSE = "known browser"
_BETWEEN = "~"


def add_mark(marks: str, user_id: int) -> str:
    """What the browser that kept *marks* keeps from now on: that *user_id* signed in there too."""
    others = [one for one in marks.split(_BETWEEN) if one and not _name_in(one, user_id)]
    mine = seal(
        find_browser(marks, user_id) or secrets.token_hex(8), purpose=_PURPOSE, owner=user_id
    )
    return _BETWEEN.join([*others[1 - MOST :], mine])


def find_browser(marks: str, user_id: int) -> str:
    """The name of the browser that kept *marks*; empty where this person never signed in there."""
    kept = marks.split(_BETWEEN)[-MOST:]
    return next((name for one in kept if (name := _name_in(one, user_id))), "")


def of_session(session_id: int) -> str:
    """The name of the browser in which its owner is signed in: the pages behind the door see no marks."""
    return f"session/{session_id}"


def may_try(browser: str) -> bool:
    """Is it a known one that has tries left?"""
    return bool(browser) and hits_of(_key(browser)) < TRIES


def count_try(browser: str) -> None:
    """Count a wrong try of a known one, inside the caller's unit of work."""
    if browser:
        count_in_unit(_key(browser), TRIED_WITHIN)


def _name_in(mark: str, user_id: int) -> str:
    try:
        return unseal(mark, purpose=_PURPOSE, owner=user_id)
    except Unreadable:
        return ""


def _key(browser: str) -> str:
    return f"tries of a known browser/{browser}"
