"""How long the first answer took, in bars: sums of bars can be added up over days, medians cannot.

Bars are narrow where a promise is decided, an hour and less on the first day, and wider later on, so that the median
of a month read from them is about right. Few answers may lie in bars far apart: theirs is read from the answers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

_HOUR = timedelta(hours=1)

# Upper edges in hours; what took longer is in one last bar without an end
EDGES: tuple[float, ...] = (
    0.25,
    0.5,
    *(float(hours) for hours in range(1, 24)),
    *(float(hours) for hours in range(24, 72, 2)),
    *(float(hours) for hours in range(72, 168, 4)),
    *(float(hours) for hours in range(168, 721, 24)),
    1440.0,
)


@dataclass(frozen=True)
class Median:
    """Half of the answers took at most *hours*.

    *is_rough*: read from the bars, and right within one of them. *is_more*: than the last edge, nobody knows how much.
    """

    hours: float
    is_rough: bool = False
    is_more: bool = False


def bar_of(took: timedelta) -> int:
    """The bar in which *took* falls; an upper edge belongs to its bar."""
    return bisect_left(EDGES, took / _HOUR)


def edges_of(bar: int) -> tuple[float, float]:
    """Its lower and upper edge in hours; the last bar has no width."""
    lower = EDGES[bar - 1] if bar else 0.0
    return lower, EDGES[bar] if bar < len(EDGES) else lower


def median_of(took: Iterable[timedelta]) -> Median | None:
    """The median itself; None without any answer."""
    hours = [one / _HOUR for one in took]
    return Median(median(hours)) if hours else None


def median_of_bars(bars: Mapping[int, int]) -> Median | None:
    """About the median, as if the answers of a bar were spread evenly over it; None without any."""
    half, below = sum(bars.values()) / 2, 0
    for bar, count in sorted(bars.items()):
        if count and below + count >= half:
            lower, upper = edges_of(bar)
            hours = lower + (upper - lower) * (half - below) / count
            return Median(hours, is_rough=True, is_more=bar == len(EDGES))
        below += count
    return None
