"""Files of complaints whose personal data were deleted: noted in that commit, thrown away afterwards.

So a crash loses no file whose row still stands, and forgets none whose row is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from helpdesk.lib import clock, examined_files
from helpdesk.lib.database import Model, Moment, db, unit_of_work
from helpdesk.lib.named_files import named_among
from helpdesk.lib.storage import get_storage
from helpdesk.lib.upsert import upsert
from helpdesk.messaging.senders.console import outbox_folder
from helpdesk.tickets import search

JOB = "throw away deleted files"
# By then whoever kept the same bytes for another complaint before has named them, or has given up.
SETTLED_AFTER = timedelta(minutes=10)
TRACES_AFTER = timedelta(
    hours=12
)  # a large index takes a while: once for all that was deleted meanwhile
ROUND = 500
CONSOLE = "console:"  # how a message is named that was written into a file
TRACES = "traces"  # what the index of the full-text search still holds


class ErasedFile(Model):
    """Something outside the tables that must go: a digest of the storage, a file of ``CONSOLE``, or ``TRACES``."""

    __tablename__ = "erased_files"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(Moment)


def note_erased(names: Iterable[str]) -> None:
    """Let these be thrown away once the caller's unit of work is committed."""
    at = clock.now()
    for name in sorted(set(names)):
        upsert(ErasedFile, {"name": name, "erased_at": at}, {"erased_at": at})
    traces = {"name": TRACES, "erased_at": at}
    upsert(ErasedFile, traces, {"erased_at": ErasedFile.erased_at})  # the first one counts


def throw_away(at: datetime) -> int:
    """Throw away what was noted long enough before *at*, unless another row names it; returns how much was looked at.

    Opens its own units.
    """
    due = select(ErasedFile.name, ErasedFile.erased_at).where(
        ErasedFile.erased_at <= at - SETTLED_AFTER, ErasedFile.name != TRACES
    )
    rows = db.session.execute(due.order_by(ErasedFile.erased_at).limit(ROUND)).all()
    first_traces = db.session.scalar(
        select(ErasedFile.erased_at).where(ErasedFile.name == TRACES).limit(1)
    )
    db.session.rollback()
    kept = named_among([row.name for row in rows]) if rows else set()
    gone = [row.name for row in rows if row.name not in kept and _is_gone(row.name, row.erased_at)]
    done = [*kept, *gone]
    again = [row.name for row in rows if row.name not in done]

    def settle() -> None:
        _settle(done, again, at)
        if gone:
            examined_files.forget(gone)

    unit_of_work(settle)
    if first_traces is not None and first_traces <= at - TRACES_AFTER:
        search.forget_traces()
        unit_of_work(lambda: _settle([TRACES], [], at))
    return len(rows)


def _is_gone(name: str, erased_at: datetime) -> bool:
    """Throw it away; False where somebody kept the same bytes again since, whose row may be on the way."""
    if name.startswith(CONSOLE):
        (outbox_folder() / f"{name.removeprefix(CONSOLE)}.txt").unlink(missing_ok=True)
        return True
    get_storage().discard_untouched(name, since=erased_at)
    return not get_storage().exists(name)


def _settle(done: list[str], again: list[str], at: datetime) -> None:
    """What was noted anew meanwhile, as another complaint that named it was deleted too, waits for its own turn."""
    is_old = ErasedFile.erased_at <= at - SETTLED_AFTER
    db.session.execute(delete(ErasedFile).where(ErasedFile.name.in_(done), is_old))
    for name in again:
        upsert(ErasedFile, {"name": name, "erased_at": at}, {"erased_at": at})
