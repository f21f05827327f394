"""A list of tickets as an Excel workbook: what its reader sees on the screen, in full length.

A file goes further than its reader: of what is confidential it holds neither the words nor the complainant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import house_name, local_zone
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.workbook import Column, Kind, Sheet, Value, write_workbook
from helpdesk.tickets import whole_list
from helpdesk.tickets.labels import Labels
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.states import Access, Identity
from helpdesk.tickets.whole_list import WholeList, WholeRow
from helpdesk.web.downloads import send_workbook
from helpdesk.web.filters import moment, number, zone_name
from helpdesk.web.list_words import is_past, title_told, units_told, who_told
from helpdesk.web.locale import language_now
from helpdesk.web.words import word

OFTEN = "20/hour"  # for one person, of one kind of list
_DAY = 86400
_Told = tuple[Column, Callable[[WholeRow], Value]]


@dataclass(frozen=True)
class Reading:
    """Who takes which list along, and how much of it they may know.

    *asked* tells the filters in words, each with its name, and *words* what was searched for. *unit* is set for the
    tasks of a unit, whose officers are told where *shows_officer*. *late_for* says how late each ticket was, where that
    is not what it is now.
    """

    by: Actor
    at: datetime
    name: str
    asked: Sequence[tuple[str, str]]
    labels: Labels
    words: str = ""
    knows_all: bool = False
    knows_named: bool = False
    unit: str = ""
    shows_officer: bool = False
    shows_score: bool = False
    late_for: Mapping[int, timedelta] | None = None


def send_list(
    whole: WholeList, reading: Reading, asked: Mapping[str, Any], *, unit_id: int = 0
) -> Response:
    """The workbook as a download, noted in the audit trail before it leaves; *asked* are its filters as facts."""
    book = _draw_list(whole, reading)
    unit_of_work(
        lambda: whole_list.note_taken(asked, len(whole.rows), by=reading.by, unit_id=unit_id)
    )
    made_at = reading.at.astimezone(local_zone())
    return send_workbook(book, f"daftar-tiket-{made_at:%Y%m%d-%H%M}.xlsx")


def _draw_list(whole: WholeList, reading: Reading) -> bytes:
    """The list, and on a second sheet what it is and who took it."""
    count = len(whole.rows)
    counted = ngettext("%(num)d ticket", "%(num)d tickets", count)
    return write_workbook(
        [_list_sheet(whole, reading), _about_sheet(whole, reading)],
        title=reading.name,
        subtitle=_("%(tickets)s · as of %(time)s", tickets=counted, time=moment(reading.at)),
        author=house_name(),
        language=language_now(),
        created_at=reading.at,
    )


def _list_sheet(whole: WholeList, reading: Reading) -> Sheet:
    told = _columns(reading)
    return Sheet(
        name=str(_("List")),
        title=reading.name,
        note=_note(whole),
        columns=[column for column, _value in told],
        rows=[tuple(value(row) for _column, value in told) for row in whole.rows],
        is_wide=True,
    )


def _note(whole: WholeList) -> str:
    """What a reader must know before they count on the list."""
    if whole.is_cut:
        return str(
            _(
                "The list is longer: this file holds its first %(most)s tickets. Choose a view or a filter that "
                "leaves fewer, and download it again.",
                most=number(whole_list.MOST),
            )
        )
    if whole.leaves_older:
        return str(
            _(
                "Only the newest tickets with these words are listed. Add a word or a filter to find older ones."
            )
        )
    return "" if whole.rows else str(_("No ticket meets these filters."))


def _columns(reading: Reading) -> list[_Told]:
    zone, labels = zone_name(), reading.labels
    return [
        (Column(_("Number"), width=18), lambda row: number_of(row.line)),
        (
            Column(_("Received (%(zone)s)", zone=zone), Kind.MOMENT, 18),
            lambda row: _local(row.received_at),
        ),
        (Column(_("Kind"), width=16), lambda row: word(row.line.kind, "kind")),
        (Column(_("Channel"), width=15), lambda row: word(row.line.channel, "channel")),
        (
            Column(_("Category"), width=26),
            lambda row: labels.categories.get(row.category_id or 0, ""),
        ),
        (Column(_("Grade"), width=14), lambda row: _grade(row.line.grade)),
        *_of_work(reading),
        (Column(_("Due (%(zone)s)", zone=zone), Kind.MOMENT, 18), _due),
        (Column(_("Late by (days)"), Kind.DECIMAL, 11), lambda row: _late_by(row, reading)),
        (Column(_("Place"), width=26), lambda row: _place(row, labels)),
        *_of_person(reading),
        (Column(_("Complaint"), width=60), lambda row: _title(row, reading)),
    ]


def _of_work(reading: Reading) -> list[_Told]:
    """Where it stands and who has it; of a unit's task, how far that unit is."""
    kind = "disposition" if reading.unit else "status"
    told: list[_Told] = [
        (Column(_("Status"), width=24), lambda row: word(row.line.state, kind)),
        (Column(_("Unit"), width=26), lambda row: reading.unit or _units(row, reading.labels)),
    ]
    if reading.shows_officer:
        told.append((Column(_("Officer"), width=22), lambda row: row.line.officer))
    if reading.shows_score:
        told.append((Column(_("Rating"), Kind.COUNT, 10), lambda row: row.score))
    return told


def _of_person(reading: Reading) -> list[_Told]:
    if not (reading.knows_all or reading.knows_named):
        return []
    return [
        (Column(_("Complainant"), width=20), lambda row: _who(row, reading)),
        (Column(_("Number in the system it came from"), width=22), _number_there),
    ]


def _about_sheet(whole: WholeList, reading: Reading) -> Sheet:
    """Whoever comes upon the file learns where it came from and how to treat it."""
    asked = [*reading.asked, *_searched(whole, reading)] or [(_("Filters"), _("none"))]
    return Sheet(
        name=str(_("About this file")),
        title=reading.name,
        columns=(Column(_("Matter"), width=24), Column(_("Details"), width=90)),
        rows=[
            (_("Downloaded by"), reading.by.label),
            (_("Downloaded on"), moment(reading.at)),
            (_("List"), reading.name),
            *asked,
            (_("Tickets"), number(len(whole.rows))),
            (
                _("Personal data"),
                _(
                    "This file holds what complainants wrote, and may name them. Keep it where only those who handle "
                    "complaints can open it, and delete it when you no longer need it."
                ),
            ),
            (
                _("Confidential complaints"),
                _(
                    "Left out: the names of complainants who asked not to be named, and the content of complaints that "
                    "are for named readers only."
                ),
            ),
        ],
    )


def _searched(whole: WholeList, reading: Reading) -> list[tuple[str, str]]:
    """By what words the list was found. Of what is confidential they may be the very name that is left out."""
    if not reading.words:
        return []
    is_told = not any(map(_is_confidential, whole.rows))
    said = reading.words if is_told else _("not stated, because confidential complaints are listed")
    return [(_("Words searched for"), said)]


def _local(at: datetime | None) -> datetime | None:
    """As Excel wants it: to the minute, and without a zone."""
    return at and at.astimezone(local_zone()).replace(tzinfo=None, second=0, microsecond=0)


def _grade(grade: str) -> str:
    return word(grade, "grade") if grade else str(_("not graded yet"))


def _units(row: WholeRow, labels: Labels) -> str:
    return ", ".join(units_told(row.line.unit_ids, labels))


def _due(row: WholeRow) -> datetime | None:
    """Nothing where the deadline is not ours, as on the screen."""
    return _local(row.line.due_at) if row.line.is_up_to_us else None


def _late_by(row: WholeRow, reading: Reading) -> float | None:
    """In tenths of a day, the one that has begun included: what is late is never 0,0."""
    length = None
    if reading.late_for is not None:
        length = reading.late_for.get(row.line.id)
    elif row.line.due_at and is_past(row.line, reading.at):
        length = reading.at - row.line.due_at
    return None if length is None else ceil(length.total_seconds() * 10 / _DAY) / 10


def _place(row: WholeRow, labels: Labels) -> str:
    named = labels.places.get(row.place_id or 0, "")
    typed = "" if row.line.access == Access.RESTRICTED else row.place_text
    return ", ".join(filter(None, (named, typed)))


def _who(row: WholeRow, reading: Reading) -> str:
    if _is_confidential(row) and row.line.identity != Identity.ANONYMOUS:
        return word(Identity.WITHHELD, "identity")
    return who_told(row.line, knows_all=reading.knows_all, knows_named=reading.knows_named)


def _number_there(row: WholeRow) -> str:
    """It leads to the complainant: only of those who are named."""
    is_named = row.line.identity == Identity.NAMED and row.line.access != Access.RESTRICTED
    return row.origin_number if is_named else ""


def _title(row: WholeRow, reading: Reading) -> str:
    if row.line.access == Access.RESTRICTED:
        return str(_("content confidential"))
    return title_told(row.line, knows_all=reading.knows_all and not _is_confidential(row))


def _is_confidential(row: WholeRow) -> bool:
    return row.line.access == Access.RESTRICTED or row.line.identity == Identity.WITHHELD
