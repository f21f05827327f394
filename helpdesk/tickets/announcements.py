"""Who hears of what. Messages are queued in the same unit of work as the event; the postman sends them later.

Texts never carry what was said (health data stays on the page): they carry the number, a deadline and the link.
On a restricted ticket only its named readers hear, whatever their position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.accounts.roles import Role
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Category
from helpdesk.lib.database import db
from helpdesk.lib.words import moment_in_words
from helpdesk.messaging.outbox import queue
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets import keys
from helpdesk.tickets.hearers import allowed, desk_of, holders_of, people_of
from helpdesk.tickets.number import format_number
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Kind, Status
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.timing import can_object_until

Hearing = Callable[[Ticket, TicketEvent, Disposition | None], None]


def announce(
    ticket: Ticket, event: TicketEvent, disposition: Disposition | None, by: Actor
) -> None:
    """Queue the messages that an event calls for."""
    for hearing in WHO_HEARS.get(event.kind, ()):
        hearing(ticket, event, disposition)


# ---------------------------------------------------------------- the complainant


def _complainant(template: str) -> Hearing:
    def hearing(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
        if not ticket.can_be_reached or ticket.reply_channel == "phone":
            return
        queue(
            template,
            dedupe_key=f"event/{event.id}/{template}",
            channel=ticket.reply_channel,
            address=ticket.reply_address,
            language=ticket.language,
            recipient_kind="complainant",
            recipient_id=ticket.complainant_id,
            subject=("ticket", ticket.id),
            values=_values_for_complainant(ticket, event),
        )

    return hearing


def _on_opening(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """A suggestion or praise is thanked for; a complaint or question is promised an answer, while there is time."""
    if event.details.get("is_solved"):
        return  # the closing follows at once, and says it all
    if Kind(ticket.kind).is_thanked:
        template = "thanked"
    elif ticket.due_at is not None and ticket.due_at <= event.recorded_at:
        template = "received_late"
    else:
        template = "received"
    _complainant(template)(ticket, event, disposition)


def _on_exit(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    if ticket.state is not Status.SPAM:
        _complainant(f"exit_{ticket.status}")(ticket, event, disposition)


def _on_closing(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    _complainant(f"closed_{ticket.closing}")(ticket, event, disposition)


def _confirm_reminder(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    if event.details.get("clock") == ClockKind.CONFIRM:
        _complainant("confirm_reminder")(ticket, event, disposition)


def _late_apology(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """For the answer that is missing; not for its record, nor twice for what was late when it was recorded."""
    is_unanswered = event.details.get("clock") == ClockKind.ANSWER and not ticket.first_answered_at
    if is_unanswered and not event.details.get("at_recording"):
        _complainant("late_apology")(ticket, event, disposition)


def _values_for_complainant(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    def say(moment: datetime | None) -> str:
        return moment_in_words(moment, local_zone(), ticket.language) if moment else "-"

    return {
        **_common(ticket),
        "link": keys.link_of(ticket),
        "due": say(ticket.due_at),
        "until": say(_due_said(event) or ticket.due_at),
        "object_until": say(can_object_until(ticket)),
        "closing": ticket.closing,
        "exit": event.details.get("exit", ""),
    }


# ---------------------------------------------------------------- staff


def _desk(template: str) -> Hearing:
    """The officer at the desk who owns the ticket, or every supervisor while nobody does."""

    def hearing(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
        _tell(template, desk_of(ticket), ticket, event, disposition)

    return hearing


def _unit(template: str) -> Hearing:
    """The officer named on the disposition and the heads of the unit."""

    def hearing(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
        if disposition is not None:
            _tell(template, people_of(disposition), ticket, event, disposition)

    return hearing


def _units_at_work(template: str) -> Hearing:
    def hearing(ticket: Ticket, event: TicketEvent, _d: Disposition | None) -> None:
        for disposition in ticket.dispositions:
            if disposition.is_open:
                _tell(template, people_of(disposition), ticket, event, disposition)

    return hearing


def _clock(template: str) -> Hearing:
    """Whoever holds the clock: the unit for a hop, the desk for the others; nobody for the complainant's own."""

    def hearing(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
        kind = event.details.get("clock")
        if kind == ClockKind.CONFIRM:
            return
        holders = (
            people_of(disposition) if kind == ClockKind.HOP and disposition else desk_of(ticket)
        )
        _tell(template, holders, ticket, event, disposition)

    return hearing


def _new_readers(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Whoever was named a reader of a restricted case learns that it is there."""
    ids = event.details.get("new_readers", [])
    people = db.session.scalars(select(User).where(User.id.in_(ids), User.is_active)) if ids else ()
    _tell("named_reader", people, ticket, event, disposition)


def _ladder(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    tell = event.details.get("tell")
    people: list[User] = []
    if tell == "unit_head":
        units = (
            [disposition.unit_id]
            if disposition
            else [d.unit_id for d in ticket.dispositions if d.is_open]
        )
        people = [head for unit_id in units for head in holders_of(Role.UNIT_HEAD, unit_id)]
    elif tell == "supervisor":
        people = holders_of(Role.SUPERVISOR)
    elif tell == "leadership":
        people = holders_of(Role.LEADERSHIP)
    # Where the position may not know of the ticket, its desk still must: nobody hearing would be silence.
    may_hear = allowed(ticket, people) or (desk_of(ticket) if ticket.is_restricted else [])
    _tell("escalated", may_hear, ticket, event, disposition)


_OBJECTION = (_complainant("reopened"), _desk("objection"))

WHO_HEARS: dict[str, tuple[Hearing, ...]] = {
    "open": (_on_opening,),
    "triage": (_new_readers,),
    "guard": (_new_readers,),
    "dispose": (_unit("disposed"),),
    "assign": (_unit("assigned"),),
    "send_back": (_desk("returned_by_unit"),),
    "submit": (_desk("submitted"),),
    "return_answer": (_unit("submission_returned"),),
    "ask": (_complainant("question"),),
    "reply_to_question": (_desk("complainant_wrote"), _units_at_work("complainant_wrote")),
    "add_message": (_desk("complainant_wrote"),),
    "interim_reply": (_complainant("interim"),),
    "answer": (_complainant("answered"),),
    "solve": (_on_closing,),
    "confirm": (_on_closing,),
    "close_by_silence": (_on_closing,),
    "close_unilaterally": (_on_closing,),
    "object": _OBJECTION,
    "exit": (_on_exit,),
    "warn": (_clock("due_soon"), _confirm_reminder),
    "breach": (_clock("breached"), _late_apology),
    "escalate": (_ladder,),
}


# ---------------------------------------------------------------- telling


def _tell(
    template: str,
    people: Iterable[User],
    ticket: Ticket,
    event: TicketEvent,
    disposition: Disposition | None,
) -> None:
    for user in allowed(ticket, people):
        if event.actor_kind == ActorKind.STAFF and event.actor_id == user.id:
            continue  # nobody is told of their own act
        queue(
            template,
            dedupe_key=f"event/{event.id}/{template}/{user.id}",
            channel="email" if user.email else "console",
            address=user.email or user.username,
            language=user.locale,
            recipient_kind="staff",
            recipient_id=user.id,
            subject=("ticket", ticket.id),
            values=_values_for_staff(ticket, event, disposition, user.locale),
        )


def _values_for_staff(
    ticket: Ticket, event: TicketEvent, disposition: Disposition | None, language: str
) -> dict[str, Any]:
    # Of a restricted ticket the message says only that there is something: others see lock screens and the outbox.
    says_all = not ticket.is_restricted
    unit = db.session.get(Unit, disposition.unit_id) if disposition and says_all else None
    category_id = ticket.category_id if says_all else None
    category = db.session.get(Category, category_id) if category_id else None
    due = disposition.due_at if disposition and disposition.due_at else ticket.due_at
    base: str = current_app.extensions["settings"].base_url
    return {
        **_common(ticket),
        "link": f"{base}/kerja/tiket/{_number(ticket)}",
        "unit": _name(unit, language),
        "category": _name(category, language),
        "grade": ticket.grade or "-",
        "clock": event.details.get("clock", ""),
        "due": moment_in_words(due, local_zone(), language) if due else "-",
        "was_due": moment_in_words(_was_due(event), local_zone(), language),
        "actor": event.actor_label or "-",
    }


def _was_due(event: TicketEvent) -> datetime:
    """The deadline that passed; a step of the ladder happens later than the deadline it is about."""
    return _due_said(event) or event.at


def _due_said(event: TicketEvent) -> datetime | None:
    due_at = event.details.get("due_at")
    return datetime.fromisoformat(due_at) if due_at else None


def _common(ticket: Ticket) -> dict[str, Any]:
    here = organisation()
    return {"number": _number(ticket), "organisation": here.name if here else "Tanggap"}


def _number(ticket: Ticket) -> str:
    here = organisation()
    return format_number(
        here.number_prefix if here else "KLH", ticket.number_year or 0, ticket.number_seq or 0
    )


def _name(thing: Unit | Category | None, language: str) -> str:
    if thing is None:
        return "-"
    return thing.name_en if language == "en" else thing.name_id
