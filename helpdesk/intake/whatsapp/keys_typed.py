"""A number and a PIN typed into the chat: they open what they open anywhere, at the same cost for a guess."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from helpdesk.intake.mail_belonging import fetch_claimed
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue.mentions import mention_in, pin_in, without_pin
from helpdesk.intake.whatsapp.dialogue.talk import Situation, TryPin
from helpdesk.intake.whatsapp.forgetting import forget_said
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib.database import db
from helpdesk.tickets import keys
from helpdesk.tickets.number import parse_number
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket

TRIES = 5  # of one contact within the hour, whichever numbers they try
_HOUR = timedelta(hours=1)


def open_with_pin(
    deed: TryPin,
    conversation: Conversation,
    situation: Situation,
    breath: Sequence[WhatsAppMessage],
) -> Ticket | None:
    """The ticket that number and PIN open; None for a wrong pair, an unknown number, and after too many tries.

    The PIN does not stay readable in the talk.
    """
    _hide_pin(breath, deed.pin)
    tries = _tries(conversation, situation.now)
    if len(tries) >= TRIES:
        return None
    conversation.gathered = {**conversation.gathered, "tries": [*tries, situation.now.isoformat()]}
    ticket = db.session.scalar(_numbered(deed.typed, situation).with_for_update())
    if not keys.check_pin(ticket, deed.pin) or ticket is None:
        return None
    return fetch_claimed(ticket.id)


def hide_keys(
    breath: Sequence[WhatsAppMessage], text: str, situation: Situation, conversation: Conversation
) -> None:
    """Whoever reads the talk must neither be able to open the complaint, nor learn whose an anonymous one is.

    A PIN is made unreadable; a message that is nothing but the number of an anonymous complaint is forgotten, since
    it would lead from the complaint back to this telephone.
    """
    mention = mention_in(text, prefix=situation.prefix)
    _hide_pin(breath, mention.pin if mention.stands_alone else pin_in(text))
    if not (mention.typed and mention.stands_alone):
        return
    ticket = db.session.scalar(_numbered(mention.typed, situation))
    if ticket is not None and ticket.identity == Identity.ANONYMOUS:
        waiting = conversation.gathered.get("story", ())
        forget_said(one for one in breath if one.ticket_id is None and one.id not in waiting)


def _hide_pin(breath: Sequence[WhatsAppMessage], pin: str) -> None:
    for message in breath if pin else ():
        message.text = without_pin(message.text, pin)
        if "edited_words" in message.facts:
            words = without_pin(str(message.facts["edited_words"]), pin)
            message.facts = {**message.facts, "edited_words": words}


def _numbered(typed: str, situation: Situation) -> Select[Ticket]:
    """The ticket with this number as a statement; nothing where it is none, or could be several."""
    parsed = parse_number(typed, prefix=situation.prefix, years=situation.years)
    number = parsed.numbers[0] if len(parsed.numbers) == 1 else None
    return select(Ticket).where(
        Ticket.number_year == (number.year if number else 0),
        Ticket.number_seq == (number.seq if number else 0),
    )


def _tries(conversation: Conversation, now: datetime) -> list[str]:
    """The moments of the tries within the hour."""
    kept = conversation.gathered.get("tries", [])
    return [one for one in kept if now - datetime.fromisoformat(one) < _HOUR]
