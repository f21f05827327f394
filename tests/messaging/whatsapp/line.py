"""A house whose WhatsApp goes to the provider of the test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import time_machine

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.messaging import postman
from helpdesk.messaging.backlog import state_of_outbox
from helpdesk.messaging.postman import Counts, Undelivered
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.contacts import contact_of, open_window
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.line_settings import LineSettings
from tests.messaging.builders import queue_one
from tests.support.graph import ACCOUNT, VERSION, Graph

NUMBER = "6281234560172"
ADDRESS = f"+{NUMBER}"
TEMPLATE = "received_0a1b2c3d"
TEMPLATE_BODY = (
    "Keluhan {{number}} kami terima dan jawab paling lambat {{due}}: {{link}} RSIA Contoh"
)


def settings_of(graph: Graph, **changes: Any) -> LineSettings:
    """A number at *graph*, which is spoken by one postman."""
    plain = LineSettings(
        phone_number_id=ACCOUNT.phone_number_id,
        account_id=ACCOUNT.account_id,
        display_number=ACCOUNT.display_number,
        graph_url=graph.url,
        graph_version=VERSION,
        connections=1,
        per_second=80,
    )
    return replace(plain, **changes)


def set_up(
    graph: Graph,
    *,
    app_secret: str = ACCOUNT.app_secret,
    access_token: str = ACCOUNT.access_token,
    **changes: Any,
) -> WhatsAppLine:
    """Let the house speak WhatsApp through *graph* from now on."""

    def write() -> WhatsAppLine:
        standing = lines.line()
        return lines.set_up(
            settings_of(graph, **changes),
            app_secret=app_secret,
            access_token=access_token,
            verify_token=ACCOUNT.verify_token,
            seen_version=standing.version if standing else None,
            by=Actor.system(),
        )

    return unit_of_work(write)


def heard_from(number: str = NUMBER) -> None:
    """They wrote to us just now."""
    unit_of_work(lambda: open_window(contact_of(number, None, "Wati", clock.now()), clock.now()))


def queue_on_whatsapp(key: str = "one", event: str = "received", **overrides: Any) -> int | None:
    """One message to the number; its id."""
    return queue_one(key, event, **{"channel": "whatsapp", "address": ADDRESS, **overrides})


def deliver(failures: list[Undelivered] | None = None) -> Counts:
    """One round of the postmen, now."""
    told: list[Undelivered] = [] if failures is None else failures
    return postman.deliver_due(clock.now(), 50, when_failed=told.append)


def deliver_all(rounds: int = 20) -> int:
    """Round after round, two minutes apart, until nothing waits; how many were sent. Travels no further than that."""
    sent, at = 0, clock.now()
    for turn in range(rounds):
        with time_machine.travel(at + turn * timedelta(minutes=2), tick=False):
            counts = deliver()
            sent += counts.sent
            if not state_of_outbox(clock.now()).waiting:
                break
    return sent
