"""Who may open which file of a ticket. A file is seen by whoever sees its ticket *and* the event it came with.

But where somebody's name is withheld, customer care may show units a file and keep the words that it came with.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound
from helpdesk.tickets.access import Scope, scope_of, visible_to
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.timeline import files_without_words, may_read


def find_file(actor: Actor, file_id: int) -> tuple[Attachment, Ticket]:
    """The file and its ticket; raises NotFound when there is none or *actor* may not open it."""
    found = db.session.execute(
        select(Attachment, Ticket)
        .join(TicketEvent, TicketEvent.id == Attachment.event_id)
        .join(Ticket, Ticket.id == Attachment.ticket_id)
        .where(Attachment.id == file_id, visible_to(actor))
        .options(contains_eager(Attachment.event), selectinload(Ticket.dispositions))
    ).one_or_none()
    if found is None:
        raise NotFound
    file, ticket = found
    scope = scope_of(actor, ticket)
    is_hidden = file.is_hidden_from_units and scope is not Scope.CARE
    is_read = may_read(file.event, ticket, scope, actor.unit_ids)
    if is_hidden or not (is_read or file in files_without_words([ticket], scope)):
        raise NotFound
    return file, ticket


def find_original(actor: Actor, file_id: int) -> tuple[Attachment, Ticket]:
    """The same for the bytes as they came, which only customer care examines; raises NotFound."""
    file, ticket = find_file(actor, file_id)
    if file.original_digest is None or scope_of(actor, ticket) is not Scope.CARE:
        raise NotFound
    return file, ticket
