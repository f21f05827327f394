"""The WhatsApp number for the gallery: set up at a provider that does not answer, with templates in every state."""

from __future__ import annotations

from datetime import timedelta

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.whatsapp import lines, staff_telephones
from helpdesk.messaging.whatsapp.contacts import contact_of
from helpdesk.messaging.whatsapp.line_settings import LineSettings
from helpdesk.messaging.whatsapp.proposals import proposals
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate
from tests.messaging.builders import queue_one
from tests.support.webhooks import arrive, wire

NOBODY = "http://127.0.0.1:9/graph"  # the discard port: nothing listens there
STATES = {
    "received": ("approved", "utility", ""),
    "answered": ("approved", "marketing", ""),
    "question": ("pending", "utility", ""),
    "interim": ("rejected", "utility", "TAG_CONTENT_MISMATCH"),
    "reopened": ("paused", "utility", ""),
    "late_apology": ("gone", "utility", ""),
}


def hang_line(connected_id: int) -> None:
    """Let it have been in use for a while, and be out of order now; *connected_id* hears news of the house on it."""
    message_id = queue_one("gallery/whatsapp", channel="whatsapp", address="+6281234560172")
    unit_of_work(lambda: _hang(message_id))
    unit_of_work(lambda: _connect(connected_id))
    arrive(wire("other_number"))
    arrive(b"bukan kiriman")


def _connect(user_id: int) -> None:
    """Somebody who may choose what comes there: the rest would come by email."""
    db.session.get_one(User, user_id).email = "lestari@rsia-contoh.example"
    code = staff_telephones.code_in(staff_telephones.draw_code(user_id))
    staff_telephones.connect(code, contact_of("6281234567001", None, "Lestari", clock.now()))


def _hang(message_id: int | None) -> None:
    at = clock.now()
    lines.set_up(
        LineSettings(
            phone_number_id="106540352242922",
            account_id="102290129340398",
            display_number="0811-5550-123",
            graph_url=NOBODY,
        ),
        app_secret="rahasia",
        access_token="kunci",
        seen_version=None,
        by=Actor.system(),
    )
    lines.note_refused(at - timedelta(days=2))
    lines.note_quality("yellow", at - timedelta(hours=5))
    lines.note_failing("190 Session has expired", at - timedelta(minutes=25))
    wanted = proposals()
    for event, (status, category, reason) in STATES.items():
        for language in ("id", "en"):
            one = wanted[event, language]
            db.session.add(
                WhatsAppTemplate(
                    name=one.name,
                    language=language,
                    event=event,
                    status=status,
                    category=category,
                    body=one.body,
                    reason=reason,
                    synced_at=at,
                )
            )
    said = db.session.get_one(OutboxMessage, message_id)
    said.status, said.sent_at, said.look_at = "sent", at, None
    said.sent_from, said.sent_as = "106540352242922", "template"
