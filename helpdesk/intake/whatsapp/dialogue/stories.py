"""A story: told, noted, who may know, sent. As few turns as honesty allows: one, and a tap."""

from __future__ import annotations

from typing import Any

from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp.dialogue import menus, sentences
from helpdesk.intake.whatsapp.dialogue.reading import Intent, Reading
from helpdesk.intake.whatsapp.dialogue.talk import (
    CallPerson,
    Deed,
    Heard,
    Open,
    Say,
    Situation,
    Step,
    Talk,
    Turn,
    Why,
)
from helpdesk.intake.whatsapp.dialogue.turns import OF_CHOICE, at, over, without
from helpdesk.tickets.states import Kind

_NO_MORE_THAN_MANNERS = (
    Intent.GREETING,
    Intent.THANKS,
    Intent.COMPLAIN,
    Intent.NO,
    Intent.NOTHING,
)


def begin(talk: Talk, kind: Kind | None = None) -> Turn:
    """Ask for the story, unless one is waiting to be sent."""
    if talk.gathered.get("story"):
        return prompt(talk)
    words = sentences.ask_us() if kind is Kind.INFORMATION else sentences.tell_us()
    given: dict[str, Any] = {"kind": kind.value} if kind else {}
    return at(without(talk, *OF_CHOICE, "kind"), Step.TELLING, Say(words), **given)


def tell(
    talk: Talk,
    heard: Heard,
    reading: Reading,
    situation: Situation,
    *,
    first: tuple[Deed, ...] = (),
    earlier: int | None = None,
) -> Turn:
    """Take what was heard into the story and say what a tap would do; *first* is said before."""
    before = talk.gathered.get("story", [])
    has_words = bool(heard.text.strip()) or bool(talk.gathered.get("words"))
    gathered: dict[str, Any] = {
        "story": [*before, *heard.message_ids],
        "files": int(talk.gathered.get("files", 0)) + heard.files,
        "voices": int(talk.gathered.get("voices", 0)) + heard.voices,
        "words": has_words,
        "kind": talk.gathered.get("kind") or reading.looks_like.value,
        "is_secret": bool(talk.gathered.get("is_secret")) or reading.asks_secrecy,
    }
    if earlier is not None:
        gathered["earlier"] = earlier
    calls = (CallPerson(Why.VOICE),) if heard.voices else ()
    if gathered["is_secret"]:
        said = Say(sentences.who_may_know(situation.form_url), menus.of_wish())
        return at(without(talk, *OF_CHOICE), Step.WISH, *first, *calls, said, **gathered)
    told = at(without(talk, *OF_CHOICE), Step.SUMMARY, **gathered)
    return Turn(told.talk, (*first, *calls, _summary(told.talk, was_added=bool(before))))


def prompt(talk: Talk) -> Turn:
    """It is not sent yet."""
    return at(talk, Step.SUMMARY, Say(sentences.unsent(), menus.of_summary(_kind(talk))))


def ask_who_may_know(talk: Talk, situation: Situation) -> Turn:
    """The three choices."""
    said = Say(sentences.who_may_know(situation.form_url), menus.of_wish())
    return at(talk, Step.WISH, said)


def call_it_a_complaint(talk: Talk) -> Turn:
    """It looked like something else."""
    told = at(talk, Step.SUMMARY, kind=Kind.COMPLAINT.value)
    return Turn(told.talk, (_summary(told.talk, was_added=False),))


def send(talk: Talk, wish: Wish = Wish.ORDINARY) -> Turn:
    """Make the story a ticket."""
    story = tuple(talk.gathered.get("story", ()))
    deed = Open(story, _kind(talk), wish, earlier_id=talk.gathered.get("earlier"))
    return over(talk, deed)


def answer_telling(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """Somebody was asked to tell."""
    if reading.intent in _NO_MORE_THAN_MANNERS and not heard.brings_something:
        is_busy = reading.intent in (Intent.NO, Intent.NOTHING) and "?" not in heard.text
        again = () if is_busy else (Say(sentences.tell_us()),)  # *bentar ya*: they are typing
        return at(talk, Step.TELLING, *again)
    return tell(talk, heard, reading, situation)


def answer_summary(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """It was summed up: send, or more of it."""
    if heard.brings_something:
        return tell(talk, heard, reading, situation)
    match reading.intent:
        case Intent.SEND | Intent.YES:
            return send(talk)
        case Intent.CONFIDENTIAL | Intent.ANONYMOUS | Intent.ORDINARY:
            return ask_who_may_know(talk, situation)
    if reading.intent in _NO_MORE_THAN_MANNERS:
        return prompt(talk)
    return tell(talk, heard, reading, situation)


def answer_wish(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """Who may know was asked."""
    wish = _WISHES.get(reading.intent)
    if wish is not None and not heard.brings_something:
        return send(talk, wish)
    if reading.intent in (Intent.SEND, Intent.YES, *_NO_MORE_THAN_MANNERS):
        return ask_who_may_know(talk, situation)
    told = tell(talk, heard, reading, situation)
    return ask_who_may_know(told.talk, situation)


_WISHES = {
    Intent.ORDINARY: Wish.ORDINARY,
    Intent.CONFIDENTIAL: Wish.CONFIDENTIAL,
    Intent.ANONYMOUS: Wish.ANONYMOUS,
}


def _summary(talk: Talk, *, was_added: bool) -> Say:
    gathered = talk.gathered
    kind = _kind(talk)
    words = sentences.summary(
        kind,
        files=int(gathered.get("files", 0)),
        voices=int(gathered.get("voices", 0)),
        has_words=bool(gathered.get("words")),
        was_added=was_added,
    )
    return Say(words, menus.of_summary(kind))


def _kind(talk: Talk) -> Kind:
    return Kind(talk.gathered.get("kind") or Kind.COMPLAINT.value)
