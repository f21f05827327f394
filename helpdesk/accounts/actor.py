"""Who acts: handed to every verb as ``by=``; only doors know of the signed-in user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from helpdesk.accounts.roles import Permission, Role


class ActorKind(StrEnum):
    """A member of staff, the person who complained, or the system itself."""

    STAFF = "staff"
    COMPLAINANT = "complainant"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """The one who acts, as the rules need to know them.

    *label* is what timelines show. *unit_ids* are the units in which a unit role is held, *headed_unit_ids* those
    in which the head's is: in those among *acting_unit_ids* for a head who is away. *away_ids* are the colleagues in
    their units who are away. A complainant acts on *ticket_id* only.
    """

    kind: ActorKind
    label: str
    user_id: int | None = None
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    headed_unit_ids: frozenset[int] = frozenset()
    acting_unit_ids: frozenset[int] = frozenset()
    away_ids: frozenset[int] = frozenset()
    ticket_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Does one of the roles permit it?"""
        return permission in self.permissions

    @classmethod
    def system(cls, label: str = "Tanggap") -> Actor:
        """The worker or a command, acting by rule."""
        return cls(ActorKind.SYSTEM, label)

    @classmethod
    def complainant(cls, ticket_id: int, label: str = "") -> Actor:
        """The person who complained, on their own ticket."""
        return cls(ActorKind.COMPLAINANT, label, ticket_id=ticket_id)
