"""The complainant's keys: the PIN, of which only a keyed digest is kept, and the signed link."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import update

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound
from helpdesk.lib.settings import current_settings
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.ticket import Ticket

PIN_DIGITS = 6
FAILURES_BEFORE_REST = 10
REST = timedelta(hours=1)
_NOBODY = "0" * 64
HIDDEN = "…"
# A link as it is written, or as mail programmes wrap it into an address of their own.
_LINK = re.compile(r"((?:/|%2F)k(?:/|%2F))\.?[\w-]+\.[\w-]{27,}", re.IGNORECASE | re.ASCII)


def draw_pin() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def pin_from_key(key: str) -> str:
    """The PIN that belongs to one form: the same form sent twice shows the same PIN, though none is stored.

    *key* is the random token that the form carried; the database keeps only its digest, so that the PIN cannot be
    computed from a stolen database.
    """
    digest = hmac.new(_secret(), b"pin-of-form:" + key.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def _hash_pin(salt: str, pin: str) -> str:
    """The keyed digest that is stored; salted, so that equal PINs do not look equal."""
    return hmac.new(_secret(), f"pin:{salt}:{pin}".encode(), hashlib.sha256).hexdigest()


def set_pin(ticket: Ticket, pin: str) -> None:
    """Give the ticket a new PIN; links made before stop working when it replaces one."""
    if ticket.pin_hash:
        end_links(ticket)
    ticket.pin_salt = secrets.token_hex(8)
    ticket.pin_hash = _hash_pin(ticket.pin_salt, pin)
    ticket.pin_failures = 0
    ticket.pin_rested_until = None


def end_links(ticket: Ticket) -> None:
    """Let the links that were made before stop working."""
    ticket.link_version += 1


def check_pin(ticket: Ticket | None, pin: str) -> bool:
    """Check a PIN and count a failure; ten rest the PIN for an hour. Runs inside a unit of work.

    An unknown number and a PIN that rests cost the same as a wrong one: the same digest, the same statements.
    """
    at = clock.now()
    expected = ticket.pin_hash if ticket and ticket.pin_hash else _NOBODY
    matches = hmac.compare_digest(
        _hash_pin(ticket.pin_salt if ticket else "", pin.strip()), expected
    )
    rests = (
        ticket is not None and ticket.pin_rested_until is not None and at < ticket.pin_rested_until
    )
    if ticket is None or rests:
        db.session.execute(_COUNT_NOBODY)
        return False
    if matches:
        ticket.pin_failures = 0
        return True
    ticket.pin_failures += 1
    if ticket.pin_failures >= FAILURES_BEFORE_REST:
        ticket.pin_failures = 0
        ticket.pin_rested_until = at + REST
    return False


# What counting a failure asks of the database, for nobody.
_COUNT_NOBODY = (
    update(Ticket)
    .where(Ticket.id == 0)
    .values(pin_failures=0)
    .execution_options(synchronize_session=False)
)


def link_token(ticket: Ticket) -> str:
    """The signed token of the track link: it works even while the PIN rests."""
    return str(_signer().dumps([ticket.id, ticket.link_version]))


def link_of(ticket: Ticket) -> str:
    """The full address that messages and QR codes carry."""
    base = current_settings().base_url
    return f"{base}/k/{link_token(ticket)}"


def link_of_today(message: OutboxMessage) -> dict[str, str]:
    """The link of *message* as it works now, to stand in place of the one in its values: a new PIN ends earlier ones.

    Empty for what carries no link, and for what is not for the complainant.
    """
    is_theirs = (message.subject_kind, message.recipient_kind) == ("ticket", "complainant")
    if not is_theirs or "link" not in message.values:
        return {}
    return {"link": link_of(db.session.get_one(Ticket, message.subject_id))}


def without_links(text: str) -> str:
    """*text* with every track link made useless: who answers a message of ours quotes the link in it, and whoever
    reads the answer must not be able to act in the complainant's name.
    """
    return _LINK.sub(rf"\g<1>{HIDDEN}", text)


def ticket_of_link(token: str) -> Ticket:
    """The ticket that a signed link opens. Raises NotFound for anything else, also for a replaced link."""
    try:
        ticket_id, version = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None or ticket.link_version != version:
        raise NotFound
    return ticket


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="track-link")


def _secret() -> bytes:
    key: str = current_app.config["SECRET_KEY"]
    return key.encode()
