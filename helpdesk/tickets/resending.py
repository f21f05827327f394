"""The way back to one's own complaint: the link once more, to the contact that was left and to no other.

The desk sends it at once. Whoever lost number or link may also ask for it on the public page: there the request is
only written down, the same for a number that exists and one that does not, and the worker answers those that are right.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, SmallInteger, String, select
from sqlalchemy.orm import Mapped, mapped_column, selectinload

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import Model, Moment, db
from helpdesk.lib.errors import Conflict
from helpdesk.lib.one_by_one import one_by_one
from helpdesk.lib.sealing import keyed_digest
from helpdesk.registry.complainant import Complainant
from helpdesk.registry.identifiers import parse_email, parse_phone, read_or_empty
from helpdesk.tickets import keys
from helpdesk.tickets.locked import locked_tickets
from helpdesk.tickets.moves import Move
from helpdesk.tickets.number import TicketNumber
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.renewing import replace_keys
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.timeline import times_lately
from helpdesk.tickets.workflow import advance, require

MOST_A_DAY = 3  # messages with the link, of one complaint


class LinkRequest(Model):
    """Somebody on the public page says: this number, and this is my contact. Nobody has looked yet whether it is so."""

    __tablename__ = "link_requests"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number_year: Mapped[int] = mapped_column(SmallInteger)
    number_seq: Mapped[int] = mapped_column(Integer)
    contact_hash: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(Moment)


def resend_link(ticket: Ticket, *, by: Actor, is_new: bool = False) -> TicketEvent:
    """Send the link of the track page to the registered contact; *is_new*: PIN and every earlier link stop working.

    Raises Conflict where there is no contact that a message reaches, and for more than three within a day.
    """
    require(ticket, Move.RESEND_LINK, by=by)
    if not ticket.can_be_written_to:
        raise Conflict(
            _l("No contact was left that a message reaches. Give a new PIN at the desk instead.")
        )
    if times_lately(ticket, Move.RESEND_LINK) >= MOST_A_DAY:
        raise Conflict(_l("The link was sent three times since yesterday. Please call the person."))
    if is_new:
        replace_keys(ticket, keys.draw_pin())
    event = advance(ticket, Move.RESEND_LINK, by=by, details={"is_new": is_new})
    trail.record(
        "resend_link",
        by=by,
        subject=("ticket", ticket.id),
        details={"is_new": is_new, "channel": ticket.reply_channel},
    )
    return event


def ask_for_link(number: TicketNumber, contact: str) -> None:
    """Write the request down, inside the caller's unit of work; whether it is right is not looked at here.

    So the answer to who asks takes the same statements and the same time whatever exists.
    """
    request = LinkRequest(
        number_year=number.year,
        number_seq=number.seq,
        contact_hash=_hash(_normal(contact)),
        asked_at=clock.now(),
    )
    db.session.add(request)


def answer_requests(_at: datetime, limit: int = 50) -> int:
    """Send the link for every request that is right, each in its own unit of work; returns how many were looked at.

    A request that cannot be handled is logged and dropped: asking once more costs the person nothing.
    """
    waiting = select(LinkRequest.id).order_by(LinkRequest.id).limit(limit)
    return one_by_one("request for a link", list(db.session.scalars(waiting)), _answer, _take)


def _answer(request_id: int) -> None:
    request = _take(request_id)
    if request is None:  # another worker was faster
        return
    named = locked_tickets(
        Ticket.number_year == request.number_year, Ticket.number_seq == request.number_seq
    )
    left = selectinload(Ticket.complainant).selectinload(Complainant.identifiers)
    ticket = db.session.scalar(named.options(left))
    if ticket is None or request.contact_hash not in {_hash(one) for one in _contacts(ticket)}:
        return
    if ticket.can_be_written_to and times_lately(ticket, Move.RESEND_LINK) < MOST_A_DAY:
        resend_link(ticket, by=Actor.system())


def _take(request_id: int) -> LinkRequest | None:
    request = db.session.get(LinkRequest, request_id, with_for_update=True)
    if request is not None:
        db.session.delete(request)
        db.session.flush()
    return request


def _contacts(ticket: Ticket) -> set[str]:
    """What the person may name: where the answer goes, and what else they left."""
    known = ticket.complainant.identifiers if ticket.complainant else []
    return {
        ticket.reply_address,
        *(one.value for one in known if one.kind in ("phone", "email")),
    } - {""}


def _normal(contact: str) -> str:
    """The contact as the registry keeps it; what is neither number nor address matches nothing."""
    return read_or_empty(parse_email if "@" in contact else parse_phone, contact)


def _hash(contact: str) -> str:
    """Keyed, so that the table tells nobody's number."""
    return keyed_digest(contact, purpose="link request")
