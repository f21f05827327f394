"""Roles and what they permit. One person may hold several, in several units."""

from __future__ import annotations

from collections.abc import Set
from enum import StrEnum


class Role(StrEnum):
    """The seven positions of the house; unit roles are held in a unit, the others in the organisation."""

    INTAKE = "intake"
    CARE = "care"
    SUPERVISOR = "supervisor"
    UNIT_OFFICER = "unit_officer"
    UNIT_HEAD = "unit_head"
    LEADERSHIP = "leadership"
    ADMIN = "admin"


UNIT_ROLES = frozenset({Role.UNIT_OFFICER, Role.UNIT_HEAD})


class Permission(StrEnum):
    """What MOVES and doors ask for."""

    RECORD = "record"  # take down a complaint; everybody signed in may
    TRIAGE = "triage"  # grade, classify, decide confidentiality, redact, leave by an exit
    DISPOSE = "dispose"
    REPLY = "reply"  # speak to the complainant: interim reply, question, final answer, approval
    SUPERVISE = "supervise"  # close unilaterally, name readers of restricted cases
    FOLLOW_UP = "follow_up"  # work on a disposition of one's own unit
    ASSIGN = "assign"  # give a unit's disposition to an officer
    WATCH = "watch"  # see figures and the tickets behind them
    ADMINISTER = "administer"


_CARE = frozenset({Permission.TRIAGE, Permission.DISPOSE, Permission.REPLY})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.INTAKE: frozenset(),
    Role.CARE: _CARE,
    Role.SUPERVISOR: _CARE | {Permission.SUPERVISE},
    Role.UNIT_OFFICER: frozenset({Permission.FOLLOW_UP}),
    Role.UNIT_HEAD: frozenset({Permission.FOLLOW_UP, Permission.ASSIGN}),
    Role.LEADERSHIP: frozenset({Permission.WATCH}),
    Role.ADMIN: frozenset({Permission.ADMINISTER}),
}


def permissions_of(roles: Set[Role]) -> frozenset[Permission]:
    """Everything that the *roles* together permit."""
    permitted = {Permission.RECORD}
    for role in roles:
        permitted |= PERMISSIONS[role]
    return frozenset(permitted)
