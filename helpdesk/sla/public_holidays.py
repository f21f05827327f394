"""Indonesian holidays and *cuti bersama*, from the ``holidays`` library into the editable table.

The joint ministerial decree (SKB 3 Menteri) sets them each year and is often amended, and lunar
dates of years not yet decreed are estimates (the library says "perkiraan"): so this only proposes;
the administrator decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.sla.calendar_editing import renew_all_calendars
from helpdesk.sla.models import Holiday, HolidayKind

_NAME_LENGTH = 160


class PublicHoliday(NamedTuple):
    """A day of the decree, with its name in both languages."""

    on: date
    kind: HolidayKind
    name_id: str
    name_en: str


def load_holidays(years: Iterable[int]) -> int:
    """Add the days that the table does not know; returns how many. Call inside a unit of work.

    Running it again adds nothing, renames nothing, and does not bring back a day that was switched
    off.
    """
    known = {
        (row.on, row.kind)
        for row in db.session.execute(
            select(Holiday.on, Holiday.kind).where(Holiday.calendar_key == 0)
        )
    }
    new = [day for day in public_holidays(years) if (day.on, day.kind.value) not in known]
    for day in new:
        row = Holiday(on=day.on, kind=day.kind.value, name_id=day.name_id, name_en=day.name_en)
        db.session.add(row)
    if new:
        renew_all_calendars()
    return len(new)


def public_holidays(years: Iterable[int]) -> list[PublicHoliday]:
    """The days of these years as the library knows them, in order."""
    # Half a second to import, needed at setup and once a year: not at the start of every process.
    from holidays.constants import GOVERNMENT, PUBLIC
    from holidays.countries.indonesia import Indonesia

    wanted = sorted(set(years))
    found: list[PublicHoliday] = []
    for kind, category in ((HolidayKind.NATIONAL, PUBLIC), (HolidayKind.COLLECTIVE, GOVERNMENT)):
        in_indonesian = Indonesia(years=wanted, categories={category}, language="id")
        in_english = Indonesia(years=wanted, categories={category}, language="en_US")
        found.extend(
            PublicHoliday(on, kind, name[:_NAME_LENGTH], in_english[on][:_NAME_LENGTH])
            for on, name in in_indonesian.items()
        )
    return sorted(found)
