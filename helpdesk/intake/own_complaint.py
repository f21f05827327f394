"""Customer care makes a complaint of its own of what somebody wrote on another: of the same person, since it came in.

Everything but the matter itself is taken over from the ticket on which it was written; nobody reads more by it, and
the clocks run from the moment at which the words came.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.intake.admission import Admitted, Outcome, admit
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.messaging.templates import EARLIER
from helpdesk.tickets import search
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.arrivals import link_own_matter
from helpdesk.tickets.files import complainants_files
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.own_matters import Said, find_said, links_of, made_of
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import copy_for_units
from helpdesk.tickets.workflow import require


def make_own_complaint(number: str, event_id: int, matter: Submission, *, by: Actor) -> Admitted:
    """Make *matter* a complaint of its own, inside the caller's unit of work; both tickets then name each other.

    *matter* is what customer care left of the words in that event of the ticket with this *number*, with what it
    chose. Raises NotFound, Refused, Invalid, and Conflict where somebody has made a complaint of it already.
    """
    ticket = find_to_change(by, number)
    require(ticket, Move.LINK, by=by)
    said = find_said(ticket, event_id)
    if matter.wish not in wishes_for(ticket):
        raise Invalid(
            {"wish": _l("It must not be less confidential than the complaint that it comes from.")}
        )
    admitted = admit(_of_same_person(matter, said), by=by)
    if admitted.outcome is not Outcome.OPENED:
        return admitted
    if made := number_made_of(said):
        raise Conflict(_l("This was made a separate complaint already: %(number)s", number=made))
    _keep_from_units(admitted.ticket, said)
    link_own_matter(admitted.ticket, ticket, event_id, by=by)
    return admitted


def wishes_for(ticket: Ticket) -> tuple[Wish, ...]:
    """Who may know the complainant: never more people than of the ticket that it comes from."""
    if ticket.identity == Identity.ANONYMOUS:
        return (Wish.ANONYMOUS,)
    if ticket.identity == Identity.WITHHELD:
        return (Wish.CONFIDENTIAL,)
    return (Wish.ORDINARY, Wish.CONFIDENTIAL)


def number_made_of(said: Said) -> str:
    """The number of the complaint that was made of it; '' while there is none."""
    link = made_of(links_of(said.ticket.id)).get(said.event.id)
    return str(link["number"]) if link else ""


def _of_same_person(matter: Submission, said: Said) -> Submission:
    ticket = said.ticket
    return replace(
        matter,
        same_as=ticket,
        channel=said.channel,
        language=ticket.language,
        received_at=said.event.at,
        affected_name=ticket.affected_name,
        affected_relation=ticket.affected_relation,
        affected_record=ticket.affected_record,
        has_consented=ticket.consented_at is not None,
        facts={EARLIER: number_of(ticket)},
    )


def _keep_from_units(own: Ticket, said: Said) -> None:
    """What units were not shown of it they are not shown here either, before customer care decides anew (triage)."""
    hidden = {file.received_digest for file in said.event.attachments if file.is_hidden_from_units}
    files = [file.id for file in complainants_files(own.id) if file.received_digest in hidden]
    copy_for_units(own, said.unit_text, files)
    search.index_ticket(own)
