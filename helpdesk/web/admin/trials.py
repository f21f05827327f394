"""What the administrator tries at once: what came of it, shown beside its button and kept in the trail."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.audit import trail
from helpdesk.lib.database import unit_of_work
from helpdesk.web.doors import current_actor


@dataclass(frozen=True)
class Tried:
    """What came of a trial. *what* names its button: ``relay``, the id of a mailbox, ``message`` or ``templates``."""

    what: str | int
    is_well: bool
    sentence: str


def note_trial(act: str, subject: tuple[str, int], **details: str) -> None:
    """A trial uses the secret that was entered, so the trail says who tried, and with what *trouble*. Opens a unit."""
    actor, is_well = current_actor(), "trouble" not in details
    unit_of_work(
        lambda: trail.record(
            act, by=actor, subject=subject, details={"is_well": is_well, **details}
        )
    )
