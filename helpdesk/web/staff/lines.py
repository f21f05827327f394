"""A row of a list as it is drawn: names instead of ids, the complainant only as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Row

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import organisation
from helpdesk.accounts.roles import Permission
from helpdesk.registry.masking import mask_name
from helpdesk.tickets.labels import Labels
from helpdesk.tickets.number import format_number
from helpdesk.tickets.opening import first_words
from helpdesk.tickets.states import Access, Identity
from helpdesk.tickets.worklist import is_late
from helpdesk.web.words import word

_PLACEHOLDER = "NUMBER"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list. *used* is the percentage of the time that has gone, None where nothing runs."""

    number: str
    url: str
    grade: str
    title: str
    who: str
    channel: str
    units: str
    more_units: int
    officer: str
    state: str
    is_restricted: bool
    is_late: bool
    is_open: bool
    is_waiting: bool
    due_at: datetime | None
    used: int | None


def lines_of(rows: Iterable[Row[Any]], actor: Actor, labels: Labels, at: datetime) -> list[Line]:
    """The rows of a page as lines for *actor*; asks nothing more of the database."""
    here = organisation()
    prefix = here.number_prefix if here else "KLH"
    head, tail = url_for("staff.ticket", number=_PLACEHOLDER).split(_PLACEHOLDER)
    says_who, knows_all = _sayer(actor), actor.may(Permission.TRIAGE)
    lines = []
    for row in rows:
        number = format_number(prefix, row.number_year, row.number_seq)
        is_redacted = row.unit_text is not None and not knows_all
        units = sorted(labels.units.get(int(unit), "") for unit in _ids(row.unit_ids))
        lines.append(
            Line(
                number=number,
                url=f"{head}{number}{tail}",
                grade=row.grade,
                title=first_words(row.unit_text) if is_redacted else row.title,
                who=says_who(row.identity, row.complainant),
                channel=row.channel,
                units=units[0] if units else "",
                more_units=max(len(units) - 1, 0),
                officer=row.officer,
                state=row.state,
                is_restricted=row.access == Access.RESTRICTED,
                is_late=row.is_open and is_late(row.due_at, row.status, at),
                is_open=row.is_open,
                is_waiting=row.is_waiting,
                due_at=row.due_at,
                used=_used(row.started_at, row.due_at, at),
            )
        )
    return lines


def _sayer(actor: Actor) -> Any:
    """How a complainant is called in a list, for this reader; the words are fetched once for the page."""
    words = {Identity.ANONYMOUS.value: word(Identity.ANONYMOUS, "identity")}
    nameless, nothing = _("without name"), "–"
    knows_all, knows_named = actor.may(Permission.TRIAGE), bool(actor.unit_ids)
    if not knows_all:
        words[Identity.WITHHELD.value] = word(Identity.WITHHELD, "identity")

    def say(identity: str, name: str | None) -> str:
        if identity in words:
            return words[identity]
        if not (knows_all or knows_named):
            return nothing
        return mask_name(name) if name else nameless

    return say


def _ids(joined: str | None) -> list[str]:
    return joined.split(",") if joined else []


def _used(started_at: datetime | None, due_at: datetime | None, at: datetime) -> int | None:
    if started_at is None or due_at is None:
        return None
    whole = (due_at - started_at).total_seconds()
    return 100 if whole <= 0 else round(100 * (at - started_at).total_seconds() / whole)
