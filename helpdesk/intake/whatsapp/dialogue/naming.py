"""Which of their tickets somebody names by a number, typed any way."""

from __future__ import annotations

from helpdesk.intake.whatsapp.dialogue.reading import Reading
from helpdesk.intake.whatsapp.dialogue.talk import Known, Situation
from helpdesk.tickets.number import Parsed, parse_number


def named(reading: Reading, situation: Situation) -> Known | None:
    """The one ticket of theirs whose number was typed; None where it is none, or could be several."""
    found = meant(reading, situation) if reading.mention.typed else []
    return found[0] if len(found) == 1 else None


def meant(reading: Reading, situation: Situation) -> list[Known]:
    """Those of their tickets that the typed number may be."""
    numbers = parsed(reading, situation).numbers
    return [one for one in situation.tickets if one.number in numbers]


def parsed(reading: Reading, situation: Situation) -> Parsed:
    """The typed number, of this year or the last where it names none."""
    return parse_number(reading.mention.typed, prefix=situation.prefix, years=situation.years)
