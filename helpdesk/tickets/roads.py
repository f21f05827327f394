"""By which road a word to the complainant would reach them now, as far as we know; for pages. Changes nothing."""

from __future__ import annotations

from datetime import datetime

from helpdesk.messaging.whatsapp import catalogue, lines, window
from helpdesk.messaging.whatsapp.following import MATTERS
from helpdesk.registry.complainant import Complainant, IdentifierKind
from helpdesk.registry.undeliverable import undelivered_at
from helpdesk.tickets.moves import Move
from helpdesk.tickets.states import Kind
from helpdesk.tickets.telling import worded_for
from helpdesk.tickets.ticket import Ticket


def road_of_notice(ticket: Ticket, move: Move, at: datetime) -> str:
    """The channel by which the complainant learns of *move*; '' where no notice reaches them and somebody must call.

    What matters goes by email where WhatsApp refuses it (``reaching``).
    """
    if not ticket.can_be_written_to:
        return ""
    if ticket.reply_channel == "email":
        return "email" if _takes_mail(ticket.reply_address) else ""
    if ticket.reply_channel != "whatsapp":
        return ticket.reply_channel
    if lines.active_line() is None:
        return ""
    notice = _notice_of(ticket, move)
    if _may_go_by_whatsapp(ticket, notice, at):
        return "whatsapp"
    person: Complainant | None = ticket.complainant
    address = person.email if person and notice in MATTERS else None
    return "email" if address and _takes_mail(address) else ""


def _notice_of(ticket: Ticket, move: Move) -> str:
    if move is Move.ANSWER:
        notice = "replied" if Kind(ticket.kind).is_thanked else "answered"
    else:
        notice = "question" if move is Move.ASK else "interim"
    return worded_for(notice, ticket)


def _may_go_by_whatsapp(ticket: Ticket, notice: str, at: datetime) -> bool:
    """Within the day after their last word anything, later only what an approved template says."""
    address = ticket.reply_address
    if undelivered_at(IdentifierKind.on_whatsapp(address), address) is not None:
        return False
    return window.is_open(address, at) or catalogue.has_template(notice, ticket.language)


def _takes_mail(address: str) -> bool:
    return undelivered_at(IdentifierKind.EMAIL, address) is None
