"""What happens to an improvement is noted twice: in its own history, and in the audit trail that nobody can change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.improvements.access import sees_all
from helpdesk.improvements.improvement import Improvement, ImprovementEvent
from helpdesk.lib import clock
from helpdesk.lib.database import db


def note(
    improvement: Improvement, kind: str, *, by: Actor, text: str = "", **details: Any
) -> ImprovementEvent:
    """Add one event, inside the caller's unit of work. *details* hold facts and ids, *text* what somebody wrote.

    *Plh.* stands before the name where only the right of a head who is away let them act.
    """
    if improvement.unit_id in by.acting_unit_ids and not sees_all(by):
        by = replace(by, label=f"Plh. {by.label}")
    event = ImprovementEvent(
        improvement_id=improvement.id,
        kind=kind,
        at=clock.now(),
        actor_id=by.user_id,
        actor_label=by.label[:120],
        text=text,
        details=details,
    )
    db.session.add(event)
    trail.record(
        f"improvement_{kind}",
        by=by,
        subject=("improvement", improvement.id),
        details=details,
    )
    return event
