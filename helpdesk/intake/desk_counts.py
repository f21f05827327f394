"""What a page that is opened all day asks before all else, in one statement: did anything happen, and what waits."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Select, literal, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.intake.mail_access import how_many_quarantined
from helpdesk.intake.whatsapp.talks import how_many_wait
from helpdesk.lib.database import read_rows
from helpdesk.tickets.alarms import how_many_sound_urgent
from helpdesk.tickets.worklist import newest_event


class Pulse(NamedTuple):
    """The newest event of any ticket, and what waits for customer care beside the tickets, each exact to 99.

    *emails* are those that no rule could decide about, *talks* those on WhatsApp in which a person is wanted; none
    for whoever is not at the desk. *alarms* are tickets that sound like an emergency.
    """

    newest_event_id: int
    emails: int
    talks: int
    alarms: int


def feel_pulse(actor: Actor) -> Pulse:
    """How it stands just now, for *actor*."""
    return Pulse(*read_rows(_asking(actor))[0])


@lru_cache(maxsize=500)  # takes longer to build than to run
def _asking(actor: Actor) -> Select[int, int, int, int]:
    if not actor.may(Permission.TRIAGE):
        return select(newest_event(), literal(0), literal(0), literal(0))
    return select(
        newest_event(), how_many_quarantined(actor), how_many_wait(), how_many_sound_urgent(actor)
    )
