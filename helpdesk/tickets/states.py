"""The words of the law: kinds, channels, grades, states and closings. Values are stored; names are shown by pages."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What somebody brings. Only complaints count in complaint figures."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    INFORMATION = "information"

    @property
    def is_thanked(self) -> bool:
        """Is it thanked for, and promised nothing? A complaint or a question is promised an answer."""
        return self in (Kind.SUGGESTION, Kind.PRAISE)


class Channel(StrEnum):
    """How it reached us (kanal). Those from LAPOR on were said elsewhere; staff take them down."""

    WEB = "web"
    COUNTER = "counter"
    PHONE = "phone"
    BOX = "box"
    FACEBOOK = "facebook"
    LETTER = "letter"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    LAPOR = "lapor"  # SP4N-LAPOR!, the national system
    BPJS = "bpjs"  # Mobile JKN, BPJS SATU
    AGENCY = "agency"  # another agency: Dinas Kesehatan, Ombudsman
    SOCIAL = "social"  # Instagram, TikTok
    REVIEW = "review"  # on Google
    PRESS = "press"


# What somebody said of how it reached us, and may have said wrong; of the others a machine knows it.
TAKEN_DOWN = frozenset(Channel) - {Channel.WEB, Channel.EMAIL, Channel.WHATSAPP}


class Grade(StrEnum):
    """Risk grading of Permenkes 30/2022 (INM 12); '' on a ticket means not yet graded."""

    RED = "merah"
    YELLOW = "kuning"
    GREEN = "hijau"


_BY_GRAVITY = ("", Grade.GREEN, Grade.YELLOW, Grade.RED)


def gravity_of(grade: str) -> int:
    """How grave a grade is, to compare two; what is not yet graded is the least."""
    return _BY_GRAVITY.index(grade)


class Status(StrEnum):
    """Where a ticket stands. The last five are exits, each with a reason."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    ANSWERED = "answered"
    CLOSED = "closed"
    MERGED = "merged"
    NOT_OURS = "not_ours"
    ARCHIVED = "archived"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Does it still wait for somebody? An answered ticket waits for the complainant."""
        return self in OPEN

    @property
    def is_worked_on(self) -> bool:
        """Open, and the final answer not given yet."""
        return self in WORKED_ON


WORKED_ON = frozenset({Status.RECEIVED, Status.TRIAGED, Status.IN_PROGRESS, Status.IN_REVIEW})
OPEN = WORKED_ON | {Status.ANSWERED}
EXITS = frozenset({Status.MERGED, Status.NOT_OURS, Status.ARCHIVED, Status.SPAM, Status.WITHDRAWN})


class Closing(StrEnum):
    """How a closed ticket was closed; counted apart."""

    CONFIRMED = "confirmed"  # the complainant said so
    ASSUMED = "assumed"  # silence for the configured working days
    UNILATERAL = "unilateral"  # by a supervisor, with a reason
    ON_THE_SPOT = "on_the_spot"  # solved before the person left
    NO_CONTACT = "no_contact"  # answered, but nobody could be asked


class DispositionStatus(StrEnum):
    """Where the work of one unit stands. The last three are copies (*tembusan*): there is nothing to work on."""

    SENT = "sent"
    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    RECALLED = "recalled"
    COPIED = "copied"  # sent for information only, and not read yet
    NOTED = "noted"
    UNCOPIED = "uncopied"  # taken back unread


COPIES = frozenset({DispositionStatus.COPIED, DispositionStatus.NOTED, DispositionStatus.UNCOPIED})
WITH_UNIT = frozenset({DispositionStatus.SENT, DispositionStatus.ACCEPTED})
THEIR_WORK = WITH_UNIT | {DispositionStatus.SUBMITTED, DispositionStatus.APPROVED}
STILL_THEIRS = THEIR_WORK | {DispositionStatus.COPIED, DispositionStatus.NOTED}
# What the final answer does not wait for
SETTLED = COPIES | {
    DispositionStatus.APPROVED,
    DispositionStatus.RETURNED,
    DispositionStatus.RECALLED,
}


class Identity(StrEnum):
    """Who may know the complainant: units too, customer care only, or nobody because nothing is stored."""

    NAMED = "named"
    WITHHELD = "withheld"
    ANONYMOUS = "anonymous"


class Access(StrEnum):
    """Ordinary, or only for named readers."""

    ORDINARY = "ordinary"
    RESTRICTED = "restricted"


# How an answer travels; '' where nobody left a way, or it is not proved to be theirs.
Road = Literal["whatsapp", "email", "phone", ""]
# Who reads an event: the complainant and staff, everybody at work on the ticket, or customer care alone.
Audience = Literal["public", "staff", "care"]


class Needs(StrEnum):
    """What customer care must do next; '' means nothing. Cached on the ticket for the worklist."""

    TRIAGE = "triage"
    DISPOSE = "dispose"
    REVIEW = "review"  # an answer of a unit waits for approval
    MORE_TIME = "time"  # a unit asks for more time
    ANSWER = "answer"  # every unit is done, the complainant is not answered
    FOLLOW_UP = "followup"  # answered or closed, and the statutory clock waits for the record of what was done
    NOTHING = ""


class Root(StrEnum):
    """Root causes a unit can name; free text stands beside it."""

    PEOPLE = "people"
    PROCEDURE = "procedure"
    EQUIPMENT = "equipment"
    SUPPLY = "supply"
    BUILDING = "building"
    SYSTEM = "system"
    COMMUNICATION = "communication"
    OUTSIDE = "outside"
    NOT_PROVEN = "not_proven"


class Phrase(StrEnum):
    """What a disposition asks for: the check phrases of an Indonesian *lembar disposisi*."""

    SOLVE = "solve"
    CLARIFY = "clarify"
    ADVISE = "advise"
    DRAFT_ANSWER = "draft_answer"
    COORDINATE = "coordinate"
    FOR_INFORMATION = "for_information"


# What cannot be done without looking for the cause
ASKS_FOR_CAUSE = frozenset({Phrase.SOLVE, Phrase.CLARIFY})
