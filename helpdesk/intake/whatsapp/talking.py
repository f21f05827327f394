"""The conversation, answered: claimed, decided by ``dialogue`` and carried out in one unit of work with its replies.

Whatever goes wrong is set aside for a growing while, then a person is wanted. A conversation is answered once for all
that has come: each message is marked as handled in the unit that answers it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask_babel import force_locale
from sqlalchemy.orm import selectinload

from helpdesk.intake.inbound import Fate
from helpdesk.intake.languages import language_after
from helpdesk.intake.whatsapp import alerts, from_staff, hearing, keys_typed
from helpdesk.intake.whatsapp.acting import Scene, carry_out
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue import stories
from helpdesk.intake.whatsapp.dialogue.reading import Intent, read
from helpdesk.intake.whatsapp.dialogue.steps import answer as decide
from helpdesk.intake.whatsapp.dialogue.talk import Heard, Purpose, Say, Step, Talk, Why
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.situation import TALK_KEY, situation_of
from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.lib.logs import WORDLESS, place_of
from helpdesk.messaging.told_keys import KEY, NAMELESS_KEY
from helpdesk.messaging.whatsapp.contact import Contact
from helpdesk.messaging.whatsapp.contacts import address_of
from helpdesk.messaging.whatsapp.saying import say

log = logging.getLogger(__name__)

JOB = "answer conversations"
HEARD = "heard"  # the fate of what was part of the talk and nothing else
LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300))
MAX_ATTEMPTS = len(PAUSES) + 1
ERROR_LENGTH = 500
ROUND = 100
ROUND_LASTS = timedelta(seconds=10)  # a stop waits for the round to end
REMIND_AFTER = timedelta(minutes=30)  # a story that was told and not sent
GIVE_UP_AFTER = timedelta(hours=2)  # then a person looks at it: nothing is lost for a button
_TO_BE_KEPT = (Purpose.ADD.value, Purpose.OBJECT.value)


def answer_due(at: datetime, limit: int = ROUND) -> int:
    """Answer the conversations that are due at *at*, longest due first; returns how many.

    Opens its units itself: raises RuntimeError inside a unit of work.
    """
    began_at, answered = clock.now(), 0
    for conversation_id in claims.candidates(Conversation, at, limit):
        answered += answer(conversation_id)
        if clock.now() - began_at > ROUND_LASTS:
            break
    return answered


def answer(conversation_id: int) -> bool:
    """Answer one conversation now; False when another worker is at it, or it could not be answered."""
    if in_transaction():
        raise RuntimeError("a conversation is answered in units of its own")
    token = claims.claim(Conversation, conversation_id, clock.now(), LEASE)
    if token is None:
        return False
    try:
        return unit_of_work(lambda: _answer(conversation_id, token))
    except Exception as fault:  # noted on the row; the other conversations go on
        extra = {"conversation_id": conversation_id, WORDLESS: True}  # its words may quote the talk
        log.exception("conversation not answered", extra=extra)
        words = place_of(fault)[:ERROR_LENGTH]
        unit_of_work(lambda: _set_aside(conversation_id, token, words))
        return False


def _answer(conversation_id: int, token: str) -> bool:
    if not claims.still_mine(Conversation, conversation_id, token):
        return False
    conversation = _conversation(conversation_id)
    contact = db.session.get_one(
        Contact,
        conversation.contact_id,
        options=[selectinload(Contact.identities)],
        populate_existing=True,
    )
    messages = hearing.unanswered(contact.id)
    if messages:
        _answer_all(conversation, contact, messages)
    else:
        _go_after(conversation, contact)
    conversation.attempts, conversation.error = 0, ""
    conversation.version += 1
    claims.settle(Conversation, conversation_id, token, look_at=_look_again_at(conversation))
    return True


def _answer_all(
    conversation: Conversation, contact: Contact, messages: Sequence[WhatsAppMessage]
) -> None:
    address, spoken = address_of(contact), 0
    as_staff = from_staff.said_as_staff(messages, conversation, contact)
    for breath in hearing.breaths_of(messages, as_staff):
        if breath[0].id in as_staff:
            said = from_staff.answer(breath[0], as_staff[breath[0].id], conversation, contact)
        else:
            said = _answer_breath(breath, hearing.heard(breath, address), conversation, contact)
        for one in said:
            spoken += 1
            # Once is enough: what was said before it is read with it.
            answers = messages[-1].provider_id if spoken == 1 else ""
            _say(one, conversation, contact, f"{messages[-1].id}/{spoken}", answers)
    now = clock.now()
    for message in messages:
        message.handled_at = message.handled_at or now
        message.fate = message.fate or HEARD


def _answer_breath(
    breath: Sequence[WhatsAppMessage], heard: Heard, conversation: Conversation, contact: Contact
) -> list[Say]:
    if not heard.choice:
        contact.language = _language(heard.text, contact.language)
    with force_locale(contact.language):
        scene = Scene(conversation, contact, situation_of(conversation, contact), breath)
        turn = decide(_talk(conversation), heard, scene.situation)
        _note(conversation, turn.talk)
        said = [one for deed in turn.deeds for one in carry_out(deed, scene)]
    keys_typed.hide_keys(breath, heard.text, scene.situation, conversation)
    return said


def _go_after(conversation: Conversation, contact: Contact) -> None:
    """A story was told and not sent: remind once, then let a person look at it.

    At once where we asked to which complaint something belongs, and were never told.
    """
    now, story = clock.now(), conversation.gathered.get("story")
    if not _is_left_open(conversation) or now - conversation.heard_at < REMIND_AFTER:
        return
    if story and not conversation.gathered.get("reminded"):
        with force_locale(contact.language):
            turn = stories.prompt(_talk(conversation))
        _note(conversation, replace(turn.talk, gathered={**turn.talk.gathered, "reminded": True}))
        for one in turn.deeds:
            if isinstance(one, Say):
                _say(one, conversation, contact, f"remind/{story[-1]}")
        return
    alerts.call_person(conversation, Why.UNFINISHED, now, is_silent=False)


def _look_again_at(conversation: Conversation) -> datetime | None:
    if not _is_left_open(conversation):
        return None
    after = GIVE_UP_AFTER if conversation.gathered.get("reminded") else REMIND_AFTER
    return clock.now() + after


def _is_left_open(conversation: Conversation) -> bool:
    """Was something told that is on no ticket yet, wherever the talk went since, and that nobody looks at?"""
    told = conversation.gathered
    is_for_ticket = told.get("pending") and told.get("for") in _TO_BE_KEPT
    return conversation.person_wanted_at is None and bool(told.get("story") or is_for_ticket)


def _language(text: str, before: str) -> str:
    asked = {Intent.ENGLISH: "en", Intent.INDONESIAN: "id"}.get(read(text).intent)
    return asked or language_after(text, before)


def _talk(conversation: Conversation) -> Talk:
    known = {step.value for step in Step}
    return Talk(
        step=Step(conversation.step) if conversation.step in known else Step.IDLE,
        gathered=conversation.gathered,
        misunderstood=conversation.misunderstood,
        ticket_id=conversation.ticket_id,
    )


def _note(conversation: Conversation, talk: Talk) -> None:
    conversation.step = talk.step.value
    conversation.gathered = dict(talk.gathered)
    conversation.misunderstood = talk.misunderstood
    conversation.ticket_id = talk.ticket_id


def _say(
    one: Say, conversation: Conversation, contact: Contact, occasion: str, answers: str = ""
) -> None:
    """Queue the reply to what they said (the provider's id *answers*); a key under a name by which it is found."""
    if not address_of(contact):
        return
    prefix = TALK_KEY
    if one.is_key:
        prefix = KEY if one.ticket_id else NAMELESS_KEY
    say(
        contact,
        one.text,
        dedupe_key=f"{prefix}{conversation.id}/{occasion}",
        language=contact.language,
        choices=one.choices,
        subject=("ticket", one.ticket_id) if one.ticket_id else ("conversation", conversation.id),
        answers=answers,
    )
    conversation.spoke_at = clock.now()


def _set_aside(conversation_id: int, token: str, words: str) -> None:
    """Later again; after the last attempt a person must look at it, and what was said waits for them."""
    if not claims.still_mine(Conversation, conversation_id, token):
        return
    conversation = _conversation(conversation_id)
    conversation.attempts += 1
    conversation.error = words
    now = clock.now()
    if conversation.attempts < MAX_ATTEMPTS:
        pause = PAUSES[conversation.attempts - 1]
        claims.settle(Conversation, conversation_id, token, look_at=now + pause)
        return
    for message in hearing.unanswered(conversation.contact_id):
        message.handled_at = now
        message.fate, message.reason = Fate.QUARANTINED.value, Why.FAULT.value
    conversation.attempts = 0
    alerts.call_person(conversation, Why.FAULT, now, is_silent=True)
    claims.settle(Conversation, conversation_id, token)


def _conversation(conversation_id: int) -> Conversation:
    return db.session.get_one(Conversation, conversation_id, populate_existing=True)
