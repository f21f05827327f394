"""Open hours as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import sampled_from

from helpdesk.lib.words import LANGUAGES
from helpdesk.sla.calendar import Span
from helpdesk.sla.written_hours import HoursNotUnderstood, read_hours, write_hours
from tests.sla.hours import day_spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("07.30–12.00, 13.00–16.00", [(450, 720), (780, 960)]),
        ("13:00 - 16:00; 7.30-12", [(450, 720), (780, 960)]),
        ("8 s.d. 12 dan 13 s/d 15.30", [(480, 720), (780, 930)]),
        ("8 sampai 12", [(480, 720)]),
        ("8-12,", [(480, 720)]),
        ("08.00-12.00, 12.00-13.00", [(480, 720), (720, 780)]),
        ("24 jam", [(0, 1440)]),
        ("0-24", [(0, 1440)]),
        ("", []),
        (" tutup ", []),
        ("-", []),
    ],
)
def test_what_is_understood(text: str, spans: list[Span]) -> None:
    assert read_hours(text) == spans


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("pagi", "pagi"),
        ("8-12, sore", "sore"),
        ("12-8", "12-8"),
        ("8-8", "8-8"),
        ("8.60-9", "8.60-9"),
        ("20-25", "20-25"),
        ("24.00-24.30", "24.00-24.30"),
        ("8-12, 11-13", "11-13"),
        ("8", "8"),
    ],
)
def test_what_is_not_understood_is_named(text: str, part: str) -> None:
    with pytest.raises(HoursNotUnderstood) as refusal:
        read_hours(text)
    assert refusal.value.part == part


@given(day_spans(), sampled_from(LANGUAGES))
def test_what_was_written_is_read_back(spans: list[Span], language: str) -> None:
    assert read_hours(write_hours(spans, language)) == spans


def test_each_language_has_its_sign_between_hour_and_minute() -> None:
    assert write_hours([(450, 720), (780, 1440)], "id") == "07.30–12.00, 13.00–24.00"
    assert write_hours([(450, 720), (780, 1440)], "en") == "07:30–12:00, 13:00–24:00"
