"""Why a POST of WhatsApp's provider was set aside, in words for the administrator."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.intake.mail_outcome import Reason

# In few words, and in a sentence that says what to do about it.
_WHY: dict[str, tuple[Any, Any]] = {
    Reason.OTHER_NUMBER: (
        _l("For another number"),
        _l(
            "It is for a phone number ID that is not set up here. If the ID in the settings is wrong, correct it and "
            "take this in again; or let the provider send that number's messages elsewhere."
        ),
    ),
    Reason.PARTLY_READ: (
        _l("Only partly readable"),
        _l(
            "What could be read was taken in. A part has no sender, or a form that we do not know. "
            "The original is safe."
        ),
    ),
    Reason.UNREADABLE: (
        _l("Not readable"),
        _l(
            "It carries a good signature, but is not what WhatsApp sends. The original is safe; show it to whoever "
            "looks after the installation."
        ),
    ),
    Reason.FAULT: (
        _l("Could not be taken up"),
        _l(
            "A fault of ours kept it from being taken up. The original is safe. After an update, take it in again."
        ),
    ),
}


def why_set_aside(code: str) -> tuple[Any, Any]:
    """In few words, and in a sentence that says what to do."""
    return _WHY.get(code, (_l("Needs somebody to look at it"), ""))
