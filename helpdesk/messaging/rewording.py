"""Another wording of a message: checked, tried on, used from now on, and taken back.

Versions only grow. Going back to an earlier one makes a new version of its words, so that the list
tells what was said when, and a message that was queued before keeps the words it had.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.editing import next_version
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.lib.placeholders import fault_in, placeholders_in
from helpdesk.lib.words import LANGUAGES
from helpdesk.messaging import templates
from helpdesk.messaging.events import EVENTS
from helpdesk.messaging.message import TemplateVersion
from helpdesk.messaging.templates import SUBJECT_MARK, Wording

LONGEST_SUBJECT = 120  # characters; lists of mail and lock screens show about 70
LONGEST_BODY = 4000  # WhatsApp takes 4096

_NEWEST = select(
    TemplateVersion.event, TemplateVersion.language, func.max(TemplateVersion.version)
).group_by(TemplateVersion.event, TemplateVersion.language)


@dataclass(frozen=True)
class Draft:
    """Words that somebody typed, with their placeholders."""

    subject: str
    body: str


@dataclass(frozen=True)
class Version:
    """Words that were in use at some time; version 0 came with the product and has no author."""

    version: int
    subject: str
    body: str
    created_at: datetime | None = None
    created_by_id: int | None = None


def versions_of(event: str, language: str) -> list[Version]:
    """Every version, newest first; the first is in use. Raises NotFound for an unknown message."""
    _refuse_unknown(event, language)
    rows = db.session.scalars(
        select(TemplateVersion)
        .where(*_of(event, language))
        .order_by(TemplateVersion.version.desc())
    )
    edited = [
        _version(
            templates.read_wording(event, row.text, version=row.version),
            row.created_at,
            row.created_by_id,
        )
        for row in rows
    ]
    return [*edited, _version(templates.filed_wording(event, language))]


def versions_in_use() -> dict[tuple[str, str], int]:
    """The newest version by event and language, of those that an administrator has reworded."""
    return {(event, language): version for event, language, version in db.session.execute(_NEWEST)}


def wordings_in_use() -> dict[tuple[str, str], Wording]:
    """What was reworded, in the words of today, by event and language; the rest speaks as it was delivered."""
    newest = _NEWEST.subquery()
    rows = db.session.scalars(
        select(TemplateVersion).join(
            newest,
            (TemplateVersion.event == newest.c[0])
            & (TemplateVersion.language == newest.c[1])
            & (TemplateVersion.version == newest.c[2]),
        )
    )
    return {
        (row.event, row.language): templates.read_wording(row.event, row.text, version=row.version)
        for row in rows
    }


def check_draft(event: str, draft: Draft) -> None:
    """Raise Invalid with a sentence for each part of *draft* that cannot be used."""
    about = EVENTS[event]
    problems: dict[str, Any] = {}
    for field, text, longest in (
        ("subject", draft.subject, LONGEST_SUBJECT),
        ("body", draft.body, LONGEST_BODY),
    ):
        if not text.strip():
            problems[field] = _l("Write something here.")
        elif len(text) > longest:
            problems[field] = _l("Use at most %(count)s characters.", count=longest)
        elif fault := fault_in(text, known=about.placeholders):
            problems[field] = fault
    if not problems:
        used = placeholders_in(draft.subject)
        if fault := fault_in(draft.body, known=about.placeholders, required=about.required - used):
            problems["body"] = fault
    if problems:
        raise Invalid(problems)


def use_wording(
    event: str, language: str, draft: Draft, *, seen_version: int, by: Actor
) -> TemplateVersion:
    """Use *draft* from now on, inside the caller's unit of work.

    Raises Invalid, NotFound, and Conflict when another version than *seen_version* is in use by now.
    """
    _refuse_unknown(event, language)
    check_draft(event, draft)
    return _add(event, language, _as_text(draft), "message_reworded", by, seen=seen_version)


def go_back(event: str, language: str, version: int, *, by: Actor) -> TemplateVersion:
    """Use the words of an earlier *version* again. Raises NotFound for one that never was."""
    found = next((one for one in versions_of(event, language) if one.version == version), None)
    if found is None:
        raise NotFound
    text = _as_text(Draft(found.subject, found.body))
    return _add(event, language, text, "message_wording_taken_back", by, of=version)


def _refuse_unknown(event: str, language: str) -> None:
    if event not in EVENTS or language not in LANGUAGES:
        raise NotFound


def _of(event: str, language: str) -> tuple[ColumnElement[bool], ...]:
    return TemplateVersion.event == event, TemplateVersion.language == language


def _as_text(draft: Draft) -> str:
    return f"{SUBJECT_MARK}{' '.join(draft.subject.split())}\n\n{draft.body.strip()}\n"


def _add(
    event: str,
    language: str,
    text: str,
    act: str,
    by: Actor,
    *,
    seen: int | None = None,
    **details: int,
) -> TemplateVersion:
    version = next_version(TemplateVersion.version, *_of(event, language), seen=seen)
    templates.read_wording(event, text)  # what cannot be read back must not be kept
    row = TemplateVersion(
        event=event,
        language=language,
        version=version,
        text=text,
        created_at=clock.now(),
        created_by_id=by.user_id,
    )
    db.session.add(row)
    db.session.flush()
    trail.record(
        act,
        by=by,
        subject=("message_wording", row.id),
        details={"event": event, "language": language, "version": version, **details},
    )
    return row


def _version(
    wording: Wording, created_at: datetime | None = None, created_by_id: int | None = None
) -> Version:
    return Version(wording.version, wording.subject, wording.body, created_at, created_by_id)
