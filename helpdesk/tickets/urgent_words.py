"""A complainant writes of an emergency while the complaint is under way: its people are told, and so is whom to call.

Nobody need read it first: the words alone raise the alarm, as those of a new complaint do. On WhatsApp the guided
conversation has done it before the words reach the ticket.
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
from helpdesk.messaging.outbox import was_queued
from helpdesk.tickets.emergencies import is_emergency
from helpdesk.tickets.hearers import desk_of, holders_of, leading_of, people_at_work
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Channel, Identity, Needs
from helpdesk.tickets.telling import tell_complainant, tell_staff
from helpdesk.tickets.ticket import Disposition, Ticket

_WORDS = frozenset({Move.ADD_MESSAGE, Move.REPLY_TO_QUESTION, Move.OBJECT, Move.CONTEST})
_ALARM_AGAIN = timedelta(minutes=30)
# A machine that answers every mail with a word of emergencies gets no more of ours
_SAY_AGAIN = timedelta(days=1)


def is_urgent(kind: str, text: str) -> bool:
    """Does *text*, which the complainant wrote in an event of this *kind*, tell of a danger to life?"""
    return kind in _WORDS and is_emergency(plain(text))


def newest_urgent(story: Iterable[TicketEvent]) -> TicketEvent | None:
    """The urgent words of the complainant in a *story*, newest first, after which no member of staff has acted."""
    for event in story:
        if event.actor_kind == ActorKind.STAFF:
            return None
        if event.actor_kind == ActorKind.COMPLAINANT and is_urgent(event.kind, event.text):
            return event
    return None


def raise_alarm(ticket: Ticket, event: TicketEvent, _work: Disposition | None) -> None:
    """Tell the whole desk and who works on it; who wrote by email sees no page of ours, so they are told too.

    Who writes ten times in a row raises one alarm, until staff acted or half an hour has passed.
    """
    is_theirs = event.actor_kind == ActorKind.COMPLAINANT
    road = event.details.get("channel")
    if not is_theirs or road == Channel.WHATSAPP or not is_urgent(event.kind, event.text):
        return
    handled = leading_of(ticket) or ticket
    if handled.needs == Needs.TRIAGE:
        handled.sounds_urgent = True  # and leads the list, as if its first words had said so
    # Of a restricted ticket its readers may be others than those at the desk
    desk = [*holders_of(Role.SUPERVISOR), *holders_of(Role.CARE), *desk_of(handled)]
    # Units may not read what somebody wrote who withholds their name
    units = people_at_work(handled) if ticket.identity == Identity.NAMED else []
    acted_at = db.session.scalar(_NEWEST_ACT.where(TicketEvent.ticket_id == handled.id))

    def was_said(notice: str, about: Ticket, again: timedelta) -> bool:
        since = clock.now() - again
        return was_queued(notice, ("ticket", about.id), max(since, acted_at or since))

    if not was_said("wrote_urgently", handled, _ALARM_AGAIN):
        tell_staff("wrote_urgently", [*desk, *units], handled, event, None)
    if road == Channel.EMAIL and not was_said("whom_to_call", ticket, _SAY_AGAIN):
        tell_complainant("whom_to_call", ticket, event)


_NEWEST_ACT = select(func.max(TicketEvent.at)).where(TicketEvent.actor_kind == ActorKind.STAFF)
