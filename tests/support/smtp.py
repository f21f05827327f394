"""A real SMTP server on this machine (aiosmtpd): with TLS or without, and it answers as the test says."""

from __future__ import annotations

import socket
import ssl
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
USER, PASSWORD = "keluhan", "rahasia-smtp"


@dataclass(frozen=True)
class Mail:
    """One mail as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    peer: tuple[str, int]

    @property
    def read(self) -> EmailMessage:
        """It, read by the standard library."""
        read = message_from_bytes(self.raw, policy=default)
        assert isinstance(read, EmailMessage)
        return read


@dataclass
class Answers:
    """What the server says to whom; an empty answer is a yes."""

    sender: str = ""
    recipients: dict[str, str] = field(default_factory=dict)
    content: str = ""
    before_content: Callable[[], None] | None = None
    hangs_up: bool = False  # in the middle of the content, as one that was killed


class PostOffice:
    """The server: started, stopped and started again on the same port; *taken* are the mails it said yes to."""

    def __init__(self, certificates: Path | None = None, *, is_tls: bool = False) -> None:
        self.taken: list[Mail] = []
        self.commands: list[str] = []
        self.connections: set[tuple[str, int]] = set()
        self.answers = Answers()
        self.knows_token: Callable[[str], bool] = lambda _token: False
        self.port = _free_port()
        self._certificates = certificates
        self._is_tls = is_tls
        self._controller: Controller | None = None

    def start(self) -> PostOffice:
        """Begin to listen."""
        context = self._context()
        self._controller = _Controller(
            self,
            hostname=HOST,
            port=self.port,
            ssl_context=context if self._is_tls else None,
            tls_context=None if self._is_tls else context,
            authenticator=self._authenticate,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
            data_size_limit=30_000_000,
        )
        self._controller.start()
        return self

    def stop(self) -> None:
        """Hang up on everybody."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.connections.add(session.peer)
        if self.answers.sender:
            return self.answers.sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if refusal := self.answers.recipients.get(address, ""):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers.before_content is not None:
            self.answers.before_content()
        if self.answers.hangs_up:
            server.transport.abort()
            return ""
        if self.answers.content:
            return self.answers.content
        assert envelope.mail_from is not None
        assert isinstance(envelope.original_content, bytes)
        self.taken.append(
            Mail(
                envelope.mail_from,
                tuple(envelope.rcpt_tos),
                envelope.original_content,
                session.peer,
            )
        )
        return f"250 2.0.0 Ok: queued as {len(self.taken):04}"

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """As Google and Microsoft do it: a refusal comes after a challenge that tells of it."""
        said = b64decode(args[1]).decode()
        token = said.partition("auth=Bearer ")[2].rstrip("\1")
        if said.startswith(f"user={USER}\1") and self.knows_token(token):
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"400"}')
        return AuthResult(success=False, handled=False)

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data == LoginPassword(
            USER.encode(), PASSWORD.encode()
        )
        return AuthResult(success=is_right, handled=False)

    def _context(self) -> ssl.SSLContext | None:
        if self._certificates is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificates / "cert.pem", self._certificates / "key.pem")
        return context


class _Controller(Controller):
    """Notes every command, so that a test can say what was never sent."""

    def __init__(self, office: PostOffice, **arguments: Any) -> None:
        self._office = office
        super().__init__(office, **arguments)

    def factory(self) -> SMTP:
        office = self._office

        class Server(SMTP):
            async def push(self, status: Any) -> None:
                office.commands.append(str(status))
                await super().push(status)

        return Server(office, **self.SMTP_kwargs)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
