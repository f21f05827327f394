"""JSON of strangers as something that can be kept: of bounded depth, without what a database or a page refuses."""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 12  # an interactive message of the provider has six levels
MOST_ITEMS = 5000  # of one list or object
_REMOVED = dict.fromkeys([0, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_LONGEST_NUMBER = 40  # digits


class NotJson(ValueError):
    """The bytes are no JSON text."""


def parse(raw: bytes) -> Any:
    """The value in *raw*. Raises NotJson, also for a text nested so deep that it exhausts the reader."""
    try:
        return json.loads(raw, parse_int=_whole, parse_float=_fraction, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NotJson(type(error).__name__) from None


def kept(value: Any, depth: int = DEEPEST) -> Any:
    """*value* as it may be stored: clean strings, and '…' instead of what is nested deeper than *depth*."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict | list) and depth == 0:
        return "…"
    if isinstance(value, dict):
        some = list(value.items())[:MOST_ITEMS]
        return {clean(str(name)): kept(part, depth - 1) for name, part in some}
    if isinstance(value, list):
        return [kept(part, depth - 1) for part in value[:MOST_ITEMS]]
    return value


def clean(text: str) -> str:
    """Without halves of surrogate pairs, which no database takes, NUL, and marks that turn the direction of writing."""
    return text.encode("utf-8", "replace").decode().translate(_REMOVED)


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _fraction(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) != float("inf") else None


def _no_number(_name: str) -> None:
    """NaN and Infinity are no JSON; MariaDB refuses a value that holds them."""
