"""What a contact said since they were last answered, in the breaths in which it is to be answered.

Ten photographs in a row are one breath, as five short messages are; each tap of a button is one of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk.intake.whatsapp.arrivals import reference_of
from helpdesk.intake.whatsapp.dialogue import taps
from helpdesk.intake.whatsapp.dialogue.talk import Heard
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib.database import db
from helpdesk.lib.plain_words import plain
from helpdesk.lib.whatsapp.payload import Kind
from helpdesk.messaging.events import CHAT
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.receipts import digest_of
from helpdesk.messaging.whatsapp.saying import ANSWERS, CHANNEL

TICKET = "ticket"
MOST_TAPS = 6  # of one look; whoever taps faster is answered for the last
REPEATED_WITHIN = timedelta(hours=1)
ECHOED_WITHIN = timedelta(days=1)
_LONG_ENOUGH = 25  # characters, for a text to be our own wording come back
_LOOKED_BACK = 100  # messages
_VOICE = frozenset({Kind.AUDIO.value})
_FILES = frozenset({Kind.IMAGE.value, Kind.VIDEO.value, Kind.DOCUMENT.value})
_SIGNS = frozenset({Kind.STICKER.value, Kind.REACTION.value, Kind.SYSTEM.value})
_NO_WORDS = frozenset({Kind.REACTION.value, Kind.SYSTEM.value})
_OPENING = Kind.REQUEST_WELCOME.value


def unanswered(contact_id: int) -> list[WhatsAppMessage]:
    """What nobody has dealt with yet, in the order in which it was said."""
    open_ones = select(WhatsAppMessage).where(
        WhatsAppMessage.contact_id == contact_id, WhatsAppMessage.handled_at.is_(None)
    )
    ordered = open_ones.order_by(WhatsAppMessage.said_at, WhatsAppMessage.id)
    return list(db.session.scalars(ordered.execution_options(populate_existing=True)))


def newest_of(contact_id: int) -> str:
    """The provider's id of the last thing they said; '' where nothing is kept. What is no message is passed over."""
    newest = (
        select(WhatsAppMessage.provider_id)
        .where(WhatsAppMessage.contact_id == contact_id, WhatsAppMessage.kind.not_in(_NO_WORDS))
        .order_by(WhatsAppMessage.said_at.desc(), WhatsAppMessage.id.desc())
        .limit(1)
    )
    return db.session.scalar(newest) or ""


def breaths_of(
    messages: Sequence[WhatsAppMessage], alone: Collection[int]
) -> Iterator[list[WhatsAppMessage]]:
    """*messages* in the pieces that are answered one after the other; those with the ids *alone* each for itself."""
    is_late = {message.id for message in [m for m in messages if choice_of(m)][:-MOST_TAPS]}
    breath: list[WhatsAppMessage] = []
    for message in messages:
        if not choice_of(message) and message.id not in alone:
            breath.append(message)
        elif message.id not in is_late:
            if breath:
                yield breath
            yield [message]
            breath = []
    if breath:
        yield breath


def heard(messages: Sequence[WhatsAppMessage], address: str) -> Heard:
    """One breath as the dialogue hears it. *address* is theirs, to know what we said to them."""
    choice = choice_of(messages[0])
    if choice:
        return Heard((), choice=choice, about=_ticket_behind(messages[0], address))
    text = words_of(messages)
    newest = messages[-1]
    return Heard(
        message_ids=tuple(message.id for message in messages),
        text=text,
        files=sum(message.kind in _FILES for message in messages),
        voices=sum(message.kind in _VOICE for message in messages),
        unsupported=sum(_is_unsupported(message) for message in messages),
        signs=sum(is_sign(message) for message in messages),
        about=_ticket_answered(messages, address),
        times=_times_said(newest, text),
        is_echo=_is_ours(text, address, newest.said_at),
    )


def words_of(messages: Iterable[WhatsAppMessage]) -> str:
    """All that was written, as it was meant last; what was taken back is not said."""
    return "\n".join(text for message in messages if (text := words_in(message)))


def words_in(message: WhatsAppMessage) -> str:
    """The words of one message: those that it was changed to, none when it was deleted."""
    if _is_taken_back(message):
        return ""
    return str(message.facts.get("edited_words") or message.text).strip()


def choice_of(message: WhatsAppMessage) -> str:
    """The id of ours that was tapped; '' for everything else, also for the button of an older template."""
    told = message.facts.get("choice_id")
    return told if isinstance(told, str) and taps.is_ours(told) else ""


def is_voice(message: WhatsAppMessage) -> bool:
    """Must somebody listen to it?"""
    return message.kind in _VOICE


def is_sign(message: WhatsAppMessage) -> bool:
    """Does it say nothing that could be answered: a sticker, a reaction, or what was taken back?"""
    return message.kind in _SIGNS or _is_taken_back(message)


def _is_taken_back(message: WhatsAppMessage) -> bool:
    return "revoked_at" in message.facts


def _is_unsupported(message: WhatsAppMessage) -> bool:
    is_known = message.kind in _FILES | _VOICE | _SIGNS or message.kind == _OPENING
    return not (is_known or message.text.strip() or _is_taken_back(message))


def _ticket_answered(messages: Sequence[WhatsAppMessage], address: str) -> int | None:
    """The one ticket that the messages answer; None when they answer none, or several."""
    answered = {message.reply_to for message in messages if message.reply_to}
    if not answered:
        return None
    tickets = {
        *_of_our_messages(answered, address),
        *_of_their_messages(answered, messages[0].contact_id),
    }
    return tickets.pop() if len(tickets) == 1 else None


def _ticket_behind(tap: WhatsAppMessage, address: str) -> int | None:
    """The ticket that the story went to below which the button stands; None while it is on none."""
    if not tap.reply_to:
        return None
    said = (
        select(OutboxMessage.provider_ref, OutboxMessage.values)
        .where(
            OutboxMessage.channel == CHANNEL,
            OutboxMessage.address == address,
            OutboxMessage.event == CHAT,
            OutboxMessage.provider_ref.is_not(None),
        )
        .order_by(OutboxMessage.sent_at.desc())
        .limit(_LOOKED_BACK)
    )
    for provider_ref, values in db.session.execute(said):
        if digest_of(provider_ref or "") == tap.reply_to:
            story = reference_of(str(values.get(ANSWERS, "")))
            return next(_of_their_messages({story}, tap.contact_id), None)
    return None


def _of_our_messages(answered: set[str], address: str) -> Iterator[int]:
    """Our side knows the provider's ids, theirs quotes the digest: a person has few messages, so they are compared."""
    said = (
        select(OutboxMessage.provider_ref, OutboxMessage.subject_id)
        .where(
            OutboxMessage.channel == CHANNEL,
            OutboxMessage.address == address,
            OutboxMessage.subject_kind == TICKET,
            OutboxMessage.provider_ref.is_not(None),
        )
        .order_by(OutboxMessage.sent_at.desc())
        .limit(_LOOKED_BACK)
    )
    for provider_ref, ticket_id in db.session.execute(said):
        if digest_of(provider_ref or "") in answered:
            yield ticket_id


def _of_their_messages(answered: set[str], contact_id: int) -> Iterator[int]:
    quoted = select(WhatsAppMessage.ticket_id).where(
        WhatsAppMessage.reference.in_(answered),
        WhatsAppMessage.contact_id == contact_id,
        WhatsAppMessage.ticket_id.is_not(None),
    )
    yield from (ticket_id for ticket_id in db.session.scalars(quoted) if ticket_id)


def _times_said(message: WhatsAppMessage, text: str) -> int:
    """How often they said these words within the hour, this time included."""
    if not text:
        return 1
    lately = (
        select(WhatsAppMessage.text)
        .where(
            WhatsAppMessage.contact_id == message.contact_id,
            WhatsAppMessage.said_at > message.said_at - REPEATED_WITHIN,
            WhatsAppMessage.handled_at.is_not(None),
        )
        .order_by(WhatsAppMessage.said_at.desc())
        .limit(_LOOKED_BACK)
    )
    said = plain(text)
    return 1 + sum(plain(one) == said for one in db.session.scalars(lately))


def _is_ours(text: str, address: str, at: datetime) -> bool:
    """Did we say these very words to them? Then a machine sends our answers back."""
    if len(text) < _LONG_ENOUGH:
        return False
    ours = (
        select(OutboxMessage.text)
        .where(
            OutboxMessage.channel == CHANNEL,
            OutboxMessage.address == address,
            OutboxMessage.event == CHAT,
            OutboxMessage.created_at > at - ECHOED_WITHIN,
        )
        .order_by(OutboxMessage.id.desc())
        .limit(_LOOKED_BACK)
    )
    said = plain(text)
    return any(plain(one or "") == said for one in db.session.scalars(ours))
