"""The language spoken now; and moments and days in words of either, for messages and letters without a request too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask_babel import get_locale

from helpdesk.lib.zones import zone_name

LANGUAGE_NAMES = {"id": "Bahasa Indonesia", "en": "English"}
LANGUAGES = tuple(LANGUAGE_NAMES)  # the first one where nothing else is known
_PATTERNS = {"id": "EEEE, d MMMM y 'pukul' HH.mm", "en": "EEEE, d MMMM y 'at' HH:mm"}


def language_now() -> str:
    """``id`` or ``en``: what a page, or a paper that is being drawn, speaks at this moment."""
    return "en" if str(get_locale()) == "en" else "id"


class Named(Protocol):
    """A unit, a category, a place: whatever has a name in both languages."""

    @property
    def name_id(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def name_in(thing: Named | None, language: str) -> str:
    """What it is called in *language*; in Indonesian where there is no other name, '' where there is no such thing."""
    if thing is None:
        return ""
    return (thing.name_en if language == "en" else "") or thing.name_id


def moment_in_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """``Selasa, 24 November 2026 pukul 10.00 WIB``."""
    pattern = _PATTERNS.get(language, _PATTERNS["id"])
    locale = language if language in _PATTERNS else "id"
    return f"{format_datetime(moment, pattern, tzinfo=zone, locale=locale)} {zone_name(zone)}"


def day_in_words(day: date, language: str) -> str:
    """``Selasa, 24 November 2026``."""
    locale = language if language in _PATTERNS else "id"
    return format_date(day, "EEEE, d MMMM y", locale=locale)
