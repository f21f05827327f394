"""How messages are worded. Nothing of a complaint's content is ever in a wording: numbers, dates and a link only.
A letter that staff wrote has words of its own, and its wording is what stands below them.

A wording is a file ``templates/messages/<event>.<language>.txt``: ``Subject: ...``, an empty line, the body, with
placeholders such as ``{number}``. An administrator's edit becomes a row of ``template_versions``, and the newest row
goes before the file, which is version 0. A queued message keeps its version and values, so that it can be shown later
as it was worded then. Therefore a released event never gets another placeholder: make a new event instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from flask_babel import force_locale, gettext, ngettext
from sqlalchemy import bindparam, select

from helpdesk.audit import trail
from helpdesk.lib.database import db
from helpdesk.lib.placeholders import fill, placeholders_in
from helpdesk.lib.remembered import remembered
from helpdesk.lib.words import LANGUAGES
from helpdesk.messaging.events import CHAT, EVENTS, Audience, Event
from helpdesk.messaging.message import OutboxMessage, TemplateVersion
from helpdesk.messaging.wordbook import FOLDER, say

SUBJECT_MARK = "Subject: "

# How many files lie behind the link for the complainant. No placeholder: where there are some, one line below the link
# says so, whatever the wording. An approved template of WhatsApp cannot say it.
FILES = "files"
# Likewise, of a complaint that customer care made of a message: the number of the one on which it was written
EARLIER = "earlier"

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
    kept |= {name: str(values[name]) for name in (FILES, EARLIER) if values.get(name)}
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
    if FILES in values or EARLIER in values:
        filled = replace(filled, body=_with_more(filled.body, message))
    if message.text is None:
        return filled
    return Rendered(filled.subject, "\n\n".join(filter(None, (message.text.strip(), filled.body))))


def _with_more(body: str, message: OutboxMessage) -> str:
    """*body* with what no wording says, below the line with the link."""
    with force_locale(message.language):
        said = list(_more(message.values))
    lines = body.split("\n")
    link = message.values["link"]  # no wording for complainants may leave it out
    at = next(i for i, line in enumerate(lines) if link in line)
    return "\n".join([*lines[: at + 1], *said, *lines[at + 1 :]])


def _more(values: Mapping[str, str]) -> Iterator[str]:
    if FILES in values:
        count = int(values[FILES])
        yield ngettext(
            "(One file for you is there too.)", "(%(num)d files for you are there too.)", count
        )
    if EARLIER in values:
        yield gettext(
            "(This is about another matter in what you told us under number %(number)s.)",
            number=values[EARLIER],
        )


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
