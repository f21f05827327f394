"""What was said before we asked which ticket it is about; kept while the question is open."""

from __future__ import annotations

from typing import Any

from helpdesk.intake.whatsapp.dialogue.talk import Heard, Purpose, Talk


def pending(talk: Talk) -> Heard:
    """What was said before we asked which ticket it is about."""
    gathered = talk.gathered
    return Heard(
        tuple(gathered.get("pending", ())),
        text="…" if gathered.get("pending") else "",
        files=int(gathered.get("pending_files", 0)),
        voices=int(gathered.get("pending_voices", 0)),
    )


def as_pending(heard: Heard, purpose: Purpose) -> dict[str, Any]:
    """What is gathered of *heard* until it is known which ticket is meant for *purpose*."""
    return {
        "for": purpose.value,
        "pending": list(heard.message_ids),
        "pending_files": heard.files,
        "pending_voices": heard.voices,
    }
