"""Is there room for a copy, and for what is copied back?"""

from __future__ import annotations

import shutil
from pathlib import Path

_HEADROOM = 1.1  # of what a database is reckoned to need


def reckoned(database: int) -> int:
    """The bytes that a copy of a *database* of so many bytes may need."""
    return int(database * _HEADROOM)


def lack_of_room(place: Path, needed: int) -> str:
    """A sentence where the disk of *place* has not so many bytes free; nothing otherwise."""
    free = shutil.disk_usage(place).free
    if free >= needed:
        return ""
    return (
        f"Not enough room in {place}: about {size_in_words(needed)} are needed, "
        f"{size_in_words(free)} are free."
    )


def size_in_words(size: int) -> str:
    """Such as ``1.8 GB``; a command speaks English whatever the organisation speaks."""
    for unit, much in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= much:
            return f"{size / much:.1f} {unit}"
    return f"{size} bytes"
