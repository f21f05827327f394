"""Indonesian holidays and *cuti bersama*, from the ``holidays`` library into the editable table.

The joint ministerial decree (SKB 3 Menteri) sets them each year and is often amended, and lunar
dates of years not yet decreed are estimates (the library says "perkiraan"): so this only proposes;
the administrator decides.
"""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.sla.holiday_editing import NAME_LENGTH, DayOff, add_missing
from helpdesk.sla.models import HolidayKind


def load_holidays(years: Iterable[int]) -> int:
    """Add the days that the table does not know; returns how many. Call inside a unit of work.

    Running it again adds nothing, renames nothing, and does not bring back a day that was switched
    off.
    """
    return len(add_missing(public_holidays(years)))


def public_holidays(years: Iterable[int]) -> list[DayOff]:
    """The days of these years as the library knows them, in order."""
    # Half a second to import, needed at setup and once a year: not at the start of every process.
    from holidays.constants import GOVERNMENT, PUBLIC
    from holidays.countries.indonesia import Indonesia

    wanted = sorted(set(years))
    found: list[DayOff] = []
    for kind, category in ((HolidayKind.NATIONAL, PUBLIC), (HolidayKind.COLLECTIVE, GOVERNMENT)):
        in_indonesian = Indonesia(years=wanted, categories={category}, language="id")
        in_english = Indonesia(years=wanted, categories={category}, language="en_US")
        found.extend(
            DayOff(on, kind, name[:NAME_LENGTH], in_english[on][:NAME_LENGTH])
            for on, name in in_indonesian.items()
        )
    # A day has one kind: of one that is both, the national holiday stays the first.
    return sorted(found, key=lambda day: day.on)
