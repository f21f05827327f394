"""Official letters about a ticket: the answer, the notice of its closing, a request, a referral, on the house's paper.

A letter is proposed from what stands on the ticket; customer care changes it, looks at it and issues
it. Whoever wished not to be named, or is anonymous, is not named by it either: it is handed over or
read on the track page.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.audit import trail
from helpdesk.letters.letter import (
    NUMBERED,
    Letter,
    LetterKind,
    Series,
    compose,
    issue_numbered,
)
from helpdesk.letters.official_letter import OfficialLetterFields
from helpdesk.letters.parties import letterhead
from helpdesk.letters.proposals import propose
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import moment_in_words
from helpdesk.tickets.access import Scope, scope_of, visible_to
from helpdesk.tickets.letter_drafts import Draft, complainant_of, language_of, require_kind
from helpdesk.tickets.moves import Move
from helpdesk.tickets.objecting import can_contest_until, can_object_until
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.states import Identity, Kind
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require


def draft_letter(ticket: Ticket, kind: LetterKind, draft: Draft, *, by: Actor) -> Letter:
    """The letter to be looked at: without a number, and never stored."""
    language = language_of(ticket, kind)
    fields = _fields(ticket, draft, language)
    return compose(kind, ("ticket", ticket.id), fields, language=language, by=by)


def issue_letter(ticket: Ticket, kind: LetterKind, draft: Draft, *, by: Actor) -> Letter:
    """Issue the letter inside the caller's unit of work, under the next number of the year.

    Raises Invalid for an empty subject or text and for a name that is not to be said, Conflict when the ticket has
    moved on.
    """
    require(ticket, Move.LETTER, by=by)
    require_kind(ticket, kind)
    _check(ticket, kind, draft)
    language = language_of(ticket, kind)
    fields = _fields(ticket, draft, language)
    is_theirs = draft.addressee.is_complainant
    event = advance(
        ticket,
        Move.LETTER,
        by=by,
        at=fields.issued_at,
        details={"letter": kind.value, "is_theirs": is_theirs},
        audience="public" if is_theirs else "care",
    )
    # The number comes last: from here to the commit everybody else who issues a letter waits.
    letter = issue_numbered(
        kind,
        ("ticket", ticket.id),
        fields,
        series=_series(fields.issued_at),
        language=language,
        by=by,
    )
    event.details = {**event.details, "number": letter.number}
    trail.record(
        "letter_issued",
        by=by,
        subject=("ticket", ticket.id),
        details={"letter_id": letter.id, "letter": kind.value, "number": letter.number},
    )
    return letter


def letters_of(ticket_id: int) -> list[Letter]:
    """The official letters about a ticket, newest first."""
    return list(db.session.scalars(_OF_TICKET, {"ticket_id": ticket_id}))


_OF_TICKET = (
    select(Letter)
    .where(
        Letter.subject_kind == "ticket",
        Letter.subject_id == bindparam("ticket_id"),
        Letter.kind.in_([kind.value for kind in NUMBERED]),
    )
    .order_by(Letter.id.desc())
)


def letters_to_complainant(ticket_id: int) -> list[Letter]:
    """Those that the complainant may read on the track page."""
    return [one for one in letters_of(ticket_id) if one.fields["addressee"]["is_complainant"]]


def find_letter(actor: Actor, letter_id: int) -> tuple[Letter, Ticket]:
    """An official letter and its ticket, for customer care alone: it may name the complainant.

    Raises NotFound when there is none or *actor* may not read it.
    """
    found = db.session.execute(
        select(Letter, Ticket)
        .join(Ticket, Ticket.id == Letter.subject_id)
        .where(
            Letter.id == letter_id,
            Letter.subject_kind == "ticket",
            Letter.kind.in_([kind.value for kind in NUMBERED]),
            visible_to(actor),
        )
        .options(selectinload(Ticket.dispositions))
    ).one_or_none()
    if found is None or scope_of(actor, found[1]) is not Scope.CARE:
        raise NotFound
    return found[0], found[1]


def find_own_letter(ticket: Ticket, letter_id: int) -> Letter:
    """A letter to the complainant of *ticket*; raises NotFound for any other."""
    for letter in letters_to_complainant(ticket.id):
        if letter.id == letter_id:
            return letter
    raise NotFound


def _fields(ticket: Ticket, draft: Draft, language: str) -> OfficialLetterFields:
    number, at = number_of(ticket), clock.now()
    addressee = draft.addressee
    if addressee.is_complainant and ticket.identity != Identity.NAMED:
        addressee = complainant_of(ticket, number)  # whatever was typed: nobody names them
    with force_locale(language):
        head = letterhead()
    return OfficialLetterFields(
        letterhead=head,
        ticket_number=number,
        issued_at=at,
        addressee=addressee,
        subject=draft.subject,
        opening=draft.opening,
        body=draft.body,
        ending=draft.ending,
        objection=_objection(ticket, at) if addressee.is_complainant else "",
        attachments=draft.attachments,
        signatory=draft.signatory,
        copies_to=tuple(draft.copies_to),
        is_complaint=ticket.kind == Kind.COMPLAINT,
    )


def _objection(ticket: Ticket, at: datetime) -> str:
    """Until when the complainant may say that it is not solved; nothing once that is over."""
    until = can_object_until(ticket) or can_contest_until(ticket)
    if until is None or until <= at:
        return ""
    base = current_settings().base_url
    values = {
        "until": moment_in_words(until, local_zone(), ticket.language),
        "track_url": f"{base}/lacak",
    }
    return propose("objection", ticket.language, values)


def _series(at: datetime) -> Series:
    here, day = organisation(), at.astimezone(local_zone()).date()
    return Series(
        code=here.letter_code if here else "",
        initials=here.letter_initials if here else "",
        year=day.year,
        month=day.month,
    )


def _check(ticket: Ticket, kind: LetterKind, draft: Draft) -> None:
    problems: dict[str, Any] = {}
    if kind is LetterKind.REFERRAL and draft.addressee.is_complainant:
        problems["goes_to"] = _l("A referral goes to another institution.")
    if not draft.subject.strip():
        problems["subject"] = _l("Write what the letter is about.")
    if not draft.body.strip():
        problems["body"] = _l("The letter is empty.")
    if not draft.addressee.name.strip():
        problems["addressee"] = _l("Write to whom the letter goes.")
    if hidden := _name_not_to_be_said(ticket, draft):
        problems["body"] = _l(
            "Take out the name %(name)s: the complainant does not wish to be named.", name=hidden
        )
    if problems:
        raise Invalid(problems)


def _name_not_to_be_said(ticket: Ticket, draft: Draft) -> str:
    """The name in a letter to somebody else of who is known to customer care alone, or of whom they speak for."""
    if draft.addressee.is_complainant or ticket.identity != Identity.WITHHELD:
        return ""
    said = "\n".join(
        (
            draft.addressee.name,
            draft.addressee.address,
            draft.subject,
            draft.opening,
            draft.body,
            draft.ending,
            draft.attachments,
            *draft.copies_to,
        )
    )
    names = ((ticket.complainant.name or "") if ticket.complainant else "", ticket.affected_name)
    found = (name for name in names if name and _says(said, name))
    return next(found, "")


def _says(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
