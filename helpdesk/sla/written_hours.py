"""Open hours as people write them: ``07.30–12.00, 13.00–16.00``, or ``24 jam``. Pure.

One line of text holds a whole day, so that any number of spans fits into a form without script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from helpdesk.sla.calendar import MINUTES_A_DAY, Span

_WHOLE_DAY: Span = (0, MINUTES_A_DAY)
_ROUND_THE_CLOCK = re.compile(r"24\s*(?:jam|h|hours?)", re.IGNORECASE)
_CLOSED = re.compile(r"|-|–|tutup|libur|closed", re.IGNORECASE)
_BETWEEN_SPANS = re.compile(r"\s*(?:[,;\n]|\bdan\b|\band\b)\s*", re.IGNORECASE)
_TO = r"\s*(?:-|–|—|s\.?/?d\.?|sampai|to|until)\s*"
_HOUR = r"(\d{1,2})(?:[.:](\d{2}))?"
_SPAN = re.compile(rf"{_HOUR}{_TO}{_HOUR}", re.IGNORECASE)


class HoursNotUnderstood(ValueError):
    """*part* of what was written is no stretch of a day, or two of its stretches overlap."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def read_hours(text: str) -> list[Span]:
    """The spans that *text* names, in order, in minutes of the local day; nothing means closed.

    Minutes may be left out, dot and colon are the same. Raises HoursNotUnderstood.
    """
    written = text.strip()
    if _CLOSED.fullmatch(written):
        return []
    if _ROUND_THE_CLOCK.fullmatch(written):
        return [_WHOLE_DAY]
    read = sorted((_read_span(part), part) for part in _BETWEEN_SPANS.split(written) if part)
    for (before, _), (span, part) in zip(read, read[1:], strict=False):
        if span[0] < before[1]:
            raise HoursNotUnderstood(part)
    return [span for span, _ in read]


def write_hours(spans: Iterable[Span], language: str = "id") -> str:
    """The spans of a day as ``read_hours`` takes them back; '' for a closed day."""
    sign = ":" if language == "en" else "."
    return ", ".join(
        f"{_write_minute(opens, sign)}–{_write_minute(closes, sign)}" for opens, closes in spans
    )


def _write_minute(minute: int, sign: str) -> str:
    """450 minutes of the day are ``07.30``; 1440 is ``24.00``."""
    return f"{minute // 60:02d}{sign}{minute % 60:02d}"


def _read_span(part: str) -> Span:
    found = _SPAN.fullmatch(part.strip())
    if found is None:
        raise HoursNotUnderstood(part)
    from_hour, from_minute, to_hour, to_minute = (int(number or 0) for number in found.groups())
    opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if max(from_minute, to_minute) > 59 or not opens < closes <= MINUTES_A_DAY:
        raise HoursNotUnderstood(part)
    return opens, closes
