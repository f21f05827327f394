"""Moments and days in words, in either language: for messages and letters, where no request is at hand."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from helpdesk.lib.zones import zone_name

_PATTERNS = {"id": "EEEE, d MMMM y 'pukul' HH.mm", "en": "EEEE, d MMMM y 'at' HH:mm"}


def moment_in_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """``Selasa, 24 November 2026 pukul 10.00 WIB``."""
    pattern = _PATTERNS.get(language, _PATTERNS["id"])
    locale = language if language in _PATTERNS else "id"
    return f"{format_datetime(moment, pattern, tzinfo=zone, locale=locale)} {zone_name(zone)}"


def day_in_words(day: date, language: str) -> str:
    """``Selasa, 24 November 2026``."""
    locale = language if language in _PATTERNS else "id"
    return format_date(day, "EEEE, d MMMM y", locale=locale)
