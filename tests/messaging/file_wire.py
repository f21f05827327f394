"""A postman in a process of its own: ``python -m tests.messaging.postman_process <wire>
deliver|die``.

*wire* is the file that stands for the provider: a line per message that reached it. ``die`` is
killed right after the first message reached the provider, before it can be settled.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from helpdesk.app import create_app
from helpdesk.lib import clock
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
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


def main(wire: Path, *, die: bool) -> None:
    registry.SENDERS["email"] = FileWire(wire, die=die)
    app = create_app()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()  # both start at the same moment
    with app.app_context():
        sys.stdout.write(f"{postman.deliver_due(clock.now(), limit=200)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), die=sys.argv[2] == "die")
