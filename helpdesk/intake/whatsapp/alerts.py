"""Staff are told that a person must answer: once, and never what was said."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpdesk.accounts.roles import Role
from helpdesk.accounts.standing_in import present_of
from helpdesk.accounts.user import User
from helpdesk.intake.notices import occasion_of, tell_of_channel
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.dialogue.talk import Why
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
    tell_of_channel(
        _hearers(event),
        event,
        occasion=occasion_of(f"{event}/{conversation.id}", at),
        subject=("conversation", conversation.id),
        since=at,
        path=f"/kerja/percakapan/{conversation.id}",
        because=why.value,
    )


def _hearers(event: str) -> list[User]:
    """The supervisors; in an emergency, or where they are all away, everybody at the desk."""
    people = present_of(holders_of(Role.SUPERVISOR))
    if event == EMERGENCY or not people:
        people = [*people, *holders_of(Role.CARE)]
    return list({user.id: user for user in people}.values())
