"""A new PIN for a complainant who lost theirs, or whose PIN somebody else has seen."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib.errors import Invalid
from helpdesk.messaging import told_keys
from helpdesk.tickets import keys
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require


def renew_pin(ticket: Ticket, pin: str, *, by: Actor, checked: str) -> TicketEvent:
    """Replace the PIN by *pin*; the old one and every link sent before stop working. The PIN itself is kept nowhere.

    *checked* says how the desk made sure that this is the person; without it Invalid is raised.
    """
    if not checked.strip():
        raise Invalid({"checked": _l("Write how you made sure that this is the person.")})
    require(ticket, Move.NEW_PIN, by=by)
    replace_keys(ticket, pin)
    trail.record("new_pin", by=by, subject=("ticket", ticket.id))
    return advance(ticket, Move.NEW_PIN, by=by, text=checked.strip())


def replace_keys(ticket: Ticket, pin: str, *, but_at: Collection[str] = ()) -> None:
    """Let PIN and links of before stop working, also in messages that are still on their way, or go once more.

    Without a new *pin* the old one stays, and the links alone end. *but_at*: contacts that turned out not to be the
    complainant's, to which the new link never goes.
    """
    link = keys.link_of(ticket)
    if pin:
        keys.set_pin(ticket, pin)
    else:
        keys.end_links(ticket)
    told_keys.replace_keys(
        ("ticket", ticket.id),
        number_of(ticket),
        link=link,
        fresh_link=keys.link_of(ticket),
        but_at=but_at,
        is_pin_new=bool(pin),
    )
