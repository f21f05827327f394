"""What an official letter about a ticket is proposed to say: to whom, in which words, until somebody changes them."""

from __future__ import annotations

from collections.abc import Sequence
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
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import left_by_exit_at
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.papers import Say, party_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import EXITS, Closing, Status
from helpdesk.tickets.ticket import Ticket

_ANSWERS = (Move.ANSWER.value, Move.SOLVE.value)


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


def kinds_for(ticket: Ticket) -> list[LetterKind]:
    """Which letters there is something to write in, the one that fits best first."""
    is_over = ticket.state is Status.CLOSED or ticket.state in EXITS
    kinds = [LetterKind.CLOSING_NOTICE] if is_over else []
    if ticket.first_answered_at is not None and ticket.closing != Closing.UNILATERAL:
        kinds.append(LetterKind.REPLY)
    return kinds


def propose_letter(ticket: Ticket, kind: LetterKind, *, say: Say) -> Draft:
    """The letter as the ticket suggests it, in the complainant's language.

    Raises Conflict when there is nothing to write in such a letter.
    """
    require_kind(ticket, kind)
    language = ticket.language
    with force_locale(language):
        values = {
            "number": number_of(ticket),
            "received": _day(ticket.received_at, language),
            "channel": say(ticket.channel, "channel"),
            "closed": _day(_ended_at(ticket), language),
        }
    here = organisation()
    return Draft(
        addressee=complainant_of(ticket, values["number"]),
        subject=propose(f"{kind}.subject", language, values),
        opening=propose(f"{kind}.opening", language, values),
        body=_answer(ticket) if kind is LetterKind.REPLY else _why_closed(ticket),
        ending=propose(f"{kind}.ending", language, values),
        signatory=Signatory(
            name=here.signatory_name if here else "",
            position=here.signatory_title if here else "",
            number=here.signatory_number if here else "",
        ),
    )


def require_kind(ticket: Ticket, kind: LetterKind) -> None:
    """Raise Conflict when there is nothing to write in a letter of this *kind*."""
    if kind not in kinds_for(ticket):
        raise Conflict(
            _l("There is nothing to write in such a letter yet: the complaint was not answered.")
        )


def complainant_of(ticket: Ticket, number: str) -> Addressee:
    """The complainant as addressee; nobody who wished not to be named is named."""
    party = party_of(ticket, with_contact=True)
    unnamed = propose("addressee.unnamed", ticket.language, {"number": number})
    return Addressee(name=party.name or unnamed, address=party.address)


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
