"""Taking a complaint back: asked once more, and never done by the guide itself."""

from __future__ import annotations

from helpdesk.intake.whatsapp.dialogue import ticket_sentences
from helpdesk.intake.whatsapp.dialogue.pending import pending
from helpdesk.intake.whatsapp.dialogue.reading import Intent, Reading
from helpdesk.intake.whatsapp.dialogue.talk import (
    Heard,
    Known,
    Say,
    Situation,
    Talk,
    Turn,
    Withdraw,
)
from helpdesk.intake.whatsapp.dialogue.turns import chosen, lost


def answer_withdrawing(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """Really, was asked."""
    ticket = situation.ticket(talk.ticket_id)
    if ticket is None:
        return lost(talk, situation)
    if reading.intent is Intent.YES:
        return withdraw(talk, ticket)
    if reading.intent is Intent.NO:
        return keep(talk, ticket)
    return lost(talk, situation)


def withdraw(talk: Talk, ticket: Known) -> Turn:
    """They said yes."""
    return chosen(talk, Withdraw(ticket.id, pending(talk).message_ids), ticket_id=ticket.id)


def keep(talk: Talk, ticket: Known) -> Turn:
    """They said no."""
    return chosen(
        talk, Say(ticket_sentences.goes_on(ticket.shown), ticket_id=ticket.id), ticket_id=ticket.id
    )
