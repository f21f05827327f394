"""What was read at one edition of something, remembered in this process until there is a newer one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app

from helpdesk.lib.database import in_transaction, kept_in_unit, once_committed

T = TypeVar("T")
_EXTENSION = "remembered"


def remembered(name: str, edition: int, read: Callable[[], T], *, even_in_unit: bool = False) -> T:
    """What *read* gave for *name* at this *edition*, read now if nobody has.

    The edition must have been read before, and must change with every commit that changes what is read. Inside a unit
    of work everything is read anew, for the unit itself may have changed it. *even_in_unit* is for what nobody changes
    and then asks for again before the change is noted in the trail: it serves there too, is read once in a unit, and is
    put down once the unit has committed; one that is rolled back leaves its edition to others, with other contents.
    """
    is_in_unit = in_transaction()
    if is_in_unit and not even_in_unit:
        return read()
    shelf: dict[str, tuple[int, T]] = current_app.extensions.setdefault(_EXTENSION, {})
    kept = shelf.get(name)
    if kept is not None and kept[0] == edition:
        return kept[1]

    def find() -> T:
        found = read()
        once_committed(lambda: shelf.update({name: (edition, found)}))
        return found

    if is_in_unit:
        return kept_in_unit(f"{name} at {edition}", find)
    shelf[name] = edition, read()
    return shelf[name][1]
