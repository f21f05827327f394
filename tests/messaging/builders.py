"""Messages ready to be delivered, and senders that stand for the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.messaging import outbox
from helpdesk.messaging.events import EVENTS
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import Rendered

VALUES = {
    "month": "Oktober 2026",
    "organisation": "RSIA Contoh",
    "number": "KLH-26-00042-7",
    "link": "http://localhost/lacak/abc",
    "due": "Selasa, 24 November 2026 pukul 10.00 WIB",
    "was_due": "Selasa, 24 November 2026 pukul 10.00 WIB",
    "until": "Rabu, 25 November 2026 pukul 10.00 WIB",
    "object_until": "Kamis, 24 Desember 2026 pukul 10.00 WIB",
    "emergency": "Langsung ke IGD atau telepon 119 / 0751 118",
    "unit": "Farmasi",
    "wanted_by": "Senin, 23 November 2026 pukul 15.00 WIB",
    "category": "Obat",
    "grade": "kuning",
    "clock": "triage",
    "mailbox": "pengaduan@rs.example",
    "line": "+628115550123",
    "since": "Senin, 23 November 2026 pukul 15.00 WIB",
    "made": "Senin, 23 November 2026 pukul 02.00 WIB",
    "trouble": "timeout",
    "because": "voice",
    "by_day": "Selasa, 24 November 2026",
    "first_day": "Senin, 23 November 2026",
    "last_day": "Selasa, 24 November 2026",
}


def values_of(event: str) -> dict[str, str]:
    """Exactly what *event* needs."""
    return {name: VALUES[name] for name in EVENTS[event].placeholders}


def queue_one(key: str = "one", event: str = "received", **overrides: Any) -> int | None:
    """Queue a message in a unit of its own; its id, or None when the key was used before."""

    def write() -> int | None:
        return outbox.queue(
            event,
            **{
                "dedupe_key": key,
                "channel": "email",
                "address": "wati@example.org",
                "language": "id",
                "recipient_kind": "complainant",
                "recipient_id": 7,
                "subject": ("ticket", 42),
                "values": VALUES,
                **overrides,
            },
        )

    return unit_of_work(write)


def row(message_id: int | None) -> OutboxMessage:
    """The message as it stands in the database now."""
    db.session.rollback()
    return db.session.get_one(OutboxMessage, message_id)


@dataclass
class Wire:
    """Stands for a provider: notes what reaches it, and does what *answer* says."""

    answer: Callable[[OutboxMessage], str] = lambda message: f"ref-{message.id}"
    sent: list[int] = field(default_factory=list)

    def send(self, rendered: Rendered, message: OutboxMessage) -> str:
        assert not in_transaction()
        self.sent.append(message.id)
        return self.answer(message)
