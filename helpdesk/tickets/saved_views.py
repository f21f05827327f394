"""Views that somebody keeps under a name of their own: a desk's list with its filters, for themselves or shared.

Who has the say at a desk may share a view with all who work there: customer care's supervisor, a unit's head. What
each of them then sees is decided by their own rights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Row,
    Select,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Boolean, Integer, String

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission, Role
from helpdesk.accounts.user import Grant, User
from helpdesk.lib import clock
from helpdesk.lib.database import Json, Model, Moment, db, read_rows, rows_changed
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.lib.statements import values_of
from helpdesk.tickets.worklist import Desk, DeskKind, desks_of

MOST = 12  # more would hide the views that the house itself shows
NAME_LENGTH = 40


class SavedView(Model):
    """One view of one person. *asked* holds what stands in the list's address, by parameter.

    *is_shared*: all who work at the *desk* see it too.
    """

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        Index("ix_saved_views_shared", "is_shared", "desk"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    desk: Mapped[str] = mapped_column(String(20))
    asked: Mapped[dict[str, Any]] = mapped_column(Json)
    is_shared: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(Moment)


def views_of(actor: Actor) -> Sequence[Row[Any]]:
    """What this person keeps or is shared at their desks, by name, in one statement.

    Rows with *id*, *name*, *desk*, *asked*, *is_shared*, and *user_id* of who keeps it.
    """
    return read_rows(_by_name(tuple(desks_of(actor))), {"user_id": actor.user_id})


@lru_cache(maxsize=500)
def _by_name(desks: tuple[Desk, ...]) -> Select[Any]:
    is_own = SavedView.user_id == bindparam("user_id")
    # As a value, so that the index is entered
    is_shared = SavedView.is_shared.in_(values_of([True]))
    shared = (and_(is_shared, SavedView.desk == desk.name, _by_who_may(desk)) for desk in desks)
    return (
        select(
            SavedView.id,
            SavedView.name,
            SavedView.desk,
            SavedView.asked,
            SavedView.is_shared,
            SavedView.user_id,
        )
        .where(or_(is_own, *shared))
        .order_by(SavedView.name, SavedView.id)
    )


def _by_who_may(desk: Desk) -> ColumnElement[bool]:
    """What somebody shared is seen while they still have the say there: a successor shares their own."""
    role = Role.UNIT_HEAD if desk.kind is DeskKind.UNIT else Role.SUPERVISOR
    holds = [Grant.user_id == SavedView.user_id, Grant.role == role.value]
    if desk.unit_id:
        holds.append(Grant.unit_id == desk.unit_id)
    return exists().where(*holds, User.id == Grant.user_id, User.is_active)


def may_share(actor: Actor, desk: Desk) -> bool:
    """Has this person the say at *desk*, in their own name and not for somebody who is away?"""
    if desk.kind is DeskKind.UNIT:
        return desk.unit_id in actor.headed_unit_ids - actor.acting_unit_ids
    return desk.kind is DeskKind.CARE and actor.may(Permission.SUPERVISE)


def share_view(view_id: int, *, by: Actor, is_shared: bool) -> SavedView:
    """Let the colleagues of its list see one's own view, or no longer.

    Raises NotFound for anybody else's view, and for a list at which *by* has not the say.
    """
    own = select(SavedView).where(SavedView.id == view_id, SavedView.user_id == by.user_id)
    view = db.session.scalars(own).one_or_none()
    theirs = {desk.name for desk in desks_of(by) if may_share(by, desk)}
    if view is None or (is_shared and view.desk not in theirs):
        raise NotFound
    view.is_shared = is_shared
    return view


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
    if view.desk != desk:
        view.is_shared = False  # it was shared with the colleagues of another list
    view.desk, view.asked = desk, dict(asked)
    return view


def remove_view(view_id: int, *, by: Actor) -> None:
    """Forget one's own view; raises NotFound for anybody else's."""
    found = delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == by.user_id)
    if not rows_changed(found):
        raise NotFound
