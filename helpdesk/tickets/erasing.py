"""Deleting the personal data of one complaint for good (Law 27/2022, articles 43 and 44); what was counted stays.

Numbers, moments, states, grades, clocks and scores stay, so that no figure of the past changes. What somebody said or
left, and what was written about it, goes: here what floors up to this one hold; ``intake.erasing`` adds what came in
from outside and is the way to call it. ``tests/intake/test_erasing.py`` names every table and what becomes of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, func, select, update

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.letters.letter import Letter, LetterKind
from helpdesk.lib import clock
from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.messaging.mail_reference import MailReference
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import FORGOTTEN
from helpdesk.registry.complainant import Complainant, Identifier
from helpdesk.registry.text_hygiene import redact
from helpdesk.tickets import search
from helpdesk.tickets.case_files import CaseFileOrder
from helpdesk.tickets.erased_files import CONSOLE, note_erased
from helpdesk.tickets.likeness import TicketStem
from helpdesk.tickets.moves import Move
from helpdesk.tickets.own_matters import set_apart_from
from helpdesk.tickets.records import Attachment, LeaderInstruction, Question, Rating, TicketEvent
from helpdesk.tickets.states import DispositionStatus
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.workflow import advance, require

REASON_LENGTH = 300

# Details of events whose words are codes, moments or numbers of ours; all other words in them go.
KEPT_DETAILS = frozenset({
    "access", "asked_until", "became", "channel", "clock", "closing", "due_at", "exit", "from",
    "grade", "identity", "is_sure", "kind", "left_at", "letter", "news", "notice", "number",
    "outcome", "root_cause", "step", "tell", "to", "was_due", "was_due_at", "why",
})  # fmt: skip
# What is drawn as soon as it is there: how a message came in, and who got a copy.
_GONE_DETAILS = frozenset({"cc", "mail", "whatsapp"})


class Basis(StrEnum):
    """Why personal data are deleted."""

    REQUEST = "request"  # the person asked for it
    RETENTION = "retention"  # the house keeps them no longer
    OTHER = "other"


def erase_ticket(
    ticket: Ticket, basis: Basis, reason: str, *, by: Actor, also: set[str]
) -> TicketEvent:
    """Delete what may tell of a person, inside the caller's unit of work; *also* are names of further files to go.

    Raises Conflict while the ticket is not over, is held, or something of it is being worked on.
    """
    _must_be_possible(ticket, by)
    said = redact(reason.strip())[:REASON_LENGTH]
    if not said and basis is not Basis.RETENTION:
        raise Invalid({"reason": _l("Write the reason. It stays in the history.")})
    files = also | forget_messages(("ticket", ticket.id)) | set(_forget_letters(ticket.id))
    files |= {*_forget_case_files(ticket.id), *_forget_files(ticket.id)}
    _forget_words(ticket)
    _end_waiting(ticket)
    _forget_person(ticket)
    search.forget_ticket(ticket.id)
    note_erased(files)
    trail.record(
        "erase_ticket",
        by=by,
        subject=("ticket", ticket.id),
        details={"basis": basis.value, "reason": said},
    )
    event = advance(ticket, Move.ERASE, by=by, text=said, details={"basis": basis.value})
    ticket.erased_at = event.at
    return event


@dataclass(frozen=True)
class Weighed:
    """How much there is to be deleted of one complaint; *is_shared*: others complained with the same card.

    *apart*: numbers of the complaints that share words with it because one was made of the other's; they keep theirs.
    """

    files: int
    messages: int
    letters: int
    is_shared: bool
    apart: list[str]


def weighed(ticket: Ticket) -> Weighed:
    """For whoever decides about it; reads only."""
    about = {"subject_kind": "ticket", "subject_id": ticket.id}
    card_id = ticket.complainant_id
    same = exists().where(Ticket.complainant_id == card_id, Ticket.id != ticket.id)
    return Weighed(
        files=_count(Attachment, ticket_id=ticket.id),
        messages=_count(OutboxMessage, **about),
        letters=_count(Letter, **about),
        is_shared=card_id is not None and bool(db.session.scalar(select(same))),
        apart=list(set_apart_from(ticket.id).values()),
    )


def _count(model: type[Any], **which: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**which)) or 0


def _must_be_possible(ticket: Ticket, by: Actor) -> None:
    """Raise Refused or Conflict unless *by* may delete the personal data of *ticket* now."""
    require(ticket, Move.ERASE, by=by)
    if ticket.is_held:
        raise Conflict(
            _l("Its personal data must be kept because of a dispute. End the hold first.")
        )
    if ticket.ended_at is None:
        raise Conflict(
            _l("Something is still to be done about it. Its personal data can be deleted after it.")
        )


def must_be_at_rest(model: type[Claimable], *which: Any) -> None:
    """Raise Conflict while a worker is at one of these rows; else they stay locked to the end of the unit.

    Whoever is at one longer than their lease loses it: else they would write back what they took out.
    """
    leases = select(model.leased_until).where(*which).with_for_update()
    if any(until is not None and until > clock.now() for until in db.session.scalars(leases)):
        raise Conflict(
            _l("A message, letter or file of it is just being worked on. Try in a few minutes.")
        )
    taken_away = update(model).where(*which, model.lease_token.is_not(None))
    db.session.execute(
        taken_away.values(leased_until=None, lease_token=None).execution_options(
            synchronize_session="fetch"
        )
    )


def forget_messages(subject: tuple[str, int]) -> set[str]:
    """What was said about *subject*, to whomever; the rows stay, for counting what was sent. Gives their files."""
    files: set[str] = set()
    about = (OutboxMessage.subject_kind == subject[0], OutboxMessage.subject_id == subject[1])
    must_be_at_rest(OutboxMessage, *about)
    for message in db.session.scalars(select(OutboxMessage).where(*about)):
        if message.sent_digest:
            files.add(message.sent_digest)
        if message.provider_ref and message.provider_ref.startswith(CONSOLE):
            files.add(message.provider_ref)
        _empty_message(message)
    db.session.execute(
        delete(MailReference).where(
            MailReference.subject_kind == subject[0], MailReference.subject_id == subject[1]
        )
    )
    return files


def _empty_message(message: OutboxMessage) -> None:
    """Leave of a message of ours only that it was, when, and by which channel; what waits is never sent."""
    if message.status == "queued":
        message.status, message.failed_at = "failed", clock.now()
    message.error = FORGOTTEN
    message.look_at = message.check_at = None
    message.address, message.values = "", {}
    message.text = message.enclosures = message.cc = message.choices = None
    message.provider_ref = message.sent_digest = None


def _forget_letters(ticket_id: int) -> Iterator[str]:
    """What letters say; their rows stay, so that the year's series of numbers has no gap. Gives their files."""
    every_kind = Letter.kind.in_([kind.value for kind in LetterKind])
    about = (every_kind, Letter.subject_kind == "ticket", Letter.subject_id == ticket_id)
    must_be_at_rest(Letter, *about)
    for letter in db.session.scalars(select(Letter).where(*about)):
        if letter.pdf_digest:
            yield letter.pdf_digest
        letter.fields, letter.pdf_digest, letter.look_at = {}, None, None
        letter.fields_digest = hashlib.sha256(f"{FORGOTTEN}/{letter.id}".encode()).hexdigest()


def _forget_case_files(ticket_id: int) -> Iterator[str]:
    must_be_at_rest(CaseFileOrder, CaseFileOrder.ticket_id == ticket_id)
    for order in db.session.scalars(
        select(CaseFileOrder).where(CaseFileOrder.ticket_id == ticket_id)
    ):
        if order.pdf_digest:
            yield order.pdf_digest
        db.session.delete(order)


def _forget_files(ticket_id: int) -> Iterator[str]:
    for file in db.session.scalars(select(Attachment).where(Attachment.ticket_id == ticket_id)):
        yield from filter(None, (file.shown_digest, file.original_digest))
        db.session.delete(file)


def _forget_words(ticket: Ticket) -> None:
    """What was said on the ticket, and what was written about it; the rows stay."""
    with force_locale("id"):
        ticket.title = str(gettext("(personal data deleted)"))
    ticket.text = ticket.remedy = ticket.place_text = ticket.happened_text = ""
    ticket.unit_text = None
    ticket.late_reason = ticket.exit_reason = ""
    own = {"ticket_id": ticket.id}
    of_unit = ("instruction", "return_reason", "findings", "root_cause_text")
    _empty(Disposition, own, *of_unit, "corrective_action", "draft_answer")
    _empty(Question, own, "text", "answer")
    _empty(LeaderInstruction, own, "text", "answer")
    _empty(Rating, own, "comment")
    db.session.execute(delete(TicketStem).where(TicketStem.ticket_id == ticket.id))
    for event in db.session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)):
        event.text, event.details = "", without_words(event.details)


def _end_waiting(ticket: Ticket) -> None:
    """Nothing of it lies on a list to be answered or read any more: nobody may act on it from now on."""
    ticket.sounds_urgent = False
    for told in ticket.instructions:
        told.is_open = False
    for disposition in ticket.dispositions:
        if disposition.status == DispositionStatus.COPIED:
            disposition.status = DispositionStatus.NOTED.value
            disposition.settled_at = clock.now()


def _empty(model: type[Any], which: Mapping[str, int], *columns: str) -> None:
    statement = update(model).filter_by(**which).values(dict.fromkeys(columns, ""))
    db.session.execute(statement.execution_options(synchronize_session="fetch"))


def without_words(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of an event with nothing in them that somebody typed."""
    return {
        name: _wordless(name, fact) for name, fact in details.items() if name not in _GONE_DETAILS
    }


def _wordless(name: str, fact: Any) -> Any:
    if isinstance(fact, dict):
        return without_words(fact)
    if isinstance(fact, list):
        return [_wordless(name, one) for one in fact]
    return "" if isinstance(fact, str) and name not in KEPT_DETAILS else fact


def _forget_person(ticket: Ticket) -> None:
    """Who complained, about whom, and every key to the track page; the card goes when no other ticket needs it."""
    ticket.reply_channel = ticket.reply_address = ""
    ticket.affected_name = ticket.affected_relation = ticket.affected_record = ""
    ticket.origin_number = ""
    ticket.pin_salt = ticket.pin_hash = ""
    ticket.link_version += 1
    ticket.call_wanted_at = None
    card_id, ticket.complainant_id = ticket.complainant_id, None
    forget_unneeded_card(card_id)


def forget_unneeded_card(card_id: int | None) -> None:
    """Delete the card of a complainant that no ticket names any more, inside the caller's unit of work."""
    db.session.flush()
    if card_id is None or db.session.scalar(
        select(exists().where(Ticket.complainant_id == card_id))
    ):
        return
    db.session.execute(delete(Identifier).where(Identifier.complainant_id == card_id))
    db.session.execute(delete(Complainant).where(Complainant.id == card_id))
