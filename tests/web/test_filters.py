"""Moments, lengths of time and numbers, as people read them in Indonesian and in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask_babel import force_locale

from helpdesk.web import filters
from helpdesk.web.filters import ago, duration, filesize, left, moment, moment_short, paragraphs
from tests.support.pages import bare_app, keep_catalogue, settle_in

NOW = datetime(2026, 11, 20, 3, 20, tzinfo=UTC)  # Friday 10.20 WIB


@pytest.fixture(autouse=True)
def _in_padang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    keep_catalogue(tmp_path, monkeypatch)
    with bare_app().app_context():
        settle_in("Asia/Jakarta")
        yield


def test_a_moment_says_the_day_the_time_and_the_zone() -> None:
    at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert moment(at) == "Selasa, 24 November 2026 pukul 10.00 WIB"
    with force_locale("en"):
        assert moment(at) == "Tuesday, 24 November 2026 at 10:00 WIB"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Asia/Jakarta", "10.20 WIB"),
        ("Asia/Pontianak", "10.20 WIB"),
        ("Asia/Makassar", "11.20 WITA"),
        ("Asia/Jayapura", "12.20 WIT"),
    ],
)
def test_every_zone_of_the_country_has_its_name(zone: str, written: str) -> None:
    settle_in(zone)
    assert filters.clock_time(NOW) == written


def test_a_day_is_the_organisation_s_day_not_the_one_in_greenwich() -> None:
    late = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    assert filters.day(late) == "Sabtu, 21 November 2026"
    assert filters.day(date(2026, 11, 20)) == "Jumat, 20 November 2026"
    assert filters.iso(late) == "2026-11-21T01:00+07:00"


@pytest.mark.parametrize(
    ("ahead", "written"),
    [
        (timedelta(hours=3), "Hari ini 13.20"),
        (timedelta(hours=-9), "Hari ini 01.20"),
        (timedelta(hours=21), "Sab 07.20"),
        (timedelta(days=6), "Kam 10.20"),
        (timedelta(days=7), "27 Nov 10.20"),
        (timedelta(days=-3), "17 Nov 10.20"),
        (timedelta(days=-365), "20 Nov 2025 10.20"),
    ],
)
def test_the_short_form_is_never_ambiguous(ahead: timedelta, written: str) -> None:
    assert moment_short(NOW + ahead, NOW) == written


@pytest.mark.parametrize(
    ("length", "written", "short"),
    [
        (timedelta(minutes=40), "40 menit", "40 menit"),
        (timedelta(hours=1), "1 jam", "1 jam"),
        (timedelta(hours=1, minutes=40), "1 jam 40 menit", "1 jam"),
        (timedelta(hours=3, minutes=59), "3 jam", "3 jam"),
        (timedelta(days=1), "1 hari", "1 hari"),
        (timedelta(days=1, hours=21, minutes=59), "1 hari 21 jam", "1 hari"),
        (timedelta(days=2, hours=23), "2 hari", "2 hari"),
        (4 * 3600.0, "4 jam", "4 jam"),
    ],
)
def test_lengths_are_rounded_down(length: timedelta | float, written: str, short: str) -> None:
    assert duration(length) == written
    assert duration(length, short=True) == short


def test_time_left_never_promises_more_than_there_is() -> None:
    assert left(NOW + timedelta(hours=3, minutes=50), NOW) == "3 jam lagi"
    assert left(NOW - timedelta(days=2, hours=5), NOW) == "Terlambat 2 hari"
    assert left(NOW + timedelta(days=7, seconds=-40), NOW) == "7 hari lagi"
    assert left(NOW + timedelta(days=7, hours=-2), NOW) == "6 hari lagi"
    assert left(NOW, NOW) == "less than a minute lagi"
    assert ago(NOW - timedelta(seconds=30), NOW) == "just now"
    with force_locale("en"):
        assert left(NOW + timedelta(hours=1, minutes=1), NOW) == "1 hour 1 minute left"
        assert ago(NOW - timedelta(days=5), NOW) == "5 days ago"


def test_numbers_are_written_the_indonesian_way() -> None:
    assert filters.number(1234.5) == "1.234,5"
    assert filters.number(1234, 2) == "1.234,00"
    assert filters.percent(0.853) == "85,3\N{NO-BREAK SPACE}%"
    assert [filesize(size) for size in (812, 212_300, 1_440_000)] == ["812 B", "212 kB", "1,4 MB"]
    with force_locale("en"):
        assert (filters.number(1234.5), filters.percent(0.853)) == ("1,234.5", "85.3%")


def test_only_all_is_a_hundred_percent_and_only_nothing_is_none() -> None:
    with force_locale("en"):
        nearly_all = [
            filters.percent(1999 / 2000),
            filters.percent(0.9999),
            filters.percent(0.996, 0),
        ]
        nearly_nothing = [filters.percent(1 / 3000), filters.percent(0.001, 0)]
        assert (nearly_all, nearly_nothing) == (["99.9%", "99.9%", "99%"], ["0.1%", "1%"])
        assert [filters.percent(1), filters.percent(0, 0)] == ["100.0%", "0%"]


@pytest.mark.parametrize(
    "write",
    [
        moment,
        moment_short,
        duration,
        left,
        ago,
        filesize,
        filters.day,
        filters.percent,
        filters.number,
    ],
)
def test_nothing_is_a_dash_never_the_word_none(write: Callable[[None], str]) -> None:
    assert write(None) == "–"


def test_a_moment_without_zone_is_a_fault_not_a_guess() -> None:
    with pytest.raises(ValueError, match="zone"):
        moment(datetime(2026, 11, 20))  # noqa: DTZ001 - the fault itself


def test_what_people_write_is_escaped_and_keeps_its_lines() -> None:
    said = "satu\r\ndua <script>alert(1)</script>\n\n\n  tiga & empat"
    assert paragraphs(said) == (
        "<p>satu<br>dua &lt;script&gt;alert(1)&lt;/script&gt;</p><p>  tiga &amp; empat</p>"
    )
    assert paragraphs("") == paragraphs(None) == ""


def test_names_follow_the_reader_and_fall_back_to_indonesian() -> None:
    unit = SimpleNamespace(name_id="Farmasi", name_en="Pharmacy")
    half = SimpleNamespace(name_id="Gizi", name_en="")
    assert (filters.name(unit), filters.name(None)) == ("Farmasi", "")
    with force_locale("en"):
        assert (filters.name(unit), filters.name(half)) == ("Pharmacy", "Gizi")
