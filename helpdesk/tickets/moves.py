"""The law of a ticket: every move, when it is legal, whose it is and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.roles import Permission
from helpdesk.tickets.states import OPEN, WITH_UNIT, WORKED_ON, Audience, DispositionStatus, Status

ERASED = _l("The personal data of this complaint were deleted. Nothing more is written on it.")


class Move(StrEnum):
    """Everything that can happen to a ticket; stored as the event's kind."""

    OPEN = "open"
    SOLVE = "solve"
    REPORT_SOLVED = "report_solved"
    TRIAGE = "triage"
    REGRADE = "regrade"
    POSTPONE = "postpone"
    RECLASSIFY = "reclassify"
    AMEND = "amend"
    CHANGE_CONTACTS = "change_contacts"
    GUARD = "guard"
    REDACT = "redact"
    TAKE = "take"
    DISPOSE = "dispose"
    COPY = "copy"
    TAKE_NOTE = "take_note"
    RECALL = "recall"
    ASSIGN = "assign"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    ASK_TIME = "ask_time"
    SET_DEADLINE = "set_deadline"
    DECLINE_TIME = "decline_time"
    FOLLOW_UP = "follow_up"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN_ANSWER = "return_answer"
    ASK = "ask"
    REPLY_TO_QUESTION = "reply_to_question"
    REMIND = "remind"
    UNANSWERED = "unanswered"
    ADD_MESSAGE = "add_message"
    OTHER_WROTE = "other_wrote"
    MACHINE_WROTE = "machine_wrote"
    LINK = "link"
    NOTE = "note"
    INTERIM_REPLY = "interim_reply"
    WRITE = "write"
    ANSWER = "answer"
    CONFIRM = "confirm"
    OBJECT = "object"
    RATE = "rate"
    CLOSE_BY_SILENCE = "close_by_silence"
    CLOSE_UNILATERALLY = "close_unilaterally"
    EXIT = "exit"
    REVIVE = "revive"
    CONTEST = "contest"
    MERGE = "merge"
    ABSORB = "absorb"
    SPLIT = "split"
    LET_GO = "let_go"
    NEWS = "news"
    NEW_PIN = "new_pin"
    RESEND_LINK = "resend_link"
    UNDELIVERED = "undelivered"
    OTHER_ROAD = "other_road"
    CALL_WANTED = "call_wanted"
    CALLED = "called"
    MOVED = "moved"
    SEND_AGAIN = "send_again"
    VOUCH = "vouch"
    LETTER = "letter"
    INSTRUCT = "instruct"
    ACKNOWLEDGE_INSTRUCTION = "acknowledge_instruction"
    ANSWER_INSTRUCTION = "answer_instruction"
    WARN = "warn"
    BREACH = "breach"
    ESCALATE = "escalate"
    HOLD = "hold"
    RELEASE = "release"
    ERASE = "erase"


@dataclass(frozen=True)
class Rule:
    """When a move is legal, whose it is, and where it leads (``to`` None: the dispositions decide)."""

    frm: frozenset[Status]
    to: Status | None = None
    needs: Permission | None = None
    by_complainant: bool = False
    by_system: bool = False
    on: frozenset[DispositionStatus] | None = None  # where the work of the unit must stand
    own_unit: bool = False  # the disposition must be with a unit of the actor
    not_own_unit: bool = False  # nobody of a unit that it was sent to judges for the complainant
    or_unit: bool = False  # an officer of a unit at work on it may do it too
    or_copied: bool = False  # and of a unit that has it for information only
    or_recorder: bool = False  # so may whoever took the complaint down
    until_triage: bool = False  # ... but only as long as nobody at the desk has looked at it
    audience: Audience = "staff"


_ALL = frozenset(Status)
_CLOSABLE = frozenset({Status.ANSWERED, Status.CLOSED})
_AT_UNITS = frozenset({Status.IN_PROGRESS, Status.IN_REVIEW})
_BEFORE_ANSWER = WORKED_ON - {Status.RECEIVED}
_SENT = frozenset({DispositionStatus.SENT})
_SUBMITTED = frozenset({DispositionStatus.SUBMITTED})
_COPIED = frozenset({DispositionStatus.COPIED})
_HAS_CLOCKS = OPEN | {Status.CLOSED}
_LEFT = frozenset({Status.NOT_OURS, Status.ARCHIVED, Status.WITHDRAWN})  # and the person was told
_FOLLOWS = frozenset({Status.MERGED})
_SINCE_TRIAGE = _HAS_CLOCKS - {Status.RECEIVED}

MOVES: dict[Move, Rule] = {
    Move.OPEN: Rule(
        frozenset({Status.RECEIVED}),
        by_complainant=True,
        needs=Permission.RECORD,
        audience="public",
    ),
    Move.SOLVE: Rule(
        frozenset({Status.RECEIVED}), Status.CLOSED, needs=Permission.RECORD, audience="public"
    ),
    # Too grave to be closed by who took it down: what was done is told to customer care, who goes on from there.
    Move.REPORT_SOLVED: Rule(
        frozenset({Status.RECEIVED}), needs=Permission.RECORD, audience="care"
    ),
    Move.TRIAGE: Rule(
        frozenset({Status.RECEIVED}), Status.TRIAGED, needs=Permission.TRIAGE, audience="public"
    ),
    Move.REGRADE: Rule(_BEFORE_ANSWER, needs=Permission.TRIAGE),
    Move.POSTPONE: Rule(_BEFORE_ANSWER, by_system=True, audience="public"),
    Move.RECLASSIFY: Rule(OPEN - {Status.RECEIVED}, needs=Permission.TRIAGE),
    # What was noted of person, place and day may be wrong as long as the ticket is kept.
    Move.AMEND: Rule(
        _ALL - {Status.SPAM},
        needs=Permission.TRIAGE,
        or_recorder=True,
        until_triage=True,
        audience="care",
    ),
    # Complainants put right how they are reached, and nothing else.
    Move.CHANGE_CONTACTS: Rule(
        _HAS_CLOCKS | _LEFT | _FOLLOWS, by_complainant=True, audience="care"
    ),
    Move.GUARD: Rule(_ALL, needs=Permission.TRIAGE, audience="care"),
    Move.REDACT: Rule(_ALL, needs=Permission.TRIAGE, audience="care"),
    Move.TAKE: Rule(OPEN, needs=Permission.TRIAGE),
    Move.DISPOSE: Rule(_BEFORE_ANSWER, needs=Permission.DISPOSE, audience="public"),
    # A copy for information (tembusan) is no work: none of the public's affair, and it waits for nothing.
    Move.COPY: Rule(_BEFORE_ANSWER, needs=Permission.DISPOSE),
    Move.TAKE_NOTE: Rule(_ALL, needs=Permission.FOLLOW_UP, on=_COPIED, own_unit=True),
    Move.RECALL: Rule(_BEFORE_ANSWER, needs=Permission.DISPOSE, on=WITH_UNIT | _COPIED),
    Move.ASSIGN: Rule(_AT_UNITS, needs=Permission.ASSIGN, on=WITH_UNIT, own_unit=True),
    Move.ACCEPT: Rule(_AT_UNITS, needs=Permission.FOLLOW_UP, on=_SENT, own_unit=True),
    Move.SEND_BACK: Rule(_AT_UNITS, needs=Permission.FOLLOW_UP, on=WITH_UNIT, own_unit=True),
    Move.ASK_TIME: Rule(_AT_UNITS, needs=Permission.FOLLOW_UP, on=WITH_UNIT, own_unit=True),
    Move.SET_DEADLINE: Rule(_AT_UNITS, needs=Permission.DISPOSE, on=WITH_UNIT),
    Move.DECLINE_TIME: Rule(_AT_UNITS, needs=Permission.DISPOSE, on=WITH_UNIT),
    # After the closing too: the statutory clock may still wait for what was done to be written down.
    Move.FOLLOW_UP: Rule(_SINCE_TRIAGE, needs=Permission.TRIAGE, or_unit=True),
    Move.SUBMIT: Rule(_AT_UNITS, needs=Permission.FOLLOW_UP, on=WITH_UNIT, own_unit=True),
    Move.APPROVE: Rule(_AT_UNITS, needs=Permission.REPLY, on=_SUBMITTED),
    Move.RETURN_ANSWER: Rule(_AT_UNITS, needs=Permission.REPLY, on=_SUBMITTED),
    Move.ASK: Rule(_BEFORE_ANSWER, needs=Permission.REPLY, or_unit=True, audience="public"),
    Move.REPLY_TO_QUESTION: Rule(
        OPEN, by_complainant=True, needs=Permission.TRIAGE, audience="public"
    ),
    Move.REMIND: Rule(WORKED_ON, by_system=True),
    Move.UNANSWERED: Rule(WORKED_ON, by_system=True, audience="public"),
    Move.ADD_MESSAGE: Rule(
        _ALL, by_complainant=True, needs=Permission.TRIAGE, or_recorder=True, audience="public"
    ),
    # What came for the ticket from others than its complainant: customer care alone reads it and decides.
    Move.OTHER_WROTE: Rule(_ALL, needs=Permission.TRIAGE, by_system=True, audience="care"),
    Move.MACHINE_WROTE: Rule(_ALL, by_system=True, audience="care"),
    Move.LINK: Rule(_ALL, needs=Permission.TRIAGE, by_system=True, audience="care"),
    Move.NOTE: Rule(_ALL, needs=Permission.TRIAGE, or_unit=True, or_copied=True),
    Move.INTERIM_REPLY: Rule(OPEN, needs=Permission.REPLY, audience="public"),
    Move.WRITE: Rule(_ALL - {Status.SPAM}, needs=Permission.REPLY, audience="public"),
    Move.ANSWER: Rule(_BEFORE_ANSWER, Status.ANSWERED, needs=Permission.REPLY, audience="public"),
    # The complainant's word; who heard it may write it down for them.
    Move.CONFIRM: Rule(
        frozenset({Status.ANSWERED}),
        Status.CLOSED,
        by_complainant=True,
        needs=Permission.REPLY,
        not_own_unit=True,
        audience="public",
    ),
    Move.OBJECT: Rule(
        _CLOSABLE,
        Status.IN_PROGRESS,
        by_complainant=True,
        needs=Permission.TRIAGE,
        audience="public",
    ),
    Move.RATE: Rule(
        _CLOSABLE,
        by_complainant=True,
        needs=Permission.REPLY,
        not_own_unit=True,
        audience="public",
    ),
    Move.CLOSE_BY_SILENCE: Rule(
        frozenset({Status.ANSWERED}), Status.CLOSED, by_system=True, audience="public"
    ),
    Move.CLOSE_UNILATERALLY: Rule(
        OPEN - {Status.RECEIVED}, Status.CLOSED, needs=Permission.SUPERVISE, audience="public"
    ),
    Move.EXIT: Rule(WORKED_ON, needs=Permission.TRIAGE, audience="public"),
    # An exit is undone by customer care, or by the complainant who objects; ``leaving`` says where it leads.
    Move.REVIVE: Rule(_LEFT | {Status.SPAM}, needs=Permission.TRIAGE, audience="public"),
    Move.CONTEST: Rule(_LEFT, by_complainant=True, audience="public"),
    # One ticket follows another (MERGE, SPLIT), which leads (ABSORB, LET_GO) and is no follower itself.
    Move.MERGE: Rule(WORKED_ON, Status.MERGED, needs=Permission.TRIAGE, audience="public"),
    Move.ABSORB: Rule(WORKED_ON, needs=Permission.TRIAGE),
    Move.SPLIT: Rule(_FOLLOWS, Status.TRIAGED, needs=Permission.TRIAGE, audience="public"),
    Move.LET_GO: Rule(_ALL, needs=Permission.TRIAGE),
    Move.NEWS: Rule(_FOLLOWS, needs=Permission.REPLY, by_system=True, audience="public"),
    Move.NEW_PIN: Rule(_ALL, needs=Permission.TRIAGE),
    Move.RESEND_LINK: Rule(_ALL, needs=Permission.TRIAGE, by_system=True, audience="care"),
    Move.UNDELIVERED: Rule(_ALL, by_system=True, audience="care"),
    # What mattered was not read on WhatsApp: each further step is the proof that we tried.
    Move.OTHER_ROAD: Rule(_ALL, by_system=True, audience="care"),
    Move.CALL_WANTED: Rule(_ALL, by_system=True, audience="care"),
    Move.CALLED: Rule(_ALL, needs=Permission.REPLY, audience="care"),
    Move.MOVED: Rule(_ALL, by_system=True, audience="care"),
    Move.SEND_AGAIN: Rule(_ALL - {Status.SPAM}, needs=Permission.REPLY, audience="care"),
    Move.VOUCH: Rule(_ALL - {Status.SPAM}, needs=Permission.REPLY, audience="care"),
    Move.LETTER: Rule(_SINCE_TRIAGE | _LEFT, needs=Permission.REPLY, audience="care"),
    Move.INSTRUCT: Rule(_HAS_CLOCKS, needs=Permission.WATCH),
    # Whatever became of the ticket meanwhile: who was told something may say that it is done.
    Move.ACKNOWLEDGE_INSTRUCTION: Rule(_ALL, needs=Permission.TRIAGE, or_unit=True),
    Move.ANSWER_INSTRUCTION: Rule(_ALL, needs=Permission.TRIAGE, or_unit=True),
    # What was promised to whoever follows another ticket is watched until they are answered.
    Move.WARN: Rule(_HAS_CLOCKS | _FOLLOWS, by_system=True),
    Move.BREACH: Rule(_HAS_CLOCKS | _FOLLOWS, by_system=True),
    Move.ESCALATE: Rule(_HAS_CLOCKS | _FOLLOWS, by_system=True),
    # Whether its personal data may be deleted, and that they were; afterwards no move is possible any more.
    Move.HOLD: Rule(_ALL, needs=Permission.SUPERVISE, audience="care"),
    Move.RELEASE: Rule(_ALL, needs=Permission.SUPERVISE, audience="care"),
    Move.ERASE: Rule(_ALL - OPEN, needs=Permission.SUPERVISE, by_system=True, audience="care"),
}
