"""How messages are worded. Nothing of a complaint's content is ever in a wording: numbers, dates and a link only.
A letter that staff wrote has words of its own, and its wording is what stands below them.

A wording is a file ``templates/messages/<event>.<language>.txt``: ``Subject: ...``, an empty line, the body, with
placeholders such as ``{number}``. An administrator's edit becomes a row of ``template_versions``, and the newest row
goes before the file, which is version 0. A queued message keeps its version and values, so that it can be shown later
as it was worded then. Therefore a released event never gets another placeholder: make a new event instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache, partial

from flask_babel import force_locale, ngettext
from sqlalchemy import bindparam, select

from helpdesk.audit import trail
from helpdesk.lib.database import db
from helpdesk.lib.placeholders import fill, placeholders_in
from helpdesk.lib.remembered import remembered
from helpdesk.messaging.message import OutboxMessage, TemplateVersion
from helpdesk.messaging.wordbook import FOLDER, say

LANGUAGES = ("id", "en")
SUBJECT_MARK = "Subject: "


_TOLD_TO_STAFF = frozenset({"number", "link"})
_TOLD_TO_COMPLAINANTS = _TOLD_TO_STAFF | {"due", "until", "object_until", "emergency"}


class Audience(StrEnum):
    """Who reads it."""

    COMPLAINANT = "complainant"
    STAFF = "staff"


@dataclass(frozen=True)
class Event:
    """Something people are told: by whom it is read, and which values its wording may use."""

    audience: Audience
    placeholders: frozenset[str]

    @property
    def required(self) -> frozenset[str]:
        """What no wording may leave out: which complaint, where to read it, and until when.

        A complainant is told every deadline that concerns them; staff find it in the ticket.
        """
        is_public = self.audience is Audience.COMPLAINANT
        return self.placeholders & (_TOLD_TO_COMPLAINANTS if is_public else _TOLD_TO_STAFF)


def _to_complainant(*placeholders: str) -> Event:
    return Event(Audience.COMPLAINANT, frozenset({"organisation", "number", "link", *placeholders}))


def _to_staff(*placeholders: str) -> Event:
    return Event(Audience.STAFF, frozenset({"organisation", "number", "link", *placeholders}))


def _of_mailbox(*placeholders: str) -> Event:
    return Event(Audience.STAFF, frozenset({"organisation", "mailbox", "link", *placeholders}))


def _of_talk(*placeholders: str) -> Event:
    return Event(Audience.STAFF, frozenset({"organisation", "since", "link", *placeholders}))


def _of_line(*placeholders: str) -> Event:
    return Event(Audience.STAFF, frozenset({"organisation", "line", "link", *placeholders}))


# What each placeholder holds, ready to read in the language of the message:
#   organisation  its name                      number  of the ticket, KLH-26-00042-8
#   link          to the complainant's page (signed), or for staff to the ticket
#   due, until, object_until, was_due   in words: "Selasa, 24 November 2026 pukul 10.00 WIB"
#   emergency     what to do and whom to call     month   of a summary: "Oktober 2026"
#   wanted_by     the deadline of an instruction in words, "-" where it has none
#   category      its name                      unit    its name, or "-" where the work is the desk's
#   grade, clock  codes, said by the wordbook; clock is the stage that is measured
#   mailbox, line our own address, number on WhatsApp   since   when the trouble began, in words
#   trouble       a code of helpdesk.lib.clients.faults, said by the wordbook
#   because       why a person must answer a conversation: a code, said by the wordbook; link is its page
# Deliberately no title, text, reason or name of a person: WhatsApp, mail servers and lock screens read along.
EVENTS: dict[str, Event] = {
    "received": _to_complainant("due"),
    "received_late": _to_complainant(),  # recorded after its deadline: nothing can be promised
    "received_urgent": _to_complainant("due", "emergency"),
    "thanked": _to_complainant(),  # a suggestion or praise: nothing is promised
    "interim": _to_complainant(),
    "question": _to_complainant("until"),
    "answered": _to_complainant("object_until"),
    "replied": _to_complainant(),  # to a suggestion or praise: nobody is asked whether it is solved
    "confirm_reminder": _to_complainant("until"),
    "closed_confirmed": _to_complainant("object_until"),
    "closed_assumed": _to_complainant("object_until"),
    "closed_unilateral": _to_complainant("object_until"),
    "closed_on_the_spot": _to_complainant("object_until"),
    "reopened": _to_complainant("due"),
    "exit_not_ours": _to_complainant(),
    "exit_archived": _to_complainant(),
    "exit_withdrawn": _to_complainant(),
    "taken_up_again": _to_complainant(),
    "exit_merged": _to_complainant(),
    "merged_answered": _to_complainant(),
    "merged_reopened": _to_complainant(),
    "merged_closed": _to_complainant(),
    "split_off": _to_complainant(),
    "letter_issued": _to_complainant(),
    "letter_from_staff": _to_complainant(),
    # the link opens the complaint in the complainant's name, so those who get a copy must not have it
    "letter_with_copies": Event(Audience.COMPLAINANT, frozenset({"organisation", "number"})),
    "link_again": _to_complainant(),
    "late_apology": _to_complainant(),
    "disposed": _to_staff("unit", "category", "grade", "due"),
    "copied": _to_staff("unit", "category", "grade"),
    "assigned": _to_staff("category", "grade", "due"),
    "regraded": _to_staff("grade", "due"),
    "sounds_urgent": _to_staff(),
    "graded_red": _to_staff("category", "due"),
    # The link would lead them nowhere
    "recalled": Event(Audience.STAFF, frozenset({"organisation", "number"})),
    "returned_by_unit": _to_staff("unit"),
    "submitted": _to_staff("unit"),
    "submission_returned": _to_staff("unit", "due"),
    "complainant_wrote": _to_staff(),
    "other_wrote": _to_staff(),
    "undelivered": _to_staff(),
    "call_wanted": _to_staff(),
    "objection": _to_staff("due"),
    "exit_contested": _to_staff(),
    "due_soon": _to_staff("clock", "unit", "due"),
    "breached": _to_staff("clock", "unit", "was_due"),
    "escalated": _to_staff("clock", "unit", "was_due"),
    "named_reader": _to_staff(),
    "instructed": _to_staff("unit", "wanted_by"),
    "instruction_answered": _to_staff("unit"),
    "monthly_summary": _to_staff("month"),  # number and link are the summary's
    "mailbox_unreadable": _of_mailbox("since", "trouble"),
    "mailbox_recovered": _of_mailbox("since"),
    "whatsapp_unreachable": _of_line("since"),
    "whatsapp_recovered": _of_line("since"),
    "conversation_waiting": _of_talk("because"),
    "conversation_emergency": _of_talk(),
}

# How many files lie behind the link for the complainant. No placeholder: where there are some, one line below the link
# says so, whatever the wording. An approved template of WhatsApp cannot say it.
FILES = "files"

# Said in words of the moment, which are the message's own: there is no wording to keep or to edit.
CHAT = "chat"
_WITHOUT_WORDING = {CHAT: Event(Audience.COMPLAINANT, frozenset())}


@dataclass(frozen=True)
class Wording:
    """One version of the words of an event, with its placeholders still in place."""

    version: int
    subject: str
    body: str

    def fill(self, values: Mapping[str, str]) -> Rendered:
        """Put the values in. Raises ValueError when one is missing."""
        return Rendered(fill(self.subject, values), fill(self.body, values))


@dataclass(frozen=True)
class Rendered:
    """A message as its reader sees it."""

    subject: str
    body: str


def event_named(event: str) -> Event:
    """The event; raises ValueError for one that nobody has worded."""
    found = EVENTS.get(event) or _WITHOUT_WORDING.get(event)
    if found is None:
        raise ValueError(f"no message is called {event!r}")
    return found


def values_for(event: str, values: Mapping[str, object]) -> dict[str, str]:
    """Of *values* those that *event* knows, each on one line; the rest is not kept.

    One line, because a line break would forge a mail header and WhatsApp refuses it. Raises
    ValueError when a value is missing or empty.
    """
    kept = {
        name: " ".join(str(values.get(name, "")).split())
        for name in event_named(event).placeholders
    }
    missing = sorted(name for name, value in kept.items() if not value)
    if missing:
        raise ValueError(f"the message {event!r} lacks {', '.join(missing)}")
    if values.get(FILES):
        kept[FILES] = str(values[FILES])
    return kept


def spoken(language: str) -> str:
    """The language to write in to somebody who prefers *language*: Indonesian if we lack it."""
    primary = language.split("-")[0].split("_")[0].lower()
    return primary if primary in LANGUAGES else LANGUAGES[0]


def wording(event: str, language: str) -> Wording:
    """The words in use now: the administrator's newest version, otherwise the file."""
    event_named(event)
    read = partial(_newest_wording, event, language)
    name = f"wording {event} {language}"
    return remembered(name, trail.edition(), read, even_in_unit=True)


def _newest_wording(event: str, language: str) -> Wording:
    newest = db.session.execute(_NEWEST, {"event": event, "language": language}).one_or_none()
    if newest is None:
        return filed_wording(event, language)
    return read_wording(event, newest.text, version=newest.version)


_NEWEST = (
    select(TemplateVersion.version, TemplateVersion.text)
    .where(
        TemplateVersion.event == bindparam("event"),
        TemplateVersion.language == bindparam("language"),
    )
    .order_by(TemplateVersion.version.desc())
    .limit(1)
)


@lru_cache
def filed_wording(event: str, language: str) -> Wording:
    """Version 0: the words that came with the product."""
    if event in _WITHOUT_WORDING:
        return Wording(0, "", "")
    return read_wording(event, (FOLDER / f"{event}.{language}.txt").read_text("utf-8"))


def read_wording(event: str, text: str, *, version: int = 0) -> Wording:
    """Take a wording apart. Raises ValueError with a sentence when it has not the shape above."""
    head, _, rest = text.replace("\r\n", "\n").partition("\n")
    blank, _, body = rest.partition("\n")
    subject = head.removeprefix(SUBJECT_MARK).strip()
    if not head.startswith(SUBJECT_MARK) or blank.strip() or not subject or not body.strip():
        raise ValueError("A wording is a line 'Subject: ...', an empty line, and the text.")
    unknown = (placeholders_in(subject) | placeholders_in(body)) - event_named(event).placeholders
    if unknown:
        raise ValueError(f"Not known in this message: {', '.join(sorted(unknown))}")
    return Wording(version, subject, body.strip() + "\n")


def render_message(message: OutboxMessage) -> Rendered:
    """The message exactly as it was worded when it was queued.

    Raises ValueError when the version is gone or a value is missing.
    """
    values = {name: say(name, value, message.language) for name, value in message.values.items()}
    filled = _wording_then(message).fill(values)
    if FILES in values:
        filled = replace(filled, body=_with_files(filled.body, message))
    if message.text is None:
        return filled
    return Rendered(filled.subject, "\n\n".join(filter(None, (message.text.strip(), filled.body))))


def _with_files(body: str, message: OutboxMessage) -> str:
    """*body* with one line more, below the one with the link."""
    lines, count = body.split("\n"), int(message.values[FILES])
    link = message.values["link"]  # no wording for complainants may leave it out
    at = next(i for i, line in enumerate(lines) if link in line)
    with force_locale(message.language):
        said = ngettext(
            "(One file for you is there too.)", "(%(num)d files for you are there too.)", count
        )
    return "\n".join([*lines[: at + 1], str(said), *lines[at + 1 :]])


def _wording_then(message: OutboxMessage) -> Wording:
    if message.template_version == 0:
        event_named(message.event)
        return filed_wording(message.event, message.language)
    text = db.session.scalar(
        select(TemplateVersion.text).where(
            TemplateVersion.event == message.event,
            TemplateVersion.language == message.language,
            TemplateVersion.version == message.template_version,
        )
    )
    if text is None:
        raise ValueError(f"version {message.template_version} of {message.event!r} is gone")
    return read_wording(message.event, text, version=message.template_version)
