"""Files of a refused form: kept for a day and listed back, so that nobody has to send a photograph twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Index, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib import clock
from helpdesk.lib.database import Model, Moment, db, unit_of_work
from helpdesk.lib.named_files import named_digests
from helpdesk.lib.storage import NAMES_A_FILE, get_storage
from helpdesk.lib.uploads import Received

KEPT_FOR = timedelta(hours=24)
# Later than the form gives it up: whoever read the file for a complaint at the last moment has named it by then
FORGOTTEN_AFTER = timedelta(hours=25)
_NO_FORM = ""


class KeptFile(Model):
    """One file that waits for its form, bound to the form's key and the browser's session."""

    __tablename__ = "kept_files"
    __table_args__ = (
        Index("ix_kept_files_form", "form_hash", "id"),
        Index("ix_kept_files_age", "created_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    form_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    received_digest: Mapped[str] = mapped_column(String(64))
    original_digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_A_FILE)
    shown_digest: Mapped[str] = mapped_column(String(64), info=NAMES_A_FILE)
    created_at: Mapped[datetime] = mapped_column(Moment)


def keep(key: str, session_id: str, files: Sequence[Received]) -> None:
    """Keep *files* of a form that was refused, inside the caller's unit of work; the same bytes once."""
    standing = {file.sha256 for file in kept(key, session_id)}
    db.session.add_all(
        KeptFile(
            form_hash=_form(key, session_id),
            **file.as_columns(),
            created_at=clock.now(),
        )
        for file in files
        if file.sha256 not in standing
    )
    db.session.flush()


def kept(key: str, session_id: str) -> list[Received]:
    """What this form already brought."""
    rows = db.session.scalars(
        select(KeptFile)
        .where(
            KeptFile.form_hash == _form(key, session_id),
            KeptFile.created_at > clock.now() - KEPT_FOR,
        )
        .order_by(KeptFile.id)
    )
    return [Received.of(row) for row in rows]


def drop(key: str, session_id: str, received_digest: str) -> None:
    """Take one kept file out of its form; ``forget_old`` throws it away in its time."""
    taken_out = update(KeptFile).where(
        KeptFile.form_hash == _form(key, session_id), KeptFile.received_digest == received_digest
    )
    db.session.execute(taken_out.values(form_hash=_NO_FORM))


def forget_old(at: datetime) -> int:
    """Forget what was kept long enough, and throw away the content that no complaint came of; how many files went.

    Opens its own unit. Only content that this database named once is thrown away: another one, on trial, may share
    the storage.
    """
    before = at - FORGOTTEN_AFTER
    digests = unit_of_work(lambda: _forget(before))
    if not digests:
        return 0
    unnamed = digests - named_digests()
    for digest in unnamed:
        get_storage().discard_untouched(digest, since=before)
    return len(unnamed)


def _forget(before: datetime) -> set[str]:
    is_old = KeptFile.created_at <= before
    named = db.session.execute(
        select(KeptFile.original_digest, KeptFile.shown_digest).where(is_old)
    ).all()
    db.session.execute(delete(KeptFile).where(is_old))
    return {digest for row in named for digest in row if digest}


def _form(key: str, session_id: str) -> str:
    return sha256(f"{session_id}\x1f{key}".encode()).hexdigest()
