"""Reading a talk on WhatsApp: who reads the words of a confidential complaint there is noted first."""

from __future__ import annotations

from helpdesk.accounts.actor import Actor
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.talks import Entry, Line, find_message, find_talk, lines_of
from helpdesk.lib.database import db
from helpdesk.lib.examined_files import Closed, closed_files
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.staff.noting import note_reads

SAID = 80  # things of each side that the page shows


def read_talk(talk_id: int, actor: Actor) -> tuple[Entry, list[Line]]:
    """The talk, and the last that each side said in it."""
    entry = find_talk(talk_id)
    lines = lines_of(entry, actor, limit=SAID)
    about = [line.ticket for line in lines if line.ticket is not None]
    if note_reads(actor, about, talk_id=talk_id):
        entry = find_talk(talk_id)
        lines = lines_of(entry, actor, limit=SAID)
    return entry, lines


def closed_in(lines: list[Line]) -> dict[int, Closed]:
    """Why files of theirs are not handed out, by the ids of the messages."""
    return closed_files(line.message for line in lines if line.message is not None)


def read_message(talk_id: int, message_id: int, actor: Actor) -> WhatsAppMessage:
    """One message of the talk, for what hangs on it; raises NotFound where they may not read it."""
    message = find_message(actor, talk_id, message_id)
    ticket = db.session.get(Ticket, message.ticket_id) if message.ticket_id else None
    if ticket is not None and note_reads(actor, [ticket], talk_id=talk_id):
        return find_message(actor, talk_id, message_id)
    return message
