"""How much waits for customer care beside the tickets, counted in one statement for the page that is opened all day."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.intake.mail_access import how_many_quarantined
from helpdesk.intake.whatsapp.talks import how_many_wait
from helpdesk.lib.database import db


class Waiting(NamedTuple):
    """Emails that no rule could decide about, and talks on WhatsApp in which a person is wanted; each exact to 99."""

    emails: int = 0
    talks: int = 0


def count_waiting(actor: Actor) -> Waiting:
    """What waits for *actor*; nothing for whoever is not at the desk."""
    if not actor.may(Permission.TRIAGE):
        return Waiting()
    counted = db.session.execute(select(how_many_quarantined(actor), how_many_wait())).one()
    return Waiting(*counted)
