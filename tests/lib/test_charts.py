"""Charts: well-formed SVG that says what it shows, on screen and on paper."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from helpdesk.lib.chart_labels import CHARACTER, Label, crossings
from helpdesk.lib.charts import (
    Part,
    heat_grid,
    line_chart,
    sparkline,
    stacked_bar,
    thin_bars,
    upright_bars,
)

MONTHS = ["Mei", "Jun", "Jul"]
FIGURES = {
    "sparkline": sparkline([1, 2, 4], title="Tren", goal=3),
    "line": line_chart([74.1, None, 85.3], MONTHS, title="Capaian", goal=80),
    "bars": thin_bars(3, 2, 4, title="Antrean"),
    "heat": heat_grid([("Sen", [3, 0, 5])], MONTHS, title="Per jam", desc="naik"),
    "upright": upright_bars([("Mei", 3), ("Jun", 0)], title="Per bulan", mark=(1.2, "selesai")),
    "stacked": stacked_bar([Part(3), Part(1, "late")], title="Bagian"),
}


def drawn(figure: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(figure))  # noqa: S314 - our own text


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES.keys())
def test_a_figure_says_what_it_is_and_needs_no_style(figure: Markup) -> None:
    svg = drawn(figure)
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"]
    assert svg[0].tag == "title"
    assert svg[0].text
    assert not re.search(r"style=|<use|<style|<script|href", str(figure))
    assert all(
        "fill" in mark.attrib or "stroke" in mark.attrib
        for mark in svg
        if mark.tag not in ("title", "desc")
    )


def test_words_from_outside_are_escaped() -> None:
    figure = line_chart([1], ["<b>"], title='Unit "A" & <B>')
    assert "&lt;b&gt;" in figure
    assert "<b>" not in figure
    assert drawn(figure)[0].text == 'Unit "A" & <B>'


def test_higher_values_lie_higher_and_the_last_is_marked() -> None:
    svg = drawn(sparkline([10, 20, 30], title="Tren", size=(100, 40)))
    points = [
        tuple(map(float, pair.split(",")))
        for pair in svg.findall("polyline")[0].attrib["points"].split()
    ]
    assert [x for x, _y in points] == [4, 50, 96]
    assert points[0][1] > points[1][1] > points[2][1]
    dot = svg.findall("circle")[0].attrib
    assert (float(dot["cx"]), float(dot["cy"])) == points[-1]


def test_a_gap_interrupts_the_line() -> None:
    assert str(sparkline([1, 2, None, 3, 4], title="Tren")).count("<polyline") == 2


@pytest.mark.parametrize("values", [[], [None, None], [5], [5, 5, 5], [0, 0]])
def test_little_or_flat_data_still_makes_a_figure(values: list[float | None]) -> None:
    assert "NaN" not in str(sparkline(values, title="Tren"))


def test_bars_share_the_width_and_never_leave_it() -> None:
    svg = drawn(stacked_bar([Part(3), Part(1, "quiet")], title="Bagian"))
    assert [bar.attrib["width"] for bar in svg.findall("rect")] == ["224.0", "74.0"]
    over = drawn(thin_bars(10, None, 4, title="Antrean"))
    assert [bar.attrib["width"] for bar in over.findall("rect")] == ["160.0"]
    empty = drawn(stacked_bar([Part(0)], title="Kosong"))
    assert [bar.attrib["width"] for bar in empty.findall("rect")] == ["0.0"]


def test_more_is_a_larger_and_darker_field_and_nothing_is_none() -> None:
    grid = drawn(heat_grid([("Sen", [3, 0, 12]), ("Sel", [6, 1, 0])], MONTHS, title="Per jam"))
    fields = [field for field in grid.findall("rect") if "fill-opacity" in field.attrib]
    sides = [float(field.attrib["width"]) for field in fields]
    depths = [float(field.attrib["fill-opacity"]) for field in fields]
    assert len(sides) == 4, "six places, two of them empty"
    assert sides[1] > sides[2] > sides[0] == sides[3]
    assert depths[1] == 1 > depths[2] > depths[0]
    assert [text.text for text in grid.findall("text")] == ["Sen", "Sel", *MONTHS]


def test_an_empty_week_is_drawn_without_a_field() -> None:
    assert "fill-opacity" not in heat_grid([("Sen", [0, 0, 0])], MONTHS, title="Per jam")


LINES: dict[str, list[float | None]] = {
    "rising": [74, 77, 79, 81.8, 82, 85.3],
    "leaping": [40, 81.8, 100, 55, 81.8, 30],
    "at the goal": [80, 80.4, 79.6, 80, 80.1, 79.9],
    "with gaps": [None, 60, None, 81.8, 90, None],
    "a year": [74, 77, 79, 60, 99, 85, 80, 81, 12, 90, 100, 82],
    "fallen": [100, 81.8, 20, 81.8, 100, 0],
}


@pytest.mark.parametrize("values", LINES.values(), ids=LINES.keys())
def test_no_line_runs_through_a_value(values: list[float | None]) -> None:
    decimals = 1 if len(values) <= 8 else 0
    figure = line_chart(
        values,
        [""] * len(values),
        title="Capaian",
        goal=80,
        write=lambda value: f"{value:.{decimals}f}",
    )
    svg = drawn(figure)
    spots = [
        tuple(float(part) for part in point.split(","))
        for line in svg.iter("polyline")
        for point in line.attrib["points"].split()
    ]
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in svg.iter("circle")]
    assert set(spots) <= set(dots)
    (at_goal,) = (
        float(one.attrib["y1"]) for one in svg.iter("line") if "s-goal" in one.attrib["class"]
    )
    strokes = [*pairwise(dots), ((34.0, at_goal), (300.0, at_goal))]
    texts = [one for one in svg.iter("text") if one.attrib.get("font-weight")][1:]
    assert len(texts) == len(dots)
    labels = [
        Label(
            float(one.attrib["x"]),
            float(one.attrib["y"]),
            one.attrib["text-anchor"],
            CHARACTER * len(one.text or ""),
        )
        for one in texts
    ]
    assert [crossings(label, strokes) for label in labels] == [0] * len(labels)
    boxes = [label.box for label in labels]
    for first, second in combinations(boxes, 2):
        beside = first[2] <= second[0] or second[2] <= first[0]
        assert beside or first[3] <= second[1] or second[3] <= first[1], (first, second)


def test_the_day_marked_lies_among_the_bars_and_runs_through_no_number() -> None:
    rows = [("Mei", 6.0), ("Jun", 3.0), ("Jul", 0.0)]
    svg = drawn(upright_bars(rows, title="Per bulan", mark=(1.5, "selesai 15 Jun")))
    may, june, july = (mark for mark in svg if mark.tag == "rect")
    assert float(may.attrib["height"]) == pytest.approx(2 * float(june.attrib["height"]), abs=0.2)
    assert float(july.attrib["height"]) == 0
    (line,) = (mark for mark in svg if mark.attrib.get("class") == "s-goal")
    middle = float(june.attrib["x"]) + float(june.attrib["width"]) / 2
    assert float(line.attrib["x1"]) == float(line.attrib["x2"]) == pytest.approx(middle, abs=0.1)
    assert float(line.attrib["y2"]) < float(june.attrib["y"]) - 12
    between = drawn(upright_bars(rows, title="Per bulan", mark=(2.0, "selesai 30 Jun")))
    (line,) = (mark for mark in between if mark.attrib.get("class") == "s-goal")
    assert float(line.attrib["y2"]) == 128, "down to the floor"


def test_twelve_months_stand_apart() -> None:
    """Their names are three letters, each about two thirds as wide as it is high."""
    names = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
    figure = str(line_chart([80.0] * 12, names, title="Capaian"))
    written = re.findall(r'<text x="([\d.]+)"[^>]*font-size="(\d+)"[^>]*>[A-Z]', figure)
    places, (size,) = [float(x) for x, _size in written], {int(size) for _x, size in written}
    assert min(after - before for before, after in pairwise(places)) > 3 * size * 0.75
