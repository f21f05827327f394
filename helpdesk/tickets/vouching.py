"""A complaint by email whose domain denies having sent it: its sender hears from us once somebody has made sure.

Whoever forges a sender would otherwise have our receipt, with the link that opens the complaint, sent to somebody who
never wrote to us.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.lib.errors import Conflict
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require


def vouch_for_sender(ticket: Ticket, *, by: Actor) -> TicketEvent:
    """Take the address for the complainant's, inside the caller's unit of work: the receipt goes there now.

    Raises Conflict where there is nothing to make sure of, or somebody has done so.
    """
    require(ticket, Move.VOUCH, by=by)
    if not ticket.unproved_address:
        raise Conflict(_l("Nothing has to be made sure of: the address is used already."))
    ticket.reply_channel = "email"
    return advance(ticket, Move.VOUCH, by=by)
