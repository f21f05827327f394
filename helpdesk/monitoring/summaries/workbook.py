"""A summary as an Excel workbook: the figures of the PDF as numbers, and the whole register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import force_locale, gettext

from helpdesk.lib.rounding import half_up
from helpdesk.lib.workbook import Cell, Column, Kind, Sheet, Value, write_workbook
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.summaries.complaint_sheets import late_sheet, register_sheet
from helpdesk.monitoring.summaries.drawing import Paper, title_of
from helpdesk.monitoring.summaries.facts import Cause, SummaryFacts
from helpdesk.monitoring.summaries.key_figures import KeyFigure, Measure, key_figures
from helpdesk.monitoring.summaries.method import basis_of, method_of
from helpdesk.monitoring.summaries.wording import limits_in_hours, not_over, period_name, word

_KINDS = {
    Measure.COUNT: Kind.COUNT,
    Measure.SHARE: Kind.SHARE,
    Measure.HOURS: Kind.DECIMAL,
    Measure.MINUTES: Kind.DECIMAL,
    Measure.SCORE: Kind.DECIMAL,
}

Row = tuple[Value | Cell, ...]


def make_workbook(paper: Paper) -> bytes:
    """The workbook in the summary's language, the same bytes for the same summary."""
    facts = paper.facts
    with force_locale(paper.language):
        sheets = [
            _overview(paper),
            _indicator(facts),
            register_sheet(facts),
            _units(facts),
            _categories(facts),
            *([_places(facts)] if facts.places else []),
            late_sheet(facts),
            _improvements(facts),
        ]
        parts = (period_name(paper.period), facts.unit, paper.number)
        return write_workbook(
            sheets,
            title=title_of(paper),
            subtitle=" · ".join(part for part in parts if part),
            author=facts.letterhead.organisation,
            language=paper.language,
            created_at=paper.made_at,
        )


def _overview(paper: Paper) -> Sheet:
    """The key figures beside the period before, then what became of the complaints."""
    return Sheet(
        name=str(gettext("Summary")),
        title=title_of(paper),
        note="" if paper.is_over else not_over(paper.facts.counted_at),
        columns=(
            Column(gettext("Figure"), width=44),
            Column(period_name(paper.period), Kind.COUNT, 18),
            Column(period_name(paper.period.before()), Kind.COUNT, 18),
            Column(gettext("Difference"), Kind.CHANGE, 14),
        ),
        rows=[_key_row(key) for key in key_figures(paper.facts)]
        + [(name, count, None, None) for name, count in _counts(paper.facts)],
    )


def _key_row(key: KeyFigure) -> Row:
    """A share's change is in points, like on paper; each change follows from the decimals that Excel shows."""
    kind = _KINDS[key.measure]
    is_share, is_count = key.measure is Measure.SHARE, key.measure is Measure.COUNT
    change = key.change(3 if is_share else 0 if is_count else 1)
    if is_share and change is not None:
        change = half_up(change * 100, 1)
    unit = {Measure.HOURS: gettext("hours"), Measure.MINUTES: gettext("minutes")}.get(key.measure)
    return (
        f"{key.name} ({unit})" if unit else key.name,
        Cell(key.value, kind),
        Cell(key.before, kind),
        Cell(change, Kind.CHANGE if is_count else Kind.POINTS),
    )


def _counts(facts: SummaryFacts) -> Iterator[tuple[str, int]]:
    promise = facts.now.promise
    yield gettext("Numerator"), promise.kept
    yield gettext("Denominator"), promise.judged
    yield gettext("Not yet due"), promise.pending
    left, closed, apart = gettext("Left"), gettext("Closed"), gettext("not among the complaints")
    for status, count in facts.left.items():
        yield f"{left}: {word(status, 'status')}", count
    for closing, count in facts.closings.items():
        yield f"{closed}: {word(closing, 'closing')}", count
    if facts.confirmed_by_staff:
        yield gettext("Closed as confirmed, written down by staff"), facts.confirmed_by_staff
    yield gettext("Still open"), facts.still_open
    yield gettext("Ratings"), facts.now.raters
    if facts.rated_by_staff:
        yield gettext("Ratings written down by staff"), facts.rated_by_staff
    for score, count in enumerate(facts.by_score, start=1):
        yield gettext("Score %(score)s", score=score), count
    for kind, count in facts.by_kind.items():
        yield f"{word(kind, 'kind')} ({apart})", count
    if facts.restricted:
        yield gettext("Confidential complaints"), facts.restricted


def _indicator(facts: SummaryFacts) -> Sheet:
    return Sheet(
        name=str(gettext("Indicator")),
        title=gettext("National quality indicator: response time to complaints"),
        note=basis_of(facts),
        columns=(
            Column(gettext("Grade"), width=18),
            Column(gettext("Limit"), width=14),
            Column(gettext("Numerator"), Kind.COUNT),
            Column(gettext("Denominator"), Kind.COUNT),
            Column(gettext("Not yet due"), Kind.COUNT),
            Column(gettext("Left"), Kind.COUNT),
            Column(gettext("Achievement"), Kind.SHARE),
            Column(gettext("Target"), Kind.SHARE),
        ),
        rows=[
            (
                word(line.grade, "grade"),
                limits_in_hours(line.limits),
                *_promise(line.promise, facts.target),
            )
            for line in facts.grades
        ],
        total=(gettext("All"), "", *_promise(facts.now.promise, facts.target)),
        terms=method_of(facts),
    )


def _promise(promise: Kept, target: float) -> Row:
    """Nothing to judge is an empty cell, neither 0 % nor 100 %."""
    return (
        promise.kept,
        promise.judged,
        promise.pending,
        promise.left,
        promise.printed_share,
        target,
    )


def _units(facts: SummaryFacts) -> Sheet:
    return Sheet(
        name=str(gettext("Units")),
        title=gettext("On time by unit"),
        columns=(
            Column(gettext("Unit"), width=30),
            Column(gettext("Complaints"), Kind.COUNT),
            Column(gettext("Dispositions"), Kind.COUNT),
            Column(gettext("Sent back"), Kind.COUNT),
            Column(gettext("On time"), Kind.COUNT),
            Column(gettext("Due"), Kind.COUNT),
            Column("%", Kind.SHARE),
            Column(gettext("Main root cause"), width=46),
            Column(gettext("Corrective action"), width=46),
        ),
        rows=[
            (
                line.name,
                line.tickets,
                line.dispositions,
                line.returned,
                line.hops.kept,
                line.hops.judged,
                line.hops.printed_share,
                _causes(line.causes),
                "; ".join(filter(None, line.beside)),
            )
            for line in facts.units
        ],
        is_wide=True,
    )


def _causes(causes: Sequence[Cause]) -> str:
    return "; ".join(
        f"{word(cause.root, 'root')} ({cause.count}×){f': {cause.text}' if cause.text else ''}"
        for cause in causes
    )


def _categories(facts: SummaryFacts) -> Sheet:
    total = sum(line.received for line in facts.categories)
    before = sum(line.before for line in facts.categories)
    return Sheet(
        name=str(gettext("Categories")),
        title=gettext("Complaints by category"),
        columns=(
            Column(gettext("Category"), width=36),
            Column(gettext("Now"), Kind.COUNT),
            Column(gettext("Before"), Kind.COUNT),
            Column(gettext("Difference"), Kind.CHANGE),
            Column(gettext("Again within 90 days"), Kind.COUNT, 14),
        ),
        rows=[
            (line.name, *_compared(line.received, line.before, before), line.recurring)
            for line in facts.categories
        ],
        total=(
            gettext("All"),
            *_compared(total, before, before),
            sum(line.recurring for line in facts.categories),
        ),
    )


def _compared(now: int, earlier: int, before: int) -> tuple[int, int | None, int | None]:
    """Now, before and their difference; now alone where nothing came in the whole period *before*."""
    return (now, earlier, now - earlier) if before else (now, None, None)


def _places(facts: SummaryFacts) -> Sheet:
    """Every place, and what names none of them: together all that was received."""
    now, before = facts.now.received, facts.before.received
    named = [(line.name, line.received, line.before) for line in facts.places]
    no_place = (
        gettext("No place of the list named"),
        now - sum(line.received for line in facts.places),
        before - sum(line.before for line in facts.places),
    )
    return Sheet(
        name=str(gettext("Places")),
        title=gettext("Complaints by place"),
        columns=(
            Column(gettext("Place"), width=36),
            Column(gettext("Now"), Kind.COUNT),
            Column(gettext("Before"), Kind.COUNT),
            Column(gettext("Difference"), Kind.CHANGE),
        ),
        rows=[(name, *_compared(count, was, before)) for name, count, was in (*named, no_place)],
        total=(gettext("All"), *_compared(now, before, before)),
    )


def _improvements(facts: SummaryFacts) -> Sheet:
    """What is to be done, and what was done with the complaints before and since."""
    return Sheet(
        name=str(gettext("Improvements")),
        title=gettext("Improvements (action plan)"),
        columns=(
            Column(gettext("Improvement"), width=40),
            Column(gettext("Category"), width=26),
            Column(gettext("Unit"), width=26),
            Column(gettext("Done by"), width=26),
            Column(gettext("In charge"), width=30),
            Column(gettext("To be done by"), Kind.DAY, 13),
            Column(gettext("State"), width=16),
            Column(gettext("Done on"), Kind.DAY, 13),
            Column(gettext("Complaints before"), Kind.COUNT, 12),
            Column(gettext("Days"), Kind.COUNT, 8),
            Column(gettext("Complaints since"), Kind.COUNT, 12),
            Column(gettext("Days"), Kind.COUNT, 8),
        ),
        rows=[
            (
                line.title,
                line.category,
                line.about_unit,
                line.unit,
                line.position,
                line.due_on,
                gettext("late") if line.is_late else word(line.state, "improvement"),
                line.done_on,
                line.before,
                line.before_days,
                line.since,
                line.since_days,
            )
            for line in facts.improvements
        ],
        is_wide=True,
    )
