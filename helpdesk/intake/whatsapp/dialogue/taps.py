"""What was tapped. The id is ours, but anybody may send any id: a ticket counts only when it is the contact's own."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp.dialogue import (
    menus,
    own_tickets,
    stories,
    ticket_sentences,
    turns,
    withdrawing,
)
from helpdesk.intake.whatsapp.dialogue.pending import pending
from helpdesk.intake.whatsapp.dialogue.reading import Intent, Reading
from helpdesk.intake.whatsapp.dialogue.talk import (
    Heard,
    Known,
    Purpose,
    Rate,
    Say,
    Situation,
    Step,
    Talk,
    Turn,
)
from helpdesk.tickets.states import Kind

_SCORES = ("1", "2", "3", "4", "5")


def answer_tap(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    """What a tap means; one that we do not know, or that is not theirs to make, gets the menu."""
    code, _colon, rest = heard.choice.partition(":")
    plain = _PLAIN.get(heard.choice)
    if plain is not None:
        return plain(talk, heard, situation)
    if code == "wish" and rest in set(Wish):
        return _wish(talk, heard, situation, Wish(rest))
    ticket_id, _colon, more = rest.partition(":")
    ticket = (
        situation.ticket(int(ticket_id)) if ticket_id.isdecimal() and len(ticket_id) < 10 else None
    )
    if ticket is not None and code in _ON_TICKET:
        return _ON_TICKET[code](talk, ticket, situation, more)
    return _unknown(talk, situation)


def is_ours(choice: str) -> bool:
    """Is it an id that we give out? A template of another year may have buttons whose ids are their words."""
    return choice in _PLAIN or choice.partition(":")[0] in {*_ON_TICKET, "wish"}


def tapped_digit(talk: Talk, heard: Heard, situation: Situation) -> Turn | None:
    """The row of the menu whose place was typed; None for anything else."""
    row = menus.BY_DIGIT.get(heard.text.strip(" .)"))
    return _PLAIN[row](talk, Heard(), situation) if row else None


def typed_score(talk: Talk, heard: Heard, situation: Situation) -> Turn | None:
    """The rating that was typed instead of tapped, right after it was asked for; None for anything else."""
    ticket = situation.ticket(talk.gathered.get("rate"))
    score = heard.text.strip(" .)")
    return _rate(talk, ticket, situation, score) if ticket and score in _SCORES else None


def _send(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    """The story above this very button may be a ticket already, and another one be waiting."""
    if talk.gathered.get("story") and situation.ticket(heard.about) is None:
        return stories.send(talk)
    return _used(talk, heard, situation)


def _wish(talk: Talk, heard: Heard, situation: Situation, wish: Wish) -> Turn:
    if talk.gathered.get("story") and situation.ticket(heard.about) is None:
        return stories.send(talk, wish)
    return _used(talk, heard, situation)


def _more(talk: Talk, _heard: Heard, situation: Situation) -> Turn:
    if not talk.gathered.get("story"):
        return _unknown(talk, situation)
    told = stories.begin(turns.without(talk, "story"))
    return turns.at(talk, Step.SUMMARY, *told.deeds)


def _private(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    if talk.gathered.get("story"):
        return stories.ask_who_may_know(talk, situation)
    return _used(talk, heard, situation)


def _complaint(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    if talk.gathered.get("story"):
        return stories.call_it_a_complaint(talk)
    return _used(talk, heard, situation)


def _record(talk: Talk, _heard: Heard, situation: Situation) -> Turn:
    """After an emergency: what was cried for help is the story."""
    return stories.call_it_a_complaint(talk) if talk.gathered.get("story") else stories.begin(talk)


def _new(talk: Talk, _heard: Heard, situation: Situation) -> Turn:
    """It belongs to none of their tickets."""
    waiting = pending(talk)
    if not waiting.message_ids:
        return stories.begin(talk)
    return stories.tell(talk, waiting, Reading(Intent.STORY), situation)


def _used(talk: Talk, heard: Heard, situation: Situation) -> Turn:
    """Nothing waits behind this button any more: say under which number it was sent, where that may be said."""
    sent = situation.ticket(heard.about) or situation.ticket(talk.gathered.get("sent"))
    if sent is None:
        return _unknown(talk, situation)
    said = Say(ticket_sentences.already_sent(sent.shown), ticket_id=sent.id)
    return turns.at(talk, talk.step, said)


def _unknown(talk: Talk, situation: Situation) -> Turn:
    return turns.show_menu(talk, situation, is_first=False)


def _choose(talk: Talk, ticket: Known, situation: Situation, _more: str) -> Turn:
    purpose = Purpose(talk.gathered.get("for") or Purpose.STATUS.value)
    return own_tickets.use(talk, pending(talk), ticket, purpose, situation)


def _rate(talk: Talk, ticket: Known, situation: Situation, score: str) -> Turn:
    if score not in _SCORES:
        return _unknown(talk, situation)
    return turns.chosen(talk, Rate(ticket.id, int(score)), ticket_id=ticket.id)


_PLAIN: dict[str, Callable[[Talk, Heard, Situation], Turn]] = {
    menus.COMPLAIN: lambda talk, _heard, _situation: stories.begin(talk),
    menus.INFO: lambda talk, _heard, _situation: stories.begin(talk, Kind.INFORMATION),
    menus.STATUS: lambda talk, _h, situation: own_tickets.find(
        talk, Heard(), situation, Purpose.STATUS
    ),
    menus.ADD: lambda talk, _h, situation: own_tickets.find(talk, Heard(), situation, Purpose.ADD),
    menus.PERSON: lambda talk, _heard, situation: turns.call_person(talk, situation),
    menus.SEND: _send,
    menus.MORE: _more,
    menus.PRIVATE: _private,
    menus.RECORD: _record,
    menus.NEW: _new,
    f"kind:{Kind.COMPLAINT.value}": _complaint,
}
_ON_TICKET: dict[str, Callable[[Talk, Known, Situation, str], Turn]] = {
    "ticket": _choose,
    "resolved": lambda talk, ticket, _s, _more: own_tickets.confirm(talk, ticket),
    "not_yet": lambda talk, ticket, situation, _more: own_tickets.object_to(
        talk, Heard(), ticket, situation
    ),
    "rate": _rate,
    "withdraw": lambda talk, ticket, _situation, _more: withdrawing.withdraw(talk, ticket),
    "keep": lambda talk, ticket, _situation, _more: withdrawing.keep(talk, ticket),
}
