"""What a member of staff writes from their own telephone as such: the code by which it is known, and replies to news.

Neither is a word of a complainant, even where a complaint of theirs is under way at the same telephone. But where it
tells of an emergency somebody may be in danger: they are told whom to call, and the desk looks at the talk.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from helpdesk.intake.whatsapp import alerts, hearing
from helpdesk.intake.whatsapp.arrivals import reference_of
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue import sentences
from helpdesk.intake.whatsapp.dialogue.alarming import was_alarmed
from helpdesk.intake.whatsapp.dialogue.talk import Say, Talk, Why
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.situation import situation_of
from helpdesk.lib.database import db
from helpdesk.lib.plain_words import plain
from helpdesk.messaging.events import Audience
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.whatsapp import staff_telephones
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.tickets.emergencies import is_emergency

_LOOKED_BACK = 100  # messages


def said_as_staff(messages: Sequence[WhatsAppMessage], address: str) -> set[int]:
    """The ids of those of *messages*, of whoever is at *address*, that are a code or answer news for staff."""
    quoted = {one.reply_to for one in messages if one.reply_to}
    news = _news_among(quoted, address) if quoted else set()
    return {one.id for one in messages if _code_in(one) or one.reply_to in news}


def answer(message: WhatsAppMessage, conversation: Conversation, contact: Contact) -> list[Say]:
    """What is answered to one of these, inside the caller's unit of work; nothing to a reaction."""
    if code := _code_in(message):
        return [Say(_connect(code, contact))]
    if hearing.is_sign(message):
        return []
    with force_locale(contact.language):
        if is_emergency(plain(hearing.words_in(message))):
            return [_raise_alarm(conversation, contact)]
        unread: str = _(
            "Replies to news for staff are not read, and become no complaint. To act on the news, open its link. To "
            "complain yourself, send a new message that is no reply to it."
        )
    return [Say(unread)]


def _raise_alarm(conversation: Conversation, contact: Contact) -> Say:
    """As in any talk: whom to call, and the desk is alarmed once in a while."""
    situation = situation_of(conversation, contact)
    if not was_alarmed(Talk(gathered=conversation.gathered), situation):
        alerts.call_person(conversation, Why.EMERGENCY, situation.now, is_silent=False)
        alarmed = {"alarmed_at": situation.now.isoformat()}
        conversation.gathered = {**conversation.gathered, **alarmed}
    return Say(sentences.emergency(situation.emergency, situation.emergency_steps))


def _connect(code: str, contact: Contact) -> str:
    user = staff_telephones.connect(code, contact)
    if user is None:
        with force_locale(contact.language):
            refused: str = _(
                'This code is not valid, or has expired. Show a new one on the page "My account" and send it from '
                "here."
            )
        return refused
    with force_locale(user.locale):
        connected: str = _(
            "Connected. What cannot wait comes to you here from now on, %(name)s. You can change it on the page "
            '"My account".',
            name=user.full_name,
        )
    return connected


def _code_in(message: WhatsAppMessage) -> str:
    """A picture with a code below it is a picture."""
    return "" if message.media_id else staff_telephones.code_in(hearing.words_in(message))


def _news_among(quoted: set[str], address: str) -> set[str]:
    """Their side quotes the digest of what our side knows by the provider's id."""
    told = (
        select(OutboxMessage.provider_ref)
        .where(
            OutboxMessage.channel == hearing.CHANNEL,
            OutboxMessage.address == address,
            OutboxMessage.recipient_kind == Audience.STAFF,
            OutboxMessage.provider_ref.is_not(None),
        )
        .order_by(OutboxMessage.sent_at.desc())
        .limit(_LOOKED_BACK)
    )
    return quoted & {reference_of(one) for one in db.session.scalars(told) if one}
