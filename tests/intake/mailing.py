"""Mails as people and machines write them, and what becomes of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from helpdesk.intake import inbox
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.mailbox import Mailbox
from helpdesk.intake.understanding import understand
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.mail_identity import message_id_of
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.ticket import Ticket

WATI = "Wati Handayani <wati@example.org>"
STRANGER = "Orang Lain <lain@example.net>"
OURS = "keluhan@rs.example"
_ids = itertools.count(1)


def compose(
    text: str = "Obat sirup habis, kami disuruh beli di luar.",
    *,
    sender: str = WATI,
    to: str = OURS,
    subject: str = "Obat habis",
    answers: str = "",
    message_id: str = "",
    sent_at: datetime | None = None,
    files: Sequence[tuple[str, bytes]] = (),
    html: str = "",
    checks: str = "",
    **headers: str,
) -> bytes:
    """One mail as bytes. *answers* is a Message-ID; *checks* what ``mx.rs.example`` found, such as ``dmarc=pass``."""
    mail = EmailMessage()
    if checks:
        mail["Authentication-Results"] = f"mx.rs.example; {checks} header.from=example.org"
    if sender:
        mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(sent_at or clock.now())
    mail["Message-ID"] = message_id or f"<{next(_ids)}.mail@example.org>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def have_mailbox(authserv_id: str = "mx.rs.example") -> int:
    """A mailbox whose server is believed."""
    row = Mailbox(
        address=OURS, host="imap.rs.example", port=993, security="tls", username="keluhan",
        login="password", secret="", authserv_id=authserv_id, created_at=clock.now(),
    )  # fmt: skip

    def unit() -> int:
        db.session.add(row)
        db.session.flush()
        return row.id

    return unit_of_work(unit)


def deposit(raw: bytes, mailbox_id: int | None = None) -> int:
    """Store the mail, as fetching does; the id of its row."""
    key = f"test/{next(_ids)}"
    return inbox.store(raw, channel=inbox.EMAIL, key=key, mailbox_id=mailbox_id).row_id


def arrive(raw: bytes, mailbox_id: int | None = None) -> Inbound:
    """Store the mail and understand it; its row."""
    row_id = deposit(raw, mailbox_id)
    understand(row_id)
    return row_of(row_id)


def row_of(row_id: int) -> Inbound:
    """The row as it stands now, free of any session."""
    db.session.rollback()
    row = db.session.get_one(Inbound, row_id, populate_existing=True)
    db.session.expunge(row)
    return row


def ticket_of(row: Inbound) -> Ticket:
    """The ticket that the mail came to, with its complainant."""
    wanted = select(Ticket).where(Ticket.id == row.ticket_id)
    fresh = wanted.options(joinedload(Ticket.complainant)).execution_options(populate_existing=True)
    return db.session.scalars(fresh).one()


def number(row: Inbound) -> str:
    """Its number."""
    return number_of(ticket_of(row))


def story(ticket_id: int | None) -> list[TicketEvent]:
    """What happened, oldest first."""
    events = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id)
    return list(db.session.scalars(events.order_by(TicketEvent.id)))


def kinds(ticket_id: int | None) -> list[str]:
    """What happened, by its name."""
    return [event.kind for event in story(ticket_id)]


def receipt_id(ticket_id: int | None, recipient_kind: str = "complainant") -> str:
    """The Message-ID of the newest message of ours about the ticket."""
    message = db.session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.subject_kind == "ticket",
            OutboxMessage.subject_id == ticket_id,
            OutboxMessage.recipient_kind == recipient_kind,
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    ).one()
    return message_id_of(message, "rs.example")


def how_many(model: type) -> int:
    """Rows of *model*."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0
