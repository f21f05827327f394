"""People who sign in, the roles they hold, and the sessions they hold open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Boolean, Integer, SmallInteger, String

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.accounts.roles import UNIT_ROLES, Role, permissions_of
from helpdesk.lib.database import Model, Moment


class User(Model):
    """A member of staff. *username* and *email* are kept in lower case: MariaDB compares without case."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_active_name", "is_active", "full_name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(190), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(120), default="")  # jabatan, as printed on letters
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=True)
    password_expires_at: Mapped[datetime | None] = mapped_column(Moment)  # one-time passwords only
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    locale: Mapped[str] = mapped_column(String(5), default="id")
    failed_sign_ins: Mapped[int] = mapped_column(SmallInteger, default=0)
    rested_until: Mapped[datetime | None] = mapped_column(Moment)  # too many wrong passwords
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)

    grants: Mapped[list[Grant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def roles(self) -> set[Role]:
        """Every role held, in whatever unit."""
        return {Role(grant.role) for grant in self.grants}

    def as_actor(self) -> Actor:
        """The user as the rules see them."""
        held = [(Role(grant.role), grant.unit_id) for grant in self.grants]
        return staff_actor(self.id, self.full_name, held)


def staff_actor(user_id: int, full_name: str, held: Iterable[tuple[Role, int | None]]) -> Actor:
    """A member of staff as the rules see them, from the roles they hold, each with its unit if it has one."""
    grants = list(held)
    roles = frozenset(role for role, _unit in grants)
    return Actor(
        ActorKind.STAFF,
        full_name,
        user_id=user_id,
        roles=roles,
        permissions=permissions_of(roles),
        unit_ids=frozenset(unit for role, unit in grants if unit and role in UNIT_ROLES),
        headed_unit_ids=frozenset(unit for role, unit in grants if unit and role is Role.UNIT_HEAD),
    )


class Grant(Model):
    """One role held by one person; *unit_id* is set for unit roles only."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "unit_id"),
        Index("ix_grants_unit_role", "unit_id", "role"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))

    user: Mapped[User] = relationship(back_populates="grants")


class UserSession(Model):
    """One browser signed in. Kept on our side so that it can be ended from elsewhere and when idle."""

    __tablename__ = "user_sessions"
    __table_args__ = (Index("ix_user_sessions_user", "user_id", "ended_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    device: Mapped[str] = mapped_column(String(160), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    # what must come before any page: "code" (the second step), "enrolment" (of a second factor)
    awaits: Mapped[str] = mapped_column(String(10), default="", server_default="")


class SecondFactor(Model):
    """A person's authenticator app. *last_step* is the newest time step of 30 s whose code was used."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), primary_key=True, autoincrement=False
    )
    sealed_secret: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column(Integer)
    enrolled_at: Mapped[datetime] = mapped_column(Moment)


class RecoveryCode(Model):
    """One way in without the app, good once; the code itself is kept nowhere."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)
