"""What the guide says about tickets that are there: numbers only, never what they are about."""

from __future__ import annotations

from helpdesk.intake.whatsapp.dialogue.sentences import _

EXAMPLE = "26-00042-8 123456"


def which_one() -> str:
    """Several tickets."""
    return _("Which of your complaints do you mean?")


def add_or_new(number: str) -> str:
    """Something arrived, and there is an open ticket."""
    return _("Is this an addition to complaint %(number)s, or a new one?", number=number)


def where_to() -> str:
    """Something arrived, and there are several open tickets."""
    return _("Which complaint does this belong to, or is it a new one?")


def none_here() -> str:
    """Nothing is known under this number; the way with number and PIN."""
    return _(
        "There is no complaint under this WhatsApp number. If you have a number and a PIN, send both "
        "in one message, such as: %(example)s",
        example=EXAMPLE,
    )


def not_opened() -> str:
    """The same words for a number that does not exist, somebody else's, and a wrong PIN."""
    return _(
        "We cannot open this number from here. Either the complaint was not made with this WhatsApp "
        "number, or number and PIN do not fit. Send the whole number and the PIN in one message, such "
        "as: %(example)s",
        example=EXAMPLE,
    )


def added(number: str, *, was_asked: bool) -> str:
    """Their word is on the ticket."""
    if was_asked:
        return _(
            "Thank you, your answer about complaint %(number)s has been passed on.", number=number
        )
    return _("Thank you, added to complaint %(number)s.", number=number)


def already_sent(number: str) -> str:
    """A button was tapped again whose story is a ticket already."""
    return _("Already sent: *%(number)s*.", number=number)


def send_addition(number: str) -> str:
    """The ticket is chosen, the content still to come."""
    return _(
        "Please send what you want to add to complaint %(number)s: text, photos.", number=number
    )


def what_is_not_solved(number: str) -> str:
    """*Belum.*"""
    return _(
        "We are sorry. Please write briefly what is not solved in complaint %(number)s; then we take "
        "it up again.",
        number=number,
    )


def too_late(number: str) -> str:
    """The reopen window is over, or the ticket left by an exit."""
    return _(
        "Complaint %(number)s cannot be taken up again any more. We can record this as a new complaint "
        "that refers to it.",
        number=number,
    )


def really_withdraw(number: str) -> str:
    """Nobody may be pressed into it."""
    return _(
        "Do you want to withdraw complaint %(number)s? If somebody asked you or pressed you to, you "
        "need not.",
        number=number,
    )


def withdrawal_noted(number: str) -> str:
    """Customer care closes it."""
    return _(
        "We have noted that you withdraw complaint %(number)s. Customer care will close it and let you know.",
        number=number,
    )


def goes_on(number: str) -> str:
    """Not withdrawn."""
    return _("Good, we keep working on complaint %(number)s.", number=number)


def how_was_it() -> str:
    """After *selesai*."""
    return _("Thank you for letting us know. How did we handle it?")


def thanks_for_rating() -> str:
    """A rating was given."""
    return _("Thank you for your rating.")


def moved_on(number: str) -> str:
    """What the button offered is not possible any more."""
    return _("This is no longer possible: complaint %(number)s has moved on.", number=number)
