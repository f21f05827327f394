"""What the guide says. Short, plain, and never a word of what the person told: others read over shoulders.

Evaluated in the language of the contact (``force_locale``). ``*bold*`` is WhatsApp's own mark.
"""

from __future__ import annotations

from flask_babel import gettext

from helpdesk.accounts.organisation import EVERYWHERE
from helpdesk.tickets.states import Kind


def _(words: str, **values: object) -> str:
    return str(gettext(words, **values))


def hello(house: str) -> str:
    """The beginning, with the menu below."""
    return _(
        "Hello, this is the complaint service of %(house)s. What can we do for you?\n\n"
        "You may also simply write what happened, in your own words.",
        house=house,
    )


def return_salam(house: str) -> str:
    """The beginning, to who began with a salam: it is returned before anything else."""
    return _(
        "Waalaikumsalam. This is the complaint service of %(house)s. What can we do for you?\n\n"
        "You may also simply write what happened, in your own words.",
        house=house,
    )


def what_now() -> str:
    """The menu again, asked for."""
    return _("What can we do for you? Please choose, or write in your own words.")


def not_understood() -> str:
    """The first time that we could not follow."""
    return _(
        "Sorry, we did not understand. Please choose, or write in your own words what happened."
    )


def tell_us() -> str:
    """What a complaint needs."""
    return _(
        "Please tell us what happened, where, and when. One message is enough. Photos and voice "
        "messages are welcome."
    )


def ask_us() -> str:
    """What a question needs."""
    return _("What would you like to know? Please write it in one message.")


def summary(kind: Kind, *, files: int, voices: int, has_words: bool, was_added: bool) -> str:
    """It is noted, not sent: what a tap does, and what becomes of the name."""
    parts = [_noted(files=files, voices=voices, has_words=has_words, was_added=was_added)]
    parts.append(_SEEMS[kind]())
    parts.append(
        _(
            "We use your name and WhatsApp number only to handle this; those who handle it know "
            "them. If the unit must not know who you are, tap *Confidential/anon.*"
        )
    )
    if kind is Kind.COMPLAINT and not was_added:
        parts.append(_("Anything missing (where, when, a photo)? Just send it here."))
    return "\n\n".join(parts)


def _noted(*, files: int, voices: int, has_words: bool, was_added: bool) -> str:
    if was_added:
        return _("Thank you, added.")
    if voices and not has_words:
        return _("Your voice message has arrived. A member of staff will listen to it.")
    if voices:
        return _("Thank you for telling us. A member of staff will listen to your voice message.")
    if files and not has_words:
        return _("Your photo or file has arrived. Please write briefly what it shows and where.")
    return _("Thank you for telling us.")


def _seems_complaint() -> str:
    return _(
        "It is *not sent yet*. Tap *Send now* and you get a number and a date by which we answer."
    )


def _seems_question() -> str:
    return _("This looks like a question. Shall we send it to our staff as a question?")


def _seems_praise() -> str:
    return _("This looks like praise, thank you! Shall we pass it on as praise?")


def _seems_suggestion() -> str:
    return _("This looks like a suggestion. Shall we pass it on as a suggestion?")


_SEEMS = {
    Kind.COMPLAINT: _seems_complaint,
    Kind.INFORMATION: _seems_question,
    Kind.PRAISE: _seems_praise,
    Kind.SUGGESTION: _seems_suggestion,
}


def unsent() -> str:
    """Somebody thinks that it is done, or went away before it was."""
    return _("Your message is *not sent yet*. Tap the first button, or write *cancel*.")


def who_may_know(form_url: str) -> str:
    """The three choices, honestly; choosing sends."""
    return _(
        "Who may know that this comes from you? Your choice sends it at once.\n\n"
        "*Ordinary*: those who handle it know your name and number.\n\n"
        "*Confidential*: only customer care knows; the unit does not.\n\n"
        "*Anonymous*: we keep no name and no number with the complaint, and we remove the words of "
        "this talk from our system. We cannot answer you here then; you follow it with number and "
        "PIN. WhatsApp still knows that you wrote to us, and the talk stays on your telephone. More "
        "anonymous is our form: %(url)s",
        url=form_url,
    )


def received(kind: Kind, number: str, pin: str, link: str, *, due: str, person_at: str) -> str:
    """Number, PIN, deadline and link in one message. *due* '' where nothing is promised."""
    parts = [
        _("Thank you. We have received your message."),
        _("Number: *%(number)s*\nPIN: *%(pin)s*", number=number, pin=pin),
    ]
    if kind.is_thanked:
        parts.append(_("We pass it on to the unit concerned."))
    elif due:
        parts.append(_("We answer by %(due)s at the latest.", due=due))
    else:
        parts.append(_("We answer as soon as we can."))
    if person_at:
        parts.append(_("Our staff read it from %(at)s.", at=person_at))
    parts.append(_("How it stands, your receipt (PDF), and to add something: %(link)s", link=link))
    parts.append(_("Number, PIN and link are for you only."))
    return "\n\n".join(parts)


def received_anonymously(number: str, pin: str, url: str, *, due: str) -> str:
    """The keys once and never again."""
    promise = _("We answer by %(due)s at the latest.", due=due) + " " if due else ""
    return "\n\n".join(
        [
            _("Thank you. We have received your message without your name and number."),
            _("Number: *%(number)s*\nPIN: *%(pin)s*", number=number, pin=pin),
            promise
            + _(
                "Please note number and PIN now: we cannot send them again. With them you read our "
                "answer here: %(url)s",
                url=url,
            ),
            _(
                "We remove the words of this talk from our system; copies in backups go later. If "
                "somebody else uses your telephone, delete it there too."
            ),
        ]
    )


def emergency(contact: str, steps: str = "") -> str:
    """First of all, whatever else was said; *steps* as every page of the house says them, before the numbers."""
    return "\n\n".join(
        [
            _("*This sounds like an emergency. Please do not wait for an answer here.*"),
            _whom_to_call(contact, steps),
            _(
                "We have alerted our staff. When you are safe, you may also have it recorded as a complaint."
            ),
        ]
    )


def _whom_to_call(contact: str, steps: str) -> str:
    """*Langsung ke IGD, lantai 1, atau telepon 119 / 555-0119*: most say it as half a sentence, some as a whole one."""
    if not steps:
        return _("Call at once: *%(contact)s*", contact=contact)
    numbers = contact if contact.startswith(EVERYWHERE) else f"{EVERYWHERE} / {contact}"
    if steps.endswith((".", "!")):
        return f"{steps}\n" + _("Call at once: *%(contact)s*", contact=numbers)
    return f"{steps} *{numbers}*"


def person_comes(person_at: str, contact: str) -> str:
    """A person was asked for; *person_at* '' while the desk is open."""
    return "\n\n".join(
        [
            _when_person(person_at),
            _("In an emergency call %(contact)s.", contact=contact)
            + " "
            + _("Write *menu* to return to the choices."),
        ]
    )


def person_reads(person_at: str) -> str:
    """We could not follow twice."""
    return _("Sorry, we still do not understand.") + " " + _when_person(person_at)


def _when_person(person_at: str) -> str:
    if person_at:
        return _("A member of our staff answers you here from %(at)s.", at=person_at)
    return _("A member of our staff will answer you here as soon as possible.")


def cannot_open() -> str:
    """What we cannot read."""
    return _("We cannot open this kind of message. Please send text, a photo or a voice message.")


def cancelled() -> str:
    """The story is dropped."""
    return _("All right, nothing was sent. Write *menu* whenever you need us.")
