"""The codes of the inbox as words for people."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.intake.inbound import Fate
from helpdesk.intake.mail_outcome import Reason
from helpdesk.lib.mail.message import NO_RESULT, Checks

# Why a mail waits for a person, and what that person should look at.
WHY: dict[str, tuple[Any, Any]] = {
    Reason.NO_SENDER: (
        _l("No sender that can be answered"),
        _l("The email names nobody, or several people, as its sender. Read who it is from."),
    ),
    Reason.NO_TICKET: (
        _l("Answers a message that is about no complaint"),
        _l(
            "It answers one of our messages, such as a monthly summary or a notice to an administrator."
        ),
    ),
    Reason.NOT_PROVED: (
        _l("The sender is not proved"),
        _l(
            "It says that it belongs to a ticket, but the receiving server does not vouch for its sender. "
            "Make sure who wrote it, for example by telephone, before you take it as the complainant's word."
        ),
    ),
    Reason.OTHER_SENDER: (
        _l("From somebody else than the person we wrote to"),
        _l(
            "It answers a message about a confidential or anonymous complaint, or one that went to a colleague, "
            "but comes from another address. Who passed the message on?"
        ),
    ),
    Reason.NO_RIGHT: (
        _l("From a colleague who may not write on the ticket"),
        _l("The ticket is not theirs, or no longer. Ask them, or note it yourself."),
    ),
    Reason.OWN_ADDRESS: (
        _l("From an address of our own"),
        _l(
            "It says that it comes from one of our addresses, and no machine wrote it. A colleague may have passed "
            "a complaint on, or somebody uses our name."
        ),
    ),
    Reason.TOO_MANY: (
        _l("Too many emails in a short time"),
        _l(
            "So many came within an hour, from this address or for this ticket, that the rest waits here. "
            "Nothing is lost: read it, and decide."
        ),
    ),
    Reason.EMPTY: (
        _l("Nothing in it"),
        _l("No words and no file that we accept. Look at the original, or ask the sender."),
    ),
    Reason.FAULT: (
        _l("Could not be read"),
        _l(
            "A fault of ours kept it from being taken up. The original is safe; tell the administrator."
        ),
    ),
}
FATES: dict[str, Any] = {
    Fate.OPENED: _l("It is a ticket of its own now."),
    Fate.ADDED: _l("It is on a ticket now."),
    Fate.DISCARDED: _l("It was laid aside; nothing follows from it."),
}


def why_here(code: str) -> tuple[Any, Any]:
    """In few words, and in a sentence that says what to look at."""
    return WHY.get(code, (_l("Needs somebody to look at it"), ""))


def checks_in_words(checks: Checks) -> Any:
    """What is known about the sender's address, in a sentence."""
    if checks.has_failed:
        return _l(
            "The receiving server says that this email does not come from the address it names."
        )
    if checks.has_passed:
        return _l("The receiving server vouches for the sender's address.")
    return _l("Nobody vouches for the sender's address.")


def mail_checks(facts: dict[str, str]) -> Any:
    """The same of the checks as an event keeps them; for templates."""
    known = {name: facts.get(name, NO_RESULT) for name in ("spf", "dkim", "dmarc")}
    return checks_in_words(Checks(**known))
