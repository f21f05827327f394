"""Beginning an improvement and changing its plan."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import today
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Category
from helpdesk.improvements.access import may_give_to
from helpdesk.improvements.improvement import Improvement
from helpdesk.improvements.noting import note
from helpdesk.improvements.reminding import next_look, tell_unit, works_in
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, Refused

LONGEST_TITLE = 160
_CONCERNS_UNIT = frozenset({"unit_id", "pic_id", "due_on"})


@dataclass(frozen=True)
class Plan:
    """What is to be improved, as it was written; *pic_id* None means the head of the unit."""

    title: str
    plan: str
    category_id: int
    about_unit_id: int
    unit_id: int
    due_on: date
    pic_id: int | None = None


def begin_improvement(plan: Plan, *, by: Actor) -> Improvement:
    """Put an improvement into the register; the unit that is to do it is told.

    Raises Invalid for what does not fit, Refused where *by* may not give it to that unit.
    """
    _check(plan, by)
    improvement = Improvement(**asdict(plan), begun_at=clock.now())
    improvement.look_at = next_look(improvement, clock.now())
    db.session.add(improvement)
    db.session.flush()
    event = note(improvement, "begin", by=by)
    tell_unit(improvement, "improvement_given", f"given/{event.id}", by=by)
    return improvement


def revise_improvement(improvement: Improvement, plan: Plan, *, by: Actor) -> None:
    """Change the plan of an open improvement. The day before stays in the history.

    The unit is told where it gets it now, or where its day or the person in charge is another.
    """
    if not improvement.is_open:
        raise Conflict(_l("This improvement has ended. Its plan stays as it was."))
    _check(plan, by, had=improvement)
    wanted = asdict(plan)
    before = {name: getattr(improvement, name) for name in wanted}
    changed = {name for name in wanted if wanted[name] != before[name]}
    if not changed:
        return
    for name in changed:
        setattr(improvement, name, wanted[name])
    improvement.version += 1
    if "due_on" in changed:
        improvement.look_at = next_look(improvement, clock.now())
    event = note(
        improvement,
        "revise",
        by=by,
        before={name: _stored(before[name]) for name in sorted(changed)},
        after={name: _stored(wanted[name]) for name in sorted(changed)},
    )
    if changed & _CONCERNS_UNIT:
        tell_unit(improvement, "improvement_given", f"given/{event.id}", by=by)


def _check(plan: Plan, by: Actor, *, had: Improvement | None = None) -> None:
    """What *had* already may stay, whatever became of it since."""
    _refuse_other_units(plan, by, had)
    problems: dict[str, Any] = {}
    if not plan.title.strip():
        problems["title"] = _l("Give it a short name.")
    if not plan.plan.strip():
        problems["plan"] = _l("Write what will be done.")
    if db.session.get(Category, plan.category_id) is None:
        problems["category_id"] = _l("Choose the category of the complaints.")
    if db.session.get(Unit, plan.about_unit_id) is None:
        problems["about_unit_id"] = _l("Choose the unit that the complaints are about.")
    if _is_new(plan, had, "due_on") and plan.due_on < today():
        problems["due_on"] = _l("The day must not have passed.")
    unit = db.session.get(Unit, plan.unit_id)
    if unit is None or (_is_new(plan, had, "unit_id") and not unit.is_active):
        problems["unit_id"] = _l("Choose the unit that is to do it.")
    if plan.pic_id is not None and not _can_be_named(plan.pic_id, plan.unit_id):
        problems["pic_id"] = _l("This person does not work in the unit that is to do it.")
    if problems:
        raise Invalid(problems)


def _refuse_other_units(plan: Plan, by: Actor, had: Improvement | None) -> None:
    sentences = {
        "about_unit_id": _l("You may look at the complaints about your own unit only."),
        "unit_id": _l("You may give an improvement to your own unit only."),
    }
    for fact, sentence in sentences.items():
        if _is_new(plan, had, fact) and not may_give_to(by, getattr(plan, fact)):
            raise Refused(sentence)


def _is_new(plan: Plan, had: Improvement | None, fact: str) -> bool:
    return had is None or getattr(plan, fact) != getattr(had, fact)


def _can_be_named(user_id: int, unit_id: int) -> bool:
    user = db.session.get(User, user_id)
    return user is not None and works_in(user, unit_id)


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
