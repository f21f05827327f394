"""The one way in: a submission becomes a ticket with a number, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib import once
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.plain_words import plain
from helpdesk.registry.complainant import Complainant, IdentifierKind
from helpdesk.registry.identifiers import (
    is_scoped_id,
    parse_email,
    parse_medical_record,
    parse_phone,
    parse_whatsapp,
)
from helpdesk.registry.matching import find_or_register
from helpdesk.tickets import keys
from helpdesk.tickets.circle import circle_at_desk
from helpdesk.tickets.closing import report_solved, solve_on_the_spot, why_not_on_the_spot
from helpdesk.tickets.emergencies import is_emergency
from helpdesk.tickets.opening import Opening, number_of, open_ticket
from helpdesk.tickets.origin import read_origin_number
from helpdesk.tickets.states import Access, Grade, Road
from helpdesk.tickets.ticket import Ticket


class Outcome(StrEnum):
    """A new ticket; the same form again; or the same form with other words."""

    OPENED = "opened"
    AGAIN = "again"
    CHANGED = "changed"


@dataclass(frozen=True)
class Admitted:
    """What became of a submission. *pin* is known only to the session that sent the form."""

    ticket: Ticket
    number: str
    pin: str
    outcome: Outcome


def admit(submission: Submission, *, by: Actor | None = None) -> Admitted:
    """Admit a submission inside the caller's unit of work; sent twice, it is admitted once.

    What was solved on the spot is closed at once where *by* may do so; else customer care is told what was done.

    Raises Invalid for contact details that cannot be read, Conflict when another browser holds the form's key.
    """
    pin = keys.pin_from_key(submission.key) if submission.key else keys.draw_pin()
    if submission.key:
        earlier = once.remember(
            f"complaint/{submission.key}", submission.session_id, submission.digest
        )
        if isinstance(earlier, once.NotYours):
            raise Conflict(
                _l("This form was already sent from another browser. Open a new form, please.")
            )
        if isinstance(earlier, once.Same | once.OtherBody):
            outcome = Outcome.AGAIN if isinstance(earlier, once.Same) else Outcome.CHANGED
            ticket = db.session.get_one(Ticket, int(earlier.result))
            return Admitted(ticket, number_of(ticket), pin, outcome)
    was_solved, grade = bool(submission.solution.strip()), submission.grade or Grade.GREEN
    closes = was_solved and by is not None and not why_not_on_the_spot(submission.kind, grade, by)
    urgent = not closes and _sounds_urgent(submission)
    opening = replace(_opening(submission, pin), is_solved=closes, sounds_urgent=urgent)
    ticket = open_ticket(opening, by=by)
    if submission.key:
        once.settle(f"complaint/{submission.key}", str(ticket.id))
    if was_solved and by is not None:
        close_or_report = solve_on_the_spot if closes else report_solved
        close_or_report(ticket, submission.solution, grade, by=by)
    return Admitted(ticket, number_of(ticket), pin, Outcome.OPENED)


def _opening(submission: Submission, pin: str) -> Opening:
    person = _person(submission)
    channel, address = _way_back(submission, person)
    opening = Opening(
        text=submission.text,
        channel=submission.channel,
        source=submission.source.strip(),
        origin_number=read_origin_number(submission.origin_number),
        kind=submission.kind,
        language=submission.language,
        title=submission.title,
        remedy=submission.remedy,
        place_id=submission.place_id,
        place_text=submission.place_text,
        happened_on=submission.happened_on,
        happened_text=submission.happened_text,
        identity=submission.wish.identity,
        access=submission.wish.access,
        complainant=person,
        reply_channel=channel,
        reply_address=address,
        affected_name=submission.affected_name.strip(),
        affected_relation=submission.affected_relation.strip(),
        affected_record=parse_medical_record(submission.affected_record),
        has_consented=submission.has_consented,
        received_at=submission.received_at,
        late_reason=submission.late_reason,
        recorded_by_id=submission.recorded_by_id,
        category_id=submission.category_id,
        pin=pin,
        files=submission.files,
        facts=submission.facts,
    )
    return _as_of(submission.same_as, opening) if submission.same_as else opening


def _as_of(ticket: Ticket, opening: Opening) -> Opening:
    """Of whoever sent *ticket*, reached as there, and for no other eyes."""
    return replace(
        opening,
        complainant=ticket.complainant,
        reply_channel=ticket.reply_channel,
        reply_address=ticket.reply_address,
        access=Access.RESTRICTED if ticket.is_restricted else opening.access,
        circle=circle_at_desk(ticket) if ticket.is_restricted else None,
    )


def _sounds_urgent(submission: Submission) -> bool:
    """Do its words tell of a danger to life? Praise may tell of one that is over."""
    if submission.kind.is_thanked:
        return False
    return is_emergency(plain(f"{submission.title}\n{submission.text}"))


def _person(submission: Submission) -> Complainant | None:
    """Anonymous means that nothing is stored, even when something was typed before the choice."""
    if submission.wish is Wish.ANONYMOUS:
        return None
    whatsapp, phone = submission.whatsapp.strip(), submission.phone.strip()
    if not any((submission.name.strip(), whatsapp, phone, submission.email.strip())):
        return None
    return find_or_register(
        name=submission.name,
        phone=phone,
        email=submission.email.strip(),
        address=submission.address,
        others=_on_whatsapp(whatsapp) if whatsapp else {},
    )


def _on_whatsapp(whatsapp: str) -> dict[IdentifierKind, str]:
    """Whom to write to there; a number is a telephone too, first of those they left. Raises Invalid (``whatsapp``)."""
    if is_scoped_id(whatsapp):
        return {IdentifierKind.WHATSAPP: whatsapp}
    try:
        return {IdentifierKind.PHONE: parse_whatsapp(whatsapp)}
    except Invalid as wrong:
        raise Invalid({"whatsapp": wrong.fields["phone"]}) from None


def _way_back(submission: Submission, person: Complainant | None) -> tuple[Road, str]:
    """How the answer travels: WhatsApp first, then email, else a call."""
    if person is None:
        return "", ""
    if submission.whatsapp.strip():
        return "whatsapp", parse_whatsapp(submission.whatsapp)
    if submission.email.strip():
        # Kept without a channel, an address is known and not written to: see ``Ticket.unproved_address``.
        return "" if submission.is_doubted else "email", parse_email(submission.email)
    return ("phone", parse_phone(submission.phone)) if submission.phone.strip() else ("", "")
