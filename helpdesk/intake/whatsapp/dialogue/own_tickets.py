"""What concerns tickets that are there already: their state, additions, *selesai*, *belum*, withdrawing.

Only the contact's own tickets are ever looked at. Where several could be meant it is asked, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from helpdesk.intake.whatsapp.dialogue import menus, stories, ticket_sentences
from helpdesk.intake.whatsapp.dialogue.mentions import bare_pin
from helpdesk.intake.whatsapp.dialogue.naming import meant, named, parsed
from helpdesk.intake.whatsapp.dialogue.pending import as_pending, pending
from helpdesk.intake.whatsapp.dialogue.reading import Intent, Reading
from helpdesk.intake.whatsapp.dialogue.talk import (
    Add,
    Confirm,
    Heard,
    Known,
    Object,
    Purpose,
    Say,
    Situation,
    Step,
    Talk,
    TellStatus,
    TryPin,
    Turn,
)
from helpdesk.intake.whatsapp.dialogue.turns import at, chosen, lost, quiet, without

STATUS_AT_ONCE = 2  # so many are told of without asking which


def by_intent(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """Somebody names what they want: find the one ticket that it can be about, or ask."""
    purpose = _PURPOSES[reading.intent]
    if reading.mention.typed:
        return _by_number(talk, heard, reading, situation, purpose)
    return find(talk, heard, situation, purpose)


def find(talk: Talk, heard: Heard, situation: Situation, purpose: Purpose) -> Turn:
    """The ticket for *purpose*: the only one that fits, one of a list, or the way with number and PIN."""
    fitting = [one for one in situation.tickets if _FITS[purpose](one)]
    if not fitting:
        return _none_fits(talk, heard, situation, purpose)
    if purpose is Purpose.STATUS and len(fitting) <= STATUS_AT_ONCE:
        return chosen(talk, *(TellStatus(one.id) for one in fitting))
    if len(fitting) == 1:
        return use(talk, heard, fitting[0], purpose, situation)
    return _ask_which(talk, heard, fitting, purpose)


def _ask_which(talk: Talk, heard: Heard, fitting: Sequence[Known], purpose: Purpose) -> Turn:
    """Which of these?"""
    said = Say(ticket_sentences.which_one(), menus.tickets(fitting))
    shown = [one.id for one in fitting]
    return at(talk, Step.CHOOSING, said, shown=shown, **as_pending(heard, purpose))


def ask_where_to(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    """Something came, and there are tickets that it may belong to."""
    fitting = [one for one in situation.tickets if _FITS[Purpose.ADD](one)]
    if len(fitting) == 1:
        said = Say(ticket_sentences.add_or_new(fitting[0].shown), menus.add_or_new(fitting[0]))
    else:
        said = Say(ticket_sentences.where_to(), menus.tickets(fitting, with_new=True))
    shown = [one.id for one in fitting]
    return at(talk, Step.CHOOSING, said, shown=shown, **as_pending(heard, Purpose.ADD))


def use(talk: Talk, heard: Heard, ticket: Known, purpose: Purpose, situation: Situation) -> Turn:
    """The ticket is known: do what it was wanted for, with what was said."""
    match purpose:
        case Purpose.STATUS:
            return chosen(talk, TellStatus(ticket.id), ticket_id=ticket.id)
        case Purpose.SOLVED:
            return confirm(talk, ticket)
        case Purpose.WITHDRAW:
            said = Say(
                ticket_sentences.really_withdraw(ticket.shown),
                menus.of_withdrawal(ticket.id),
                ticket.id,
            )
            return at(
                talk, Step.WITHDRAWING, said, ticket_id=ticket.id, **as_pending(heard, purpose)
            )
        case Purpose.OBJECT:
            return object_to(talk, heard, ticket, situation)
        case Purpose.ADD:
            return add_to(talk, heard, ticket, situation)


def confirm(talk: Talk, ticket: Known) -> Turn:
    """*Selesai*; the number that is typed next is their rating."""
    return chosen(talk, Confirm(ticket.id), ticket_id=ticket.id, rate=ticket.id)


def add_to(talk: Talk, heard: Heard, ticket: Known, situation: Situation) -> Turn:
    """Add what was said; ask for it where nothing was."""
    if not ticket.takes_messages:
        return _anew(talk, heard, ticket, situation)
    if heard.message_ids:
        return chosen(talk, Add(ticket.id, heard.message_ids), ticket_id=ticket.id)
    said = Say(ticket_sentences.send_addition(ticket.shown), ticket_id=ticket.id)
    return at(without(talk, "for", "pending"), Step.ADDING, said, ticket_id=ticket.id)


def object_to(talk: Talk, heard: Heard, ticket: Known, situation: Situation) -> Turn:
    """It is not solved: take it up with the reason that was given, or ask for one."""
    if not ticket.is_answered:
        return add_to(talk, heard, ticket, situation)
    if not ticket.may_object:
        return _anew(talk, heard, ticket, situation)
    if heard.message_ids:
        return chosen(talk, Object(ticket.id, heard.message_ids), ticket_id=ticket.id)
    said = Say(ticket_sentences.what_is_not_solved(ticket.shown), ticket_id=ticket.id)
    return at(without(talk, "for", "pending"), Step.OBJECTING, said, ticket_id=ticket.id)


def about_ticket(
    talk: Talk, heard: Heard, reading: Reading, situation: Situation, ticket: Known
) -> Turn:
    """They answer a message of ours about *ticket*: it is about nothing else."""
    if not heard.brings_something:
        if reading.intent in _MANNERS:
            return quiet(talk)
        if reading.intent is Intent.NOT_YET and ticket.is_answered:
            return object_to(talk, Heard(), ticket, situation)
        purpose = _PURPOSES.get(reading.intent, Purpose.ADD)
        if may_answer_us(reading, ticket):
            purpose = Purpose.ADD
        is_early = purpose is Purpose.SOLVED and not ticket.waits_for_confirmation
        if reading.intent is not Intent.NOT_YET and not is_early:
            return use(talk, heard, ticket, purpose, situation)
    return add_to(talk, heard, ticket, situation)


def may_answer_us(reading: Reading, ticket: Known) -> bool:
    """Do words that seem to ask how it stands perhaps answer the question that we asked about *ticket*?"""
    is_about_it = reading.intent is Intent.STATUS and not reading.mention.typed
    return is_about_it and ticket.is_asked and reading.may_tell_status


# ---------------------------------------------------------------- steps


def answer_choosing(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """Which ticket was asked: a number, more of the same, or something else."""
    purpose = Purpose(talk.gathered.get("for") or Purpose.STATUS.value)
    if reading.mention.typed and reading.mention.stands_alone:
        chosen_one = named(reading, situation)
        if chosen_one is not None:
            return use(talk, pending(talk), chosen_one, purpose, situation)
    if pending(talk).message_ids and reading.is_new:
        return stories.tell(talk, pending(talk), Reading(Intent.STORY), situation)
    if (row := _row_meant(talk, reading, situation)) is not None:
        return use(talk, pending(talk), row, purpose, situation)
    if reading.intent in _PURPOSES and not heard.brings_something:
        return by_intent(talk, heard, reading, situation)
    if heard.brings_something or reading.intent is Intent.STORY:
        more = Heard(
            (*pending(talk).message_ids, *heard.message_ids),
            files=heard.files + pending(talk).files,
            voices=heard.voices + pending(talk).voices,
        )
        return ask_where_to(talk, more, situation) if _may_add(situation) else lost(talk, situation)
    return lost(talk, situation)


def answer_number(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """A number was asked for, or the PIN that belongs to it."""
    pin = reading.mention.pin or bare_pin(heard.text)
    number = talk.gathered.get("number", "")
    if talk.step is Step.PIN and number and pin and not _other_number(reading, pin):
        return at(without(talk, "number"), Step.NUMBER, TryPin(number, pin))
    if reading.mention.typed:
        return _by_number(talk, heard, reading, situation, Purpose.STATUS)
    return lost(talk, situation)


def answer_adding(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """What is to be added was asked for."""
    ticket = situation.ticket(talk.ticket_id)
    if ticket is None:
        return lost(talk, situation)
    if reading.intent in _MANNERS and not heard.brings_something:
        return quiet(talk)
    return add_to(talk, heard, ticket, situation)


def answer_objecting(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """What is not solved was asked."""
    ticket = situation.ticket(talk.ticket_id)
    if ticket is None:
        return lost(talk, situation)
    if reading.intent in (*_MANNERS, Intent.NO) and not heard.brings_something:
        return chosen(talk)
    if reading.intent is Intent.NOT_YET and not heard.brings_something:
        return object_to(talk, Heard(), ticket, situation)
    return object_to(talk, heard, ticket, situation)


# ---------------------------------------------------------------- numbers


def _by_number(
    talk: Talk, heard: Heard, reading: Reading, situation: Situation, purpose: Purpose
) -> Turn:
    """The ticket with the number that was typed, if it is theirs; a foreign one is as unknown as one that is not."""
    mention = reading.mention
    found = meant(reading, situation)
    if len(found) > 1:
        return _ask_which(talk, heard, found, purpose)
    if found:
        bare = Heard() if mention.stands_alone and not heard.brings_something else heard
        return use(talk, bare if purpose is Purpose.ADD else heard, found[0], purpose, situation)
    if mention.pin:
        return at(talk, Step.NUMBER, TryPin(mention.typed, mention.pin))
    is_whole = parsed(reading, situation).problem is None
    step = Step.PIN if is_whole else Step.NUMBER
    number: dict[str, Any] = {"number": mention.typed} if is_whole else {}
    return at(without(talk, "number"), step, Say(ticket_sentences.not_opened()), **number)


def _other_number(reading: Reading, pin: str) -> bool:
    typed = "".join(char for char in reading.mention.typed if char.isdigit())
    return bool(typed) and typed != pin


def _none_fits(talk: Talk, heard: Heard, situation: Situation, purpose: Purpose) -> Turn:
    """None of theirs fits: for an objection the newest that was closed too long ago, else number and PIN."""
    if purpose is Purpose.OBJECT:
        late = next((one for one in situation.tickets if one.is_answered), None)
        if late is not None:
            return _anew(talk, heard, late, situation)
        still = next((one for one in situation.tickets if one.takes_messages), None)
        if still is not None and heard.message_ids:
            return ask_where_to(talk, heard, situation)
    if talk.gathered.get("story"):
        return stories.prompt(talk)  # what they ask after is the one that was never sent
    if purpose is Purpose.SOLVED and situation.tickets:
        return _solved_early(talk, heard, situation)
    if purpose is Purpose.ADD and not situation.tickets:
        return stories.begin(talk)  # whoever brings a photo first is told where it goes
    return at(talk, Step.NUMBER, Say(ticket_sentences.none_here()))


def _row_meant(talk: Talk, reading: Reading, situation: Situation) -> Known | None:
    """The ticket whose place in the list was typed, or the only one, where they say that it is an addition."""
    shown = talk.gathered.get("shown", ())
    place = 1 if reading.intent is Intent.ADD and len(shown) == 1 else reading.place
    is_there = place is not None and place <= len(shown)
    return situation.ticket(shown[place - 1]) if is_there and place else None


def _solved_early(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    """*Sudah beres*, before we answered, or after it was closed: the first is worth knowing."""
    is_known = _may_add(situation) and heard.message_ids
    return ask_where_to(talk, heard, situation) if is_known else quiet(talk)


def _anew(talk: Talk, heard: Heard, ticket: Known, situation: Situation) -> Turn:
    """It takes nothing any more: a new complaint that refers to it."""
    said = Say(ticket_sentences.too_late(ticket.shown), ticket_id=ticket.id)
    if not heard.message_ids:
        return at(talk, Step.TELLING, said, earlier=ticket.id)
    return stories.tell(
        talk, heard, Reading(Intent.STORY), situation, first=(said,), earlier=ticket.id
    )


def _may_add(situation: Situation) -> bool:
    return any(_FITS[Purpose.ADD](one) for one in situation.tickets)


_MANNERS = (Intent.GREETING, Intent.THANKS, Intent.YES, Intent.NOTHING)
_PURPOSES = {
    Intent.STATUS: Purpose.STATUS,
    Intent.ADD: Purpose.ADD,
    Intent.OBJECT: Purpose.OBJECT,
    Intent.NOT_YET: Purpose.OBJECT,
    Intent.SOLVED: Purpose.SOLVED,
    Intent.WITHDRAW: Purpose.WITHDRAW,
}
_FITS: dict[Purpose, Callable[[Known], bool]] = {
    Purpose.STATUS: lambda one: True,
    Purpose.ADD: lambda one: one.is_open and one.takes_messages,
    Purpose.OBJECT: lambda one: one.is_answered and one.may_object,
    Purpose.SOLVED: lambda one: one.waits_for_confirmation,
    Purpose.WITHDRAW: lambda one: one.is_open and not one.is_answered,
}
