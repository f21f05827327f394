"""Where WhatsApp's provider tells us what people wrote and how far our messages got.

It repeats what was not answered with 200 for up to seven days, and stops altogether at a hook that fails too often. So
nothing in a POST is reason for an error: it is stored and answered, and read afterwards. Only where it could not be
stored is it asked for once more.
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
"""

from __future__ import annotations

import hmac
import logging
from datetime import datetime, timedelta

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from helpdesk.intake import inbox
from helpdesk.lib import clock
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.database import db, in_own_units, unit_of_work
from helpdesk.lib.whatsapp.reading import MOST_BYTES
from helpdesk.lib.whatsapp.signature import HEADER, is_signed
from helpdesk.messaging.whatsapp import lines
from helpdesk.web.hooks import door

log = logging.getLogger(__name__)
LONGEST_CHALLENGE = 200
# Whoever posts rubbish must not make us write as fast as they can post: one in a second is counted.
COUNTED_EVERY = timedelta(seconds=1)
# WireFault: the secrets do not open, because SECRET_KEY is another than when they were typed.
_OUR_TROUBLE = (OSError, SQLAlchemyError, WireFault)


@door.get("/whatsapp")
def verify_whatsapp() -> ResponseReturnValue:
    """The challenge with which the provider makes sure, at set-up, that this address is ours."""
    line, asked = lines.active_line(), request.args
    if line is None:
        return _plain(404)
    try:
        token = lines.secrets_of(line).verify_token.encode()
    except WireFault:
        return _plain(503)
    told = asked.get("hub.verify_token", "").encode("utf-8", "replace")
    is_ours = bool(token) and hmac.compare_digest(told, token)
    if asked.get("hub.mode") != "subscribe" or not is_ours:
        return _plain(403)
    return _plain(200, asked.get("hub.challenge", "")[:LONGEST_CHALLENGE])


@door.post("/whatsapp")
@in_own_units
def receive_whatsapp() -> ResponseReturnValue:
    """Store what the provider posts, and answer at once."""
    request.max_content_length = MOST_BYTES
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _plain(413)
    try:
        return _plain(_take(raw, request.headers.get(HEADER)))
    except _OUR_TROUBLE as fault:
        db.session.rollback()
        log.error("a webhook could not be stored: %s", type(fault).__name__)
        return _plain(503)


def _take(raw: bytes, signature: str | None) -> int:
    """The status to be answered. Raises what keeps the bytes from being judged or stored."""
    line = lines.active_line()
    if line is None:
        return 404
    if not is_signed(raw, signature, lines.secrets_of(line).app_secret):
        _count_refused(line.refused_at)
        return 403
    inbox.store(raw, channel=inbox.WHATSAPP, key=inbox.post_key(raw), mailbox_id=None)
    return 200


def _count_refused(last: datetime | None) -> None:
    now = clock.now()
    if last is None or now - last >= COUNTED_EVERY:
        unit_of_work(lambda: lines.note_refused(now))


def _plain(status: int, text: str = "") -> Response:
    return Response(text, status, mimetype="text/plain")
