"""What units found and did: root causes and corrective actions of a period's complaints.

Of restricted complaints nothing is read: what a unit writes there stays with its named readers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from textwrap import shorten

from sqlalchemy import or_, select

from helpdesk.lib.database import db
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.facts import Cause
from helpdesk.tickets.states import Access, Kind
from helpdesk.tickets.ticket import Disposition, Ticket

CAUSES_SHOWN = 2
ACTIONS_SHOWN = 2
LONGEST = 160  # characters of a text on paper, as many as a title has; the ticket has it whole

Place = tuple[int, int | None]
"""A unit, and one of its categories or None for all of them."""


@dataclass
class Findings:
    """Causes counted, each with one disposition that tells of it; asked for by unit, or unit and category."""

    counted: dict[Place, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    told: dict[tuple[Place, str], tuple[str, str]] = field(default_factory=dict)
    done: dict[Place, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    by_ticket: dict[int, str] = field(default_factory=dict)

    def causes(self, unit_id: int, category_id: int | None = None) -> tuple[Cause, ...]:
        """The most frequent root causes, each with text and action of the newest disposition that says the most."""
        place = (unit_id, category_id)
        causes = []
        for root, count in self.counted[place].most_common(CAUSES_SHOWN):
            text, action = self.told[place, root]
            causes.append(Cause(root=root, count=count, text=text, action=action))
        return tuple(causes)

    def actions(self, unit_id: int, category_id: int | None = None) -> tuple[str, ...]:
        """The newest corrective actions, each once."""
        return tuple(reversed(self.done[unit_id, category_id]))[:ACTIONS_SHOWN]

    def note(self, row: Disposition, category_id: int | None) -> None:
        """Take in what one disposition says; the newer ones come later."""
        text, action = shortened(row.root_cause_text), shortened(row.corrective_action)
        for place in ((row.unit_id, None), (row.unit_id, category_id)):
            if row.root_cause:
                self.counted[place][row.root_cause] += 1
                self._keep((place, row.root_cause), text, action)
            if action:
                self.done[place].pop(action, None)
                self.done[place][action] = None
        if action:
            self.by_ticket[row.ticket_id] = action

    def _keep(self, cause: tuple[Place, str], text: str, action: str) -> None:
        """Text and action of one disposition stay together: an action answers the cause it was written for."""
        before = self.told.get(cause, ("", ""))
        if bool(text) + bool(action) >= sum(map(bool, before)):
            self.told[cause] = text, action


def findings_of(period: Period, unit_id: int | None = None) -> Findings:
    """Everything that was found in complaints received in *period*; one query."""
    found = Findings()
    # Said of the disposition: of a unit SQLite would else read all that it was ever sent.
    of_period = select(Ticket.id).where(
        Ticket.received_on.between(period.first_day, period.last_day)
    )
    query = (
        select(Disposition, Ticket.category_id)
        .join(Ticket, Ticket.id == Disposition.ticket_id)
        .where(
            Ticket.kind == Kind.COMPLAINT.value,
            Ticket.access == Access.ORDINARY.value,
            Disposition.ticket_id.in_(of_period),
            or_(Disposition.root_cause != "", Disposition.corrective_action != ""),
        )
        .order_by(Disposition.id)
        .execution_options(yield_per=500)
    )
    if unit_id is not None:
        query = query.where(Disposition.unit_id == unit_id)
    for disposition, category_id in db.session.execute(query):
        found.note(disposition, category_id)
    return found


def shortened(text: str) -> str:
    """On one line, in whole words, and no longer than a cell of a table can bear."""
    return shorten(text.rstrip(". \n"), LONGEST, placeholder="…", break_on_hyphens=False)
