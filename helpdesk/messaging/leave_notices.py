"""Telling a deputy for which days they stand in, and when they need not any more."""

from __future__ import annotations

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.leave import Leave
from helpdesk.accounts.organisation import house_name
from helpdesk.accounts.standing_in import today
from helpdesk.accounts.user import User
from helpdesk.lib.database import db
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import day_in_words
from helpdesk.messaging.outbox import queue_for


def tell_deputy(leave: Leave, *, by: Actor) -> None:
    """Queue a message to whoever stands in, of a leave that was just entered or ended, but not of what is over anyhow.

    Not who is away: the page says so, and mail servers and lock screens read along.
    """
    if leave.deputy_id in (None, by.user_id) or leave.last_on < today():
        return
    event = "standing_in" if leave.ended_at is None else "standing_in_ended"
    deputy = db.session.get_one(User, leave.deputy_id)
    base = current_settings().base_url
    queue_for(
        deputy,
        event,
        occasion=f"leave/{leave.id}/{event}",
        subject=("leave", leave.id),
        values={
            "organisation": house_name(),
            "first_day": day_in_words(leave.first_on, deputy.locale),
            "last_day": day_in_words(leave.last_on, deputy.locale),
            "link": f"{base}/akun",
        },
    )
