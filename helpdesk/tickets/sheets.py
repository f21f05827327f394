"""The disposition sheet (lembar disposisi) as a letter: issued with the disposition, found again to be printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import ColumnElement, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.user import User
from helpdesk.catalogue.category import Category
from helpdesk.letters.disposition_sheet import (
    DispositionSheetFields,
    Hop,
    Recipient,
    Request,
    Urgency,
    issue_disposition_sheet,
)
from helpdesk.letters.letter import Letter, LetterKind, unissued
from helpdesk.letters.parties import letterhead
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import Named, language_now, moment_in_words, name_in
from helpdesk.tickets.more_time import moved_deadlines
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.papers import Say, names_of_first_files, party_of, where_it_happened
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import COPIES, Access, Grade, Identity, Phrase
from helpdesk.tickets.ticket import Disposition, Ticket

_URGENCY = {Grade.RED: Urgency.VERY_URGENT, Grade.YELLOW: Urgency.URGENT}


def issue_sheet_of(
    ticket: Ticket, dispositions: Sequence[Disposition], *, say: Say, by: Actor
) -> Letter:
    """Issue the sheet for *dispositions* inside the unit of work that sent them; signed by who sent them."""
    signer = db.session.get(User, by.user_id) if by.user_id else None
    fields = _fields(
        ticket,
        dispositions,
        say=say,
        issued_at=clock.now(),
        sheet=_count(ticket) + 1,
        signed_by=signer.full_name if signer else by.label,
        signed_by_position=signer.position if signer else "",
    )
    return issue_disposition_sheet(("ticket", ticket.id), fields, language_now(), by)


def sheet_of(ticket: Ticket, *, say: Say) -> Letter:
    """The newest sheet, for customer care; where none was issued, one of what stands now."""
    issued = db.session.scalar(
        select(Letter).where(*_about(ticket)).order_by(Letter.id.desc()).limit(1)
    )
    sent = [one for one in ticket.dispositions if one.cycle == ticket.reopenings]
    return issued or sheet_as_it_stands(ticket, sent, say=say)


def sheet_as_it_stands(ticket: Ticket, dispositions: Sequence[Disposition], *, say: Say) -> Letter:
    """A sheet for *dispositions* alone, drawn from what stands now and never stored.

    What a unit is given: an issued sheet may name others, and says what was open to units on its day.
    """
    at = max((one.sent_at for one in dispositions), default=ticket.recorded_at)
    fields = _fields(ticket, dispositions, say=say, issued_at=at)
    return unissued(
        LetterKind.DISPOSITION_SHEET,
        ("ticket", ticket.id),
        fields,
        number=fields.number,
        language=language_now(),
        at=at,
    )


def _count(ticket: Ticket) -> int:
    return db.session.scalar(select(func.count(Letter.id)).where(*_about(ticket))) or 0


def _about(ticket: Ticket) -> tuple[ColumnElement[bool], ...]:
    return (
        Letter.kind == LetterKind.DISPOSITION_SHEET.value,
        Letter.subject_kind == "ticket",
        Letter.subject_id == ticket.id,
    )


def _fields(
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
        happened_where=where_it_happened(ticket),
        category=_name(db.session.get(Category, ticket.category_id or 0)),
        attachments=tuple(names_of_first_files(ticket, for_units=True)),
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
    senders = {one.sent_by_id: db.session.get(User, one.sent_by_id or 0) for one in dispositions}
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


def _name(thing: Named | None) -> str:
    return name_in(thing, language_now())
