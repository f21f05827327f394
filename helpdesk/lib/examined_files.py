"""What a virus scanner says of files from outside, and which of them are therefore not handed out.

Whatever is attached while a scanner is set (``CLAMD``) waits here from the very commit that names it, and is closed to
everybody until it was examined; the worker examines each content once. Files that came before are examined gradually
and stay open meanwhile, for closing a house's whole past would stop its work. What something was found in is closed
for ever, also when the scanner is taken away. Its bytes stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Index, and_, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Boolean, Integer, SmallInteger, String

from helpdesk.lib import clock
from helpdesk.lib.claims import Claimable
from helpdesk.lib.database import Model, Moment, db, read_rows
from helpdesk.lib.settings import current_settings

FOUND_LENGTH = 120
_FOUND_BEFORE = "files that something was found in"


class Verdict(StrEnum):
    """What is known of a file. *TOO_LARGE*: the scanner does not take it, and may one day."""

    WAITING = ""
    CLEAN = "clean"
    FOUND = "found"
    TOO_LARGE = "too_large"


class ExaminedFile(Claimable, Model):
    """A content of the storage, by its *digest*: waiting for the scanner since *wanted_at*, or examined.

    *found* is the name of what was found in it. *is_older*: it was here before there was a scanner.
    """

    __tablename__ = "examined_files"
    __table_args__ = (
        Index("ix_examined_files_due", "look_at", "id"),
        Index("ix_examined_files_verdict", "verdict", "wanted_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    verdict: Mapped[str] = mapped_column(String(10), default=Verdict.WAITING)
    found: Mapped[str] = mapped_column(String(FOUND_LENGTH), default="")
    is_older: Mapped[bool] = mapped_column(Boolean, default=False)
    wanted_at: Mapped[datetime] = mapped_column(Moment)
    examined_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)


class Kept(Protocol):
    """A row that names a file: its bytes as they came, where they were kept, and the copy that people open."""

    @property
    def id(self) -> Any: ...
    @property
    def shown_digest(self) -> Any: ...
    @property
    def original_digest(self) -> Any: ...


@dataclass(frozen=True)
class Closed:
    """Why a file is not handed out; *found* is the name of what was found in it."""

    verdict: Verdict
    found: str = ""

    @property
    def is_infected(self) -> bool:
        """Was something found in it?"""
        return self.verdict is Verdict.FOUND


@dataclass(frozen=True)
class State:
    """How many files *waiting* are closed, the first *since*; *older* are open meanwhile."""

    waiting: int
    since: datetime | None
    older: int
    too_large: int
    found: int


def want_examined(digests: Iterable[str | None]) -> None:
    """Let these be examined, inside the unit of work that names them; what was examined once is not again."""
    wanted = [digest for digest in digests if digest]
    if not wanted or not current_settings().clamd:
        return
    # What is here already and came once more is from now on as new as any.
    came_again = update(ExaminedFile).where(ExaminedFile.digest.in_(wanted), ExaminedFile.is_older)
    db.session.execute(came_again.values(is_older=False))
    put_down(wanted)


def put_down(digests: Sequence[str], *, is_older: bool = False) -> None:
    """Let those be examined that never were, in this order, inside the caller's unit of work."""
    at = clock.now()
    known = select(ExaminedFile.digest).where(ExaminedFile.digest.in_(digests))
    standing = set(db.session.scalars(known))
    db.session.add_all(
        ExaminedFile(digest=digest, is_older=is_older, wanted_at=at, look_at=at)
        for digest in dict.fromkeys(digests)
        if digest not in standing
    )
    db.session.flush()


def closed_files(files: Iterable[Kept]) -> dict[int, Closed]:
    """Those of *files* that are not handed out, by their ids; one statement, and none without a scanner."""
    kept = [(file.id, file.shown_digest, file.original_digest) for file in files]
    closed = closed_among(digest for _id, *digests in kept for digest in digests)
    if not closed:
        return {}
    return {
        file_id: min(why, key=lambda one: not one.is_infected)
        for file_id, *digests in kept
        if (why := [closed[digest] for digest in digests if digest in closed])
    }


def closed_among(digests: Iterable[str | None]) -> dict[str, Closed]:
    """The same by their digests."""
    wanted = set(filter(None, digests))
    if not wanted:
        return {}
    if not current_settings().clamd:
        found = _found_before()
        return {digest: found[digest] for digest in wanted & found.keys()}
    return _read(and_(ExaminedFile.digest.in_(wanted), _IS_CLOSED))


def forget(digests: Iterable[str]) -> None:
    """The contents are gone: forget what was said of them, inside the caller's unit of work."""
    db.session.execute(delete(ExaminedFile).where(ExaminedFile.digest.in_(list(digests))))


def state() -> State:
    """How the examining is doing, in one statement."""
    is_new = ExaminedFile.is_older.is_(False)
    waiting = ExaminedFile.verdict == Verdict.WAITING
    counted = select(func.count())
    questions = (
        counted.where(waiting, is_new),
        select(func.min(ExaminedFile.wanted_at)).where(waiting, is_new),
        counted.where(waiting, ExaminedFile.is_older),
        counted.where(ExaminedFile.verdict == Verdict.TOO_LARGE, is_new),
        counted.where(ExaminedFile.verdict == Verdict.FOUND),
    )
    return State(*db.session.execute(select(*(one.scalar_subquery() for one in questions))).one())


_IS_CLOSED = or_(
    ExaminedFile.verdict == Verdict.FOUND,
    and_(ExaminedFile.verdict != Verdict.CLEAN, ExaminedFile.is_older.is_(False)),
)


def _read(which: Any) -> dict[str, Closed]:
    rows = read_rows(
        select(ExaminedFile.digest, ExaminedFile.verdict, ExaminedFile.found).where(which)
    )
    return {digest: Closed(Verdict(verdict), found) for digest, verdict, found in rows}


def _found_before() -> Mapping[str, Closed]:
    """What was found by a scanner that was taken away; read once in this process, for there will be no more."""
    shelf = current_app.extensions
    if _FOUND_BEFORE not in shelf:
        shelf[_FOUND_BEFORE] = _read(ExaminedFile.verdict == Verdict.FOUND)
    found: Mapping[str, Closed] = shelf[_FOUND_BEFORE]
    return found
