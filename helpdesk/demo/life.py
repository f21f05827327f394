"""One ticket while it lives: its plan, its row, and who acts on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from helpdesk.accounts.actor import Actor
from helpdesk.demo.cast import CARE, SUPERVISOR, holders
from helpdesk.demo.hospital import Hospital
from helpdesk.demo.planning import Plan
from helpdesk.demo.wording import choose
from helpdesk.lib.uploads import Received
from helpdesk.tickets.ticket import Ticket

# A part of a life: it says when it wants to act next, and what follows the yield is done then.
Moments = Iterator[datetime]


class Life:
    """A plan being lived; *at* is the moment of its newest act. There is no *ticket* before the first."""

    ticket: Ticket

    def __init__(self, plan: Plan, hospital: Hospital, files: Mapping[str, Received]) -> None:
        self.plan = plan
        self.draw = plan.draw
        self.hospital = hospital
        self.files = files
        self.zone = ZoneInfo(hospital.calendar.zone)
        self.at = plan.recorded_at
        role = SUPERVISOR if plan.sample.is_restricted else CARE
        self._owner = self.draw.choice(holders(role))

    @property
    def has_begun(self) -> bool:
        """Is there a ticket?"""
        return hasattr(self, "ticket")

    def later(self, least: int, most: int) -> datetime:
        """The moment *least* to *most* minutes of work after the newest act."""
        self.at = self.plan.pace.after(self.at, least, most)
        return self.at

    def until(self, moment: datetime) -> datetime:
        """That moment, or now when it is past: an act never comes before the one it follows."""
        self.at = max(self.at, moment)
        return self.at

    def staff(self, username: str) -> Actor:
        """A member of staff."""
        return self.hospital.actor(username)

    @property
    def desk(self) -> Actor:
        """The officer of customer care who looks after this ticket."""
        return self.staff(self._owner)

    @property
    def complainant(self) -> Actor:
        """The person who complained."""
        return Actor.complainant(self.ticket.id)

    def remark(self, name: str) -> str:
        """One of the short remarks of that name."""
        return choose(self.draw, name, self.plan.words)

    def happens(self, chance: float) -> bool:
        """Draw whether it happens."""
        return self.draw.random() < chance
