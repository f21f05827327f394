"""Mail that became no ticket: what waits for a person and why, what can be done about it, and what waits for nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.intake import quarantine as verbs
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.mail_access import (
    RECONSIDERED,
    find_quarantined,
    quarantined,
    set_apart,
    tickets_named,
)
from helpdesk.intake.mail_reading import Arrived
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, Refused
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import HouseForm, line_field, text_field
from helpdesk.web.mail_words import FATES, KINDS_APART, Apart, why_apart, why_here
from helpdesk.web.staff import door
from helpdesk.web.staff.mail import mail_page, named_ticket, number_seen
from helpdesk.web.typed import whole_number

PAGE = 50
_COMPLAINANT = "complainant"


class SeenForm(HouseForm):
    """*seen* is the fate that the person was shown; without it, that the mail waited."""

    seen = HiddenField(default=Fate.QUARANTINED.value)


class TicketForm(SeenForm):
    """Make it a ticket: nothing is asked."""


class AttachForm(SeenForm):
    """Put it on a ticket."""

    number = line_field(_l("Number of the ticket"), 40)
    whose = RadioField(
        _l("Who wrote it?"),
        choices=[
            ("other", _l("Somebody else, or we do not know")),
            (_COMPLAINANT, _l("The complainant. I have made sure of it.")),
        ],
        default="other",
    )


class DiscardForm(HouseForm):
    """Lay it aside."""

    reason = text_field(_l("Why does it lead nowhere?"), verbs.REASON_LENGTH)


@door.get("/karantina")
def quarantine() -> ResponseReturnValue:
    """What waits for a person, the oldest first; with *keadaan* what waits for nobody."""
    actor = _desk()
    apart = _BY_NAME.get(request.args.get("keadaan", ""))
    if apart is not None:
        return _list_apart(actor, apart)
    after = whole_number(request.args.get("sesudah")) or 0
    rows = quarantined(actor, after_id=after, limit=PAGE + 1)
    return render_template(
        "staff/quarantine.html",
        rows=rows[:PAGE],
        next_after=rows[PAGE - 1].id if len(rows) > PAGE else None,
        is_first=not after,
        why_here=why_here,
        kinds=KINDS_APART,
    )


_BY_NAME = {kind.name_in_url: kind for kind in KINDS_APART}


def _list_apart(actor: Actor, kind: Apart) -> ResponseReturnValue:
    """What became no ticket in one way, the newest first."""
    before = whole_number(request.args.get("sebelum"))
    rows = set_apart(actor, kind.fate, before_id=before, limit=PAGE + 1)
    return render_template(
        "staff/mail_apart.html",
        rows=rows[:PAGE],
        next_before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        is_first=before is None,
        kind=kind,
        kinds=KINDS_APART,
        numbers={id_: number_of(one) for id_, one in tickets_named(rows[:PAGE]).items()},
        why_apart=why_apart,
    )


@door.get("/karantina/<int:mail_id>")
def quarantined_mail(mail_id: int) -> ResponseReturnValue:
    """One of them, with what can be done."""
    return _show(find_quarantined(_desk(), mail_id))


@door.post("/karantina/<int:mail_id>/tiket")
@in_own_units
def admit_mail(mail_id: int) -> ResponseReturnValue:
    """A ticket of its own."""

    form = TicketForm(prefix="ticket-")

    def verb(arrived: Arrived, by: Actor) -> str:
        return number_of(verbs.make_ticket(mail_id, arrived, by=by, seen=_seen(form)))

    return _act(mail_id, form, verb, _l("The email is a ticket now: %(number)s."))


@door.post("/karantina/<int:mail_id>/lampirkan")
@in_own_units
def attach_mail(mail_id: int) -> ResponseReturnValue:
    """On a ticket that is there."""
    form = AttachForm(prefix="attach-")

    def verb(arrived: Arrived, by: Actor) -> str:
        theirs = form.whose.data == _COMPLAINANT
        number = form.number.data or ""
        ticket: Ticket = verbs.attach_to_ticket(
            mail_id, arrived, number, by=by, is_complainants=theirs, seen=_seen(form)
        )
        return number_of(ticket)

    return _act(mail_id, form, verb, _l("The email is on %(number)s now."))


@door.post("/karantina/<int:mail_id>/buang")
@in_own_units
def discard_mail(mail_id: int) -> ResponseReturnValue:
    """Nothing follows from it."""
    form = DiscardForm(prefix="discard-")
    why = form.reason.data or ""
    refused = _attempt(mail_id, form, lambda by: verbs.discard(mail_id, why, by=by))
    if refused is not None:
        return refused
    flash(_("The email was laid aside. Its original is kept."))
    return redirect(url_for("staff.quarantine"))


def _seen(form: SeenForm) -> str:
    return form.seen.data or Fate.QUARANTINED.value


def _act(
    mail_id: int, form: HouseForm, verb: Callable[[Arrived, Actor], str], said: Any
) -> ResponseReturnValue:
    """Read the mail outside any transaction, then let *verb* do it, and go to the ticket."""
    arrived = verbs.read_whole(find_quarantined(_desk(), mail_id))
    numbers: list[str] = []
    refused = _attempt(mail_id, form, lambda by: numbers.append(verb(arrived, by)))
    if refused is not None:
        return refused
    flash(str(said) % {"number": numbers[-1]})
    return redirect(url_for("staff.ticket", number=numbers[-1]))


def _attempt(
    mail_id: int, form: HouseForm, verb: Callable[[Actor], object]
) -> ResponseReturnValue | None:
    """Do it in one unit of work; else the page that says why not. The first of a double click is the one that acts."""
    row = find_quarantined(_desk(), mail_id)
    if not form.validate():
        return _show(row, form)
    try:
        unit_of_work(lambda: verb(current_actor()))
    except Invalid as invalid:
        form.take_errors(invalid)
        return _show(find_quarantined(_desk(), mail_id), form)
    except Conflict as conflict:
        flash(conflict.reason, "warn")
        return redirect(url_for("staff.quarantined_mail", mail_id=mail_id))
    return None


def _show(row: Inbound, refused: HouseForm | None = None) -> ResponseReturnValue:
    named = named_ticket(row, current_actor())
    number = number_of(named) if named else ""
    blank: dict[str, HouseForm] = {
        "ticket": TicketForm(prefix="ticket-", formdata=None, seen=row.fate),
        "attach": AttachForm(prefix="attach-", formdata=None, seen=row.fate, number=number),
        "discard": DiscardForm(prefix="discard-", formdata=None),
    }
    return mail_page(
        "staff/quarantined.html",
        row,
        forms={
            name: refused if isinstance(refused, type(form)) else form
            for name, form in blank.items()
        },
        refused=refused,
        named=number,
        became=number_seen(row, current_actor()) if row.settled_by_id else "",
        is_waiting=row.fate == Fate.QUARANTINED,
        may_reconsider=row.fate in RECONSIDERED,
        why=why_here(row.reason) if row.fate == Fate.QUARANTINED else why_apart(row.reason),
        fate=FATES.get(row.fate, ""),
        status=422 if refused else 200,
    )


def _desk() -> Actor:
    """The signed-in person at the desk; raises Refused for everybody else."""
    actor = current_actor()
    if not actor.may(Permission.TRIAGE):
        raise Refused(_l("Email without a ticket is for customer care."))
    return actor
