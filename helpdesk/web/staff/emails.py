"""Email from the ticket: written by hand, with canned texts; and every message about a ticket as it was sent."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.intake.whatsapp.talks import words_of
from helpdesk.lib.database import in_own_units
from helpdesk.lib.errors import NotFound
from helpdesk.messaging.as_sent import AsSent, as_sent
from helpdesk.messaging.events import CHAT
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import find_message
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.masking import mask_contact, mask_email
from helpdesk.registry.undeliverable import undelivered_at
from helpdesk.tickets import trying_again
from helpdesk.tickets.access import Scope, scope_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.trying_again import (
    can_be_sent_again,
    find_to_complainant,
    why_doubted,
    why_not_again,
)
from helpdesk.tickets.vouching import vouch_for_sender
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.tickets.writing import MOST_COPIES, write_to_complainant
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import SendAgainForm, line_field, text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, ActForm
from helpdesk.web.staff.canned_offers import chosen_text, offers
from helpdesk.web.staff.framing import in_frame, with_frame
from helpdesk.web.staff.ticket import find_to_read
from helpdesk.web.uploads_in_forms import files_field


class EmailForm(ActForm):
    """A letter by email."""

    text = text_field(_l("Your email"))
    cc = line_field(_l("Copy to"), 1000)
    files = files_field(_l("Files for the complainant"))

    @property
    def copies(self) -> list[str]:
        """The addresses, whichever way they were separated."""
        return re.split(r"[\s,;]+", self.cc.data or "")


class SendAgainOnce(SendAgainForm, ActForm):
    """Sending a message again, as an act on its ticket."""


@door.route("/tiket/<number>/email", methods=["GET", "POST"])
@in_own_units
def write_email(number: str) -> ResponseReturnValue:
    """Write to the complainant by email."""
    act = Act(number, Move.WRITE)
    form = EmailForm(text=chosen_text(act.ticket))
    if act.done(
        form,
        lambda: write_to_complainant(
            act.ticket, form.text.data or "", by=act.by, files=act.files, cc=form.copies
        ),
    ):
        return act.back(_("The email is on its way to the complainant."))
    return act.page(
        "write_email",
        form,
        canned=offers(act.ticket, "staff.write_email"),
        most_copies=MOST_COPIES,
        address=mask_email(act.ticket.reply_address),
        dead=undelivered_at(IdentifierKind.EMAIL, act.ticket.reply_address),
    )


@door.route("/tiket/<number>/pengirim-benar", methods=["GET", "POST"])
def vouch(number: str) -> ResponseReturnValue:
    """Make sure of the sender of an email that its domain denies; then the receipt goes out."""
    act = Act(number, Move.VOUCH)
    form = ActForm()
    if act.done(form, lambda: vouch_for_sender(act.ticket, by=act.by)):
        return act.back(_("The receipt is on its way to the complainant."))
    return act.page("vouch", form, address=mask_email(act.ticket.unproved_address))


@door.route("/tiket/<number>/pesan/<int:message_id>/kirim-ulang", methods=["GET", "POST"])
def send_again(number: str, message_id: int) -> ResponseReturnValue:
    """Send a message to the complainant again that failed."""
    act = Act(number, Move.SEND_AGAIN)
    message = find_to_complainant(act.ticket, message_id)
    form = SendAgainOnce()
    if act.done(
        form,
        lambda: trying_again.send_again(
            act.ticket, message_id, by=act.by, is_sure=form.is_sure.data
        ),
    ):
        return act.back(_("The message is on its way again."))
    doubt = why_doubted(message)
    return act.page("send_again", form, message=message, address=_masked(message), doubt=doubt)


@door.get("/tiket/<number>/pesan/<int:message_id>")
def sent_message(number: str, message_id: int) -> ResponseReturnValue:
    """One message about the ticket as it was sent, with what its server said; for customer care."""
    ticket, message = _message(number, message_id)
    return with_frame(
        render_template(
            "staff/sent_message.html",
            number=number_of(ticket),
            message=message,
            address=_masked(message),
            sent=_as_sent(message),
            may_send_again=_may_send_again(ticket, message),
            why_not_again=why_not_again(message),
        )
    )


@door.get("/tiket/<number>/pesan/<int:message_id>/html")
def sent_message_html(number: str, message_id: int) -> ResponseReturnValue:
    """The HTML of a mail, alone in its frame."""
    _ticket, message = _message(number, message_id)
    html = as_sent(message).html
    if not html:
        raise NotFound
    return in_frame(html, styles="'unsafe-inline'")  # it carries its own


def _as_sent(message: OutboxMessage) -> AsSent:
    """What was said in a talk carries its link and PIN among the words, not as values that are left out."""
    sent = as_sent(message)
    return replace(sent, text=words_of(message)) if message.event == CHAT else sent


def _may_send_again(ticket: Ticket, message: OutboxMessage) -> bool:
    is_theirs = message.recipient_kind == "complainant"
    may = Move.SEND_AGAIN in moves_open_to(ticket, current_actor())
    return is_theirs and may and can_be_sent_again(message)


def _message(number: str, message_id: int) -> tuple[Ticket, OutboxMessage]:
    """Raises NotFound for whoever is not customer care, and for a message about something else."""
    actor = current_actor()
    ticket = find_to_read(actor, number)
    if scope_of(actor, ticket) is not Scope.CARE:
        raise NotFound
    message = find_message(message_id)
    if (message.subject_kind, message.subject_id) != ("ticket", ticket.id):
        raise NotFound
    return ticket, message


def _masked(message: OutboxMessage) -> str:
    """As beside the ticket: whoever needs the address in full asks for it there, and it is noted.

    A colleague's address is no secret; the telephone that they connected is their own.
    """
    if message.recipient_kind != "complainant" and message.channel != "whatsapp":
        return message.address
    return mask_contact(message.address)
