"""The disposition sheet as a letter: issued with the disposition, found again to be printed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.letters.disposition_sheet import issue_disposition_sheet
from helpdesk.letters.letter import Letter, LetterKind, as_facts
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.words import language_now
from helpdesk.tickets.papers import Say, sheet_fields
from helpdesk.tickets.ticket import Disposition, Ticket


def issue_sheet_of(
    ticket: Ticket, dispositions: Sequence[Disposition], *, say: Say, by: Actor
) -> Letter:
    """Issue the sheet for *dispositions* inside the unit of work that sent them; signed by who sent them."""
    signer = db.session.get(User, by.user_id) if by.user_id else None
    fields = sheet_fields(
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
    fields = sheet_fields(ticket, dispositions, say=say, issued_at=at)
    return Letter(
        kind=LetterKind.DISPOSITION_SHEET.value,
        subject_kind="ticket",
        subject_id=ticket.id,
        number=fields.number,
        language=language_now(),
        fields=as_facts(fields),
        created_at=at,
    )


def _count(ticket: Ticket) -> int:
    return db.session.scalar(select(func.count(Letter.id)).where(*_about(ticket))) or 0


def _about(ticket: Ticket) -> tuple[ColumnElement[bool], ...]:
    return (
        Letter.kind == LetterKind.DISPOSITION_SHEET.value,
        Letter.subject_kind == "ticket",
        Letter.subject_id == ticket.id,
    )
