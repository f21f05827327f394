"""What the complainant makes of the answer: content, not content, or silent."""

from __future__ import annotations

from helpdesk.demo.at_the_desk import answer, approve, call, dispose
from helpdesk.demo.cast import head_of
from helpdesk.demo.life import Life, Moments
from helpdesk.demo.rhythm import by_day
from helpdesk.demo.samples import remarks
from helpdesk.tickets.closing import confirm_solved, object_to_answer, rate_handling
from helpdesk.tickets.dispositions import UnitAnswer, accept_disposition, submit_answer
from helpdesk.tickets.states import Grade, Root

_SCORES_IF_KEPT = (1, 3, 13, 36, 47)  # how often 1 to 5 is given
_SCORES_IF_LATE = (16, 24, 30, 22, 8)


def afterwards(life: Life, *, kept: bool, may_object: bool) -> Moments:
    """Confirm, object once, or say nothing until the clock closes it."""
    if life.plan.person is None or not life.ticket.can_be_reached:
        return
    yield from call(life)
    if may_object and life.plan.sample.grade is not Grade.RED and life.happens(0.09):
        yield from _object(life)
    if life.happens(0.55):
        yield life.until(by_day(life.draw, life.at, (0.4, 70), life.zone))
        confirm_solved(life.ticket, by=life.complainant)
        yield from rate(life, 0.8, kept=kept)
    else:
        yield from rate(life, 0.12, kept=kept)


def rate(life: Life, chance: float, *, kept: bool = True) -> Moments:
    """Rate the handling, some with a word."""
    if not life.happens(chance):
        return
    yield life.until(by_day(life.draw, life.at, (0.02, 9), life.zone))
    score = life.draw.choices(range(1, 6), _SCORES_IF_KEPT if kept else _SCORES_IF_LATE)[0]
    comment = life.draw.choice(remarks().ratings[str(score)]) if life.happens(0.5) else ""
    rate_handling(life.ticket, score, comment, by=life.complainant)


def _object(life: Life) -> Moments:
    """Not solved: the first unit takes it up again, this time to the end."""
    yield life.until(by_day(life.draw, life.at, (3, 80), life.zone))
    object_to_answer(life.ticket, life.remark("objections"), by=life.complainant)
    unit = life.plan.sample.works[0].unit
    head = life.staff(head_of(unit))
    yield life.later(15, 120)
    (sent,) = dispose(life, [unit])
    yield life.later(15, 120)
    accept_disposition(sent, by=life.staff(head_of(unit)) if sent.officer_id is None else head)
    yield life.later(120, 700)
    findings = life.remark("rework")
    submit_answer(sent, UnitAnswer(findings=findings, root_cause=Root.PROCEDURE), by=head)
    yield from approve(life, [sent])
    yield life.later(2, 30)
    answer(life, life.remark("second_answers"))
    yield from call(life)
