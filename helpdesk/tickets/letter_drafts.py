"""What an official letter about a ticket is proposed to say: to whom, in which words, until somebody changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.letters.letter import LetterKind
from helpdesk.letters.official_letter import Addressee, Signatory
from helpdesk.letters.proposals import propose
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict
from helpdesk.lib.settings import current_settings
from helpdesk.registry.text_hygiene import redact as without_personal
from helpdesk.tickets.letter_kinds import kinds_for
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import left_by_exit_at
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.papers import Say, party_of
from helpdesk.tickets.questions import open_questions
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import EXITS, Closing, Status
from helpdesk.tickets.ticket import Ticket

_ANSWERS = (Move.ANSWER.value, Move.SOLVE.value)
_NOTHING_ASKED = _l("No question to the complainant is open any more: there is nothing to ask for.")
_NOTHING_TO_WRITE = _l("As the ticket stands now, there is nothing to write in such a letter.")
NOBODY_YET = Addressee(name="", is_complainant=False)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What whoever issues a letter decides about it. *copies_to* is one a line."""

    addressee: Addressee
    subject: str
    opening: str
    body: str
    ending: str
    attachments: str = ""
    signatory: Signatory = Signatory()
    copies_to: Sequence[str] = ()


def language_of(ticket: Ticket, kind: LetterKind) -> str:
    """In which language such a letter is written: the complainant's, but for an Indonesian institution."""
    return "id" if kind is LetterKind.REFERRAL else ticket.language


def propose_letter(ticket: Ticket, kind: LetterKind, *, say: Say) -> Draft:
    """The letter as the ticket suggests it, in the language of its kind.

    Raises Conflict when there is nothing to write in such a letter.
    """
    require_kind(ticket, kind)
    language = language_of(ticket, kind)
    number = number_of(ticket)
    with force_locale(language):
        values = {
            "matter": propose(f"matter.{ticket.kind}", language, {"number": number}),
            "received": _day(ticket.received_at, language),
            "channel": say(ticket.channel, "by"),
            "closed": _day(_ended_at(ticket), language),
        }
    here = organisation()
    return Draft(
        addressee=NOBODY_YET if kind is LetterKind.REFERRAL else complainant_of(ticket, number),
        subject=propose(f"{kind}.subject", language, values),
        opening=propose(f"{kind}.opening", language, values),
        body=_BODIES[kind](ticket),
        ending=_ending(ticket, kind, language, values),
        signatory=Signatory(
            name=here.signatory_name if here else "",
            position=here.signatory_title if here else "",
            number=here.signatory_number if here else "",
        ),
    )


def require_kind(ticket: Ticket, kind: LetterKind) -> None:
    """Raise Conflict when there is nothing to write in a letter of this *kind*."""
    if kind not in kinds_for(ticket):
        raise Conflict(_NOTHING_ASKED if kind is LetterKind.REQUEST else _NOTHING_TO_WRITE)


def complainant_of(ticket: Ticket, number: str) -> Addressee:
    """The complainant as addressee; nobody who wished not to be named is named."""
    party = party_of(ticket, with_contact=True)
    unnamed = propose("addressee.unnamed", ticket.language, {"number": number})
    return Addressee(name=party.name or unnamed, address=party.address)


def _ending(ticket: Ticket, kind: LetterKind, language: str, values: Mapping[str, str]) -> str:
    if kind is not LetterKind.REQUEST:
        return propose(f"{kind}.ending", language, values)
    base = current_settings().base_url
    due = [one.due_at for one in open_questions(ticket) if one.due_at]
    ahead = [moment for moment in due if moment > clock.now()]
    until = _day(min(ahead), language) if ahead else ""
    said = {**values, "track_url": f"{base}/lacak", "asked_until": until}
    return propose("request.ending" if until else "request.ending_late", language, said)


def _questions(ticket: Ticket) -> str:
    """What was asked and is still to be answered; several are numbered."""
    asked = [one.text for one in open_questions(ticket)]
    if len(asked) == 1:
        return asked[0]
    return "\n\n".join(f"{place}. {text}" for place, text in enumerate(asked, 1))


def _matter(ticket: Ticket) -> str:
    """What units read of it; where customer care has made no copy for them, the text without personal numbers."""
    return without_personal(ticket.text) if ticket.unit_text is None else ticket.unit_text


def _answer(ticket: Ticket) -> str:
    return _last_text(ticket, _ANSWERS)


def _why_closed(ticket: Ticket) -> str:
    """The sentence for how it ended; where somebody decided so, with their reason."""
    reason = ""
    if ticket.state in EXITS:
        sentence = propose(f"closed.{ticket.status}", ticket.language, {})
        if ticket.state is not Status.WITHDRAWN:
            reason = ticket.exit_reason
    else:
        sentence = propose(f"closed.{ticket.closing}", ticket.language, {})
        if ticket.closing == Closing.UNILATERAL:
            reason = _last_text(ticket, (Move.CLOSE_UNILATERALLY.value,))
    return f"{sentence}\n\n{reason}" if reason else sentence


_BODIES: dict[LetterKind, Callable[[Ticket], str]] = {
    LetterKind.REPLY: _answer,
    LetterKind.CLOSING_NOTICE: _why_closed,
    LetterKind.REQUEST: _questions,
    LetterKind.REFERRAL: _matter,
}


def _last_text(ticket: Ticket, kinds: Sequence[str]) -> str:
    newest = (
        select(TicketEvent.text)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind.in_(kinds))
        .order_by(TicketEvent.at.desc(), TicketEvent.id.desc())
        .limit(1)
    )
    return db.session.scalar(newest) or ""


def _ended_at(ticket: Ticket) -> datetime:
    if ticket.closed_at is not None:
        return ticket.closed_at
    return left_by_exit_at(ticket) or clock.now()


def _day(at: datetime, language: str) -> str:
    return str(format_date(at.astimezone(local_zone()).date(), "d MMMM y", locale=language))
