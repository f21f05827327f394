"""What a summary is built from: the same query objects that the overview shows, read once.

A summary is one document for all leaders, whoever asked for it. It is therefore read as leadership
by role alone would see it; of restricted complaints only what a number, a grade and a clock tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import force_locale, gettext
from sqlalchemy import select

from helpdesk.accounts.organisation import organisation
from helpdesk.accounts.unit import Unit
from helpdesk.catalogue.category import Category, Place
from helpdesk.letters.parties import letterhead
from helpdesk.lib.database import db
from helpdesk.lib.words import name_in
from helpdesk.monitoring.conditions import Figure, Question
from helpdesk.monitoring.figures import Figures, figures_of, trend
from helpdesk.monitoring.limits import limits_of
from helpdesk.monitoring.period import Period, PeriodKind
from helpdesk.monitoring.promise import TARGET
from helpdesk.monitoring.summaries.facts import (
    CategoryLine,
    GradeLine,
    Headline,
    LimitLine,
    PlaceLine,
    Point,
    RecurringLine,
    Signer,
    SummaryFacts,
    UnitLine,
)
from helpdesk.monitoring.summaries.findings import Findings, findings_of
from helpdesk.monitoring.summaries.improving import improvement_lines
from helpdesk.monitoring.summaries.registering import MOST, register_lines
from helpdesk.monitoring.summaries.summary import SummarySettings
from helpdesk.monitoring.unit_figures import UnitFigures
from helpdesk.sla.due import Limit
from helpdesk.tickets.states import Grade, Kind

MONTHS, MONTHS_OF_A_YEAR = 6, 12  # of the line of the promise
RECURRING_SHOWN = 10

Names = dict[int, str]


def gather(
    period: Period, at: datetime, *, unit_id: int | None = None, language: str = "id"
) -> SummaryFacts:
    """Count *period* as it stands at *at*, with names and words in *language*; reads only.

    About twenty statements; those for rows grow with the complaints of the period.
    """
    with force_locale(language):
        now = figures_of(period, at, unit_id=unit_id, is_exact=True)
        before = figures_of(period.before(), at, unit_id=unit_id, is_exact=True)
        units, categories = _names(Unit, language), _names(Category, language)
        found = findings_of(period, unit_id)
        listed = Figure.MISSED if now.received > MOST else Figure.RECEIVED
        return SummaryFacts(
            letterhead=letterhead(),
            period=str(period),
            first_on=period.first_day,
            last_on=period.last_day,
            counted_at=at,
            target=TARGET,
            unit=units[unit_id] if unit_id else "",
            now=_headline(now),
            before=_headline(before),
            trend=_trend(period, at, unit_id),
            grades=_grades(now, limits_of(period, at)),
            by_kind={
                kind.value: count
                for kind, count in now.received_by_kind.items()
                if kind is not Kind.COMPLAINT
            },
            units=_units(now.by_unit, units, found),
            categories=_categories(now, before, categories),
            places=_places(now, before, _names(Place, language)),
            recurring=_recurring(now, units, categories, found),
            improvements=improvement_lines(period, at, unit_id, units, categories),
            lists_only_late=listed is Figure.MISSED,
            register=register_lines(
                Question(listed, period, unit_id=unit_id), at, units, categories, found
            ),
            **_as_counted(now),
            **_signers(),
        )


def _as_counted(now: Figures) -> dict[str, Any]:
    """What the summary says as the figures have it."""
    return {
        "closings": {closing.value: count for closing, count in now.closings.items() if count},
        "left": {status.value: count for status, count in now.left.items() if count},
        "by_score": now.rating.by_score,
        "still_open": now.still_open,
        "restricted": now.restricted,
        "confirmed_by_staff": now.confirmed_by_staff,
        "rated_by_staff": now.rated_by_staff,
    }


def _headline(figures: Figures) -> Headline:
    return Headline(
        received=figures.received,
        promise=figures.promise,
        median_answer_hours=figures.median_answer.hours if figures.median_answer else None,
        raters=figures.rating.n,
        stars=figures.rating.total,
        answered=figures.answered,
        reopened=figures.reopened,
    )


def _trend(period: Period, at: datetime, unit_id: int | None) -> tuple[Point, ...]:
    """The promise by month, the last one that of the period's end; a year shows all its months."""
    months = MONTHS_OF_A_YEAR if period.kind is PeriodKind.YEAR else MONTHS
    points = trend(period.months()[-1], at, steps=months, unit_id=unit_id)
    return tuple(Point(period=str(point.period), promise=point.promise) for point in points)


def _grades(figures: Figures, limits: Mapping[Grade, tuple[Limit, ...]]) -> tuple[GradeLine, ...]:
    """Each grade with the limit that held in the period, or those that did."""
    lines = []
    for grade, promise in figures.promise_by_grade.items():
        first, *then = limits[grade]
        lines.append(
            GradeLine(
                grade=grade.value,
                limit_amount=first.amount,
                limit_unit=first.unit.value,
                promise=promise,
                then=tuple(LimitLine(amount=one.amount, unit=one.unit.value) for one in then),
            )
        )
    return tuple(lines)


def _units(counted: Iterable[UnitFigures], names: Names, found: Findings) -> tuple[UnitLine, ...]:
    """The units that received complaints of the period, the busiest first."""
    busy = sorted(
        (one for one in counted if one.dispositions), key=lambda one: (-one.tickets, one.unit_id)
    )
    return tuple(
        UnitLine(
            name=names.get(one.unit_id, ""),
            tickets=one.tickets,
            dispositions=one.dispositions,
            hops=one.hops,
            returned=one.returned,
            causes=found.causes(one.unit_id),
            actions=found.actions(one.unit_id),
        )
        for one in busy
    )


def _categories(now: Figures, before: Figures, names: Names) -> tuple[CategoryLine, ...]:
    """Every category that came now or before, the most frequent first."""
    counted = {one.category_id: one for one in now.by_category}
    earlier = {one.category_id: one.received for one in before.by_category}
    lines = [
        CategoryLine(
            name=names.get(category_id or 0) or str(gettext("Not classified yet")),
            received=counted[category_id].received if category_id in counted else 0,
            before=earlier.get(category_id, 0),
            recurring=counted[category_id].recurring if category_id in counted else 0,
        )
        for category_id in {**counted, **earlier}
    ]
    return tuple(sorted(lines, key=lambda line: (-line.received, -line.before, line.name)))


def _places(now: Figures, before: Figures, names: Names) -> tuple[PlaceLine, ...]:
    """Every place that was named now or before, the most often named first; none where none was named now."""
    counted, earlier = now.by_place, before.by_place
    if not any(counted):
        return ()
    lines = [
        PlaceLine(
            name=names.get(place_id, ""),
            received=counted.get(place_id, 0),
            before=earlier.get(place_id, 0),
        )
        for place_id in {**counted, **earlier}
        if place_id
    ]
    return tuple(sorted(lines, key=lambda line: (-line.received, -line.before, line.name)))


def _recurring(
    figures: Figures, units: Names, categories: Names, found: Findings
) -> tuple[RecurringLine, ...]:
    return tuple(
        RecurringLine(
            unit=units.get(one.unit_id, ""),
            category=categories.get(one.category_id, ""),
            received=one.received,
            before=one.before,
            causes=found.causes(one.unit_id, one.category_id),
            actions=found.actions(one.unit_id, one.category_id),
        )
        for one in figures.recurring[:RECURRING_SHOWN]
    )


def _signers() -> dict[str, Any]:
    """Who compiled it, by the settings of summaries; who approves it, the organisation's signatory."""
    chosen, here = db.session.get(SummarySettings, 1), organisation()
    compiler = Signer(position=str(gettext("Customer care")))
    if chosen and chosen.compiler_name:
        compiler = Signer(
            name=chosen.compiler_name,
            position=chosen.compiler_position,
            id_number=chosen.compiler_id_number,
        )
    approver = Signer(
        name=here.signatory_name if here else "",
        position=here.signatory_title if here else "",
        id_number=here.signatory_number if here else "",
    )
    return {"compiler": compiler, "approver": approver}


def _names(model: type[Unit] | type[Category] | type[Place], language: str) -> Names:
    """Every row's name in *language*, else in Indonesian; closed ones too."""
    rows: Any = db.session.execute(select(model.id, model.name_id, model.name_en))
    return {row.id: name_in(row, language) for row in rows}
