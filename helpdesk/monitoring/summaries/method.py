"""How the national indicator is counted, in words: the same beneath its table on paper and in the workbook."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext, ngettext

from helpdesk.monitoring.summaries.facts import SummaryFacts
from helpdesk.monitoring.summaries.wording import number, percent, word


def basis_of(facts: SummaryFacts) -> str:
    """What a reader of the table must know first."""
    return str(
        gettext(
            "Basis: Permenkes 30 of 2022. Target ≥ %(target)s. All complaints of the period, no sample.",
            target=percent(facts.target, 0),
        )
    )


def method_of(facts: SummaryFacts) -> list[tuple[str, str]]:
    """Each term with its meaning, in the order in which they are read."""
    counted_at = current_app.jinja_env.filters["moment"](facts.counted_at)
    terms = [
        (
            gettext("Definition"),
            gettext(
                "The time in which the hospital responds to complaints made in writing, by word of mouth or "
                "through the media, from identification and risk grading through analysis to follow-up."
            ),
        ),
        (
            gettext("Numerator"),
            gettext(
                "Complaints that were answered and followed up within the limit of their grade."
            ),
        ),
        (gettext("Denominator"), _denominator(facts)),
        (gettext("Exclusions"), _not_judged(facts)),
        (gettext("Not graded"), gettext("A complaint that is not graded yet counts as green.")),
        (
            gettext("Period"),
            gettext(
                "By the date of receipt. All grades are pooled: the sum of numerators over the sum of "
                "denominators. The figures were fixed on %(at)s.",
                at=counted_at,
            ),
        ),
    ]
    if facts.restricted:
        told = ngettext(
            "%(num)s confidential complaint is counted; its content is not told.",
            "%(num)s confidential complaints are counted; their content is not told.",
            facts.restricted,
        )
        terms.append((gettext("Confidential"), told))
    return [(str(term), str(meaning)) for term, meaning in terms]


def _denominator(facts: SummaryFacts) -> str:
    said = gettext(
        "All complaints received in the period (spoken, written, media) whose limit has passed or which "
        "were kept before it."
    )
    others = sum(facts.by_kind.values())
    if not others:
        return str(said)
    not_among = ngettext(
        "%(num)s suggestion, praise or information request is not among them.",
        "%(num)s suggestions, praises and information requests are not among them.",
        others,
    )
    return f"{said} {not_among}"


def _not_judged(facts: SummaryFacts) -> str:
    """Adds up to what was received: judged, not due yet, and left in time. What left after its limit stays judged."""
    promise = facts.now.promise
    out, exited = promise.pending + promise.left, sum(facts.left.values())
    none = gettext("None. The time does not stop while we wait for the complainant.")
    said = [_left_out(facts, out) if out else none]
    if exited and exited != promise.left:
        said.append(
            gettext(
                "Ended without handling in all: %(exits)s. Whatever had passed its limit before is judged.",
                exits=_exits(facts),
            )
        )
    return " ".join(said)


def _left_out(facts: SummaryFacts, out: int) -> str:
    promise, why = facts.now.promise, []
    if promise.pending:
        not_due = gettext("not yet due")
        why.append(f"{not_due} {number(promise.pending)}")
    if promise.left:
        ended = gettext("ended without handling")
        is_told_apart = sum(facts.left.values()) == promise.left
        why.append(_exits(facts) if is_told_apart else f"{ended} {number(promise.left)}")
    foreseen = gettext(
        "The indicator foresees none, and the time does not stop while we wait for the complainant."
    )
    count = ngettext(
        "Of %(received)s complaints received %(judged)s are judged; %(out)s is not: %(why)s.",
        "Of %(received)s complaints received %(judged)s are judged; %(out)s are not: %(why)s.",
        out,
        received=number(promise.total),
        judged=number(promise.judged),
        out=number(out),
        why=", ".join(why),
    )
    return f"{foreseen} {count}"


def _exits(facts: SummaryFacts) -> str:
    return ", ".join(
        f"{word(status, 'status').lower()} {number(count)}" for status, count in facts.left.items()
    )
