"""The entries of a list of views or stages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewLink:
    """One entry, as ``view_items`` draws it."""

    url: str
    label: str
    count: int | None
    is_current: bool
    is_late: bool = False
