"""A ticket on paper: its receipt, and what other papers say as well.

The letters themselves know nothing of tickets; here their plain fields are filled, in the letter's
own language and as far as each reader may know. *say* gives the word of a code, such as
``say("web", "channel")``: the words live with the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Place
from helpdesk.letters.letter import Letter, LetterKind, unissued
from helpdesk.letters.parties import Complainant as Party
from helpdesk.letters.parties import Identity as Shown
from helpdesk.letters.parties import letterhead
from helpdesk.letters.receipt import ReceiptFields, issue_receipt
from helpdesk.lib.database import db
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import day_in_words, language_now, name_in
from helpdesk.registry.complainant import Complainant
from helpdesk.registry.identifiers import national
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import Channel, Kind
from helpdesk.tickets.ticket import Ticket

Say = Callable[[str, str], str]


def issue_receipt_of(ticket: Ticket, *, say: Say, by: Actor) -> Letter:
    """Issue the receipt with the ticket, inside the unit of work that opened it."""
    with force_locale(ticket.language):
        fields = receipt_fields(ticket, say=say)
    return issue_receipt(("ticket", ticket.id), fields, ticket.language, by)


def receipt_of(ticket: Ticket, *, say: Say, copies: int = 1) -> Letter:
    """The receipt as it was issued; with two *copies* for a counter, or where none was, a draft.

    A draft is drawn like any letter and never stored, so that reading changes no row.
    """
    issued = db.session.scalar(
        select(Letter)
        .where(
            Letter.kind == LetterKind.RECEIPT.value,
            Letter.subject_kind == "ticket",
            Letter.subject_id == ticket.id,
        )
        .order_by(Letter.id)
        .limit(1)
    )
    if issued is not None and copies == 1:
        return issued
    with force_locale(ticket.language):
        fields = receipt_fields(ticket, say=say, copies=copies)
    return unissued(
        LetterKind.RECEIPT,
        ("ticket", ticket.id),
        fields,
        number=fields.number,
        language=ticket.language,
        at=ticket.recorded_at,
    )


def promise_to(ticket: Ticket) -> datetime | None:
    """By when whoever is handed the number is answered; None too where that had passed when it was written down."""
    promised = ticket.promised_by
    return promised if promised is not None and promised > ticket.recorded_at else None


def receipt_fields(ticket: Ticket, *, say: Say, copies: int = 1) -> ReceiptFields:
    """What the receipt says, in the language of the moment (article 44 of Law 25/2009)."""
    head = letterhead()
    officer = db.session.get(User, ticket.recorded_by_id) if ticket.recorded_by_id else None
    base = current_settings().base_url
    is_web = ticket.channel == Channel.WEB
    return ReceiptFields(
        letterhead=head,
        number=number_of(ticket),
        kind=say(ticket.kind, "kind"),
        complainant=party_of(ticket, with_contact=True),
        description=ticket.text,
        wish=ticket.remedy,
        received_at=ticket.received_at,
        received_where=base if is_web else (head.desk or head.service or head.organisation),
        channel=say(ticket.channel, "channel"),
        track_url=f"{base}/lacak",
        received_by=officer.full_name if officer else "",
        received_by_position=officer.position if officer else "",
        happened_where=where_it_happened(ticket),
        happened_when=_when(ticket),
        attachments=tuple(names_of_first_files(ticket)),
        answer_due_at=None if ticket.first_answered_at else promise_to(ticket),
        copies=copies,
        is_complaint=ticket.kind == Kind.COMPLAINT,
    )


def party_of(ticket: Ticket, *, with_contact: bool) -> Party:
    """The complainant as a letter may show them; withheld and anonymous ones are erased there."""
    person = db.session.get(Complainant, ticket.complainant_id) if ticket.complainant_id else None
    affected = ticket.affected_name
    if affected and ticket.affected_relation:
        affected = f"{affected} ({ticket.affected_relation})"
    phone = person.phone if person and with_contact else None
    return Party(
        identity=Shown(ticket.identity),
        name=(person.name or "") if person else "",
        address=(person.address or "") if person and with_contact else "",
        phone=national(phone) if phone else "",
        email=(person.email or "") if person and with_contact else "",
        on_behalf_of=affected,
    )


def names_of_first_files(ticket: Ticket, *, for_units: bool = False) -> Sequence[str]:
    """What the files that came with the complaint are called; *for_units*: those that units may open."""
    names = (
        select(Attachment.name)
        .join(TicketEvent)
        .where(Attachment.ticket_id == ticket.id, TicketEvent.kind == Move.OPEN.value)
        .order_by(Attachment.id)
    )
    if for_units:
        names = names.where(Attachment.is_hidden_from_units.is_(False))
    return db.session.scalars(names).all()


def where_it_happened(ticket: Ticket) -> str:
    """The place, and what else was said of where it was."""
    place = db.session.get(Place, ticket.place_id) if ticket.place_id else None
    return ", ".join(part for part in (name_in(place, language_now()), ticket.place_text) if part)


def _when(ticket: Ticket) -> str:
    on = ticket.happened_on
    day = day_in_words(on, language_now()) if on else ""
    return ", ".join(part for part in (day, ticket.happened_text) if part)
