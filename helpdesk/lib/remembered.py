"""What was read at one edition of something, remembered in this process until there is a newer one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app

from helpdesk.lib.database import in_transaction

T = TypeVar("T")
_EXTENSION = "remembered"


def remembered(name: str, edition: int, read: Callable[[], T]) -> T:
    """What *read* gave for *name* at this *edition*, read now if nobody has.

    The edition must have been read before, and must change with every commit that changes what is read. Inside a unit
    of work nothing is remembered: it may still be rolled back, and then its edition comes again with other contents.
    """
    if in_transaction():
        return read()
    shelf: dict[str, tuple[int, T]] = current_app.extensions.setdefault(_EXTENSION, {})
    kept = shelf.get(name)
    if kept is None or kept[0] != edition:
        kept = shelf[name] = (edition, read())
    return kept[1]
