"""The sheets of a summary's workbook that list complaints: the register, and what is past its limit."""

from __future__ import annotations

from math import ceil

from flask_babel import gettext, ngettext

from helpdesk.lib.workbook import Cell, Column, Kind, Sheet, Value
from helpdesk.monitoring.summaries.facts import Outcome, RegisterLine, SummaryFacts
from helpdesk.monitoring.summaries.wording import register_note, way_of, word

_DAY = 86400


def register_sheet(facts: SummaryFacts) -> Sheet:
    """The columns of the KRK form, with the time as a number of days."""
    return Sheet(
        name=str(gettext("Register")),
        title=gettext("Register of complaints"),
        note=register_note(facts),
        columns=(
            Column(gettext("No."), Kind.COUNT, 6),
            Column(gettext("Date"), Kind.DAY, 13),
            Column(gettext("Number"), width=17),
            Column(gettext("Complaint"), width=46),
            Column(gettext("Category"), width=26),
            Column(gettext("Reported"), width=11),
            Column(gettext("Grade"), width=10),
            Column(gettext("Response time (days)"), Kind.DECIMAL, 11),
            Column(gettext("Within the limit of the grade"), width=16),
            Column(gettext("Unit"), width=26),
            Column(gettext("Remarks"), width=40),
        ),
        rows=[_register_row(place, line) for place, line in enumerate(facts.register, start=1)],
        is_wide=True,
    )


def _register_row(place: int, line: RegisterLine) -> tuple[Value | Cell, ...]:
    said = {
        Outcome.KEPT: gettext("Yes"),
        Outcome.MISSED: gettext("No"),
        Outcome.PENDING: gettext("not yet due"),
        Outcome.LEFT: "–",
    }
    is_left = line.outcome == Outcome.LEFT
    remarks = [word(line.left_by, "status") if line.left_by else "", line.action]
    if line.reopenings:
        reopened = ngettext("reopened %(num)s time", "reopened %(num)s times", line.reopenings)
        remarks.insert(1, str(reopened))
    return (
        place,
        line.received_on,
        line.number,
        _content(line),
        line.category,
        way_of(line.channel),
        word(line.grade, "grade") if line.grade else gettext("not graded yet"),
        None if is_left else _days_of(line),
        said[Outcome(line.outcome)],
        ", ".join(line.units),
        " · ".join(remark for remark in remarks if remark),
    )


def _days_of(line: RegisterLine) -> float:
    """In tenths of a day, the one that has begun included: what took longer than three days is never 3,0."""
    return ceil(line.ran_for * 10 / _DAY) / 10


def _content(line: RegisterLine) -> str:
    return str(gettext("content confidential")) if line.is_restricted else line.title


def late_sheet(facts: SummaryFacts) -> Sheet:
    return Sheet(
        name=str(gettext("Late")),
        title=gettext("Complaints past their limit"),
        columns=(
            Column(gettext("Number"), width=17),
            Column(gettext("Date"), Kind.DAY, 13),
            Column(gettext("Grade"), width=10),
            Column(gettext("Complaint"), width=46),
            Column(gettext("Unit"), width=26),
            Column(gettext("Time taken (days)"), Kind.DECIMAL, 11),
            Column(gettext("Still running"), width=11),
            Column(gettext("Corrective action"), width=46),
        ),
        rows=[
            (
                line.number,
                line.received_on,
                word(line.grade, "grade") if line.grade else gettext("not graded yet"),
                _content(line),
                ", ".join(line.units),
                _days_of(line),
                gettext("yes") if line.is_running else gettext("no"),
                line.action,
            )
            for line in facts.late
        ],
        is_wide=True,
    )
