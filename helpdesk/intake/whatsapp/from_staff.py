"""What a member of staff writes from their own telephone as such: the code by which it is known, and replies to news.

A few words right after news are a reply too, where nothing else is talked of and no complaint of theirs is open.
Neither is a word of a complainant, even where a complaint of theirs is under way at the same telephone. But where it
tells of an emergency somebody may be in danger: they are told whom to call, and the desk looks at the talk.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from helpdesk.intake.whatsapp import alerts, hearing
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue import sentences
from helpdesk.intake.whatsapp.dialogue.alarming import was_alarmed
from helpdesk.intake.whatsapp.dialogue.reading import FEW_WORDS, Intent, read
from helpdesk.intake.whatsapp.dialogue.talk import Say, Talk, Why
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.situation import situation_of, tickets_of
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.plain_words import plain
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.receipts import digest_of
from helpdesk.messaging.whatsapp import staff_telephones
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import address_of
from helpdesk.messaging.whatsapp.saying import CHANNEL
from helpdesk.tickets.emergencies import is_emergency

_LOOKED_BACK = 100  # messages
_ANSWERED_WITHIN = timedelta(hours=1)
_MAY_ANSWER = frozenset({Intent.UNCLEAR, Intent.STORY, Intent.SOLVED})


def said_as_staff(
    messages: Sequence[WhatsAppMessage], conversation: Conversation, contact: Contact
) -> dict[int, str]:
    """The ids of those of *messages*, of *contact*, that are a code or answer news for staff.

    Each with the link of the news that is meant, where it is not quoted.
    """
    quoted = {one.reply_to for one in messages if one.reply_to}
    news = _news_among(quoted, address_of(contact)) if quoted else set()
    found = {one.id: "" for one in messages if _code_in(one) or one.reply_to in news}
    unquoted = [one.id for one in messages if _may_answer(one)]
    link = _answered_link(conversation, contact) if unquoted else ""
    return {**found, **dict.fromkeys(unquoted, link)} if link else found


def answer(
    message: WhatsAppMessage, link: str, conversation: Conversation, contact: Contact
) -> list[Say]:
    """What is answered to one of these and its *link*, inside the caller's unit of work; nothing to a reaction."""
    if code := _code_in(message):
        return [Say(_connect(code, contact))]
    if hearing.is_sign(message):
        return []
    with force_locale(contact.language):
        if is_emergency(plain(hearing.words_in(message))):
            return [_raise_alarm(conversation, contact)]
        if link:
            return [Say(_not_read(link))]
        unread: str = _(
            "Replies to news for staff are not read, and become no complaint. To act on the news, open its link. To "
            "complain yourself, send a new message that is no reply to it."
        )
    return [Say(unread)]


def _not_read(link: str) -> str:
    said: str = _(
        "If this answers news for staff: replies are not read here. To act on the news, open its link: "
        "%(link)s\n\nTo complain yourself, write *menu*.",
        link=link,
    )
    return said


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
        .where(*_told_as_staff(address), OutboxMessage.provider_ref.is_not(None))
        .order_by(OutboxMessage.sent_at.desc())
        .limit(_LOOKED_BACK)
    )
    return quoted & {digest_of(one) for one in db.session.scalars(told) if one}


def _may_answer(message: WhatsAppMessage) -> bool:
    """*Sudah saya urus*: a few words that answer nothing by themselves, and tell of no danger."""
    if message.reply_to or message.media_id or hearing.choice_of(message) or _code_in(message):
        return False
    reading = read(hearing.words_in(message))
    is_short = len(hearing.words_in(message).split()) <= FEW_WORDS
    return is_short and not reading.is_emergency and reading.intent in _MAY_ANSWER


def _answered_link(conversation: Conversation, contact: Contact) -> str:
    """Where the news leads that a few words may answer; '' where they are rather about something else."""
    now, silent_until = clock.now(), conversation.silent_until
    is_with_person = conversation.taken_by_id or (silent_until is not None and silent_until > now)
    if conversation.step or is_with_person:
        return ""
    newest = (
        select(OutboxMessage.values)
        .where(*_told_as_staff(address_of(contact)), OutboxMessage.sent_at > now - _ANSWERED_WITHIN)
        .order_by(OutboxMessage.sent_at.desc())
        .limit(1)
    )
    link = str((db.session.scalar(newest) or {}).get("link", ""))
    has_own = link and any(ticket.is_open for ticket in tickets_of(contact))
    return "" if has_own else link


def _told_as_staff(address: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxMessage.channel == CHANNEL,
        OutboxMessage.address == address,
        OutboxMessage.recipient_kind == "staff",
    )
