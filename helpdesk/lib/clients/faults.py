"""What can go wrong between us and another server, as a code to keep and a sentence to read."""

from __future__ import annotations

import errno
import socket
import ssl
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

DETAIL_LENGTH = 300


class Trouble(StrEnum):
    """Why a server could not be used. The codes are stored, so a released one keeps its meaning."""

    NAME = "name"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    ENCRYPTION = "encryption"
    NOT_ENCRYPTED = "not_encrypted"
    SIGN_IN = "sign_in"
    TOKEN = "token"  # noqa: S105 - a code, no secret
    FOLDER = "folder"
    MESSAGE = "message"
    LOST = "lost"
    ANSWER = "answer"
    SECRET = "secret"  # noqa: S105 - a code, no secret
    STORAGE = "storage"
    UNEXPECTED = "unexpected"


class WireFault(Exception):
    """Another server could not be used. *detail* is what it said, on one line and without secrets."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        self.trouble = trouble
        self.detail = " ".join(detail.split())[:DETAIL_LENGTH]
        super().__init__(f"{trouble} {self.detail}".strip())

    def without(self, *secrets: str) -> WireFault:
        """The same fault after *secrets* were taken out of what the server said: some quote the command."""
        said = self.detail
        for secret in filter(None, secrets):
            said = said.replace(secret, "•••")
        return WireFault(self.trouble, said)


SENTENCES: dict[str, Any] = {
    Trouble.NAME: _l("No server is called %(host)s. Check how its name is written."),
    Trouble.REFUSED: _l(
        "%(host)s does not answer on port %(port)s. Check the port, and whether a firewall is in the way."
    ),
    Trouble.UNREACHABLE: _l("There is no way to %(host)s. Check the network of this machine."),
    Trouble.TIMEOUT: _l("%(host)s did not answer in time. We try again by ourselves."),
    Trouble.CERTIFICATE: _l(
        "The certificate of %(host)s cannot be trusted, so we did not sign in. It said: %(detail)s"
    ),
    Trouble.ENCRYPTION: _l(
        "%(host)s does not offer the chosen encryption on port %(port)s. Usual are TLS on 993 (reading) or 465"
        " (sending), and STARTTLS on 143 or 587."
    ),
    Trouble.NOT_ENCRYPTED: _l(
        "Without encryption only a server on this same machine may be used: the password would travel openly."
    ),
    Trouble.SIGN_IN: _l(
        "%(host)s refused the username or the password. Enter them again; some providers want an app password."
    ),
    Trouble.TOKEN: _l(
        "The provider's sign-in service did not renew our access. Give the permission again. It said: %(detail)s"
    ),
    Trouble.FOLDER: _l("The folder could not be opened on %(host)s. It said: %(detail)s"),
    Trouble.MESSAGE: _l("%(host)s does not hand over one of the messages (%(detail)s)."),
    Trouble.LOST: _l("The connection to %(host)s broke off. We try again by ourselves."),
    Trouble.ANSWER: _l("%(host)s refused. It said: %(detail)s"),
    Trouble.SECRET: _l(
        "The stored password can no longer be read, because SECRET_KEY was changed. Enter it again."
    ),
    Trouble.STORAGE: _l(
        "The message could not be kept on this machine. Check that the disk is not full."
    ),
    Trouble.UNEXPECTED: _l("Something unexpected happened; the log of the worker tells more."),
}


def in_words(trouble: str, *, host: str, port: int, detail: str = "") -> str:
    """The sentence for a stored code in the reader's language; an unknown code counts as unexpected."""
    sentence = SENTENCES.get(trouble, SENTENCES[Trouble.UNEXPECTED])
    return str(sentence) % {"host": host, "port": port, "detail": detail or "-"}


def fault_of(error: OSError) -> WireFault:
    """What *error*, raised by a socket or by TLS, means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return WireFault(Trouble.CERTIFICATE, error.verify_message)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return WireFault(Trouble.LOST)
    if isinstance(error, ssl.SSLError):
        return WireFault(Trouble.ENCRYPTION, str(error.reason or ""))
    if isinstance(error, socket.gaierror):
        return WireFault(Trouble.NAME)
    if isinstance(error, TimeoutError):
        return WireFault(Trouble.TIMEOUT)
    if isinstance(error, ConnectionRefusedError):
        return WireFault(Trouble.REFUSED)
    if error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}:
        return WireFault(Trouble.UNREACHABLE)
    return WireFault(Trouble.LOST, type(error).__name__)
