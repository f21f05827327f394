"""Somebody writes of an emergency while a complaint is under way: its people are told, and they whom to call.

Nobody need read it first: the words alone raise the alarm, as those of a new complaint do. On WhatsApp the guided
conversation has called the desk before the words reach the ticket.

Until staff act the ticket is marked in their lists and leads those of customer care: *sounds_urgent* of the ticket for
customer care, of the dispositions for the units that may read the words. A new one stays marked until it is graded. The
triage clock keeps the limit that it started with: whoever is told now need not be reminded sooner.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select

from helpdesk.accounts.actor import ActorKind
from helpdesk.accounts.roles import Role
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.plain_words import plain
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import said_since
from helpdesk.tickets.emergencies import is_emergency
from helpdesk.tickets.hearers import desk_of, hearing_today, holders_of, leading_of, people_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Channel, Identity, Status
from helpdesk.tickets.telling import tell_complainant, tell_other, tell_staff
from helpdesk.tickets.ticket import Disposition, Ticket

_WORDS = frozenset(
    {
        Move.ADD_MESSAGE, Move.REPLY_TO_QUESTION, Move.OBJECT, Move.CONTEST, Move.OTHER_WROTE,
        Move.CONFIRM, Move.RATE,
    }
)  # fmt: skip
_ALARM_AGAIN = timedelta(minutes=30)
# A machine that answers every mail with a word of emergencies gets no more of ours
_SAY_AGAIN = timedelta(days=1)


def is_urgent(kind: str, text: str) -> bool:
    """Does *text*, which somebody outside the house wrote in an event of this *kind*, tell of a danger to life?"""
    return kind in _WORDS and is_emergency(plain(text))


def newest_urgent(story: Iterable[TicketEvent]) -> TicketEvent | None:
    """The urgent words in a *story*, newest first, after which no member of staff has acted."""
    for event in story:
        if is_urgent(event.kind, event.text):
            return event
        if event.actor_kind == ActorKind.STAFF:
            return None
    return None


def raise_first_alarm(ticket: Ticket, event: TicketEvent, work: Disposition | None) -> None:
    """Of a new complaint: the whole desk, but after a talk on WhatsApp, which has called them already."""
    if ticket.sounds_urgent and not event.details.get("is_told"):
        desk = [*holders_of(Role.SUPERVISOR), *holders_of(Role.CARE)]
        tell_staff("sounds_urgent", desk, ticket, event, work)


def raise_alarm(ticket: Ticket, event: TicketEvent, work: Disposition | None) -> None:
    """Mark it, and tell the whole desk and who works on it.

    Whoever was told hears no more of it until staff acted or half an hour has passed.
    """
    if not is_urgent(event.kind, event.text):
        return
    handled = leading_of(ticket) or ticket
    # Of a restricted ticket its readers may be others than those at the desk
    desk = [*holders_of(Role.SUPERVISOR), *holders_of(Role.CARE), *desk_of(handled)]
    if event.actor_kind == ActorKind.STAFF and event.actor_id in {user.id for user in desk}:
        return  # they know what they write down
    # Locked, so that whoever acts on it in this very moment has acted before
    db.session.refresh(handled, ["sounds_urgent"], with_for_update=True)
    works = _works_that_read(ticket, handled, event, work)
    handled.sounds_urgent = True
    for one in works:
        one.sounds_urgent = True
    is_in_talk = event.actor_kind == ActorKind.COMPLAINANT and (
        event.details.get("channel") == Channel.WHATSAPP
    )
    units = [user for one in works for user in people_of(one)]
    # Once they are on a restricted ticket the talk shows them to its readers alone
    people = units if is_in_talk and not handled.is_restricted else [*desk, *units]
    told = {one.recipient_id for one in _said("wrote_urgently", handled, _ALARM_AGAIN)}
    untold = [user for user in hearing_today(handled, people, None) if user.id not in told]
    tell_staff("wrote_urgently", untold, handled, event, None)


def say_whom_to_call(ticket: Ticket, event: TicketEvent, address: str) -> None:
    """Tell whoever wrote urgent words by email from *address*, where no page of ours can say it; once a day.

    Nothing of the complaint goes to an address at which its complainant is not answered.
    """
    if not is_urgent(event.kind, event.text):
        return
    is_known = ticket.is_answered_by_email and ticket.reply_address == address
    notice = "whom_to_call" if is_known else "whom_to_call_only"
    if any(one.address == address for one in _said(notice, ticket, _SAY_AGAIN)):
        return
    if is_known:
        tell_complainant(notice, ticket, event)
    else:
        tell_other(notice, ticket, event, "email", address)


def end_alarm(ticket: Ticket) -> None:
    """Staff have acted on *ticket*, and so on the one that it follows; what is not graded yet is still to be read."""
    for handled in filter(None, (ticket, leading_of(ticket))):
        if handled.state is not Status.RECEIVED:
            handled.sounds_urgent = False
            for one in handled.dispositions:
                one.sounds_urgent = False


def _works_that_read(
    ticket: Ticket, handled: Ticket, event: TicketEvent, work: Disposition | None
) -> list[Disposition]:
    """The work of units not done yet who may read it: where the name is withheld, of who asked for it alone."""
    if event.audience == "care":
        return []
    works = handled.dispositions if ticket.identity == Identity.NAMED else filter(None, [work])
    return [one for one in works if one.is_open]


def _said(notice: str, about: Ticket, again: timedelta) -> list[OutboxMessage]:
    since = clock.now() - again
    acted_at = db.session.scalar(_NEWEST_ACT.where(TicketEvent.ticket_id == about.id))
    return said_since(notice, ("ticket", about.id), max(since, acted_at or since))


_NEWEST_ACT = select(func.max(TicketEvent.at)).where(TicketEvent.actor_kind == ActorKind.STAFF)
