"""The codes of the inbox as words for people."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Apart:
    """One way to become no ticket: its name in an address, what the list is called, and what it holds."""

    fate: Fate
    name_in_url: str
    label: Any
    about: Any


KINDS_APART = (
    Apart(
        Fate.AUTOMATIC,
        "otomatis",
        _l("Automatic replies"),
        _l("A machine wrote these, such as out-of-office notes. We never answer them."),
    ),
    Apart(
        Fate.BOUNCED,
        "kembali",
        _l("Undelivered"),
        _l("Mail servers report that one of our messages did not arrive. Its ticket says so."),
    ),
    Apart(
        Fate.COPY,
        "salinan",
        _l("Copies"),
        _l("The same email came a second time, for example through two addresses."),
    ),
    Apart(
        Fate.DISCARDED,
        "dikesampingkan",
        _l("Laid aside"),
        _l("Somebody read these in quarantine and decided that nothing follows from them."),
    ),
)
# Why it became no ticket, in few words, and in a sentence.
_WHY_APART: dict[str, tuple[Any, Any]] = {
    Reason.MACHINE: (
        _l("Written by a machine"),
        _l(
            "Its headers say that no person wrote it, so it became no complaint and is not answered."
        ),
    ),
    Reason.OWN_ADDRESS: (
        _l("From an address of our own"),
        _l("It comes from one of our addresses and was written by a machine: it is not answered."),
    ),
    Reason.UNDELIVERED: (_l("One of our messages did not arrive"), ""),
    Reason.UNKNOWN_BOUNCE: (
        _l("Reports about a message that is not ours"),
        _l("It says that a message did not arrive, but names none that we sent."),
    ),
    Reason.SAME_MAIL: (_l("The same email as one before"), ""),
}


def why_apart(code: str) -> tuple[Any, Any]:
    """Why a mail became no ticket, likewise; of one that was laid aside, why it had waited."""
    return _WHY_APART.get(code) or why_here(code)


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
    """The same of the checks as an event keeps them, for templates; nothing where no server was asked to check."""
    known = Checks(**{name: facts.get(name, NO_RESULT) for name in ("spf", "dkim", "dmarc")})
    return checks_in_words(known) if known != Checks() else ""
