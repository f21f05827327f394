"""Beginning an improvement, from a complaint or from what keeps coming back, and changing its plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import today
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.units import list_units
from helpdesk.catalogue.choosing import offered_categories
from helpdesk.improvements import access
from helpdesk.improvements import planning as verbs
from helpdesk.improvements.improvement import Improvement
from helpdesk.improvements.linking import link_ticket
from helpdesk.improvements.planning import LONGEST_TITLE, Plan
from helpdesk.lib.database import db, take_back
from helpdesk.lib.errors import Refused
from helpdesk.lib.words import language_now
from helpdesk.monitoring.recurrence import main_unit
from helpdesk.tickets.access import find_for as find_ticket
from helpdesk.tickets.destinations import people_of
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import EditForm, line_field, page, sensible_year, text_field
from helpdesk.web.improvements import door
from helpdesk.web.improvements.register import url_of
from helpdesk.web.once import OnceMixin, done_before
from helpdesk.web.typed import LONGEST_TEXT, whole_number
from helpdesk.web.words import word

_USUALLY = timedelta(days=30)


def _chosen(value: Any) -> int | None:
    """Raises ValueError for what names no row, as a form's field expects it."""
    chosen = whole_number(str(value)) if value else None
    if value and chosen is None:
        raise ValueError
    return chosen


class PlanForm(OnceMixin, EditForm):
    """What is to be improved, about which complaints, by whom and by when."""

    title = line_field(_l("Name of the improvement"), LONGEST_TITLE, InputRequired())
    plan = text_field(_l("What will be done"), LONGEST_TEXT, InputRequired())
    category_id = SelectField(_l("Category of the complaints"), [InputRequired()], coerce=_chosen)
    about_unit_id = SelectField(_l("Unit that they are about"), [InputRequired()], coerce=_chosen)
    unit_id = SelectField(_l("Unit that is to do it"), [InputRequired()], coerce=_chosen)
    pic_id = SelectField(_l("Person in charge"), coerce=_chosen)
    due_on = DateField(_l("To be done by"), [InputRequired(), sensible_year])

    def offer(self, actor: Actor) -> None:
        """Fill the choices; a head begins one of and for a unit of their own."""
        names = read_labels(language_now(), kinds=("unit", "category"))
        own = [unit for unit in list_units(only_active=True) if access.may_give_to(actor, unit.id)]
        self.category_id.choices = _with_current(
            [(one.id, name_of(one)) for one in offered_categories()],
            self.category_id.data,
            names.categories,
        )
        for field in (self.about_unit_id, self.unit_id):
            field.choices = _with_current(
                [(unit.id, name_of(unit)) for unit in own], field.data, names.units
            )
        self.pic_id.choices = [
            ("", _("The head of the unit")),
            *_people(own, self.unit_id.data, names.units),
        ]


def _with_current(
    offered: list[tuple[Any, str]], current: int | None, names: Any
) -> list[tuple[Any, str]]:
    """A choice that stands already stays, whatever became of it."""
    known = {value for value, _name in offered}
    if current and current not in known and current in names:
        offered.append((current, names[current]))
    return [("", _("Please choose")), *offered]


def _people(
    own: Iterable[Unit], current: int | None, names: Mapping[int, str]
) -> list[tuple[int, str]]:
    """Who works in these units or in the one that has it, each once, with the unit beside the name."""
    found = people_of(sorted({unit.id for unit in own} | ({current} if current else set())))
    named = {
        person.id: f"{person.name} ({names[unit_id]})"
        for unit_id in sorted(found, key=names.__getitem__)
        for person in found[unit_id]
    }
    return list(named.items())


@door.route("/baru", methods=["GET", "POST"])
def begin() -> ResponseReturnValue:
    """A new improvement; with ``?tiket=`` from a complaint, which then belongs to it."""
    actor = current_actor()
    if not access.may_begin(actor):
        raise Refused
    number = request.args.get("tiket", "")
    ticket = find_ticket(actor, number) if number else None
    form = PlanForm(data=_proposal(ticket, actor))
    form.offer(actor)
    begun: list[Improvement] = []
    if form.saves(lambda: begun.extend(_begin(form, ticket, actor))):
        flash(_("The improvement is in the register. Its unit is told."))
        return redirect(url_of(begun[0].id) if begun else url_for("improvements.register"))
    if form.is_submitted():
        take_back()  # nothing of what was refused stays, not even its key
    return page(
        "improvements/plan.html",
        form,
        one=None,
        number=number_of(ticket) if ticket else "",
        is_restricted=ticket is not None and ticket.is_restricted,
    )


def _begin(form: PlanForm, ticket: Ticket | None, actor: Actor) -> list[Improvement]:
    """Nothing where this very form was sent before."""
    facts = form.as_facts(Plan)
    if done_before("improvement", form.key, facts, ticket.id if ticket else ""):
        return []
    begun = verbs.begin_improvement(facts, by=actor)
    if ticket is not None:
        link_ticket(begun, ticket, by=actor)
    return [begun]


def _proposal(ticket: Ticket | None, actor: Actor) -> dict[str, Any]:
    """What can be known before somebody writes: from the address, or from the complaint."""
    proposed: dict[str, Any] = {"due_on": today() + _USUALLY}
    if ticket is None:
        proposed["category_id"] = whole_number(request.args.get("kategori"))
        proposed["about_unit_id"] = whole_number(request.args.get("unit"))
    else:
        proposed |= _from_ticket(ticket, actor)
    about = proposed["about_unit_id"]
    if not about or not access.may_give_to(actor, about):
        about = next(iter(sorted(actor.headed_unit_ids)), None)
    return {**proposed, "about_unit_id": about, "unit_id": about}


def _from_ticket(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """Its category and main unit, and what the units wrote; of a confidential one no word is offered to be copied."""
    about = db.session.scalar(select(main_unit()).where(Ticket.id == ticket.id))
    proposed = {"category_id": ticket.category_id, "about_unit_id": about}
    if ticket.is_restricted:
        return proposed
    written = [sent for sent in ticket.dispositions if _may_read(sent, actor)]
    actions = [sent.corrective_action for sent in written if sent.corrective_action]
    causes = [_cause(sent) for sent in written if sent.root_cause or sent.root_cause_text]
    lines = [_("Root cause: %(cause)s", cause=cause) for cause in causes]
    first = actions[0].split("\n")[0].rstrip(". ") if actions else ""
    return proposed | {
        "title": first if len(first) <= LONGEST_TITLE else "",
        "plan": "\n".join([*lines, *actions]),
    }


def _may_read(sent: Disposition, actor: Actor) -> bool:
    return access.sees_all(actor) or sent.unit_id in actor.unit_ids


def _cause(sent: Disposition) -> str:
    said = word(sent.root_cause, "root") if sent.root_cause else ""
    return ". ".join(filter(None, (said, sent.root_cause_text)))


@door.route("/<int:improvement_id>/ubah", methods=["GET", "POST"])
def revise(improvement_id: int) -> ResponseReturnValue:
    """Change the plan."""
    actor = current_actor()
    found = access.find_for(actor, improvement_id)
    if not access.may_change(actor, found):
        raise Refused
    form = PlanForm(obj=found)
    form.offer(actor)

    def save() -> None:
        row = access.find_to_change(actor, improvement_id, version=form.seen_version)
        verbs.revise_improvement(row, form.as_facts(Plan), by=actor)

    if form.saves(save, row=found):
        flash(_("Saved."))
        return redirect(url_of(improvement_id))
    return page("improvements/plan.html", form, one=found, number="", is_restricted=False)
