"""Which messages somebody must have read, and when to look whether they did."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.whatsapp.line import WhatsAppLine

# An answer, a question, an end, a letter, an excuse, a later day: who does not learn of these loses a right or trust.
MATTERS = frozenset(
    {
        "question",
        "asked_question",
        "answered",
        "asked_answered",
        "replied",
        "merged_answered",
        "confirm_reminder",
        "asked_confirm_reminder",
        "closed_confirmed",
        "asked_closed_confirmed",
        "closed_assumed",
        "asked_closed_assumed",
        "closed_unilateral",
        "closed_on_the_spot",
        "merged_closed",
        "exit_not_ours",
        "exit_archived",
        "letter_issued",
        "letter_from_staff",
        "late_apology",
        "due_moved",
    }
)


def matters(message: OutboxMessage) -> bool:
    """Must the complainant learn of it, if need be by another road?"""
    return message.recipient_kind == "complainant" and message.event in MATTERS


def check_when_sent(message: OutboxMessage, line: WhatsAppLine, at: datetime) -> datetime | None:
    """When to look whether what was sent *at* that moment was read; None: nobody need look."""
    return at + timedelta(hours=line.unread_after_hours) if matters(message) else None
