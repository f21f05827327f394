"""What a reader is told of a row of a list: the complainant and the complaint only as far as they may know."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from flask_babel import gettext as _

from helpdesk.registry.masking import mask_name
from helpdesk.tickets.labels import Labels
from helpdesk.tickets.opening import title_for_others
from helpdesk.tickets.rows import ListRow
from helpdesk.tickets.states import Identity
from helpdesk.web.filters import DASH
from helpdesk.web.words import word


def title_told(row: ListRow, *, knows_all: bool) -> str:
    """The title for this reader."""
    return row.title if knows_all else title_for_others(row.title, row.unit_text)


def who_told(row: ListRow, *, knows_all: bool, knows_named: bool) -> str:
    """How the complainant is called in a list, for this reader."""
    if row.identity == Identity.ANONYMOUS:
        return word(Identity.ANONYMOUS, "identity")
    if row.identity == Identity.WITHHELD and not knows_all:
        return word(Identity.WITHHELD, "identity")
    if not (knows_all or knows_named):
        return DASH
    return mask_name(row.complainant) if row.complainant else str(_("without name"))


def is_past(row: ListRow, at: datetime) -> bool:
    """Is it late, and ours to hurry with?"""
    return row.is_up_to_us and row.due_at is not None and row.due_at < at


@lru_cache(maxsize=2000)
def units_told(ids: str | None, labels: Labels) -> tuple[str, ...]:
    """The names of units whose ids stand with commas between."""
    return tuple(sorted(labels.units.get(int(unit), "") for unit in ids.split(","))) if ids else ()
