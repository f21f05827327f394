"""The mail server to which the demo sends: whoever it writes to has a mailbox here."""

from __future__ import annotations

import socket
from asyncio import AbstractServer
from collections.abc import Awaitable
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from helpdesk.simulator.store import MailStore, Switch, Way

HOST = "127.0.0.1"
LARGEST = 60_000_000  # bytes
DOWN = "451 4.3.2 The simulator plays a mail server that is down"


class PostOffice:
    """Puts what it is handed into the mailboxes of those it is addressed to."""

    def __init__(self, store: MailStore) -> None:
        self._store = store
        self._listener = socket.create_server((HOST, 0))
        self._controller = _Controller(
            self, self._listener, enable_SMTPUTF8=True, data_size_limit=LARGEST
        )

    def start(self) -> int:
        """Listen on a free port of this machine; which one."""
        self._controller.start()
        return self._controller.port

    def stop(self) -> None:
        """Listen no more."""
        self._controller.stop(no_assert=True)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Everybody has a mailbox, unless a visitor wants the server to be down."""
        if self._store.is_on(Switch.PROVIDER_DOWN):
            return DOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail once for each who gets it."""
        raw = envelope.original_content or b""
        mail = message_from_bytes(raw, policy=default)
        sender, subject = str(mail["From"] or envelope.mail_from), str(mail["Subject"] or "")
        for address in envelope.rcpt_tos:
            self._store.put(address, Way.IN, sender, subject, raw)
        return "250 2.0.0 OK"


class _Controller(Controller):
    """aiosmtpd's, on a socket that has its port already: told port 0, it would knock at port 0 to see if it lives."""

    def __init__(self, office: PostOffice, listener: socket.socket, **arguments: Any) -> None:
        self._listener = listener
        super().__init__(office, hostname=HOST, port=listener.getsockname()[1], **arguments)

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)
