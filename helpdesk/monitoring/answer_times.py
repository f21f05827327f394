"""How long the first answer took, in bars: sums of bars can be added up over days, medians cannot.

Bars are narrow where a promise is decided, an hour and less on the first day, and wider later on, so that the median
of a month read from them is right within its bar.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import timedelta

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


def bar_of(took: timedelta) -> int:
    """The bar in which *took* falls; an upper edge belongs to its bar."""
    return bisect_left(EDGES, took / _HOUR)


def edges_of(bar: int) -> tuple[float, float]:
    """Its lower and upper edge in hours; the last bar has no width."""
    lower = EDGES[bar - 1] if bar else 0.0
    return lower, EDGES[bar] if bar < len(EDGES) else lower


def median_hours(bars: Mapping[int, int]) -> float | None:
    """The median in hours, as if the answers of a bar were spread evenly over it; None without any."""
    half, below = sum(bars.values()) / 2, 0
    for bar, count in sorted(bars.items()):
        if count and below + count >= half:
            lower, upper = edges_of(bar)
            return lower + (upper - lower) * (half - below) / count
        below += count
    return None
