"""A ticket on paper: what its receipt and its disposition sheet say.

The letters themselves know nothing of tickets; here their plain fields are filled, in the letter's
own language and as far as each reader may know. *say* gives the word of a code, such as
``say("web", "channel")``: the words live with the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import force_locale, gettext
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Category, Place
from helpdesk.letters.disposition_sheet import (
    DispositionSheetFields,
    Hop,
    Recipient,
    Request,
    Urgency,
)
from helpdesk.letters.letter import Letter, LetterKind, as_facts
from helpdesk.letters.parties import Complainant as Party
from helpdesk.letters.parties import Identity as Shown
from helpdesk.letters.parties import Letterhead
from helpdesk.letters.receipt import ReceiptFields, issue_receipt
from helpdesk.lib.database import db
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import Named, day_in_words, language_now, moment_in_words, name_in
from helpdesk.registry.complainant import Complainant
from helpdesk.registry.identifiers import national
from helpdesk.tickets.more_time import moved_deadlines
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import COPIES, Access, Channel, Grade, Identity, Kind, Phrase
from helpdesk.tickets.ticket import Disposition, Ticket

Say = Callable[[str, str], str]

_URGENCY = {Grade.RED: Urgency.VERY_URGENT, Grade.YELLOW: Urgency.URGENT}


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
    return Letter(
        kind=LetterKind.RECEIPT.value,
        subject_kind="ticket",
        subject_id=ticket.id,
        number=fields.number,
        language=ticket.language,
        fields=as_facts(fields),
        created_at=ticket.recorded_at,
    )


def promise_to(ticket: Ticket) -> datetime | None:
    """By when whoever is handed the number is answered; None too where that had passed when it was written down."""
    promised = ticket.promised_by
    return promised if promised is not None and promised > ticket.recorded_at else None


def receipt_fields(ticket: Ticket, *, say: Say, copies: int = 1) -> ReceiptFields:
    """What the receipt says, in the language of the moment (article 44 of Law 25/2009)."""
    head, officer = letterhead(), _user(ticket.recorded_by_id)
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
        happened_where=_where(ticket),
        happened_when=_when(ticket),
        attachments=tuple(_names_of_first_files(ticket)),
        answer_due_at=None if ticket.first_answered_at else promise_to(ticket),
        copies=copies,
        is_complaint=ticket.kind == Kind.COMPLAINT,
    )


def sheet_fields(
    ticket: Ticket,
    dispositions: Sequence[Disposition],
    *,
    say: Say,
    issued_at: datetime,
    sheet: int = 0,
    signed_by: str = "",
    signed_by_position: str = "",
) -> DispositionSheetFields:
    """What the disposition sheet for *dispositions* says, in the language of the moment.

    The paper travels through units, so it says no more than units may read: their copy of the text,
    the files not hidden from them, the complainant only when named. Needs ``dispositions`` of the
    ticket with unit and officer.
    """
    grade = ticket.grade
    base = current_settings().base_url
    number = number_of(ticket)
    return DispositionSheetFields(
        letterhead=letterhead(),
        number=number,
        complainant=party_of(ticket, with_contact=False),
        channel=say(ticket.channel, "channel"),
        received_at=ticket.received_at,
        summary=ticket.text_for_units,
        recipients=tuple(_recipient(disposition) for disposition in dispositions),
        issued_at=issued_at,
        sheet=sheet,
        happened_where=_where(ticket),
        category=_name(db.session.get(Category, ticket.category_id or 0)),
        attachments=tuple(_names_of_first_files(ticket, for_units=True)),
        grade=grade,
        grade_name=say(grade, "grade") if grade else "",
        due_at=ticket.due_at,
        urgency=_URGENCY.get(Grade(grade), Urgency.ORDINARY) if grade else Urgency.ORDINARY,
        is_confidential=ticket.access == Access.RESTRICTED or ticket.identity == Identity.WITHHELD,
        requests=tuple(_requests(dispositions, say)),
        history=tuple(_hops(ticket.dispositions, {one.unit_id for one in dispositions}, say)),
        ticket_url=f"{base}/kerja/tiket/{number}",
        signed_by=signed_by,
        signed_by_position=signed_by_position,
    )


def letterhead() -> Letterhead:
    """The organisation at the head of a letter, in the language of the moment."""
    here = organisation()
    if here is None:
        return Letterhead(organisation="Tanggap")
    is_english = language_now() == "en"
    return Letterhead(
        organisation=here.name,
        parent=here.parent,
        logo_digest=here.logo_digest or "",
        service=here.subtitle_en if is_english else here.subtitle_id,
        address=here.address,
        city=here.city,
        phone=here.phone,
        whatsapp=here.whatsapp,
        email=here.email,
        website=here.website,
        desk=here.desk_en if is_english else here.desk_id,
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


def _recipient(disposition: Disposition) -> Recipient:
    return Recipient(
        unit=_name(disposition.unit),
        officer=disposition.officer.full_name if disposition.officer else "",
        due_at=disposition.due_at,
        note=disposition.instruction,
        is_copy=disposition.status in COPIES,
    )


def _requests(dispositions: Sequence[Disposition], say: Say) -> list[Request]:
    """Every customary phrase, ticked for those it is asked of: an empty box is part of the form."""
    asked = [set(disposition.phrases.split(",")) for disposition in dispositions]
    return [
        Request(
            phrase=say(phrase.value, "phrase"),
            ticked_for=tuple(place for place, of in enumerate(asked, 1) if phrase.value in of),
        )
        for phrase in Phrase
    ]


def _hops(dispositions: Sequence[Disposition], unit_ids: set[int], say: Say) -> list[Hop]:
    """Every step, with the words to the units that the sheet is for; what others were told in confidence stays out."""
    senders = {one.sent_by_id: _user(one.sent_by_id) for one in dispositions}
    hops = []
    for one in dispositions:
        sender = senders[one.sent_by_id]
        told = [say(phrase, "phrase") for phrase in one.phrases.split(",") if phrase]
        if one.instruction and one.unit_id in unit_ids:
            told.append(one.instruction)
        hops.append(
            Hop(
                sent_at=one.sent_at,
                sender=sender.full_name if sender else "",
                recipient=_name(one.unit),
                instruction=" · ".join(told),
            )
        )
    names = {one.unit_id: _name(one.unit) for one in dispositions if one.unit_id in unit_ids}
    moved = moved_deadlines(dispositions[0].ticket_id) if dispositions else ()
    hops += [_moved(event, names[event.unit_id]) for event in moved if event.unit_id in names]
    return sorted(hops, key=lambda hop: hop.sent_at)


def _moved(event: TicketEvent, unit: str) -> Hop:
    """A deadline of *unit* that was set anew: from when to when, why, and by whom."""
    before, after = (event.moment(name) for name in ("was_due_at", "due_at"))
    said = gettext(
        "Deadline %(before)s becomes %(after)s", before=_said(before), after=_said(after)
    )
    why = (event.details["asked_because"], event.text)
    told = " · ".join(filter(None, (said, *why)))
    return Hop(sent_at=event.at, sender=event.actor_label, recipient=unit, instruction=told)


def _said(moment: datetime | None) -> str:
    return moment_in_words(moment, local_zone(), language_now()) if moment else "–"


def _names_of_first_files(ticket: Ticket, *, for_units: bool = False) -> Sequence[str]:
    names = (
        select(Attachment.name)
        .join(TicketEvent)
        .where(Attachment.ticket_id == ticket.id, TicketEvent.kind == Move.OPEN.value)
        .order_by(Attachment.id)
    )
    if for_units:
        names = names.where(Attachment.is_hidden_from_units.is_(False))
    return db.session.scalars(names).all()


def _where(ticket: Ticket) -> str:
    place = db.session.get(Place, ticket.place_id) if ticket.place_id else None
    return ", ".join(part for part in (_name(place), ticket.place_text) if part)


def _when(ticket: Ticket) -> str:
    on = ticket.happened_on
    day = day_in_words(on, language_now()) if on else ""
    return ", ".join(part for part in (day, ticket.happened_text) if part)


def _name(thing: Named | None) -> str:
    return name_in(thing, language_now())


def _user(user_id: int | None) -> User | None:
    return db.session.get(User, user_id) if user_id else None
