"""Time zones: those of Indonesia and what they are called, and which names are zones at all."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

INDONESIAN = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
"""The three zones by their short name; none knows summer time."""

_NAMES = {
    **{zone: name for name, zone in INDONESIAN.items()},
    "Asia/Pontianak": "WIB",
    "Asia/Ujung_Pandang": "WITA",
}


def zone_name(zone: ZoneInfo) -> str:
    """WIB, WITA or WIT; elsewhere a zone's abbreviation has no fixed meaning, so its IANA name."""
    return _NAMES.get(zone.key, zone.key)


def is_zone(name: str) -> bool:
    """Is *name* a zone that this machine knows, such as ``Asia/Jakarta``?"""
    return name in _known()


@lru_cache(maxsize=1)  # the operating system's list is a walk through six hundred files
def _known() -> frozenset[str]:
    return frozenset(available_timezones())
