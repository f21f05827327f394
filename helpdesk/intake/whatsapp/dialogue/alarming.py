"""An emergency was read: whom to call, before everything else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from helpdesk.intake.whatsapp.dialogue import menus, sentences, stories, turns
from helpdesk.intake.whatsapp.dialogue.reading import Reading
from helpdesk.intake.whatsapp.dialogue.talk import (
    CallPerson,
    Heard,
    Say,
    Situation,
    Step,
    Talk,
    Turn,
    Why,
)
from helpdesk.tickets.states import Kind

ALARM_AGAIN = timedelta(minutes=30)


def was_alarmed(talk: Talk, situation: Situation) -> bool:
    """Were they told whom to call a moment ago?"""
    at = talk.gathered.get("alarmed_at")
    return at is not None and situation.now - datetime.fromisoformat(at) < ALARM_AGAIN


def alarm(talk: Talk, heard: Heard, reading: Reading, situation: Situation) -> Turn:
    """Whom to call, first and whatever else was said; staff are alerted; then it may be recorded."""
    words = sentences.emergency(situation.emergency, situation.emergency_steps)
    said = Say(words, menus.of_emergency())
    told = stories.tell(talk, heard, reading, situation).talk
    alarmed: dict[str, Any] = {
        "alarmed_at": situation.now.isoformat(),
        "kind": Kind.COMPLAINT.value,
    }
    return turns.at(told, Step.SUMMARY, said, CallPerson(Why.EMERGENCY), **alarmed)
