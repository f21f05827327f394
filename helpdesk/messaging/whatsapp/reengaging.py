"""What the provider took, and could not bring a moment after for a reason that has a remedy: it goes once more."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.clients.graph_faults import Hindrance, hindrance_of
from helpdesk.messaging.message import TEMPLATE, OutboxMessage
from helpdesk.messaging.sending_again import is_sent_again, send_again, sent_again_as
from helpdesk.messaging.told_keys import is_removed
from helpdesk.messaging.whatsapp.catalogue import template_for
from helpdesk.messaging.whatsapp.contacts import contact_at

PAUSE = timedelta(minutes=5)
_PASSING = {Hindrance.LATER, Hindrance.SLOWER}


def goes_again(message: OutboxMessage, codes: Iterable[int], at: datetime) -> bool:
    """Queue the failed *message* again where one of the provider's *codes* says how it could still arrive.

    Inside the caller's unit of work. Too late for free words: at once, as a template. A disturbance of theirs, or too
    much at once: later, only the first time, and not without the PIN that it was to tell. Staff are told by another
    road at once. Returns whether it goes again.
    """
    if message.recipient_kind == "staff":
        return False
    troubles = {hindrance_of(code) for code in codes}
    if Hindrance.WINDOW in troubles:
        return _goes_as_template(message, at)
    return bool(troubles & _PASSING) and _goes_later(message)


def _goes_later(message: OutboxMessage) -> bool:
    if is_sent_again(message) or is_removed(message):
        return False
    if sent_again_as(message) is None:
        fresh = send_again(message, by=Actor.system())
        fresh.look_at = clock.now() + PAUSE * random.uniform(1, 1.5)
    message.check_at = None  # the one that goes then is looked after
    return True


def _goes_as_template(message: OutboxMessage, at: datetime) -> bool:
    """Whatever comes of it, we know now that the person may no longer be written to freely."""
    contact = contact_at(message.address)
    if contact is not None and contact.window_until is not None:
        contact.window_until = min(contact.window_until, at)
    if message.sent_as == TEMPLATE or template_for(message) is None:
        return False
    if sent_again_as(message) is None:
        send_again(message, by=Actor.system())
    message.check_at = None  # the one that goes now is looked after
    return True
