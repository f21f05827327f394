"""A postman in a process of its own, and the file that stands for the provider: a line per message that reached it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from helpdesk.lib import clock
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.postman import Counts
from helpdesk.messaging.senders import registry
from helpdesk.messaging.templates import Rendered


class FileWire:
    """Appends the id; one write of a few bytes is whole, whoever else appends."""

    def __init__(self, wire: Path, *, die: bool) -> None:
        self.wire, self.die = wire, die

    def send(self, rendered: Rendered, message: OutboxMessage) -> str:
        with self.wire.open("a") as file:
            file.write(f"{message.id}\n")
        if self.die:
            os.kill(os.getpid(), signal.SIGKILL)
        return f"ref-{message.id}"


def deliver_to(wire: Path, *, die: bool = False) -> Counts:
    """Deliver what is due; with *die*, killed once a message has reached the provider, before it is settled."""
    registry.SENDERS["email"] = FileWire(wire, die=die)
    return postman.deliver_due(clock.now(), limit=200)
