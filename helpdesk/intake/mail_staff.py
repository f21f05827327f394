"""Staff who answer one of our messages by mail: a note of theirs on the ticket, or nothing at all.

Their word has weight, so it must be theirs beyond doubt: the very person to whom the message went, from their own
address, vouched for by the receiving server, on a ticket that they may see and write on.
"""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import with_leave
from helpdesk.accounts.user import User
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.mail_outcome import Outcome, Reason
from helpdesk.intake.mail_reading import Arrived
from helpdesk.intake.mail_submission import mail_facts, new_words_of
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound, Refused
from helpdesk.messaging.mail_identity import OwnIdentity
from helpdesk.tickets.access import Scope, find_to_change, has_it, scope_of
from helpdesk.tickets.files import attach
from helpdesk.tickets.follow_ups import write_note
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Disposition, Ticket


def take_from_staff(row: Inbound, arrived: Arrived, identity: OwnIdentity) -> Outcome:
    """The answer to a message that went to a member of staff, as their internal note."""
    mail, ticket_id = arrived.mail, identity.subject_id
    user = db.session.scalar(select(User).where(User.email == mail.sender.address, User.is_active))
    if user is None or user.id != identity.recipient_id:
        return Outcome.aside(Reason.OTHER_SENDER, ticket_id)
    if not mail.checks.has_passed:
        return Outcome.aside(Reason.NOT_PROVED, ticket_id)
    said = new_words_of(mail)
    if not said:
        return Outcome.aside(Reason.EMPTY, ticket_id)
    actor = with_leave(user.as_actor())
    try:
        ticket = find_to_change(actor, number_of(db.session.get_one(Ticket, ticket_id)))
        event = write_note(
            ticket,
            said,
            by=actor,
            disposition=_own_work(actor, ticket),
            details={"mail": mail_facts(row, arrived, shown=said)},
        )
    except (NotFound, Refused):  # both before anything was written
        return Outcome.aside(Reason.NO_RIGHT, ticket_id)
    attach(event, arrived.taken.files)
    return Outcome(Fate.ADDED, Reason.BY_STAFF, ticket.id, event.id)


def _own_work(actor: Actor, ticket: Ticket) -> Disposition | None:
    """What somebody of a unit notes belongs to their unit's work."""
    if scope_of(actor, ticket) is not Scope.UNIT:
        return None
    own = [one for one in ticket.dispositions if has_it(actor, one)]
    return next((one for one in reversed(own) if one.is_open), own[-1] if own else None)
