"""Case files that take a while: asked for, built by the worker, fetched by who asked, and thrown away after a day."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ForeignKey, Index, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, SmallInteger, String

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import with_leave
from helpdesk.accounts.user import User
from helpdesk.lib import claims, clock
from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Model, Moment, db, unit_of_work
from helpdesk.lib.errors import NotFound
from helpdesk.lib.storage import NAMES_A_FILE, get_storage
from helpdesk.tickets import access
from helpdesk.tickets.case_file import (
    CaseFile,
    draw_case_file,
    gather,
    pictures_in,
    thumbnail_of,
    weight_of,
    what_it_shows,
)
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket

log = logging.getLogger(__name__)

DRAWN_AT_ONCE = 80  # events, and five for each picture: about three seconds of drawing
KEPT_FOR = timedelta(days=1)
LEASE = timedelta(minutes=10)
AGAIN_AFTER = timedelta(minutes=1)
MOST_FAILURES = 3
_TOLD_EVERY = 5  # exhibits between two notes of progress


class CaseFileOrder(Claimable, Model):
    """Somebody's wish for a case file, and what became of it. *steps* are its exhibits and the drawing itself."""

    __tablename__ = "case_files"
    __table_args__ = (
        Index("ix_case_files_due", "look_at", "id"),
        Index("ix_case_files_asked", "ticket_id", "asked_by_id", "id"),
        Index("ix_case_files_asked_at", "asked_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    language: Mapped[str] = mapped_column(String(5))
    steps: Mapped[int] = mapped_column(Integer)
    steps_done: Mapped[int] = mapped_column(Integer, default=0)
    built_at: Mapped[datetime | None] = mapped_column(Moment)
    pdf_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    # What its reader could know when it was drawn
    shows: Mapped[str | None] = mapped_column(String(64))
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)

    @property
    def is_waiting(self) -> bool:
        """Is it still to be built?"""
        return self.look_at is not None

    @property
    def share_done(self) -> int:
        """Percent of the work that is done."""
        return 100 if self.built_at else 100 * self.steps_done // max(1, self.steps)


def is_drawn_at_once(case: CaseFile) -> bool:
    """Is it small enough that the person waits for it?"""
    return weight_of(case) <= DRAWN_AT_ONCE


def order_case_file(ticket: Ticket, case: CaseFile, language: str, *, by: Actor) -> CaseFileOrder:
    """Let the worker build it, inside the caller's unit of work; one that is waiting already is enough."""
    waiting = newest_order(ticket.id, by)
    if waiting is not None and waiting.is_waiting:
        return waiting
    order = CaseFileOrder(
        ticket_id=ticket.id,
        asked_by_id=by.user_id,
        asked_at=clock.now(),
        language=language,
        steps=len(case.exhibits) + 1,
        steps_done=0,
        failures=0,
        look_at=clock.now(),
    )
    db.session.add(order)
    db.session.flush()
    return order


def newest_order(ticket_id: int, by: Actor) -> CaseFileOrder | None:
    """What this person asked for last about the ticket, as long as it is kept."""
    return db.session.scalar(
        select(CaseFileOrder)
        .where(CaseFileOrder.ticket_id == ticket_id, CaseFileOrder.asked_by_id == by.user_id)
        .order_by(CaseFileOrder.id.desc())
        .limit(1)
    )


def find_order(order_id: int, by: Actor) -> tuple[CaseFileOrder, Ticket]:
    """Their own order, while the ticket is still theirs to see; raises NotFound."""
    found = db.session.execute(
        select(CaseFileOrder, Ticket)
        .join(Ticket, Ticket.id == CaseFileOrder.ticket_id)
        .where(
            CaseFileOrder.id == order_id,
            CaseFileOrder.asked_by_id == by.user_id,
            access.visible_to(by),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def build_due(at: datetime, limit: int = 3) -> int:
    """Build what was asked for, a few at a turn; returns how many. Opens its units itself."""
    built = 0
    for order_id in claims.candidates(CaseFileOrder, at, limit):
        was_left = claims.was_left(CaseFileOrder, order_id)
        token = claims.claim(CaseFileOrder, order_id, clock.now(), LEASE)
        if token is not None:
            built += _build(order_id, token, was_left)
    return built


def forget_old(before: datetime) -> int:
    """Forget orders from before *before*; returns how many documents went with them. Opens its own unit."""
    digests = unit_of_work(lambda: _forget(before))
    for digest in digests:  # each bears its moment and its reader: no other row names this content
        get_storage().discard(digest)
    return len(digests)


def _build(order_id: int, token: str, was_left: bool) -> bool:
    try:
        if was_left:
            unit_of_work(lambda: _count_death(order_id))
        digest, shows = _drawn(order_id)
    except Exception as fault:  # one that cannot be built must not hold up the others
        log.exception("case file not built", extra={"order_id": order_id})
        return _set_aside(order_id, token, fault)

    def write() -> bool:
        if not claims.still_mine(CaseFileOrder, order_id, token):
            return False
        _note(order_id, pdf_digest=digest, shows=shows, built_at=clock.now())
        return claims.settle(CaseFileOrder, order_id, token)

    return unit_of_work(write)


def _drawn(order_id: int) -> tuple[str, str]:
    """The document, drawn with what its reader may know at this moment, and kept; and what that is."""
    order = db.session.get_one(CaseFileOrder, order_id, populate_existing=True)
    language = order.language
    thumbnails = {}
    pictures = [(one.file.id, one.file.shown_digest) for one in pictures_in(_gathered(order))]
    for done, (file_id, digest) in enumerate(pictures, 1):
        thumbnails[file_id] = thumbnail_of(digest)
        if done % _TOLD_EVERY == 0:
            unit_of_work(partial(_note, order_id, steps_done=done))
    # The notes of progress let go of every row that was read: the document is drawn from fresh ones.
    case = _gathered(db.session.get_one(CaseFileOrder, order_id))
    pdf = draw_case_file(case, language, thumbnails=thumbnails)
    return get_storage().put(pdf), what_it_shows(case)


def _count_death(order_id: int) -> None:
    """Let a worker that never came back count as a try; raises DiedOverIt where it was the last one."""
    failures = db.session.get_one(CaseFileOrder, order_id, populate_existing=True).failures + 1
    if failures >= MOST_FAILURES:
        raise claims.DiedOverIt
    _note(order_id, failures=failures, steps_done=0)


def _gathered(order: CaseFileOrder) -> CaseFile:
    reader = with_leave(db.session.get_one(User, order.asked_by_id).as_actor())
    number = number_of(db.session.get_one(Ticket, order.ticket_id))
    return gather(access.find_for(reader, number), reader, order.language)


def _set_aside(order_id: int, token: str, fault: Exception) -> bool:
    """Try again later; after some tries, or when the reader may not see the ticket any more, never."""

    def write() -> bool:
        failures = db.session.get_one(CaseFileOrder, order_id).failures + 1
        is_over = failures >= MOST_FAILURES or isinstance(fault, NotFound)
        _note(order_id, failures=failures, steps_done=0)
        again = None if is_over else clock.now() + AGAIN_AFTER
        claims.settle(CaseFileOrder, order_id, token, look_at=again)
        return False

    return unit_of_work(write)


def _note(order_id: int, **changes: object) -> None:
    db.session.execute(update(CaseFileOrder).where(CaseFileOrder.id == order_id).values(**changes))


def _forget(before: datetime) -> list[str]:
    old = CaseFileOrder.asked_at < before
    digests = db.session.scalars(select(CaseFileOrder.pdf_digest).where(old)).all()
    db.session.execute(delete(CaseFileOrder).where(old))
    return [digest for digest in digests if digest]
