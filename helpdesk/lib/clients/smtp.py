"""One SMTP server to which mail is handed over (RFC 5321), over a connection that is used again.

A server that cannot be used raises :class:`WireFault`: nothing was said about any message. A server that says no to one
message raises :class:`Rejected`, and the next message goes over the same connection.
"""

from __future__ import annotations

import smtplib
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from helpdesk.lib.clients.faults import Trouble, WireFault, fault_of
from helpdesk.lib.clients.protection import MailAccount, Protection, is_loopback, trusted_context

TIMEOUT = 20.0  # seconds for each act on the wire
# Seconds for one message, all told; the content alone may take what is left of them. With the renewal of a token it
# must stay below the postman's lease.
AT_MOST = 80.0
WORDS_LENGTH = 300
_TOO_LARGE = 552  # RFC 1870 §6: said of the size, though in answer to MAIL FROM
_CLOSING = 421


class Stage(StrEnum):
    """About what the server said no."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class Rejected(Exception):
    """The server does not take this message. *words* is what it said, on one line, with its code."""

    def __init__(self, stage: Stage, code: int, words: str) -> None:
        self.stage = stage
        self.code = code
        self.words = f"{code} {' '.join(words.split())}"[:WORDS_LENGTH]
        super().__init__(self.words)

    @property
    def is_permanent(self) -> bool:
        """5xx: the same message will never be taken."""
        return 500 <= self.code < 600


@dataclass(frozen=True)
class Envelope:
    """Who sends to whom, whatever the headers say; *copies* get the same bytes."""

    sender: str
    recipient: str
    copies: tuple[str, ...] = ()

    @property
    def is_ascii(self) -> bool:
        """Can any server take these addresses? Others need SMTPUTF8 (RFC 6531)."""
        return all(one.isascii() for one in (self.sender, self.recipient, *self.copies))

    @property
    def unusual_stage(self) -> Stage:
        """Whose address it is that is not ASCII: ours, the recipient's, or only that of a copy."""
        if not self.sender.isascii():
            return Stage.SENDER
        return Stage.CONTENT if self.recipient.isascii() else Stage.RECIPIENT


@dataclass(frozen=True)
class Taken:
    """The server has it now: its last words, and for which copies it would not take it."""

    words: str
    without: tuple[str, ...] = ()


class SmtpConnection:
    """A connection that opens with the first message and is opened anew when the server dropped it."""

    def __init__(self, account: MailAccount) -> None:
        self._account = account
        self._wire: smtplib.SMTP | None = None
        self._ends_at = 0.0

    def deliver(self, envelope: Envelope, content: bytes, *, waits_for_copies: bool) -> Taken:
        """Hand *content* over, with CRLF at the ends of its lines.

        A copy that is refused does not hold up the person it is written to; one that is refused for now only does
        while *waits_for_copies*. Raises Rejected and WireFault.
        """
        self._ends_at = time.monotonic() + AT_MOST
        try:
            wire = self._open()
            without = self._address(wire, envelope, len(content), waits_for_copies)
            # Its end may be far: big files over a slow line are no fault as long as the whole stays in time.
            self._set_timeout(wire, AT_MOST)
            code, words = wire.data(content)
        except smtplib.SMTPDataError as error:
            self._refuse(Stage.CONTENT, error.smtp_code, _text(error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            self._raise_fault(error)
        if code != 250:
            self._refuse(Stage.CONTENT, code, _text(words))
        return Taken(f"{code} {_text(words)}"[:WORDS_LENGTH], without)

    def close(self) -> None:
        """Say goodbye, if there is still somebody to say it to."""
        if self._wire is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._set_timeout(self._wire, TIMEOUT)
                self._wire.quit()
        self._drop()

    def _address(
        self, wire: smtplib.SMTP, envelope: Envelope, size: int, waits_for_copies: bool
    ) -> tuple[str, ...]:
        """Say who it is from and for; returns the copies that were refused."""
        options = [f"SIZE={size}"] if wire.has_extn("size") else []
        if not envelope.is_ascii:
            if not wire.has_extn("smtputf8"):
                self._refuse(
                    envelope.unusual_stage, 553, "this server takes addresses in ASCII only"
                )
            wire.command_encoding = "utf-8"
            options.append("SMTPUTF8")
        self._set_timeout(wire, TIMEOUT)
        code, words = wire.mail(envelope.sender, options)
        if code != 250:
            stage = Stage.CONTENT if code == _TOO_LARGE else Stage.SENDER
            self._refuse(stage, code, _text(words))
        self._name(wire, envelope.recipient)
        without = []
        for copy in envelope.copies:
            try:
                self._name(wire, copy)
            except Rejected as refusal:
                if not refusal.is_permanent and waits_for_copies:
                    raise
                without.append(copy)
        return tuple(without)

    def _name(self, wire: smtplib.SMTP, recipient: str) -> None:
        self._set_timeout(wire, TIMEOUT)
        code, words = wire.rcpt(recipient)
        if code not in (250, 251):
            self._refuse(Stage.RECIPIENT, code, _text(words))

    def _refuse(self, stage: Stage, code: int, words: str) -> NoReturn:
        if code == _CLOSING:  # it hangs up, and what it said is not about the message
            self._drop()
            raise WireFault(Trouble.ANSWER, f"{code} {words}")
        raise Rejected(stage, code, words)

    def _open(self) -> smtplib.SMTP:
        """The connection with nothing begun on it; servers close one that was idle or has done much."""
        if self._wire is not None:
            try:
                self._set_timeout(self._wire, TIMEOUT)
                if self._wire.rset()[0] == 250:
                    return self._wire
            except (OSError, smtplib.SMTPException):
                pass  # it is gone, which tells nothing about the server: we knock once more
            self._drop()
        try:
            self._wire = wire = self._connect()
            self._sign_in(wire)
        except BaseException:  # half open it must not be used for the next message
            self._drop()
            raise
        return wire

    def _connect(self) -> smtplib.SMTP:
        account, name = self._account, socket.gethostname()
        if account.protection is Protection.NONE and not is_loopback(account.host):
            raise WireFault(Trouble.NOT_ENCRYPTED)
        if account.protection is Protection.TLS:
            return smtplib.SMTP_SSL(
                account.host, account.port, name, timeout=TIMEOUT, context=trusted_context()
            )
        wire = smtplib.SMTP(account.host, account.port, name, timeout=TIMEOUT)
        if account.protection is Protection.STARTTLS:
            self._wire = wire  # dropped, too, when the next step fails
            try:
                wire.starttls(context=trusted_context())
            except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as error:
                raise WireFault(Trouble.ENCRYPTION, str(error)) from None
        return wire

    def _sign_in(self, wire: smtplib.SMTP) -> None:
        account = self._account
        self._set_timeout(wire, TIMEOUT)
        wire.ehlo_or_helo_if_needed()
        if not account.username:
            return
        try:
            if account.is_token:
                wire.auth("XOAUTH2", _XOAuth2(account))
            else:
                wire.login(account.username, account.secret)
        except smtplib.SMTPAuthenticationError as error:
            said = f"{error.smtp_code} {_text(error.smtp_error)}"
            is_passing = 400 <= error.smtp_code < 500
            raise WireFault(Trouble.ANSWER if is_passing else Trouble.SIGN_IN, said) from None
        except UnicodeEncodeError:  # its own words would quote the password
            raise WireFault(Trouble.SIGN_IN, "only ASCII can be sent here") from None
        except smtplib.SMTPNotSupportedError as error:
            raise WireFault(Trouble.SIGN_IN, str(error)) from None

    def _set_timeout(self, wire: smtplib.SMTP, seconds: float) -> None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if wire.sock is not None:
            wire.sock.settimeout(min(seconds, left))

    def _drop(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def _raise_fault(self, error: OSError | smtplib.SMTPException) -> NoReturn:
        """SMTPException is an OSError in Python, which says nothing about the network."""
        self._drop()
        if isinstance(error, smtplib.SMTPServerDisconnected):
            fault = WireFault(Trouble.LOST, str(error))
        elif isinstance(error, smtplib.SMTPResponseException):
            fault = WireFault(Trouble.ANSWER, f"{error.smtp_code} {_text(error.smtp_error)}")
        elif isinstance(error, smtplib.SMTPException):
            fault = WireFault(Trouble.ANSWER, str(error))
        else:
            fault = fault_of(error)
        raise fault.without(self._account.secret) from None


class _XOAuth2:
    """First who we are; to the challenge that tells of a failure nothing, so that the refusal follows."""

    def __init__(self, account: MailAccount) -> None:
        self._account = account

    def __call__(self, challenge: bytes | None = None, /) -> str:
        return self._account.xoauth2 if challenge is None else ""


def _text(words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(said.split())
