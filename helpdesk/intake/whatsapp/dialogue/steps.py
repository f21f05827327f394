"""The answer to one thing that was said: what goes before everything, then the step at which the talk stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from helpdesk.intake.whatsapp.dialogue import (
    alarming,
    own_tickets,
    sentences,
    stories,
    taps,
    turns,
    withdrawing,
)
from helpdesk.intake.whatsapp.dialogue.naming import named
from helpdesk.intake.whatsapp.dialogue.reading import Intent, Reading, read
from helpdesk.intake.whatsapp.dialogue.talk import (
    Add,
    CallPerson,
    Heard,
    Known,
    Purpose,
    Say,
    SetAside,
    Situation,
    Step,
    Talk,
    TellStatus,
    Turn,
    Why,
)
from helpdesk.lib.plain_words import plain
from helpdesk.tickets.states import Kind

SAME_WORDS = 3  # so often within the hour a person may say the same; a machine says it again
TWO_WORDS = 2
_DONE = ("sudah", "udah", "udh", "sdh", "sudah bu", "sudah pak", "sudah kak", "sudah min")

Answer = Callable[[Talk, Heard, Reading, Situation], Turn]


def answer(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    """What follows from *heard*, given where the *talk* stands and what is known."""
    reading = read(heard.text, prefix=situation.prefix)
    turn = _with_status(_answer(talk, heard, reading, situation), heard, reading, situation)
    is_cancelled = reading.intent is Intent.CANCEL and not heard.choice
    return turn if is_cancelled else turns.nothing_dropped(talk, turn)


def _answer(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    if not heard.choice and reading.is_emergency and not alarming.was_alarmed(talk, situation):
        return alarming.alarm(talk, heard, reading, situation)
    is_loop = heard.times > SAME_WORDS and not _is_answered_by_silence(talk, reading)
    if situation.replies_left <= 0 or is_loop:
        return Turn(talk, (CallPerson(Why.LOOP, is_silent=True), SetAside(Why.LOOP.value)))
    if heard.choice:
        return taps.answer_tap(talk, heard, situation)
    if heard.is_echo or reading.intent is Intent.AUTOMATIC:
        return Turn(talk, (SetAside("machine"),))
    says_nothing = not heard.text.strip() and not heard.brings_something
    ticket = situation.ticket(heard.about)
    if ticket is not None and not says_nothing:
        return own_tickets.about_ticket(talk, heard, reading, situation, ticket)
    wakes = reading.intent is Intent.MENU and not situation.is_taken
    if situation.is_silent and not wakes:
        return Turn(talk, (SetAside("person"),))
    if says_nothing:
        return _without_words(talk, heard, situation)
    anywhere = None if heard.brings_something else _ANYWHERE.get(reading.intent)
    if anywhere is not None:
        return anywhere(talk, heard, reading, situation)
    return _AT[talk.step](talk, heard, reading, situation)


def _with_status(turn: Turn, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """What was added and may be a question besides is answered too, unless it answers a question of ours."""
    if not reading.may_ask_status or heard.brings_something:
        return turn
    added = [situation.ticket(deed.ticket_id) for deed in turn.deeds if isinstance(deed, Add)]
    told = (TellStatus(ticket.id) for ticket in added if ticket and not ticket.is_asked)
    return replace(turn, deeds=(*turn.deeds, *told))


# ---------------------------------------------------------------- before everything


def _is_answered_by_silence(talk: Talk, reading: Reading) -> bool:
    """*Terima kasih*, said four times: nobody answers it, so nothing goes in circles."""
    return talk.step is Step.IDLE and _IDLE.get(reading.intent) in (_quiet, _no_more)


def _without_words(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    """A sticker or a reaction says nothing that we could answer; what we cannot open we say so."""
    if heard.unsupported:
        return Turn(talk, (Say(sentences.cannot_open()),))
    return turns.quiet(talk) if heard.signs else turns.show_menu(talk, situation)


def _menu(talk: Talk, _heard: Heard, _reading: Reading, situation: Situation) -> Turn:
    return turns.show_menu(talk, situation, is_first=False)


def _person(talk: Talk, _heard: Heard, _reading: Reading, situation: Situation) -> Turn:
    return turns.call_person(talk, situation)


def _cancel(talk: Talk, _heard: Heard, _reading: Reading, _situation: Situation) -> Turn:
    return turns.over(talk, Say(sentences.cancelled()))


def _spam(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """No ticket and no answer; staff see it where they see what was set aside."""
    if talk.step in (Step.IDLE, Step.MENU):
        return Turn(talk, (SetAside("spam"),))
    return _AT[talk.step](talk, heard, reading, situation)


_ANYWHERE: dict[Intent, Answer] = {
    Intent.MENU: _menu,
    Intent.PERSON: _person,
    Intent.CANCEL: _cancel,
    Intent.ENGLISH: _menu,  # its teller speaks the new language already
    Intent.INDONESIAN: _menu,
    Intent.SPAM: _spam,
}


# ---------------------------------------------------------------- nothing is waited for


def _idle(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    if talk.step is Step.MENU and (turn := taps.tapped_digit(talk, heard, situation)):
        return turn
    if turn := taps.typed_score(talk, heard, situation):
        return turn
    if heard.brings_something:
        return _story(talk, heard, reading, situation)
    by_intent = _IDLE.get(reading.intent)
    return by_intent(talk, heard, reading, situation) if by_intent else turns.lost(talk, situation)


def _unclear(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """A few words more, right after the ticket was spoken of or asked about, belong to it."""
    ticket = _spoken_of(talk, situation)
    if ticket is None or len(heard.text.split()) < TWO_WORDS:
        if reading.may_ask_status and situation.tickets:
            return own_tickets.find(talk, Heard(), situation, Purpose.STATUS)
        return turns.lost(talk, situation)
    return turns.chosen(talk, Add(ticket.id, heard.message_ids), ticket_id=ticket.id)


def _greeting(talk: Talk, _heard: Heard, reading: Reading, situation: Situation) -> Turn:
    return turns.show_menu(talk, situation, is_salam=reading.is_salam)


def _quiet(talk: Talk, _heard: Heard, _reading: Reading, _situation: Situation) -> Turn:
    return turns.at(talk, talk.step)


def _begin(kind: Kind | None = None) -> Answer:
    return lambda talk, _heard, _reading, _situation: stories.begin(talk, kind)


def _sign(talk: Talk, heard: Heard, _reading: Reading, situation: Situation) -> Turn:
    """*?* asks whether anybody is there, and most often how it stands; 🙏 asks nothing."""
    if "?" not in heard.text:
        return turns.quiet(talk)
    if situation.tickets:
        return own_tickets.find(talk, Heard(), situation, Purpose.STATUS)
    return turns.show_menu(talk, situation)


def _no_more(talk: Talk, heard: Heard, _reading: Reading, situation: Situation) -> Turn:
    """*Sudah*, where we asked whether it is solved; else there is nothing to say."""
    waiting = [one for one in situation.tickets if one.waits_for_confirmation]
    if len(waiting) == 1 and plain(heard.text) in _DONE:
        return own_tickets.confirm(talk, waiting[0])
    return turns.quiet(talk)


def _status(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """*Belum ada kabar*, where we asked them something, may be what they answer."""
    ticket = _spoken_of(talk, situation)
    if ticket is None or not own_tickets.may_answer_us(reading, ticket):
        return own_tickets.by_intent(talk, heard, reading, situation)
    return own_tickets.add_to(talk, heard, ticket, situation)


def _not_yet(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """*Tidak puas*: with an answer of ours, or with something that we were never told."""
    tell = own_tickets.by_intent if situation.tickets else _begin()
    return tell(talk, heard, reading, situation)


def _secret(talk: Talk, _heard: Heard, _reading: Reading, _situation: Situation) -> Turn:
    """They want to be secret before they tell."""
    begun = stories.begin(talk)
    return replace(
        begun, talk=replace(begun.talk, gathered={**begun.talk.gathered, "is_secret": True})
    )


def _story(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """Something is told: a new matter, unless one of theirs is open; then it is asked, or known from before."""
    ticket = named(reading, situation)
    if ticket is not None:
        return own_tickets.add_to(talk, heard, ticket, situation)
    fitting = [one for one in situation.tickets if one.is_open and one.takes_messages]
    if not fitting or reading.looks_like is Kind.PRAISE:
        return stories.tell(talk, heard, reading, situation)
    only = _spoken_of(talk, situation)
    if only is not None:
        return turns.chosen(talk, Add(only.id, heard.message_ids), ticket_id=only.id)
    if reading.looks_like is Kind.INFORMATION and not heard.brings_something:
        return stories.tell(talk, heard, reading, situation)
    asked = own_tickets.ask_where_to(talk, heard, situation)
    if not reading.may_ask_status or len(fitting) > 1:
        return asked
    return replace(asked, deeds=(TellStatus(fitting[0].id), *asked.deeds))


def _spoken_of(talk: Talk, situation: Situation) -> Known | None:
    """The only open ticket, where we asked about it or it was spoken of a moment ago; several are never guessed at."""
    fitting = [one for one in situation.tickets if one.is_open and one.takes_messages]
    only = fitting[0] if len(fitting) == 1 else None
    if only is None or not (only.is_asked or (situation.is_fresh and talk.ticket_id == only.id)):
        return None
    return only


_IDLE: dict[Intent, Answer] = {
    Intent.UNCLEAR: _unclear,
    Intent.GREETING: _greeting,
    Intent.THANKS: _quiet,
    Intent.YES: _quiet,
    Intent.NO: _no_more,
    Intent.NOTHING: _sign,
    Intent.COMPLAIN: _begin(),
    Intent.SEND: _begin(),
    Intent.ORDINARY: _begin(),
    Intent.INFO: _begin(Kind.INFORMATION),
    Intent.CONFIDENTIAL: _secret,
    Intent.ANONYMOUS: _secret,
    Intent.STATUS: _status,
    Intent.ADD: own_tickets.by_intent,
    Intent.OBJECT: own_tickets.by_intent,
    Intent.NOT_YET: _not_yet,
    Intent.SOLVED: own_tickets.by_intent,
    Intent.WITHDRAW: own_tickets.by_intent,
    Intent.STORY: _story,
}


def _or_idle(handle: Answer, *elsewhere: Intent) -> Answer:
    """*handle* the step, but let what is plainly another matter through."""

    def answer_step(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
        if reading.intent in elsewhere and not heard.brings_something:
            return _idle(talk, heard, reading, situation)
        return handle(talk, heard, reading, situation)

    return answer_step


_OTHER_MATTERS = (Intent.GREETING, Intent.COMPLAIN, Intent.INFO, Intent.THANKS)
_AT: dict[Step, Answer] = {
    Step.IDLE: _idle,
    Step.MENU: _idle,
    Step.TELLING: _or_idle(stories.answer_telling, Intent.STATUS, Intent.WITHDRAW, Intent.INFO),
    Step.SUMMARY: _or_idle(stories.answer_summary, Intent.STATUS),
    Step.WISH: stories.answer_wish,
    Step.CHOOSING: _or_idle(own_tickets.answer_choosing, *_OTHER_MATTERS),
    Step.NUMBER: _or_idle(own_tickets.answer_number, *_OTHER_MATTERS, Intent.STORY),
    Step.PIN: _or_idle(own_tickets.answer_number, *_OTHER_MATTERS, Intent.STORY),
    Step.ADDING: own_tickets.answer_adding,
    Step.OBJECTING: own_tickets.answer_objecting,
    Step.WITHDRAWING: _or_idle(withdrawing.answer_withdrawing, *_OTHER_MATTERS),
}
