"""The templates at the provider: handed in from here, looked at again and again, and chosen from when one is needed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.clients.graph_faults import Declined, Hindrance
from helpdesk.lib.clients.whatsapp_answers import FoundTemplate
from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.lib.settings import current_settings
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import render_message
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.proposals import STAFF_NEWS, Proposal, event_of, variables_in
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate
from helpdesk.messaging.whatsapp.wire import open_client
from helpdesk.messaging.wordbook import say

log = logging.getLogger(__name__)

JOB = "look at WhatsApp"
ASKED_EVERY = timedelta(minutes=30)
APPROVED, PENDING, GONE, PAUSED, DISABLED = "approved", "pending", "gone", "paused", "disabled"
UTILITY = "utility"
NAME_LENGTH, STATUS_LENGTH, REASON_LENGTH = 190, 20, 200
_OF_THIS_ONE = (Hindrance.NEVER, Hindrance.TEMPLATE)
# What a refused message tells of its template, before the provider is asked again.
_TOLD_BY_CODE = {132001: GONE, 132015: PAUSED, 132016: DISABLED}


def template_for(message: OutboxMessage) -> WhatsAppTemplate | None:
    """The approved template that says *message* in its language, with values for all its variables; None without one.

    Of several the newest, and utility before what the provider made of it: marketing is held back more often.
    """
    is_news = message.recipient_kind == "staff"
    approved = select(WhatsAppTemplate).where(
        WhatsAppTemplate.event == (STAFF_NEWS if is_news else message.event),
        WhatsAppTemplate.language == message.language,
        WhatsAppTemplate.status == APPROVED,
    )
    values = values_of(message)
    usable = [
        one
        for one in db.session.scalars(approved.order_by(WhatsAppTemplate.id.desc()))
        if message.event and set(variables_in(one.body)) <= set(values)
    ]
    return min(usable, key=lambda one: one.category != UTILITY, default=None)


def values_of(message: OutboxMessage) -> dict[str, str]:
    """What a template can say of *message*, in words; of what staff are told, its subject line and where to look."""
    said = {name: say(name, str(value), message.language) for name, value in message.values.items()}
    if message.recipient_kind != "staff":
        return said
    home = current_settings().base_url
    return {"link": home, **said, "news": render_message(message).subject}


def has_template(event: str, language: str) -> bool:
    """Does an approved template say *event* in *language*?"""
    found = select(WhatsAppTemplate.id).where(
        WhatsAppTemplate.event == event,
        WhatsAppTemplate.language == language,
        WhatsAppTemplate.status == APPROVED,
    )
    return db.session.scalar(found.limit(1)) is not None


def templates_by_event() -> dict[tuple[str, str], list[WhatsAppTemplate]]:
    """All that stand for an event of ours, under the event and the language, the newest first."""
    found: dict[tuple[str, str], list[WhatsAppTemplate]] = {}
    rows = select(WhatsAppTemplate).where(WhatsAppTemplate.event != "")
    for row in db.session.scalars(rows.order_by(WhatsAppTemplate.id.desc())):
        found.setdefault((row.event, row.language), []).append(row)
    return found


@dataclass(frozen=True)
class HandedIn:
    """How many the provider took, and what it did not like about the others."""

    taken: int
    refused: tuple[tuple[Proposal, Declined], ...] = ()


def hand_in(wanted: Iterable[Proposal], *, by: Actor) -> HandedIn:
    """Ask the provider to approve each of *wanted*.

    Talks to the network and opens units of its own. Raises Declined or WireFault where it takes none at all now; those
    before stay handed in.
    """
    taken, refused = 0, []
    with open_client(_line_to_ask_for()) as client:
        for one in wanted:
            try:
                status = client.create_template(one.name, one.language, one.body, one.examples)
            except Declined as refusal:
                if refusal.trouble not in _OF_THIS_ONE:
                    raise
                refused.append((one, refusal))
                continue
            unit_of_work(partial(_keep_handed_in, one, status, by))
            taken += 1
    return HandedIn(taken, tuple(refused))


def look(at: datetime) -> None:
    """The job: ask how the templates and the number are doing, every half hour.

    Sooner where the number was set up or changed since, or is in trouble. Without an active one there is nobody to ask.
    """
    line = lines.active_line()
    if line is None or _was_asked_lately(line, at):
        return
    try:
        synchronise()
    except (Declined, WireFault) as fault:
        log.warning("whatsapp could not be asked", extra={"fault": str(fault).partition(" ")[0]})


def _was_asked_lately(line: WhatsAppLine, at: datetime) -> bool:
    if line.error or line.synced_at is None:
        return False
    return line.changed_at <= line.synced_at and at - line.synced_at < ASKED_EVERY


def synchronise() -> None:
    """Ask the provider, and write what it says; opens units of its own.

    Raises Declined or WireFault, which is also noted on the line where nothing could be sent either.
    """
    line, began_at = _line_to_ask_for(), clock.now()
    try:
        with open_client(line) as client:
            found, quality = client.templates(), client.number_quality()
    except (Declined, WireFault) as fault:
        note_fault(fault)
        raise
    unit_of_work(lambda: _write(found, quality, began_at))


def _line_to_ask_for() -> WhatsAppLine:
    """The number, without a connection to the database, which a slow provider must not hold."""
    line = lines.line()
    if line is None or in_transaction():
        raise RuntimeError("the provider is asked for a number, outside any unit of work")
    db.session.expunge(line)
    db.session.rollback()
    return line


def note_fault(fault: Declined | WireFault) -> None:
    """Remember since when nothing gets through, and why; a refusal of one message says nothing about the rest."""
    if isinstance(fault, WireFault) or fault.trouble is Hindrance.OURS:
        unit_of_work(lambda: lines.note_failing(str(fault), clock.now()))


def note_refused_template(name: str, language: str, refusal: Declined) -> bool:
    """The provider would not use a template that we thought approved; in a unit of its own.

    Returns whether it will not be chosen again, so that an older one may have its turn.
    """
    status = _TOLD_BY_CODE.get(refusal.code)
    if status is None:
        return False

    def write() -> None:
        row = db.session.scalar(_one(name, language).with_for_update())
        if row is not None:
            row.status, row.reason = status, refusal.words[:REASON_LENGTH]

    unit_of_work(write)
    return True


def _write(found: list[FoundTemplate], quality: str, began_at: datetime) -> None:
    rows = {(row.name, row.language): row for row in db.session.scalars(select(WhatsAppTemplate))}
    told = {(one.name[:NAME_LENGTH], one.language[:10]): one for one in found if one.name}
    for key, one in told.items():
        row = rows.get(key)
        if row is None:
            row = WhatsAppTemplate(name=key[0], language=key[1], event=event_of(key[0]))
            db.session.add(row)
        row.status, row.category = one.status[:STATUS_LENGTH], one.category[:STATUS_LENGTH]
        row.body, row.reason = one.body, one.reason[:REASON_LENGTH]
        row.synced_at = began_at
    for key, row in rows.items():
        # One that was handed in while we asked may be missing from the answer.
        if key not in told and row.synced_at < began_at:
            row.status = GONE
    if quality:
        lines.note_quality(quality, began_at)
    lines.note_synced(began_at)
    lines.note_working()


def _keep_handed_in(one: Proposal, status: str, by: Actor) -> None:
    row = db.session.scalar(_one(one.name, one.language).with_for_update())
    if row is None:
        row = WhatsAppTemplate(name=one.name, language=one.language)
        db.session.add(row)
    row.event, row.body, row.category = one.event, one.body, UTILITY
    row.status, row.reason, row.synced_at = status[:STATUS_LENGTH], "", clock.now()
    trail.record(
        "whatsapp_template_submitted",
        by=by,
        subject=("whatsapp_line", lines.LINE_ID),
        details={"template": one.name, "language": one.language},
    )


def _one(name: str, language: str) -> Select[WhatsAppTemplate]:
    return select(WhatsAppTemplate).where(
        WhatsAppTemplate.name == name, WhatsAppTemplate.language == language
    )
