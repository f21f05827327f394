"""The templates as a table: what can be said after the 24 hours, what cannot yet, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.lib.words import LANGUAGES
from helpdesk.messaging.events import EVENTS
from helpdesk.messaging.whatsapp.catalogue import APPROVED, GONE, UTILITY, templates_by_event
from helpdesk.messaging.whatsapp.proposals import OFFERED, Proposal, proposals, variables_in
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate

STATES: dict[str, Any] = {
    APPROVED: _l("approved"),
    "pending": _l("being reviewed"),
    "in_appeal": _l("being reviewed once more"),
    "rejected": _l("rejected"),
    "flagged": _l("approved, but with complaints"),
    "paused": _l("paused because of complaints"),
    "disabled": _l("switched off by WhatsApp"),
    "limit_exceeded": _l("too many templates"),
    "pending_deletion": _l("being deleted"),
    "deleted": _l("deleted"),
    GONE: _l("no longer at the provider"),
}
# With these nothing stands in the way of handing the same words in (again).
_NOT_THERE = frozenset({GONE, "deleted"})


@dataclass(frozen=True)
class Cell:
    """One event in one language. *state* in words; *can_be_said* after the 24 hours; *remark* what else there is."""

    proposal: Proposal
    state: Any
    can_be_said: bool
    can_be_handed_in: bool
    remark: Any = ""


@dataclass(frozen=True)
class Row:
    """One event in all languages, in their order."""

    event: str
    cells: tuple[Cell, ...]

    @property
    def can_be_reworded(self) -> bool:
        """Has it words that an administrator may change? What carries the news of staff has not."""
        return self.event in EVENTS


def table() -> list[Row]:
    """Everything that is offered to the provider."""
    known, wanted = templates_by_event(), proposals()
    return [
        Row(
            event,
            tuple(
                _cell(wanted[event, language], known.get((event, language), []))
                for language in LANGUAGES
            ),
        )
        for event in OFFERED
    ]


def to_hand_in(rows: Iterable[Row]) -> list[Proposal]:
    """What the provider has not, in the words of today."""
    return [cell.proposal for row in rows for cell in row.cells if cell.can_be_handed_in]


def _cell(wanted: Proposal, known: list[WhatsAppTemplate]) -> Cell:
    mine = next((one for one in known if one.name == wanted.name), None)
    is_there = mine is not None and mine.status not in _NOT_THERE
    usable = [
        one
        for one in known
        if one.status == APPROVED and set(variables_in(one.body)) <= set(wanted.examples)
    ]
    shown = usable[0] if usable else mine or (known[0] if known else None)
    state = _l("not submitted") if shown is None else STATES.get(shown.status, shown.status)
    return Cell(
        proposal=wanted,
        state=state,
        can_be_said=bool(usable),
        can_be_handed_in=not is_there and wanted.problem is None,
        remark=_remark(wanted, mine, shown, is_there=is_there),
    )


def _remark(
    wanted: Proposal,
    mine: WhatsAppTemplate | None,
    shown: WhatsAppTemplate | None,
    *,
    is_there: bool,
) -> Any:
    if wanted.problem is not None:
        return wanted.problem
    if mine is not None and mine.status == "rejected":
        return mine.reason or _l("Reword the message, then submit it again.")
    if shown is None:
        return ""
    if mine is not shown:
        words = STATES.get(mine.status, mine.status) if mine is not None and is_there else ""
        return _l(
            "in other words than today; today's: %(state)s", state=words or _l("not submitted")
        )
    if shown.status == APPROVED and shown.category not in ("", UTILITY):
        return _l("counted as advertising by WhatsApp")
    return shown.reason
