"""Letters that leave the house under its number: the answer to a complaint, the notice of its closing, what we need
to know to go on, and the referral to another institution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpdesk.letters.parties import Letterhead


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """To whom the letter goes (*Yth.*); *address* in lines.

    *is_complainant*: then the complainant may read it on the track page.
    """

    name: str
    address: str = ""
    is_complainant: bool = True


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """Who signs: *number* is the NIP, or the staff number of a private house."""

    name: str = ""
    position: str = ""
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class OfficialLetterFields:
    """What an official letter says, in the customary order; words in its language, moments aware.

    *ticket_number* names what it is about; the rights are told only about a complaint
    (*is_complaint*); *attachments* what is enclosed (*Lampiran*, empty: a dash),
    *body* the text between *opening* and *ending*, *objection* what the addressee may do until when,
    *copies_to* who receives a copy (*Tembusan*). The letter's own number is on its row: it
    is given when it is issued.
    """

    letterhead: Letterhead
    ticket_number: str
    issued_at: datetime
    addressee: Addressee
    subject: str
    opening: str
    body: str
    ending: str
    objection: str = ""
    attachments: str = ""
    signatory: Signatory = Signatory()
    copies_to: tuple[str, ...] = ()
    is_complaint: bool = True
