"""The whole case on paper (berkas kasus): everything about a ticket that one reader may know, gathered to be drawn.

The same picture of the ticket that the reader's page draws feeds the document, so paper and page cannot differ: a unit
gets the units' copy, leadership no complainant. Somebody who asked not to be named is not named on it, whoever asks.
"""

from __future__ import annotations

import hashlib
import io
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext
from PIL import Image
from sqlalchemy import Row, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.audit.trail import AuditEntry
from helpdesk.letters.drawing import STYLESHEETS, picture_data
from helpdesk.letters.parties import Complainant as Party
from helpdesk.letters.parties import Letterhead, letterhead
from helpdesk.lib import clock
from helpdesk.lib.database import db, in_transaction
from helpdesk.lib.pdf import render_pdf
from helpdesk.lib.storage import get_storage
from helpdesk.registry.masking import mask_name
from helpdesk.tickets.access import Scope
from helpdesk.tickets.moves import Move
from helpdesk.tickets.papers import party_of
from helpdesk.tickets.picture import Picture, picture_of
from helpdesk.tickets.records import Attachment, Question, TicketEvent
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket

THUMBNAIL = (420, 420)  # pixels; at the 44 mm of the page about 240 to the inch
READS = ("read_restricted", "read_original", "reveal_complainant", "export_case_file")
_ANSWERS = (Move.INTERIM_REPLY, Move.WRITE, Move.ANSWER, Move.SOLVE, Move.CLOSE_UNILATERALLY)


@dataclass(frozen=True)
class Exhibit:
    """One file of the case with the event it came with."""

    file: Attachment
    event: TicketEvent


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """Everything the document says. *readers* are the reads of a confidential case, for whoever supervises."""

    letterhead: Letterhead
    picture: Picture
    printed_by: str
    printed_at: datetime
    party: Party | None
    name: str
    events: Sequence[TicketEvent]
    questions: Sequence[Question]
    exhibits: Sequence[Exhibit]
    readers: Sequence[Row[*tuple[Any, ...]]]

    @property
    def answers(self) -> list[TicketEvent]:
        """What the complainant was told, oldest first."""
        own = self.picture.ticket.id
        return [e for e in self.events if e.ticket_id == own and e.kind in _ANSWERS and e.text]


def gather(ticket: Ticket, actor: Actor, language: str) -> CaseFile:
    """Gather the case as *actor* may know it; thumbnails are still to be drawn. Reads only."""
    with force_locale(language):
        picture = picture_of(ticket, actor, language)
        picture = replace(picture, joined=replace(picture.joined, is_on_paper=True))
        head = letterhead()
    story = list(reversed(picture.thread))
    return CaseFile(
        letterhead=head,
        picture=picture,
        printed_by=actor.label,
        printed_at=clock.now(),
        party=_party(picture),
        name=_name(picture),
        events=story,
        questions=_questions(story),
        exhibits=_exhibits(picture, story),
        readers=_readers(ticket, actor),
    )


def draw_case_file(
    case: CaseFile, language: str, *, thumbnails: Mapping[int, str] | None = None
) -> bytes:
    """The document as PDF; *thumbnails* by the ids of files where they were drawn before.

    Takes seconds where there are many pictures. Raises RuntimeError inside a unit of work.
    """
    if in_transaction():
        raise RuntimeError("a case file is drawn before or after a unit of work, never inside")
    if thumbnails is None:
        thumbnails = {one.file.id: thumbnail_of(one.file.shown_digest) for one in pictures_in(case)}
    with force_locale(language):
        title = str(gettext("Case file %(number)s", number=case.picture.number))
        template = current_app.jinja_env.get_template("letters/case_file.html")
        html = template.render(
            case=case,
            title=title,
            picture=case.picture,
            ticket=case.picture.ticket,
            thumbnails=thumbnails,
            numbered={exhibit.file.id: at for at, exhibit in enumerate(case.exhibits, 1)},
            logo=picture_data(case.letterhead.logo_digest),
            at=case.printed_at,
        )
    return render_pdf(
        html, title=title, lang=language, stylesheets=STYLESHEETS, created_at=case.printed_at
    )


def what_it_shows(case: CaseFile) -> str:
    """A digest of what its reader may know: another one when a copy was redacted, a file hidden, a role lost.

    What else happens on the ticket does not change it.
    """
    picture = case.picture
    followers = [(one.number, one.ticket.identity, one.text) for one in picture.joined.followers]
    ticket = picture.ticket
    scene = (ticket.place_id, ticket.place_text, str(ticket.happened_on), ticket.happened_text)
    origin = (ticket.channel, ticket.origin_number)
    known = (
        picture.scope.value,
        str(case.party),
        case.name,
        scene,
        origin,
        picture.ticket.identity,
        picture.knows_complainant,
        picture.title,
        picture.text,
        sorted(picture.hidden_file_ids),
        [file.id for file in picture.files_without_words],
        sorted(file_id for file_id, closed in picture.closed.items() if closed.is_infected),
        followers,
    )
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def weight_of(case: CaseFile) -> int:
    """How much there is to draw: events and, heavier, pictures. Decides who draws it."""
    return len(case.events) + 5 * len(pictures_in(case))


def pictures_in(case: CaseFile) -> list[Exhibit]:
    """The exhibits that are pictures, but for those that are not handed out."""
    shown = (one for one in case.exhibits if one.file.id not in case.picture.closed)
    return [one for one in shown if one.file.media_type.startswith("image/")]


def thumbnail_of(digest: str) -> str:
    """A stored picture as a small JPEG in a ``data:`` address; '' when its content is gone."""
    storage = get_storage()
    if not storage.exists(digest):
        return ""
    with storage.open(digest) as content, Image.open(content) as image:
        small = image.convert("RGB")
    small.thumbnail(THUMBNAIL)
    drawn = io.BytesIO()
    small.save(drawn, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{b64encode(drawn.getvalue()).decode()}"


def _exhibits(picture: Picture, story: Sequence[TicketEvent]) -> list[Exhibit]:
    """Every file, oldest first; those shown without their words after them."""
    exhibits = [Exhibit(file, event) for event in story for file in picture.files(event)]
    return exhibits + [Exhibit(file, file.event) for file in picture.files_without_words]


def _party(picture: Picture) -> Party | None:
    """The complainant in full, for customer care; nobody else takes that out of the house."""
    if picture.scope is not Scope.CARE:
        return None
    return party_of(picture.ticket, with_contact=True)


def _name(picture: Picture) -> str:
    """The name as this reader's paper shows it: masked for units; '' where nobody is named."""
    ticket = picture.ticket
    person = ticket.complainant
    if not picture.knows_complainant or ticket.identity != Identity.NAMED or person is None:
        return ""
    name = person.name or ""
    return name if picture.scope is Scope.CARE else mask_name(name) if name else ""


def _questions(story: Sequence[TicketEvent]) -> list[Question]:
    """The questions whose asking this reader may read, oldest first."""
    asked = (event.details.get("question_id") for event in story if event.kind == Move.ASK)
    ids = sorted({question_id for question_id in asked if question_id})
    if not ids:
        return []
    wanted = select(Question).where(Question.id.in_(ids))
    return list(db.session.scalars(wanted.order_by(Question.asked_at, Question.id)))


def _readers(ticket: Ticket, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Who read a confidential case, how often, first and last; for whoever supervises."""
    if not ticket.is_restricted or not actor.may(Permission.SUPERVISE):
        return ()
    return db.session.execute(
        select(
            AuditEntry.actor_label,
            AuditEntry.act,
            func.count().label("times"),
            func.min(AuditEntry.at).label("first_at"),
            func.max(AuditEntry.at).label("last_at"),
        )
        .where(
            AuditEntry.subject_kind == "ticket",
            AuditEntry.subject_id == ticket.id,
            AuditEntry.act.in_(READS),
        )
        .group_by(AuditEntry.actor_label, AuditEntry.act)
        .order_by(func.min(AuditEntry.at))
    ).all()
