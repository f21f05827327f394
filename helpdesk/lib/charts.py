"""Small charts as SVG text: the same picture on the page and, through WeasyPrint, on paper.

Colours are presentation attributes, because a print engine ignores the page's CSS inside SVG and
our CSP forbids inline style; the class names beside them let the page's CSS follow its theme. Every
figure is an image with a title, some with a description, which WeasyPrint carries into the PDF. No
``<use>``, no script, no fonts of its own.

All values are plain numbers on the caller's scale; None is a gap. Coordinates are in SVG units,
rounded to 0.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from helpdesk.lib.chart_labels import place_labels

ACCENT, GREY, INK, LATE, RULE = "#0b5068", "#6f7f84", "#13222b", "#b3001b", "#bcc7c9"
GROUND = "#e6ecec"
FONT = "Noto Sans, DejaVu Sans, sans-serif"
HEATS = 4  # steps that an eye can still tell apart
NAME_LENGTH = 40  # characters that fit above a bar, also in a wide typeface of 13 units
Values = Sequence[float | None]
_TONES = {
    "main": ("s-fill", ACCENT),
    "quiet": ("s-fill2", GREY),
    "late": ("s-late", LATE),
    "ink": ("s-ink", INK),
    "ground": ("s-ground", GROUND),
}


@dataclass(frozen=True)
class Part:
    """One piece of a stacked bar: its size and its tone (main, quiet, late or ink)."""

    value: float
    tone: str = "main"


def sparkline(
    values: Values,
    *,
    title: str,
    desc: str = "",
    goal: float | None = None,
    size: tuple[int, int] = (112, 28),
) -> Markup:
    """A line without axes, its last point marked; *goal* is drawn dotted."""
    width, height = size
    x, y = _scale(values, goal, width, height, margin=4)
    ends = [(x(i), y(value)) for i, value in enumerate(values) if value is not None]
    line = _goal(0, width, y(goal)) if goal is not None else Markup("")
    dot = _dot(*ends[-1]) if ends else Markup("")
    return _figure(line + _line(values, x, y) + dot, width, height, title, desc)


def line_chart(
    values: Values,
    labels: Sequence[str],
    *,
    title: str,
    goal: float | None = None,
    write: Callable[[float], str] = "{:g}".format,
) -> Markup:
    """A line with each point marked, labelled and written out; the goal dotted and named."""
    width, height, floor = 310, 166, 140
    x, y = _scale(values, goal, width, floor, margin=20, start=54)
    parts = [_floor(34, floor, 300)]
    if goal is not None:
        parts += [
            _goal(34, 300, y(goal)),
            _text(28, y(goal) + 4, write(goal), anchor="end", strong=True),
        ]
    parts.append(_line(values, x, y))
    size = 11 if len(labels) <= 8 else 9  # twelve months stand closer than their names are wide
    parts += [_text(x(i), height - 8, label, size=size) for i, label in enumerate(labels)]
    points = [(x(i), y(value)) for i, value in enumerate(values) if value is not None]
    texts = [write(value) for value in values if value is not None]
    strokes = list(pairwise(points))
    if goal is not None:
        strokes.append(((34, y(goal)), (300, y(goal))))
    parts += [_dot(*point) for point in points]
    parts += [
        _text(one.x, one.y, text, anchor=one.anchor, strong=True)
        for one, text in zip(place_labels(points, texts, strokes, width, floor), texts, strict=True)
    ]
    return _figure(Markup("").join(parts), width, height, title, kind="chart")


def named_bars(
    rows: Sequence[tuple[str, Part]],
    *,
    title: str,
    write: Callable[[float], str] = "{:g}".format,
) -> Markup:
    """One bar below the other, its name above it and its value behind; a very long name is cut short."""
    width, step = 310, 28
    longest = max((part.value for _name, part in rows), default=0)
    drawn = Markup("")
    for place, (name, part) in enumerate(rows):
        top, length = place * step, _share(part.value, longest, width - 34)
        short = name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1].rstrip()}…"
        drawn += _text(0, top + 10, short, anchor="start")
        drawn += _rect(0, top + 15, length, 7, part.tone)
        drawn += _text(length + 6, top + 22, write(part.value), anchor="start", strong=True)
    return _figure(drawn, width, max(step, step * len(rows)), title, kind="chart")


def upright_bars(
    rows: Sequence[tuple[str, float]],
    *,
    title: str,
    mark: tuple[float, str] | None = None,
    write: Callable[[float], str] = "{:g}".format,
) -> Markup:
    """Named bars side by side, each with its value on top; *mark* is a dotted line and its name, at so many bars."""
    width, height, top, floor = 310, 150, 42, 128
    step, longest = width / max(1, len(rows)), max((value for _name, value in rows), default=0)
    drawn, wide = _floor(0, floor, width), min(32, step * 0.7)
    tops = [round(floor - _share(value, longest, floor - top), 1) for _name, value in rows]
    if mark is not None:
        x, under = round(mark[0] * step, 1), min(int(mark[0]), len(rows) - 1)
        # Not through the number on the bar that it crosses
        ends = tops[under] - 18 if abs(x - (under + 0.5) * step) < 14 else floor
        aside, anchor = (-5, "end") if x > width / 2 else (5, "start")
        drawn += _goal(x, x, 4, ends) + _text(x + aside, 13, mark[1], anchor=anchor)
    for place, (name, value) in enumerate(rows):
        middle = (place + 0.5) * step
        drawn += _rect(middle - wide / 2, tops[place], wide, round(floor - tops[place], 1), "main")
        drawn += _text(middle, tops[place] - 5, write(value), strong=True)
        drawn += _text(middle, height - 6, name)
    return _figure(drawn, width, height, title, kind="chart")


def heat_grid(
    rows: Sequence[tuple[str, Sequence[int]]],
    labels: Sequence[str],
    *,
    title: str,
    desc: str = "",
) -> Markup:
    """A named row of fields for each of *rows*: the more, the larger and the darker; nothing is an empty place.

    Size says the same as colour, so that the grid is read without it too. *labels* stand under the columns; an empty
    one leaves its place blank.
    """
    width, names, step_y = 310, 34, 18
    step_x = (width - names) / max(1, len(labels))
    most = max((value for _name, values in rows for value in values), default=0)
    drawn = Markup("")
    for line, (name, values) in enumerate(rows):
        middle = line * step_y + step_y / 2
        drawn += _text(0, middle + 4, name, anchor="start")
        drawn += _rect(names, line * step_y + 1, width - names, step_y - 2, "ground")
        for place, value in enumerate(values):
            at = names + (place + 0.5) * step_x
            drawn += _field(at, middle, (step_x - 1, step_y - 4), _heat(value, most))
    for place, label in enumerate(labels):
        if label:
            at = names + (place + 0.5) * step_x
            drawn += _text(at, len(rows) * step_y + 13, label)
    return _figure(drawn, width, len(rows) * step_y + 18, title, desc, kind="chart")


def thin_bars(value: float, before: float | None, longest: float, *, title: str) -> Markup:
    """This period's bar over the thinner one of the period before; *longest* fills the width."""
    width = 160
    parts = _rect(0, 1, _share(value, longest, width), 9, "main")
    if before is not None:
        parts += _rect(0, 12, _share(before, longest, width), 3, "quiet")
    return _figure(parts, width, 16, title)


def stacked_bar(parts: Sequence[Part], *, title: str) -> Markup:
    """One bar cut into *parts*, side by side, filling the width."""
    width, height = 300, 14
    whole = sum(part.value for part in parts)
    at, drawn = 0.0, Markup("")
    for part in parts:
        length = _share(part.value, whole, width)
        # One unit of air between neighbours
        drawn += _rect(at, 0, max(0.0, length - 1), height, part.tone)
        at += length
    return _figure(drawn, width, height, title)


def _scale(
    values: Values,
    goal: float | None,
    width: float,
    height: float,
    *,
    margin: float,
    start: float | None = None,
) -> tuple[Callable[[int], float], Callable[[float], float]]:
    """Where the i-th point and a value lie; a flat line lies in the middle."""
    known = [value for value in (*values, goal) if value is not None] or [0.0]
    low, high = min(known), max(known)
    left = margin if start is None else start
    step = (width - left - margin) / max(1, len(values) - 1)
    room = height - 2 * margin

    def y(value: float) -> float:
        return height / 2 if high == low else height - margin - (value - low) / (high - low) * room

    return lambda i: left + i * step, y


def _line(values: Values, x: Callable[[int], float], y: Callable[[float], float]) -> Markup:
    """One polyline for each run of known values."""
    runs: list[list[str]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x(i):.1f},{y(value):.1f}")
    drawn = Markup(
        '<polyline class="s-line" fill="none" stroke="{}" stroke-width="2.5" points="{}"/>'
    )
    return Markup("").join(drawn.format(ACCENT, " ".join(run)) for run in runs if len(run) > 1)


def _goal(x1: float, x2: float, y: float, y2: float | None = None) -> Markup:
    drawn = (
        '<line class="s-goal" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"'
        ' stroke="{}" stroke-dasharray="2 4"/>'
    )
    return Markup(drawn).format(x1, x2, y, y if y2 is None else y2, INK)


def _dot(x: float, y: float) -> Markup:
    return Markup('<circle class="s-dot" cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>').format(
        x, y, ACCENT
    )


def _rect(x: float, y: float, width: float, height: float, tone: str) -> Markup:
    css, colour = _TONES[tone]
    drawn = '<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="{}" fill="{}"/>'
    return Markup(drawn).format(css, x, y, width, height, colour)


def _text(
    x: float, y: float, words: str, *, anchor: str = "middle", strong: bool = False, size: int = 11
) -> Markup:
    drawn = (
        '<text{} x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="{}" font-family="{}"'
        ' fill="{}"{}>{}</text>'
    )
    css, weight = (' class="t-ink"', ' font-weight="700"') if strong else ("", "")
    return Markup(drawn).format(Markup(css), x, y, anchor, size, FONT, INK, Markup(weight), words)


def _heat(value: int, most: int) -> int:
    """0 for nothing, then 1 to HEATS in even steps up to *most*."""
    return -(-value * HEATS // most) if most else 0


def _field(x: float, y: float, room: tuple[float, float], heat: int) -> Markup:
    """A field around its middle in the *room* it has; its area and its depth follow its heat."""
    if not heat:
        return Markup("")
    share = heat / HEATS
    across, down = room[0] * share**0.5, room[1] * share**0.5
    depth = 0.4 + 0.6 * share
    return Markup(
        '<rect class="s-fill" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"'
        ' fill-opacity="{:.2f}"/>'
    ).format(x - across / 2, y - down / 2, across, down, ACCENT, depth)


def _floor(x1: float, y: float, x2: float) -> Markup:
    return Markup('<line class="s-axis" x1="{0}" x2="{1}" y1="{2}" y2="{2}" stroke="{3}"/>').format(
        x1, x2, y, RULE
    )


def _share(value: float, whole: float, width: float) -> float:
    return 0.0 if whole <= 0 else min(max(value / whole, 0.0), 1.0) * width


def _figure(
    inside: Markup, width: int, height: int, title: str, desc: str = "", kind: str = "fig"
) -> Markup:
    drawn = (
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}{}</svg>'
    )
    words = Markup("<desc>{}</desc>").format(desc) if desc else ""
    return Markup(drawn).format(
        kind, width, height, f"{title}. {desc}" if desc else title, title, words, inside
    )
