"""The ticket that somebody at the desk names by its number, to put on it what came in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.lib.errors import Invalid
from helpdesk.tickets.access import find_candidates, find_to_change
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket


def ticket_named(number: str, by: Actor) -> Ticket:
    """The ticket with this number, typed any way, locked; inside the caller's unit of work.

    Raises Invalid (field ``number``) when there is none for *by*, or the number may be another's.
    """
    found = find_candidates(by, number, limit=2)
    if not found:
        raise Invalid({"number": _l("There is no ticket with this number.")})
    if len(found) > 1:
        raise Invalid({"number": _l("More than one ticket fits. Type the whole number.")})
    return find_to_change(by, number_of(found[0]))
