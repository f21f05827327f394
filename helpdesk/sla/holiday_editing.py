"""What an administrator does to the table of holidays. Call inside a unit of work.

A change gives the calendars it concerns a new *edition* (see ``calendar_editing``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.database import db
from helpdesk.lib.editing import find_row
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.sla.models import Calendar, Holiday, HolidayKind, new_edition

NAME_LENGTH = 160
YEARS = range(2000, 2100)  # what is typed outside of these is a slip of the finger
BEYOND_YEARS = _l(
    "The year must be one from %(first)s to %(last)s.", first=YEARS[0], last=YEARS[-1]
)

Key = tuple[date, int]
"""Day and calendar (0 for all that observe it)."""


@dataclass(frozen=True)
class DayOff:
    """A day that is closed, for one calendar or (*calendar_id* None) for all that observe its kind.

    An empty English name means the Indonesian one.
    """

    on: date
    kind: HolidayKind
    name_id: str
    name_en: str = ""
    calendar_id: int | None = None

    @property
    def key(self) -> Key:
        """The day that it closes, whatever its kind."""
        return self.on, self.calendar_id or 0


def add_holiday(day: DayOff, *, by: Actor) -> Holiday:
    """Close a day; one that had been switched off comes back under the new name and as the new kind.

    Raises Conflict when it is closed already, as whichever kind, Invalid for no name, a year that
    cannot be meant (field ``on``) or an unknown calendar.
    """
    if not day.name_id.strip():
        raise Invalid({"name_id": _l("Write the name in Indonesian.")})
    if day.on.year not in YEARS:
        raise Invalid({"on": BEYOND_YEARS})
    if day.calendar_id is not None and db.session.get(Calendar, day.calendar_id) is None:
        raise Invalid({"calendar_id": _l("This calendar does not exist.")})
    holiday = _find(day)
    if holiday is None:
        holiday = _row(day)
    elif holiday.is_active:
        raise Conflict(_l("This day is already in the list."))
    else:
        holiday.name_id, holiday.name_en, holiday.is_active = *_names(day), True
        holiday.kind = day.kind.value
    db.session.flush()
    _renew(day.calendar_id)
    _note("holiday_added", holiday, by)
    return holiday


def switch_holiday(holiday_id: int, *, on: bool, by: Actor) -> Holiday:
    """Let a day count as closed, or no longer; the next import respects it. Raises NotFound."""
    holiday = find_row(Holiday, holiday_id)
    if holiday.is_active != on:
        holiday.is_active = on
        _renew(holiday.calendar_id)
        _note("holiday_switched", holiday, by)
    return holiday


def add_missing(days: Iterable[DayOff], *, by: Actor | None = None) -> list[Holiday]:
    """Close the days that the table does not know yet; the rows that were added.

    One that it knows keeps its name and its kind, and one that was switched off stays a working
    day. Audited as one act, unless *by* is None (the setup).
    """
    known = known_days()
    new: dict[Key, Holiday] = {}
    for day in days:
        if day.key not in known and day.key not in new:
            new[day.key] = _row(day)
    if not new:
        return []
    db.session.flush()
    _renew(None)
    if by is not None:
        trail.record(
            "holidays_imported",
            by=by,
            details={"after": {"count": len(new), "days": sorted({str(key[0]) for key in new})}},
        )
    return list(new.values())


def known_days() -> dict[Key, HolidayKind | None]:
    """As what each day of the table is closed, by its key; None for one that was made a working day."""
    rows = db.session.execute(
        select(Holiday.on, Holiday.kind, Holiday.calendar_key, Holiday.is_active)
    )
    return {
        (row.on, row.calendar_key): HolidayKind(row.kind) if row.is_active else None for row in rows
    }


def _find(day: DayOff) -> Holiday | None:
    on, calendar_key = day.key
    return db.session.scalar(
        select(Holiday).where(Holiday.on == on, Holiday.calendar_key == calendar_key)
    )


def _renew(calendar_id: int | None) -> None:
    """Have one calendar, or (None) all, built anew; those that keep no holidays stay as they are."""
    db.session.flush()
    statement = update(Calendar).where(Calendar.observes_holidays).values(edition=new_edition())
    if calendar_id is not None:
        statement = statement.where(Calendar.id == calendar_id)
    db.session.execute(statement)


def _row(day: DayOff) -> Holiday:
    name_id, name_en = _names(day)
    row = Holiday(
        on=day.on,
        kind=day.kind.value,
        name_id=name_id,
        name_en=name_en,
        calendar_id=day.calendar_id,
    )
    db.session.add(row)
    return row


def _names(day: DayOff) -> tuple[str, str]:
    name_id = day.name_id.strip()[:NAME_LENGTH]
    return name_id, day.name_en.strip()[:NAME_LENGTH] or name_id


def _note(act: str, holiday: Holiday, by: Actor) -> None:
    trail.record(
        act,
        by=by,
        subject=("holiday", holiday.id),
        details={"after": {"on": holiday.on.isoformat(), "is_active": holiday.is_active}},
    )
