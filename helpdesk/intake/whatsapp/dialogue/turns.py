"""The turns that any step may end in: the menu, a person, not understood, nothing at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from helpdesk.intake.whatsapp.dialogue import menus, sentences
from helpdesk.intake.whatsapp.dialogue.talk import (
    CallPerson,
    Deed,
    Purpose,
    Say,
    SetAside,
    Situation,
    Step,
    Talk,
    Turn,
    Why,
)

# What is gathered about a story or a choice, as against what is remembered about the person.
OF_STORY = ("story", "kind", "files", "voices", "words", "earlier", "is_secret", "reminded", "sent")
OF_CHOICE = ("for", "pending", "pending_files", "pending_voices", "number", "rate", "shown")


def at(talk: Talk, step: Step, *deeds: Deed, ticket_id: int | None = None, **gathered: Any) -> Turn:
    """Go on at *step*; understood, so nothing counts as misunderstood any more."""
    return Turn(
        replace(
            talk,
            step=step,
            gathered={**talk.gathered, **gathered},
            misunderstood=0,
            ticket_id=ticket_id or talk.ticket_id,
        ),
        deeds,
    )


def over(talk: Talk, *deeds: Deed, ticket_id: int | None = None) -> Turn:
    """The matter is settled: nothing is waited for and nothing gathered."""
    return at(without(talk, *OF_STORY, *OF_CHOICE), Step.IDLE, *deeds, ticket_id=ticket_id)


def chosen(talk: Talk, *deeds: Deed, ticket_id: int | None = None, **gathered: Any) -> Turn:
    """The choice is settled; a story that waits to be sent goes on waiting."""
    rested = without(talk, *OF_CHOICE)
    step = Step.SUMMARY if rested.gathered.get("story") else Step.IDLE
    return at(rested, step, *deeds, ticket_id=ticket_id, **gathered)


def without(talk: Talk, *names: str) -> Talk:
    """*talk* that has forgotten what was gathered under *names*."""
    return replace(talk, gathered={k: v for k, v in talk.gathered.items() if k not in names})


def nothing_dropped(talk: Talk, turn: Turn) -> Turn:
    """What they said before we asked where it belongs, and that goes nowhere by *turn*, is for a person to look at."""
    held = set(talk.gathered.get("pending", ()))
    if talk.gathered.get("for") not in (Purpose.ADD.value, Purpose.OBJECT.value):
        return turn
    after = turn.talk.gathered
    kept = {*after.get("pending", ()), *after.get("story", ())}
    kept.update(*(getattr(deed, "message_ids", ()) for deed in turn.deeds))
    if held <= kept:
        return turn
    return replace(turn, deeds=(*turn.deeds, CallPerson(Why.UNFINISHED)))


def quiet(talk: Talk) -> Turn:
    """Nothing need be said."""
    return Turn(talk)


def show_menu(
    talk: Talk, situation: Situation, *, is_first: bool = True, is_salam: bool = False
) -> Turn:
    """What we can do; a story that was told keeps waiting. *is_salam*: they began with one."""
    hello = sentences.return_salam if is_salam else sentences.hello
    text = hello(situation.house) if is_first else sentences.what_now()
    return at(without(talk, *OF_CHOICE), Step.MENU, Say(text, menus.menu()))


def call_person(talk: Talk, situation: Situation) -> Turn:
    """A person was asked for."""
    words = sentences.person_comes(situation.person_at, situation.emergency)
    return at(talk, talk.step, Say(words), CallPerson(Why.ASKED, is_silent=True))


def lost(talk: Talk, situation: Situation) -> Turn:
    """Not understood: once the menu, then a person and silence."""
    if talk.misunderstood >= 1:
        return Turn(
            replace(talk, misunderstood=2),
            (
                Say(sentences.person_reads(situation.person_at)),
                CallPerson(Why.LOST, is_silent=True),
                SetAside(Why.LOST.value),
            ),
        )
    said = Say(sentences.not_understood(), menus.menu())
    return Turn(replace(talk, step=Step.MENU, misunderstood=talk.misunderstood + 1), (said,))
