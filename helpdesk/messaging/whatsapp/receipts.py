"""The provider's word on our messages, tied to the outbox."""

from __future__ import annotations

from sqlalchemy import func, select, update

from helpdesk.lib.database import db
from helpdesk.lib.whatsapp.payload import Receipt
from helpdesk.messaging.message import FREE, TEMPLATE, MessageStatus, OutboxMessage
from helpdesk.messaging.postman import ERROR_LENGTH, Undelivered, WhenFailed
from helpdesk.messaging.receipts import kept_reference, move_forward
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.following import check_when_sent, matters
from helpdesk.messaging.whatsapp.marking import marked_with
from helpdesk.messaging.whatsapp.reengaging import goes_again
from helpdesk.messaging.whatsapp.saying import CHANNEL

# What each word of the provider is to us; whatever else it says moves nothing.
_STATUS: dict[str, MessageStatus] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
# "Message undeliverable": no WhatsApp there, or one that cannot be written to.
# https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
UNREACHABLE = frozenset({131026})


def take_receipt(receipt: Receipt, when_failed: WhenFailed) -> bool:
    """Take one receipt, inside the caller's unit of work; returns whether the message moved.

    It may come late, twice, out of order, or about what another system sent: what we do not know or knew better moves
    nothing. It finds its message by the provider's id, or by the id that we sent along where we died before we could
    note the provider's. *when_failed* is told of what will not arrive.
    """
    status, message_id = _STATUS.get(receipt.status), _message_of(receipt)
    if status is None or message_id is None:
        return False
    if status == "failed":
        return _fail(message_id, receipt, when_failed)
    _stamp(message_id, status, receipt)
    has_moved = move_forward(status, OutboxMessage.id == message_id, look_at=None)
    _note_departure(message_id, receipt)
    return has_moved


def subject_of(receipt: Receipt) -> tuple[str, int] | None:
    """What our message was about; None for one that we do not know."""
    message = db.session.get(OutboxMessage, _message_of(receipt) or 0)
    return (message.subject_kind, message.subject_id) if message else None


def _message_of(receipt: Receipt) -> int | None:
    ours = OutboxMessage.channel == CHANNEL
    by_theirs = select(OutboxMessage.id).where(
        ours, OutboxMessage.provider_ref == kept_reference(receipt.provider_id)
    )
    found = db.session.scalar(by_theirs.limit(1))
    if found is not None:
        return found
    marked = marked_with(receipt.our_data)
    is_unnoted = marked is not None and marked.channel == CHANNEL and not marked.provider_ref
    is_forgotten = marked is not None and not marked.address
    return marked.id if marked is not None and is_unnoted and not is_forgotten else None


def _stamp(message_id: int, status: MessageStatus, receipt: Receipt) -> None:
    """Write when it was so; the first word counts. Whoever has read it has nothing to be asked about any more."""
    changes: dict[str, object] = {
        "provider_ref": kept_reference(receipt.provider_id),
        "sent_at": func.coalesce(OutboxMessage.sent_at, receipt.at),
    }
    if status == "delivered":
        changes["delivered_at"] = func.coalesce(OutboxMessage.delivered_at, receipt.at)
    elif status == "read":
        changes |= {"read_at": func.coalesce(OutboxMessage.read_at, receipt.at), "check_at": None}
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(**changes)
        .execution_options(synchronize_session=False)
    )


def _note_departure(message_id: int, receipt: Receipt) -> None:
    """How it left us, where the postman died before he could write it: it is counted and looked after all the same.

    One who lives, and is only slower than the receipt, writes it over.
    """
    message = db.session.get_one(OutboxMessage, message_id, populate_existing=True)
    line = lines.line()
    if message.sent_from is not None or line is None:
        return
    message.sent_from = receipt.phone_number_id or line.phone_number_id
    message.sent_as = FREE if receipt.pricing_category in ("", "service") else TEMPLATE
    if message.status in ("sent", "delivered"):
        message.check_at = check_when_sent(message, line, receipt.at)


def _fail(message_id: int, receipt: Receipt, when_failed: WhenFailed) -> bool:
    """Given up by the provider, as if the postman had: seen on what the message was about."""
    reason = "; ".join(f"{fault.code} {fault.title}".strip() for fault in receipt.errors)
    changes = {
        "error": (reason or "failed")[:ERROR_LENGTH],
        "provider_ref": kept_reference(receipt.provider_id),
        "look_at": None,
    }
    if not move_forward("failed", OutboxMessage.id == message_id, **changes):
        return False
    message = db.session.get_one(OutboxMessage, message_id, populate_existing=True)
    # We died before we could write that it is to be looked after
    is_unnoted = message.sent_from is None
    if message.check_at is not None or (is_unnoted and matters(message)):
        message.check_at = receipt.at  # what matters takes its other road now
    if goes_again(message, [fault.code for fault in receipt.errors], receipt.at):
        return True
    is_dead = any(fault.code in UNREACHABLE for fault in receipt.errors)
    when_failed(Undelivered(message, message.error, is_dead))
    return True
