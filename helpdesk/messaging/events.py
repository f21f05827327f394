"""What people are told of, and which values its wording may use.

A released event never gets another placeholder, for what is queued keeps the values of its time: make a new event.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_TOLD_TO_STAFF = frozenset({"number", "link"})
_TOLD_TO_COMPLAINANTS = _TOLD_TO_STAFF | {"due", "until", "object_until", "emergency"}


class Audience(StrEnum):
    """Who reads it."""

    COMPLAINANT = "complainant"
    STAFF = "staff"


@dataclass(frozen=True)
class Event:
    """Something people are told: by whom it is read, and which values its wording may use."""

    audience: Audience
    placeholders: frozenset[str]

    @property
    def required(self) -> frozenset[str]:
        """What no wording may leave out: which complaint, where to read it, and until when.

        A complainant is told every deadline that concerns them; staff find it in the ticket.
        """
        is_public = self.audience is Audience.COMPLAINANT
        return self.placeholders & (_TOLD_TO_COMPLAINANTS if is_public else _TOLD_TO_STAFF)


def _to_complainant(*placeholders: str) -> Event:
    return Event(Audience.COMPLAINANT, frozenset({"organisation", "number", "link", *placeholders}))


def _to_staff(*placeholders: str) -> Event:
    return _of_house("number", *placeholders)


def _of_house(*placeholders: str) -> Event:
    """To staff, about what is no ticket."""
    return Event(Audience.STAFF, frozenset({"organisation", "link", *placeholders}))


# What each placeholder holds, ready to read in the language of the message:
#   organisation  its name                      number  of the ticket, KLH-26-00042-8
#   link          to the complainant's page (signed), or for staff to the ticket
#   due, until, object_until, was_due   in words: "Selasa, 24 November 2026 pukul 10.00 WIB"
#   emergency     what to do and whom to call     month   of a summary: "Oktober 2026"
#   wanted_by     of an instruction, or until when more time is asked for, in words; "-" where none
#   category      its name                      unit    its name, or "-" where the work is the desk's
#   grade, clock  codes, said by the wordbook; clock is the stage that is measured
#   mailbox, line our own address, number on WhatsApp   since   when the trouble began, in words
#   made          of a backup: when, in words
#   trouble       a code of helpdesk.lib.clients.faults, said by the wordbook
#   by_day        by which an improvement is to be done: "Selasa, 24 November 2026"; link is its page
#   first_day, last_day   of a leave: "Selasa, 24 November 2026"; link is the account of who stands in
#   because       why a person must answer a conversation: a code, said by the wordbook; link is its page
# Deliberately no title, text, reason or name of a person: WhatsApp, mail servers and lock screens read along.
EVENTS: dict[str, Event] = {
    "received": _to_complainant("due"),
    "received_late": _to_complainant(),  # recorded after its deadline: nothing can be promised
    "received_urgent": _to_complainant("due", "emergency"),
    "whom_to_call": _to_complainant("emergency"),  # they wrote of one in an email
    # Somebody did from where we do not answer the complainant: not a word of the complaint
    "whom_to_call_only": Event(Audience.COMPLAINANT, frozenset({"organisation", "emergency"})),
    "thanked": _to_complainant(),  # a suggestion or praise: nothing is promised
    "interim": _to_complainant(),
    "due_moved": _to_complainant("due"),
    "question": _to_complainant("until"),
    "question_reminder": _to_complainant("until"),
    "answered": _to_complainant("object_until"),
    "replied": _to_complainant(),  # to a suggestion or praise: nobody is asked whether it is solved
    "confirm_reminder": _to_complainant("until"),
    "closed_confirmed": _to_complainant("object_until"),
    "closed_assumed": _to_complainant("object_until"),
    "closed_unilateral": _to_complainant("object_until"),
    "closed_on_the_spot": _to_complainant("object_until"),
    "reopened": _to_complainant("due"),
    "exit_not_ours": _to_complainant(),
    "exit_archived": _to_complainant(),
    "exit_withdrawn": _to_complainant(),
    "taken_up_again": _to_complainant(),
    "exit_merged": _to_complainant(),
    "merged_answered": _to_complainant(),
    "merged_reopened": _to_complainant(),
    "merged_closed": _to_complainant(),
    "split_off": _to_complainant(),
    "letter_issued": _to_complainant(),
    "letter_from_staff": _to_complainant(),
    # the link opens the complaint in the complainant's name, so those who get a copy must not have it
    "letter_with_copies": Event(Audience.COMPLAINANT, frozenset({"organisation", "number"})),
    "link_again": _to_complainant(),
    # To the contact of before: perhaps it was never theirs, so no link goes there
    "contact_changed": Event(Audience.COMPLAINANT, frozenset({"organisation", "number"})),
    "late_apology": _to_complainant(),
    # An information request is no complaint: what its way says in other words
    "asked_received": _to_complainant("due"),
    "asked_interim": _to_complainant(),
    "asked_question": _to_complainant("until"),
    "asked_question_reminder": _to_complainant("until"),
    "asked_answered": _to_complainant("object_until"),
    "asked_confirm_reminder": _to_complainant("until"),
    "asked_closed_confirmed": _to_complainant("object_until"),
    "asked_closed_assumed": _to_complainant("object_until"),
    "disposed": _to_staff("unit", "category", "grade", "due"),
    "copied": _to_staff("unit", "category", "grade"),
    "assigned": _to_staff("category", "grade", "due"),
    "regraded": _to_staff("grade", "due"),
    "sounds_urgent": _to_staff(),
    "wrote_urgently": _to_staff(),
    "graded_red": _to_staff("category", "due"),
    # The link would lead them nowhere
    "recalled": Event(Audience.STAFF, frozenset({"organisation", "number"})),
    "returned_by_unit": _to_staff("unit"),
    "time_asked": _to_staff("unit", "wanted_by", "due"),
    "time_decided": _to_staff("unit", "due"),
    "submitted": _to_staff("unit"),
    "submission_returned": _to_staff("unit", "due"),
    "complainant_wrote": _to_staff(),
    "question_unanswered": _to_staff(),
    "other_wrote": _to_staff(),
    "undelivered": _to_staff(),
    "call_wanted": _to_staff(),
    "objection": _to_staff("due"),
    "exit_contested": _to_staff(),
    "due_soon": _to_staff("clock", "unit", "due"),
    "breached": _to_staff("clock", "unit", "was_due"),
    "escalated": _to_staff("clock", "unit", "was_due"),
    "named_reader": _to_staff(),
    "instructed": _to_staff("unit", "wanted_by"),
    "instruction_answered": _to_staff("unit"),
    "monthly_summary": _to_staff("month"),  # number and link are the summary's
    "standing_in": _of_house("first_day", "last_day"),
    "standing_in_ended": _of_house("first_day", "last_day"),
    "improvement_given": _of_house("unit", "by_day"),
    "improvement_due": _of_house("unit", "by_day"),
    "improvement_late": _of_house("unit", "by_day"),
    "mailbox_unreadable": _of_house("mailbox", "since", "trouble"),
    "mailbox_recovered": _of_house("mailbox", "since"),
    "whatsapp_unreachable": _of_house("line", "since"),
    "whatsapp_recovered": _of_house("line", "since"),
    "backup_failed": _of_house("made"),
    "backup_unreadable": _of_house("made"),
    "scanner_unreachable": _of_house("since"),
    "scanner_recovered": _of_house("since"),
    "conversation_waiting": _of_house("since", "because"),
    "conversation_emergency": _of_house("since"),
    "mail_sounds_urgent": _of_house("since"),
}

# Said in words of the moment, which are the message's own: there is no wording to keep or to edit.
CHAT = "chat"
