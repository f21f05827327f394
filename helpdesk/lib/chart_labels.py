"""Where the value of a point is written, so that neither a line nor another value runs through it.

Pure geometry in the units of the picture, y downwards. A place is tried after the other, the nearest first; where
each is crossed by something, the least crossed one is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

Spot = tuple[float, float]
Stroke = tuple[Spot, Spot]

RISE, DROP = 8.5, 2.0  # of a text of 11 units, above its base line and below (a comma)
CHARACTER = 6.5  # as wide as a bold digit
_CLEAR = 1.0  # air around a text
_STEPS = 40  # a stroke is looked at in so many places
_AWAY = (0, 5, 10, 15)  # further from the point, where it is crowded
_BASES = (-8, 16)  # above the point, below it
_ANCHORS = ("middle", "end", "start")


@dataclass(frozen=True)
class Label:
    """A text by its base line and anchor, as SVG has it."""

    x: float
    y: float
    anchor: str
    width: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        left = self.x - {"start": 0.0, "middle": self.width / 2, "end": self.width}[self.anchor]
        return left, self.y - RISE, left + self.width, self.y + DROP


def place_labels(
    points: Sequence[Spot],
    texts: Sequence[str],
    strokes: Sequence[Stroke],
    right: float,
    floor: float,
) -> list[Label]:
    """One label for each of *points*, clear of *strokes* and of each other, within *right* and above *floor*."""
    placed: list[Label] = []
    for point, text in zip(points, texts, strict=True):
        width = CHARACTER * len(text)
        inside = [one for one in _places(point, width) if _is_inside(one, right, floor)]
        taken = [*strokes, *(stroke for one in placed for stroke in _rows(one))]
        placed.append(min(inside, key=lambda one: crossings(one, taken)))
    return placed


def crossings(label: Label, strokes: Iterable[Stroke]) -> int:
    """How much of *strokes* runs through the label or right beside it."""
    left, top, right, bottom = label.box
    return sum(
        left - _CLEAR < x < right + _CLEAR and top - _CLEAR < y < bottom + _CLEAR
        for stroke in strokes
        for x, y in _along(stroke)
    )


def _places(point: Spot, width: float) -> Iterator[Label]:
    x, y = point
    aside = {"middle": 0, "end": -3, "start": 3}
    for away, base, anchor in product(_AWAY, _BASES, _ANCHORS):
        further = -away if base < 0 else away
        yield Label(x + aside[anchor], y + base + further, anchor, width)


def _is_inside(label: Label, right: float, floor: float) -> bool:
    _left, top, its_right, bottom = label.box
    return top >= 0 and its_right <= right and bottom < floor


def _rows(label: Label) -> list[Stroke]:
    """A label as strokes, for the labels after it."""
    left, top, right, bottom = label.box
    return [((left, y), (right, y)) for y in (top, (top + bottom) / 2, bottom)]


def _along(stroke: Stroke) -> Iterator[Spot]:
    (x1, y1), (x2, y2) = stroke
    for step in range(_STEPS + 1):
        share = step / _STEPS
        yield x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
