"""What the units do, each at its own pace, and what is asked and said meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from helpdesk.demo.cast import head_of, workers_of
from helpdesk.demo.life import Life, Moments
from helpdesk.demo.planning import Until
from helpdesk.demo.rhythm import by_day
from helpdesk.demo.samples import Work
from helpdesk.tickets.answering import reply_interim, return_answer
from helpdesk.tickets.dispositions import (
    UnitAnswer,
    accept_disposition,
    assign_officer,
    submit_answer,
)
from helpdesk.tickets.follow_ups import record_follow_up, write_note
from helpdesk.tickets.questions import add_message, ask_complainant
from helpdesk.tickets.ticket import Disposition

Acts = list[tuple[datetime, Callable[[], object]]]


def work(life: Life, sent: Sequence[Disposition]) -> Moments:
    """Everything from the acceptance to the last submission, several units side by side."""
    acts: Acts = []
    for place, (disposition, task) in enumerate(zip(sent, life.plan.sample.works, strict=True)):
        acts += _of_unit(life, disposition, task, is_first=place == 0)
    acts += _meanwhile(life, acts)
    for moment, act in sorted(acts, key=lambda each: each[0]):
        yield life.until(moment)
        act()


def _of_unit(life: Life, disposition: Disposition, task: Work, *, is_first: bool) -> Acts:
    """One unit's acts. Where a life stands still at the unit's work, a second unit has only accepted."""
    plan, draw = life.plan, life.draw
    begins = plan.pace.after(life.at, 10, 170)
    worker = draw.choice(workers_of(task.unit))
    if disposition.officer_id is not None:
        by_id = {life.hospital.user_ids[name]: name for name in workers_of(task.unit)}
        worker = by_id[disposition.officer_id]
    acts: Acts = []
    if worker != head_of(task.unit) and disposition.officer_id is None and life.happens(0.7):
        acts.append((begins, partial(_assign, life, disposition, task.unit, worker)))
        begins = plan.pace.after(begins, 5, 60)
    acts.append((begins, partial(_accept, life, disposition, worker)))
    if plan.until is Until.ACCEPTED or (plan.until is Until.SUBMITTED and not is_first):
        if life.happens(0.5):
            looked_at = plan.pace.after(begins, 30, 200)
            acts.append((looked_at, partial(_follow_up, life, disposition, task, worker)))
        return acts
    ends = plan.pace.answer_of_unit(begins)
    if is_first:
        acts += _question(life, disposition, worker, begins, ends)
    if plan.until is Until.WAITING:
        return acts
    between = plan.pace.between(begins, ends, draw.uniform(0.3, 0.8))
    acts.append((between, partial(_follow_up, life, disposition, task, worker)))
    acts.append((ends, partial(_submit, life, disposition, task, worker)))
    if life.happens(0.07):
        acts += _once_more(life, disposition, task, worker, ends)
    return acts


def _assign(life: Life, disposition: Disposition, unit: str, worker: str) -> None:
    officer_id = life.hospital.user_ids[worker]
    assign_officer(disposition, officer_id, by=life.staff(head_of(unit)))


def _accept(life: Life, disposition: Disposition, worker: str) -> None:
    accept_disposition(disposition, by=life.staff(worker))


def _follow_up(life: Life, disposition: Disposition, task: Work, worker: str) -> None:
    text = life.plan.words.fill(task.follow_up)
    record_follow_up(life.ticket, text, by=life.staff(worker), disposition=disposition)


def _submit(life: Life, disposition: Disposition, task: Work, worker: str) -> None:
    fill = life.plan.words.fill
    answer = UnitAnswer(
        findings=fill(task.findings),
        root_cause=task.cause,
        root_cause_text=fill(task.why),
        corrective_action=fill(task.action),
        draft_answer=fill(life.plan.sample.answer),
    )
    evidence = [life.files[name] for name in life.plan.evidence if name.startswith(f"{task.unit}:")]
    is_new = disposition.submitted_at is None
    submit_answer(disposition, answer, by=life.staff(worker), evidence=evidence if is_new else ())


def _once_more(life: Life, disposition: Disposition, task: Work, worker: str, at: datetime) -> Acts:
    """Customer care is not content; the unit completes its answer."""
    returned_at = life.plan.pace.after(at, 10, 80)
    again_at = life.plan.pace.after(returned_at, 20, 120)
    reason = life.remark("returned_answers")
    return [
        (returned_at, lambda: return_answer(disposition, reason, by=life.desk)),
        (again_at, partial(_submit, life, disposition, task, worker)),
    ]


def _question(
    life: Life, disposition: Disposition, worker: str, accepted_at: datetime, ends: datetime
) -> Acts:
    sample, fill = life.plan.sample, life.plan.words.fill
    must = life.plan.until is Until.WAITING
    if not sample.question or life.plan.person is None or not (must or life.happens(0.4)):
        return []
    asked_at = life.plan.pace.after(accepted_at, 5, 60)
    by = life.staff(worker)
    acts: Acts = [
        (
            asked_at,
            lambda: ask_complainant(
                life.ticket, fill(sample.question), by=by, disposition=disposition
            ),
        )
    ]
    if not must:
        replied_at = by_day(life.draw, asked_at, (0.3, 14), life.zone)
        soon_enough = asked_at + (ends - asked_at) * 0.7
        acts.append((max(asked_at, min(replied_at, soon_enough)), partial(_reply, life)))
    return acts


def _reply(life: Life) -> None:
    """The complainant answers, unless the matter was settled before they came to it."""
    if life.ticket.is_waiting:
        add_message(life.ticket, life.plan.words.fill(life.plan.sample.reply), by=life.complainant)


def _meanwhile(life: Life, acts: Acts) -> Acts:
    """Notes among colleagues; and when it takes long, the complainant asks and is told to wait a little."""
    first, last = min(moment for moment, _ in acts), max(moment for moment, _ in acts)
    said: Acts = []
    if life.happens(0.12):
        note = life.remark("notes")
        said.append((first, lambda: write_note(life.ticket, note, by=life.desk)))
    if life.plan.is_late and life.plan.person is not None:
        chasing, interim = life.remark("chasing"), life.remark("interim")
        asked_at = by_day(life.draw, first + (last - first) * 0.6, (0, 6), life.zone)
        told_at = life.plan.pace.after(asked_at, 10, 120)
        if life.happens(0.6):
            said.append((asked_at, lambda: add_message(life.ticket, chasing, by=life.complainant)))
            said.append((told_at, lambda: reply_interim(life.ticket, interim, by=life.desk)))
    return said
