"""A MariaDB server may be another machine, and a machine that lost its power says nothing any more.

The system would wait two hours for the answer to what was asked at that moment, and with it whoever asked: a job of the
worker, a thread of the web server. How long a statement may take is not limited here: a server at work answers for
itself, however long it takes.
"""

from __future__ import annotations

import socket
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

ASKED_AFTER, ASKED_EVERY, ASKED_TIMES = 30, 10, 3  # seconds of silence, seconds, and how often


def hang_up_on_the_dead(engine: Engine) -> None:
    """Let a connection of *engine* break when the machine at its other end has gone, within about a minute."""

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        line = connection._sock  # PyMySQL lets nobody say so
        if line.family == socket.AF_UNIX:
            return
        for option, value in (
            (socket.TCP_KEEPIDLE, ASKED_AFTER),
            (socket.TCP_KEEPINTVL, ASKED_EVERY),
            (socket.TCP_KEEPCNT, ASKED_TIMES),
            # The same for what was said and never acknowledged
            (socket.TCP_USER_TIMEOUT, 1000 * (ASKED_AFTER + ASKED_EVERY * ASKED_TIMES)),
        ):
            line.setsockopt(socket.IPPROTO_TCP, option, value)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
