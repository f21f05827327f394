"""What customer care does: grade, send to units, approve, answer."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.demo.cast import head_of, workers_of
from helpdesk.demo.life import Life, Moments
from helpdesk.demo.planning import Until
from helpdesk.demo.samples import Sample
from helpdesk.intake.submission import Wish
from helpdesk.tickets.answering import answer_ticket, approve_answer
from helpdesk.tickets.dispositions import Instruction, dispose_ticket, send_back
from helpdesk.tickets.follow_ups import record_follow_up
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.reaching import CallOutcome, note_call
from helpdesk.tickets.states import Access, Grade, Identity, Phrase
from helpdesk.tickets.ticket import Disposition
from helpdesk.tickets.triage import Verdict, regrade_ticket, triage_ticket

_PHRASES = ((Phrase.SOLVE,), (Phrase.SOLVE, Phrase.DRAFT_ANSWER), (Phrase.CLARIFY, Phrase.SOLVE))


def triage(life: Life) -> None:
    """Grade, classify, and decide who may read it."""
    sample, words = life.plan.sample, life.plan.words
    verdict = Verdict(
        grade=sample.grade,
        category_id=life.hospital.category_ids[sample.category],
        kind=sample.kind,
        title=words.dated(sample.title),
        reason=life.remark("not_red") if _needs_a_reason(sample) else "",
        access=Access.RESTRICTED if sample.is_restricted else Access.ORDINARY,
        identity=Identity.WITHHELD if life.plan.wish is Wish.CONFIDENTIAL else None,
        unit_text=words.fill(sample.unit_text) if sample.unit_text else None,
        reader_ids=_readers(life) if sample.is_restricted else (),
        reported_unit_ids=[life.hospital.unit_ids[sample.reported]] if sample.reported else (),
    )
    triage_ticket(life.ticket, verdict, by=life.desk)


def _needs_a_reason(sample: Sample) -> bool:
    return sample.category == "keselamatan" and sample.grade is not Grade.RED


def _readers(life: Life) -> list[int]:
    names = ["hanifah", *(head_of(work.unit) for work in life.plan.sample.works)]
    return [life.hospital.user_ids[name] for name in names]


def leave(life: Life) -> None:
    """End what will not be handled here."""
    if life.plan.sample.exit is not None:
        reason = life.plan.words.fill(life.plan.sample.reason)
        leave_by_exit(life.ticket, life.plan.sample.exit, reason, by=life.desk)


def answer_directly(life: Life) -> Moments:
    """Praise, suggestions and questions need no unit; of one that stands answered the record is still missing."""
    yield life.later(10, 240)
    if life.plan.until is not Until.ANSWERED:
        record_follow_up(life.ticket, life.remark("passed_on"), by=life.desk)
        yield life.later(1, 10)
    answer(life, life.plan.sample.answer)


def reconsider(life: Life) -> Moments:
    """Now and then the grade is raised once somebody has read it twice."""
    if life.plan.sample.grade is Grade.GREEN and life.happens(0.03):
        yield life.later(1, 5)
        regrade_ticket(life.ticket, Grade.YELLOW, life.remark("regrade"), by=life.desk)


def try_the_wrong_unit(life: Life) -> Moments:
    """Some go to a unit that sends them back."""
    unit, reason = life.plan.sample.wrong
    must = life.plan.until is Until.RETURNED
    if not unit or not (must or life.happens(0.3)):
        return
    (sent,) = dispose(life, [unit])
    yield life.later(15, 160)
    send_back(sent, life.plan.words.fill(reason), by=life.staff(head_of(unit)))
    if not must:
        yield life.later(5, 60)


def dispose(life: Life, units: Sequence[str]) -> list[Disposition]:
    """Send it to the units; a restricted one to their heads by name."""
    is_restricted = life.ticket.access == Access.RESTRICTED
    instructions = []
    for place, unit in enumerate(units):
        is_named = is_restricted or life.happens(0.2)
        officer = head_of(unit) if is_restricted else life.draw.choice(workers_of(unit))
        instructions.append(
            Instruction(
                unit_id=life.hospital.unit_ids[unit],
                officer_id=life.hospital.user_ids[officer] if is_named else None,
                phrases=life.draw.choice(_PHRASES),
                note=life.remark("instructions"),
                is_lead=place == 0 and len(units) > 1,
            )
        )
    return dispose_ticket(life.ticket, instructions, by=life.desk)


def approve(life: Life, sent: Sequence[Disposition]) -> Moments:
    """Look at each answer and approve it."""
    for disposition in sent:
        yield life.later(6, 70)
        approve_answer(disposition, by=life.desk)


def call(life: Life) -> Moments:
    """Tell by telephone whoever left nothing else."""
    if life.ticket.call_wanted_at is not None:
        yield life.later(10, 240)
        note_call(life.ticket, CallOutcome.REACHED, life.remark("calls"), by=life.desk)


def answer(life: Life, text: str) -> None:
    """Give the final answer."""
    answer_ticket(life.ticket, life.plan.words.fill(text), by=life.desk)
