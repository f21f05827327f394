"""A house whose email goes to a post office of the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.messaging import postman, relay
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.postman import Counts
from helpdesk.messaging.relay import RelaySecret, RelaySettings
from tests.support.smtp import PASSWORD, USER, PostOffice

Deliver = Callable[[], Counts]
FROM = "keluhan@rs.example.org"


def settings_of(office: PostOffice, **changes: Any) -> RelaySettings:
    """A relay at *office*, without encryption and with a password."""
    plain = RelaySettings(
        from_address=FROM,
        from_name="RSIA Contoh",
        host="127.0.0.1",
        port=office.port,
        security="none",
        login="password",
        username=USER,
        connections=1,
        per_minute=1000,
        per_address_and_day=100,
        per_ticket_and_hour=100,
    )
    return replace(plain, **changes)


def set_up(office: PostOffice, *, secret: RelaySecret | None = None, **changes: Any) -> MailRelay:
    """Let the house send through *office* from now on."""

    def write() -> MailRelay:
        standing = relay.relay()
        return relay.set_up_relay(
            settings_of(office, **changes),
            secret=secret or RelaySecret(password=PASSWORD),
            seen_version=standing.version if standing else None,
            by=Actor.system(),
        )

    return unit_of_work(write)


def deliver(limit: int = 50) -> Counts:
    """One round of the postmen, now."""
    return postman.deliver_due(clock.now(), limit)
