"""Fetching what people sent: two steps over the provider's wire, verified, cleaned, and given to the ticket.

A file's address lives five minutes and its id seven days. What was not fetched by then is lost, and the ticket says
so; until then it is tried again and again, at growing pauses.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.intake.whatsapp import contents, forgetting
from helpdesk.intake.whatsapp.message import LOST, REFUSED, TAKEN, WANTED, WhatsAppMessage
from helpdesk.lib import claims, clock
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.clients.graph_faults import Declined, TooLarge
from helpdesk.lib.clients.whatsapp import WhatsAppClient
from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.lib.examined_files import want_examined
from helpdesk.lib.logs import WORDLESS
from helpdesk.lib.uploads import COMPLAINANT, DEFAULT_LIMITS, Received, receive
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.wire import open_client
from helpdesk.tickets.files import attach
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket

log = logging.getLogger(__name__)

JOB = "fetch media"
# https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media/
LIVES = timedelta(days=7)
LEASE = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)
ROUND = 50
ROUND_LASTS = timedelta(seconds=20)  # a stop waits for the round to end
ERROR_LENGTH = 200


@dataclass(frozen=True)
class Fetched:
    """What came of one attempt: the file, or why not; *is_final* where another attempt would bring the same."""

    received: Received | None = None
    error: str = ""
    is_final: bool = False


def fetch_due(at: datetime, limit: int = ROUND) -> int:
    """Fetch what is due at *at*, longest due first; returns how many files were taken in.

    Opens its units itself: raises RuntimeError inside a unit of work.
    """
    if in_transaction():
        raise RuntimeError("media are fetched outside any unit of work")
    due = claims.candidates(WhatsAppMessage, at, limit, WhatsAppMessage.media_state == WANTED)
    line = lines.active_line() if due else None
    if line is None:
        return 0
    began_at, taken = clock.now(), 0
    with open_client(line) as client:
        for message_id in due:
            taken += fetch(message_id, client)
            if clock.now() - began_at > ROUND_LASTS:
                break
    return taken


def fetch(message_id: int, client: WhatsAppClient) -> bool:
    """Fetch the file of one message; False when another worker is at it, or it did not come."""
    token = claims.claim(WhatsAppMessage, message_id, clock.now(), LEASE)
    if token is None:
        return False
    message = db.session.get_one(WhatsAppMessage, message_id, populate_existing=True)
    if message.media_state != WANTED or message.media_id is None:
        unit_of_work(lambda: claims.settle(WhatsAppMessage, message_id, token))
        return False
    told = message.facts.get("media", {})
    media_id, name = message.media_id, str(told.get("name") or "")
    told_digest = str(told.get("sha256") or "")
    db.session.rollback()  # a slow provider must not hold a connection to the database
    fetched = _fetch(client, media_id, name, told_digest)
    return unit_of_work(lambda: _settle(message_id, token, fetched))


def _fetch(client: WhatsAppClient, media_id: str, name: str, told_digest: str) -> Fetched:
    try:
        place = client.media(media_id)
        content = b"".join(client.download(place.url, most=DEFAULT_LIMITS.most_bytes))
        if not _is_whole(content, {told_digest, place.sha256} - {""}):
            return Fetched(error="digest")
        return Fetched(receive(content, name, purpose=COMPLAINANT, field="file"))
    except TooLarge:
        return Fetched(error="too_large", is_final=True)
    except Invalid as refusal:
        return Fetched(error=str(refusal)[:ERROR_LENGTH], is_final=True)
    except Declined as refusal:
        return Fetched(error=str(refusal)[:ERROR_LENGTH])
    except WireFault as fault:
        log.warning("media not fetched", extra={"fault": str(fault)[:ERROR_LENGTH]})
        return Fetched(error=str(fault)[:ERROR_LENGTH])
    except Exception as fault:  # the disk, a picture nobody can read: its name goes on the row
        which = hashlib.sha256(media_id.encode()).hexdigest()
        log.exception("media not fetched", extra={"media": which, WORDLESS: True})
        return Fetched(error=type(fault).__name__)


def _is_whole(content: bytes, told: set[str]) -> bool:
    """Is it what the provider says it is? Digests come in hexadecimal, and from some in base64."""
    digest = hashlib.sha256(content)
    ours = {digest.hexdigest(), base64.b64encode(digest.digest()).decode()}
    return all(one in ours or one.lower() in ours for one in told)


def _settle(message_id: int, token: str, fetched: Fetched) -> bool:
    """Write it on the message and, where the ticket is there already, give it the file."""
    if not claims.still_mine(WhatsAppMessage, message_id, token):
        return False
    message = db.session.get_one(WhatsAppMessage, message_id, populate_existing=True)
    now = clock.now()
    message.media_attempts = min(message.media_attempts + 1, 1000)
    message.media_error = fetched.error
    if fetched.received is not None:
        _take(message, fetched.received)
    elif fetched.is_final or now - message.said_at >= LIVES:
        message.media_state = REFUSED if fetched.is_final else LOST
        _count_on_event(message, f"media_{message.media_state}")
    else:
        claims.settle(WhatsAppMessage, message_id, token, look_at=_next_look(message, now))
        return False
    if message.fate == forgetting.FORGOTTEN:
        forgetting.forget_file(message)
        claims.settle(WhatsAppMessage, message_id, token, look_at=now)
    else:
        claims.settle(WhatsAppMessage, message_id, token)
    return fetched.received is not None


def _take(message: WhatsAppMessage, received: Received) -> None:
    message.media_state, message.media = TAKEN, contents.as_facts(received)
    message.shown_digest, message.original_digest = received.shown_digest, received.original_digest
    event = _event(message)
    if event is None:
        want_examined((received.shown_digest, received.original_digest))
    else:
        # Locked, and another version than before: who decides just now what the units see did not know of this file.
        ticket = db.session.get_one(
            Ticket, event.ticket_id, with_for_update=True, populate_existing=True
        )
        ticket.version += 1
        attach(event, [received])
        _count_on_event(message, "")


def _count_on_event(message: WhatsAppMessage, became: str) -> None:
    """The event says how many files are still to come, and how many never will."""
    event = _event(message)
    facts = dict(event.details.get("whatsapp", {})) if event is not None else {}
    if event is None or not facts:
        return
    waiting = int(facts.pop("media_waiting", 0)) - 1
    if waiting > 0:
        facts["media_waiting"] = waiting
    if became:
        facts[became] = int(facts.get(became, 0)) + 1
    event.details = {**event.details, "whatsapp": facts}


def _event(message: WhatsAppMessage) -> TicketEvent | None:
    return db.session.get(TicketEvent, message.event_id) if message.event_id else None


def _next_look(message: WhatsAppMessage, now: datetime) -> datetime:
    """Soon at first, by the hour later; the last time when the id dies."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(message.media_attempts, 10), LONGEST_PAUSE)
    return min(now + pause, max(message.said_at + LIVES, now + FIRST_PAUSE))
