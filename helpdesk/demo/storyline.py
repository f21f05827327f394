"""The whole way of one ticket, from what is said to what becomes of it."""

from __future__ import annotations

from helpdesk.demo import at_the_desk
from helpdesk.demo.afterwards import afterwards, rate
from helpdesk.demo.arriving import arrive
from helpdesk.demo.cast import SUPERVISOR, holders
from helpdesk.demo.in_the_unit import work
from helpdesk.demo.life import Life, Moments
from helpdesk.demo.planning import Until
from helpdesk.tickets.closing import close_unilaterally


def live(life: Life) -> Moments:
    """Every moment at which something is done, in order; what is done there follows the yield."""
    yield life.at
    arrive(life)
    if life.ticket.closing:  # solved on the spot
        if life.ticket.can_be_reached:
            yield from rate(life, 0.3)
        return
    if life.plan.until is Until.NEW:
        return
    yield life.later(6, 70)
    if life.plan.sample.exit:
        at_the_desk.leave(life)
        yield from at_the_desk.call(life)
        return
    at_the_desk.triage(life)
    if life.plan.until is Until.TRIAGED:
        return
    if life.plan.is_complaint:
        yield from _through_the_units(life)
    else:
        yield from at_the_desk.answer_directly(life)
        if life.plan.until is Until.ANSWERED:
            return
        yield from afterwards(life, kept=True, may_object=False)


def _through_the_units(life: Life) -> Moments:
    plan = life.plan
    yield from at_the_desk.reconsider(life)
    yield life.later(4, 50)
    yield from at_the_desk.try_the_wrong_unit(life)
    if plan.until is Until.RETURNED:
        return
    sent = at_the_desk.dispose(life, [task.unit for task in plan.sample.works])
    if plan.until is Until.SENT:
        return
    yield from work(life, sent)
    if plan.until < Until.APPROVED:
        return
    if plan.until is Until.END and life.happens(0.012):
        yield life.later(900, 2400)
        supervisor = life.staff(life.draw.choice(holders(SUPERVISOR)))
        close_unilaterally(life.ticket, life.remark("unilateral"), by=supervisor)
        yield from at_the_desk.call(life)
        return
    yield from at_the_desk.approve(life, sent)
    if plan.until is Until.APPROVED:
        return
    yield life.later(2, 40)
    at_the_desk.answer(life, plan.sample.answer)
    if plan.until is Until.ANSWERED:
        return
    yield from afterwards(life, kept=not plan.is_late, may_object=True)
