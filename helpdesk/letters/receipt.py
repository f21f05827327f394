"""The receipt of a complaint: what article 44 of Law 25/2009 on Public Services asks for, and what
helps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpdesk.accounts.actor import Actor
from helpdesk.letters.letter import Letter, LetterKind, Subject, issue
from helpdesk.letters.parties import Complainant, Letterhead


@dataclass(frozen=True, kw_only=True)
class ReceiptFields:
    """What a receipt says. Words are in the letter's language, moments aware; what is empty is left
    out.

    *kind* names what was brought; what is no complaint (*is_complaint*) is not called one.
    *description* is the complaint in the complainant's own words, *wish* the solution they ask for.
    *received_where* is the place of receipt (a desk, a web address), *received_by* the officer;
    empty when no person took it in. *track_url* leads to the track page and holds no secret.
    *copies* is 1, or 2 at a counter: one for the complainant, one for the organisation.
    """

    letterhead: Letterhead
    number: str
    kind: str
    complainant: Complainant
    description: str
    received_at: datetime
    received_where: str
    channel: str
    track_url: str
    received_by: str = ""
    received_by_position: str = ""
    happened_where: str = ""
    happened_when: str = ""
    wish: str = ""
    attachments: tuple[str, ...] = ()
    answer_due_at: datetime | None = None
    copies: int = 1
    is_complaint: bool = True


def issue_receipt(subject: Subject, fields: ReceiptFields, language: str, by: Actor) -> Letter:
    """Issue the receipt, inside the caller's unit of work; again for the same facts gives the same
    one."""
    return issue(
        LetterKind.RECEIPT, subject, fields, number=fields.number, language=language, by=by
    )
