"""A complainant writes of an emergency while the complaint is under way: its people are told, and so is whom to call.

Nobody need read it first: the words alone raise the alarm, as those of a new complaint do. On WhatsApp the guided
conversation has done it before the words reach the ticket.
"""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.accounts.actor import ActorKind
from helpdesk.accounts.roles import Role
from helpdesk.lib.plain_words import plain
from helpdesk.tickets.emergencies import is_emergency
from helpdesk.tickets.hearers import holders_of, leading_of, people_at_work
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Channel, Identity
from helpdesk.tickets.telling import tell_complainant, tell_staff
from helpdesk.tickets.ticket import Disposition, Ticket

_WORDS = frozenset({Move.ADD_MESSAGE, Move.REPLY_TO_QUESTION, Move.OBJECT, Move.CONTEST})


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
    """Tell the whole desk and who works on it; who wrote by email sees no page of ours, so they are told too."""
    is_theirs = event.actor_kind == ActorKind.COMPLAINANT
    road = event.details.get("channel")
    if not is_theirs or road == Channel.WHATSAPP or not is_urgent(event.kind, event.text):
        return
    handled = leading_of(ticket) or ticket
    desk = [*holders_of(Role.SUPERVISOR), *holders_of(Role.CARE)]
    # Units may not read what somebody wrote who withholds their name
    units = people_at_work(handled) if ticket.identity == Identity.NAMED else []
    tell_staff("wrote_urgently", [*desk, *units], handled, event, None)
    if road == Channel.EMAIL:
        tell_complainant("whom_to_call", ticket, event)
