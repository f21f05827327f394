"""The disposition sheet: the paper that goes with a complaint to the units, in its customary
form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from helpdesk.accounts.actor import Actor
from helpdesk.letters.letter import Letter, LetterKind, Subject, issue
from helpdesk.letters.parties import Complainant, Letterhead


class Urgency(StrEnum):
    """The box that is ticked under *Sifat*; ordinary ticks none."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One unit the complaint goes to, with its officer (*Sdr.*), its own deadline and its own
    note; *is_copy*: for information only (*tembusan*)."""

    unit: str
    officer: str = ""
    due_at: datetime | None = None
    note: str = ""
    is_copy: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    """A customary phrase (*Buatkan konsep jawaban*) with the recipients it is ticked for, from 1.

    An empty *ticked_for* prints an empty box, to be ticked by hand.
    """

    phrase: str
    ticked_for: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One step the complaint has gone: from whom to whom, when, with which instruction."""

    sent_at: datetime
    sender: str
    recipient: str
    instruction: str = ""


@dataclass(frozen=True, kw_only=True)
class DispositionSheetFields:
    """What a disposition sheet says. Words are in the letter's language, moments aware.

    *number* is the ticket's, *sheet* the running number of this sheet on the ticket (0: not shown).
    *summary* is the text that the units may see. *grade* picks the shape (``merah``, ``kuning``,
    ``hijau``; anything else prints the word alone), *grade_name* is its word. *due_at* is the
    moment by which the complainant has our answer. *signed_by* signs as *signed_by_position*.
    """

    letterhead: Letterhead
    number: str
    complainant: Complainant
    channel: str
    received_at: datetime
    summary: str
    recipients: tuple[Recipient, ...]
    issued_at: datetime
    sheet: int = 0
    happened_where: str = ""
    category: str = ""
    attachments: tuple[str, ...] = ()
    grade: str = ""
    grade_name: str = ""
    due_at: datetime | None = None
    urgency: Urgency = Urgency.ORDINARY
    is_confidential: bool = False
    requests: tuple[Request, ...] = ()
    note: str = ""
    history: tuple[Hop, ...] = ()
    ticket_url: str = ""
    signed_by: str = ""
    signed_by_position: str = ""


def issue_disposition_sheet(
    subject: Subject, fields: DispositionSheetFields, language: str, by: Actor
) -> Letter:
    """Issue the sheet, inside the caller's unit of work; again for the same facts gives the same
    one."""
    number = f"{fields.number}/D-{fields.sheet}" if fields.sheet else fields.number
    return issue(
        LetterKind.DISPOSITION_SHEET, subject, fields, number=number, language=language, by=by
    )
