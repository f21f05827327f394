"""What else was done this morning: complaints joined, a letter issued, a call wanted, last month summed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.accounts.actor import Actor
from helpdesk.demo.hospital import Hospital
from helpdesk.demo.life import Life
from helpdesk.demo.planning import Until
from helpdesk.letters.letter import LetterKind
from helpdesk.lib.clock import standing_at
from helpdesk.lib.database import db
from helpdesk.messaging.outbox import messages_about
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.asking import Wanted, ask_for_summary
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.correspondence import issue_letter
from helpdesk.tickets.letter_drafts import propose_letter
from helpdesk.tickets.letter_kinds import kinds_for
from helpdesk.tickets.merging import merge_ticket, why_not
from helpdesk.tickets.reaching import Why, want_call
from helpdesk.tickets.states import Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.words import word

SAME_MATTER = "lift-macet"
ANSWERED_CASE = "demo/answered"
_WHY = "Lift yang sama, pagi yang sama."
_LEADER = "hanifah"


def join_two(lives: Sequence[Life], now: datetime) -> None:
    """Let who complained last of the lift follow who complained first, inside the caller's unit of work."""
    standing = list(_standing(lives, SAME_MATTER))
    leading = next((life for life in standing if life.plan.until is Until.ACCEPTED), None)
    second = next((life for life in standing if life.plan.until is Until.NEW), None)
    if leading is None or second is None or why_not(second.ticket, leading.ticket):
        return
    with standing_at(now - timedelta(minutes=25)):
        merge_ticket(second.ticket, leading.ticket, _WHY, by=leading.desk)


def write_letter(lives: Sequence[Life], now: datetime) -> None:
    """Send the answer that a visitor may follow on paper too; the worker draws it."""
    for life in lives:
        is_it = life.has_begun and life.plan.key == ANSWERED_CASE
        if is_it and LetterKind.REPLY in kinds_for(life.ticket):
            draft = propose_letter(life.ticket, LetterKind.REPLY, say=word)
            with standing_at(now - timedelta(minutes=15)):
                issue_letter(life.ticket, LetterKind.REPLY, draft, by=life.desk)


def want_a_call(lives: Sequence[Life], now: datetime) -> None:
    """Somebody did not read the answer on WhatsApp and left no email address: customer care is to call."""
    answered = (
        (life.ticket, message)
        for life in lives
        if life.has_begun and _reads_whatsapp_only(life.ticket)
        for message in messages_about("ticket", life.ticket.id)
        if message.event == "answered" and message.channel == "whatsapp"
    )
    ticket, message = next(answered, (None, None))
    if ticket is not None and message is not None:
        with standing_at(now - timedelta(minutes=20)):
            want_call(ticket, message, Why.UNREAD, by=Actor.system())


def _reads_whatsapp_only(ticket: Ticket) -> bool:
    if ticket.state is not Status.ANSWERED or ticket.is_restricted:
        return False
    id_ = ticket.complainant_id
    person = db.session.get(Complainant, id_) if id_ else None
    return ticket.reply_channel == "whatsapp" and not (person and person.email)


def ask_for_last_month(hospital: Hospital, now: datetime) -> None:
    """Give the summary of last month its number; the worker builds it."""
    today = now.astimezone(ZoneInfo(hospital.calendar.zone)).date()
    leader: Actor = hospital.actor(_LEADER)
    with standing_at(now):
        ask_for_summary(Wanted(Period.containing(today).before()), by=leader)


def _standing(lives: Sequence[Life], story: str) -> Iterator[Life]:
    return (
        life
        for life in lives
        if life.has_begun and not life.plan.is_late and life.plan.sample.code == story
    )
