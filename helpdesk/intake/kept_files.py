"""Files of a refused form: kept for a day and listed back, so that nobody has to send a photograph twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib import clock
from helpdesk.lib.database import Model, Moment, db
from helpdesk.lib.storage import NAMES_A_FILE
from helpdesk.lib.uploads import Received

KEPT_FOR = timedelta(hours=24)


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
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            received_digest=file.sha256,
            original_digest=file.original_digest,
            shown_digest=file.shown_digest,
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
    return [
        Received(
            original_digest=row.original_digest,
            shown_digest=row.shown_digest,
            media_type=row.media_type,
            name=row.name,
            size=row.size,
            sha256=row.received_digest,
        )
        for row in rows
    ]


def drop(key: str, session_id: str, received_digest: str = "") -> None:
    """Forget one kept file, or all of the form once it was admitted."""
    gone = delete(KeptFile).where(KeptFile.form_hash == _form(key, session_id))
    db.session.execute(
        gone.where(KeptFile.received_digest == received_digest) if received_digest else gone
    )


def forget_old(at: datetime) -> int:
    """Forget what waited for more than a day; returns how many."""
    old = db.session.scalars(select(KeptFile.id).where(KeptFile.created_at <= at - KEPT_FOR)).all()
    db.session.execute(delete(KeptFile).where(KeptFile.created_at <= at - KEPT_FOR))
    return len(old)


def _form(key: str, session_id: str) -> str:
    return sha256(f"{session_id}\x1f{key}".encode()).hexdigest()
