"""Staff are told that a person must answer: once, and never what was said."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import User
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue.talk import Why
from helpdesk.lib.words import moment_in_words
from helpdesk.messaging import outbox
from helpdesk.tickets.hearers import holders_of

WAITING = "conversation_waiting"
EMERGENCY = "conversation_emergency"
SILENT_FOR = timedelta(hours=12)  # then the guide speaks again, if nobody has taken the talk


def call_person(conversation: Conversation, why: Why, at: datetime, *, is_silent: bool) -> None:
    """Let a person answer, inside the caller's unit of work. Whoever waits already is not announced again.

    An emergency goes before whatever they waited for.
    """
    was_waiting = conversation.person_wanted_at is not None
    is_graver = why is Why.EMERGENCY and conversation.wanted_because != Why.EMERGENCY
    if is_silent:
        conversation.silent_until = at + SILENT_FOR
    if was_waiting and not is_graver:
        if why is Why.EMERGENCY:
            _tell(conversation, EMERGENCY, why, at)
        return
    conversation.person_wanted_at = conversation.person_wanted_at or at
    conversation.wanted_because = why.value
    _tell(conversation, EMERGENCY if why is Why.EMERGENCY else WAITING, why, at)


def _tell(conversation: Conversation, event: str, why: Why, at: datetime) -> None:
    here, zone = organisation(), local_zone()
    base: str = current_app.extensions["settings"].base_url
    for user in _hearers(event):
        outbox.queue_for(
            user,
            event,
            occasion=f"{event}/{conversation.id}/{at:%Y%m%dT%H%M%S}",
            subject=("conversation", conversation.id),
            values={
                "organisation": here.name if here else "Tanggap",
                "since": moment_in_words(at, zone, user.locale),
                "because": why.value,
                "link": f"{base}/kerja/percakapan/{conversation.id}",
            },
        )


def _hearers(event: str) -> list[User]:
    """The supervisors; in an emergency everybody at the desk."""
    people = holders_of(Role.SUPERVISOR)
    if event == EMERGENCY or not people:
        people = [*people, *holders_of(Role.CARE)]
    return list({user.id: user for user in people}.values())
