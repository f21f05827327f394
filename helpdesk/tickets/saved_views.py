"""Views that somebody keeps under a name of their own: a desk's list with its filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Row, UniqueConstraint, bindparam, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import Json, Model, Moment, db, read_rows
from helpdesk.lib.errors import Invalid, NotFound

MOST = 12  # more would hide the views that the house itself shows
NAME_LENGTH = 40


class SavedView(Model):
    """One view of one person. *asked* holds what stands in the list's address, by parameter."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    desk: Mapped[str] = mapped_column(String(20))
    asked: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment)


def views_of(actor: Actor) -> Sequence[Row[Any]]:
    """What this person keeps, by name: rows with *id*, *name*, *desk* and *asked*."""
    return read_rows(_BY_NAME, {"user_id": actor.user_id})


_BY_NAME = (
    select(SavedView.id, SavedView.name, SavedView.desk, SavedView.asked)
    .where(SavedView.user_id == bindparam("user_id"))
    .order_by(SavedView.name)
)


def save_view(name: str, desk: str, asked: Mapping[str, str], *, by: Actor) -> SavedView:
    """Keep a view under *name*, in the place of the one that had it; raises Invalid for a name or a view too many."""
    assert by.user_id is not None
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise Invalid({"name": _l("Give it a name of at most 40 characters.")})
    own = select(SavedView).where(SavedView.user_id == by.user_id)
    view = db.session.scalars(own.where(SavedView.name == name)).one_or_none()
    if view is None:
        if (db.session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST:
            raise Invalid({"name": _l("You have twelve views already. Remove one first.")})
        view = SavedView(user_id=by.user_id, name=name, created_at=clock.now())
        db.session.add(view)
    view.desk, view.asked = desk, dict(asked)
    return view


def remove_view(view_id: int, *, by: Actor) -> None:
    """Forget one's own view; raises NotFound for anybody else's."""
    found = delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == by.user_id)
    if not db.session.execute(found).rowcount:  # type: ignore[attr-defined]
        raise NotFound
