"""Holidays as files: what is read, what is refused line by line, and that what was written comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.sla.holiday_calendar_file import write_events
from helpdesk.sla.holiday_editing import DayOff, add_holiday, add_missing, switch_holiday
from helpdesk.sla.holiday_import import (
    Fate,
    calendar_codes,
    day_of,
    foresee,
    lines_of,
    read_file,
    to_add,
)
from helpdesk.sla.holiday_lines import Line
from helpdesk.sla.holiday_table_file import write_table
from helpdesk.sla.listing import holidays_in
from helpdesk.sla.models import HolidayKind
from helpdesk.sla.public_holidays import public_holidays
from tests.sla.hours import WIB

NATIONAL, LEAVE, LOCAL = HolidayKind.NATIONAL, HolidayKind.COLLECTIVE, HolidayKind.LOCAL
AYU = Actor.system("Ayu")


def read(text: str | bytes, otherwise: HolidayKind = LOCAL) -> list[Line]:
    """The lines of a file."""
    content = text.encode() if isinstance(text, str) else text
    return read_file(content, otherwise=otherwise, zone=ZoneInfo(WIB))


def days(lines: list[Line]) -> list[DayOff]:
    """What was understood."""
    return [line.day for line in lines if line.day]


@pytest.mark.parametrize(
    ("written", "on"),
    [
        ("2028-02-29", date(2028, 2, 29)),
        ("29/02/2028", date(2028, 2, 29)),
        ("1.5.2028", date(2028, 5, 1)),
        ("17 Agustus 2028", date(2028, 8, 17)),
        ("17 Agu 2028", date(2028, 8, 17)),
        ("1 may 2028", date(2028, 5, 1)),
        ("29/02/2027", None),
        ("besok", None),
        ("2028", None),
        ("", None),
        ("1 5 20 28", None),
        ("01/01/1026", None),
    ],
)
def test_days_as_people_write_them(seeded: Flask, written: str, on: date | None) -> None:
    (line,) = read(f"tanggal;nama\n{written};Hari jadi\n")
    assert (line.day.on if line.day else None) == on
    assert bool(line.fault) == (on is None)


def test_a_table_from_a_spreadsheet(seeded: Flask) -> None:
    table = (
        "\ufeffTanggal,Jenis,Nama,Name EN,Kalender\r\n"
        "2028-12-25,Libur Nasional,Natal,Christmas,\r\n"
        "\r\n"
        '2028-12-26,cuti bersama,"Natal, hari kedua",,\r\n'
        "2028-12-27,,Hari jadi,,office\r\n"
        "2028-12-28,pesta,Pesta,,\r\n"
        "2028-12-29,,Rapat,,bulan\r\n"
        "2028-12-30,,,,\r\n"
    )
    lines = read(table)
    office = {code: id_ for id_, code in calendar_codes().items()}["office"]
    assert days(lines) == [
        DayOff(date(2028, 12, 25), NATIONAL, "Natal", "Christmas"),
        DayOff(date(2028, 12, 26), LEAVE, "Natal, hari kedua"),
        DayOff(date(2028, 12, 27), LOCAL, "Hari jadi", "", office),
    ]
    assert [line.number for line in lines if line.fault] == [6, 7, 8]


def test_an_older_spreadsheet_saves_another_alphabet(seeded: Flask) -> None:
    (day,) = days(read("tanggal;nama\n2028-01-02;Fête\n".encode("cp1252")))
    assert day.name_id == "Fête"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"tanggal;nama\n",
        b"hari apa saja\n",
        b"\x89PNG\x00\x00",
        b"x" * 600_000,
        b"BEGIN:VCALENDAR\n",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
        b"tanggal;nama\n" + b"2028-01-01;Libur\n" * 2001,
    ],
)
def test_what_is_no_list_of_holidays_is_refused_as_a_whole(seeded: Flask, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        read(content)
    assert set(refusal.value.fields) == {"file"}


def events(*bodies: str) -> str:
    """A file of events."""
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
            *(
                f"BEGIN:VEVENT\r\nUID:{number}@x\r\n{body}\r\nEND:VEVENT"
                for number, body in enumerate(bodies)
            ),
            "END:VCALENDAR",
            "",
        ]
    )


def test_events_of_other_programs(seeded: Flask) -> None:
    lines = read(
        events(
            "DTSTART;VALUE=DATE:20281225\r\nDTEND;VALUE=DATE:20281226\r\nSUMMARY:Hari Natal",
            "DTSTART;VALUE=DATE:20281227\r\nDTEND;VALUE=DATE:20281229\r\nSUMMARY:Cuti Bersama Natal",
            "DTSTART:20281229T170000Z\r\nSUMMARY:Tutup buku",
            "DTSTART;VALUE=DATE:20281231\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Malam tahun baru",
            "DTSTART;VALUE=DATE:20280101\r\nDTEND;VALUE=DATE:20281231\r\nSUMMARY:Setahun",
            "SUMMARY:Kapan-kapan",
            "DTSTART;VALUE=DATE:20281230",
        ),
        otherwise=NATIONAL,
    )
    assert days(lines) == [
        DayOff(date(2028, 12, 25), NATIONAL, "Hari Natal"),
        DayOff(date(2028, 12, 27), LEAVE, "Cuti Bersama Natal"),
        DayOff(date(2028, 12, 28), LEAVE, "Cuti Bersama Natal"),
        DayOff(date(2028, 12, 30), NATIONAL, "Tutup buku"),
    ]
    assert [line.number for line in lines if line.fault] == [4, 5, 6, 7]


names = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=60
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip
offs = st.lists(
    st.builds(
        DayOff,
        st.dates(date(2000, 1, 1), date(2099, 12, 31)),
        st.sampled_from(HolidayKind),
        names,
        names,
        st.sampled_from([None, 1, 2]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.engines("sqlite")
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(listed=offs)
def test_what_was_written_comes_back(seeded: Flask, listed: list[DayOff]) -> None:
    codes = calendar_codes()
    assert days(read(write_table(listed, codes))) == listed
    assert days(read(write_events(listed, codes, title="Libur"))) == listed


def test_a_name_that_a_spreadsheet_would_calculate_stays_a_name(seeded: Flask) -> None:
    day = DayOff(date(2028, 12, 27), LOCAL, '=HYPERLINK("https://x.test")', "'-")
    written = write_table([day], {})
    assert "\"'=HYPERLINK" in written
    assert days(read(written)) == [day]


def test_each_line_is_told_what_would_become_of_it(seeded: Flask) -> None:
    taken_back = DayOff(date(2028, 6, 1), LOCAL, "Pilkada")
    holiday_id = unit_of_work(lambda: add_holiday(taken_back, by=AYU).id)
    unit_of_work(lambda: switch_holiday(holiday_id, on=False, by=AYU))
    foreseen = foresee(
        read(
            "tanggal;jenis;nama\n"
            "2026-12-25;libur nasional;Natal\n"
            "2028-06-01;libur lokal;Pilkada\n"
            "2028-06-02;libur lokal;Hari jadi\n"
            "2028-06-02;libur lokal;Hari jadi lagi\n"
            "entah;;Apa\n"
        )
    )
    assert [one.fate for one in foreseen] == [
        Fate.KNOWN,
        Fate.SWITCHED_OFF,
        Fate.NEW,
        Fate.REPEATED,
        Fate.NOT_UNDERSTOOD,
    ]
    assert [day.name_id for day in to_add(foreseen)] == ["Hari jadi"]
    assert len(unit_of_work(lambda: add_missing(to_add(foreseen), by=AYU))) == 1
    assert to_add(foresee(one.line for one in foreseen)) == []


def test_a_day_has_one_kind_and_keeps_it(seeded: Flask) -> None:
    ours = DayOff(date(2028, 6, 1), LOCAL, "Hari jadi rumah sakit")
    holiday_id = unit_of_work(lambda: add_holiday(ours, by=AYU).id)
    lines = read("tanggal;jenis;nama\n2028-06-01;libur nasional;Hari Lahir Pancasila\n")
    (foreseen,) = foresee(lines)
    assert (foreseen.fate, foreseen.stands_as) == (Fate.OTHER_KIND, LOCAL)
    assert to_add([foreseen]) == []
    assert unit_of_work(lambda: add_missing(days(lines), by=AYU)) == []
    (national,) = days(lines)
    with pytest.raises(Conflict):
        unit_of_work(lambda: add_holiday(national, by=AYU))
    unit_of_work(lambda: switch_holiday(holiday_id, on=False, by=AYU))
    assert [one.fate for one in foresee(lines)] == [Fate.SWITCHED_OFF]
    back = unit_of_work(lambda: day_of(add_holiday(national, by=AYU)))
    assert back == replace(national, name_en="Hari Lahir Pancasila"), (
        "by hand it may become another"
    )
    rows = unit_of_work(lambda: [one for one in holidays_in(2028) if one.on == national.on])
    assert [one.id for one in rows] == [holiday_id]


def test_for_one_calendar_a_day_may_be_something_else(seeded: Flask) -> None:
    for_all = DayOff(date(2028, 6, 1), LOCAL, "Hari jadi")
    unit_of_work(lambda: add_holiday(for_all, by=AYU))
    office = next(iter(calendar_codes()))
    own = replace(for_all, kind=LEAVE, calendar_id=office)
    assert [one.fate for one in foresee(lines_of([own]))] == [Fate.NEW]


def test_the_library_proposes_a_year_once(seeded: Flask) -> None:
    proposed = lines_of(public_holidays([2028]))
    new = to_add(foresee(proposed))
    assert len(new) == len(proposed) > 10
    unit_of_work(lambda: add_missing(new, by=AYU))
    assert to_add(foresee(proposed)) == []
