"""The vocabulary of the conversation: where it stands, what was heard, what is known, and what is to be done.

Plain values without a database behind them, so that every turn can be tried out in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from helpdesk.intake.submission import Wish
from helpdesk.tickets.number import TicketNumber
from helpdesk.tickets.states import Kind


class Step(StrEnum):
    """What the guide waits for; stored in ``Conversation.step``."""

    IDLE = ""
    MENU = "menu"  # the menu was shown: a digit means its row
    TELLING = "telling"  # tell us what happened
    SUMMARY = "summary"  # send it, or say more
    WISH = "wish"  # ordinary, confidential, anonymous
    CHOOSING = "choosing"  # which ticket
    NUMBER = "number"
    PIN = "pin"
    ADDING = "adding"  # what is to be added to the chosen ticket
    OBJECTING = "objecting"  # what is not solved
    WITHDRAWING = "withdrawing"  # really?


class Purpose(StrEnum):
    """What a ticket is being chosen for."""

    STATUS = "status"
    ADD = "add"
    OBJECT = "object"
    SOLVED = "solved"
    WITHDRAW = "withdraw"


class Why(StrEnum):
    """Why a person must answer; stored in ``Conversation.wanted_because``."""

    ASKED = "asked"
    EMERGENCY = "emergency"
    VOICE = "voice"
    LOST = "misunderstood"
    LOOP = "loop"  # too many answers of ours, or the same words again and again
    UNFINISHED = "unfinished"  # a story that was told and never sent
    FAULT = "fault"


@dataclass(frozen=True)
class Talk:
    """Where the talk stands. *gathered* is JSON: ids of messages and codes, never what was said."""

    step: Step = Step.IDLE
    gathered: Mapping[str, Any] = field(default_factory=dict)
    misunderstood: int = 0
    ticket_id: int | None = None


@dataclass(frozen=True)
class Heard:
    """What somebody said in one breath: the messages of a burst are one, and a tapped button is one.

    *about* is the ticket of the message of ours that they answer; of a tap, the one that the story above the button
    went to. *times* counts how often the same words came within the hour, this time included. *is_echo*: these words
    are our own, come back.
    """

    message_ids: tuple[int, ...] = ()
    text: str = ""
    choice: str = ""
    files: int = 0
    voices: int = 0
    unsupported: int = 0
    signs: int = 0  # stickers and reactions
    about: int | None = None
    times: int = 1
    is_echo: bool = False

    @property
    def brings_something(self) -> bool:
        """Is there a file or a voice note that somebody should see or hear?"""
        return bool(self.files or self.voices)


@dataclass(frozen=True)
class Known:
    """One ticket of this contact, as far as it may be spoken of here. *hint* tells tickets apart in a list."""

    id: int
    number: TicketNumber
    shown: str  # the number as people read it
    hint: str = ""
    is_open: bool = True
    is_answered: bool = False  # answered or closed: something to confirm or to object to
    waits_for_confirmation: bool = False
    may_object: bool = False
    is_asked: bool = False  # a question of ours is open
    takes_messages: bool = True


@dataclass(frozen=True)
class Situation:
    """What is known at the moment at which somebody is answered.

    *emergency_steps* is what the pages of the house tell people to do; '' where they say nothing. *person_at* is when
    a person answers again in words; '' while the desk is open. *is_silent*: a person has the word. *is_fresh*: the
    ticket of the talk was spoken of a moment ago. *replies_left*: how often the guide may still speak to them within
    the hour and the day.
    """

    now: datetime
    house: str = ""
    prefix: str = "KLH"
    tickets: tuple[Known, ...] = ()
    years: tuple[int, ...] = ()
    emergency: str = "119"
    emergency_steps: str = ""
    person_at: str = ""
    form_url: str = ""
    is_silent: bool = False
    is_taken: bool = False
    is_fresh: bool = False
    replies_left: int = 20

    def ticket(self, ticket_id: int | None) -> Known | None:
        """Their ticket with this id; None for everybody else's."""
        return next((one for one in self.tickets if one.id == ticket_id), None)


# ---------------------------------------------------------------- what is to be done


@dataclass(frozen=True)
class Say:
    """Words of the guide, with what may be tapped; *ticket_id* where they are about one.

    *is_key*: a PIN stands in it, so it is made unreadable once it arrived.
    """

    text: str
    choices: Mapping[str, Any] | None = None
    ticket_id: int | None = None
    is_key: bool = False


@dataclass(frozen=True)
class Open:
    """Make the story a ticket and say its number."""

    message_ids: tuple[int, ...]
    kind: Kind
    wish: Wish
    earlier_id: int | None = None  # a ticket of theirs that takes nothing any more


@dataclass(frozen=True)
class Add:
    """Put the messages on a ticket as its complainant's word."""

    ticket_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True)
class TellStatus:
    """Say where a ticket of theirs stands."""

    ticket_id: int


@dataclass(frozen=True)
class TryPin:
    """Say where the ticket with this number stands, if the PIN is right."""

    typed: str
    pin: str


@dataclass(frozen=True)
class Confirm:
    """*Selesai.*"""

    ticket_id: int


@dataclass(frozen=True)
class Object:
    """*Belum*, and why."""

    ticket_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True)
class Rate:
    """A number from 1 to 5."""

    ticket_id: int
    score: int


@dataclass(frozen=True)
class Withdraw:
    """They want it to go no further: customer care decides, since nobody may be pressed into it."""

    ticket_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True)
class CallPerson:
    """A person must answer; *is_silent*: the guide says nothing until then."""

    why: Why
    is_silent: bool = False


@dataclass(frozen=True)
class SetAside:
    """Keep the messages where staff look: spam, machines, and what came while a person had the word."""

    reason: str


Deed = (
    Say
    | Open
    | Add
    | TellStatus
    | TryPin
    | Confirm
    | Object
    | Rate
    | Withdraw
    | CallPerson
    | SetAside
)


@dataclass(frozen=True)
class Turn:
    """What follows from one thing that was said: where the talk stands then, and what is done, in order."""

    talk: Talk
    deeds: tuple[Deed, ...] = ()
