"""One folder of an IMAP mailbox (RFC 3501), through imap-tools.

Messages are named by UID, read without being marked, and in pieces, so that one of any size costs a bounded amount of
memory. The library's own ``flag`` and ``delete`` are not used: they expunge what other people marked as deleted.
"""

from __future__ import annotations

import imaplib
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import BinaryIO, NoReturn, cast

from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.utils import encode_folder

from helpdesk.lib.clients.faults import Trouble, WireFault, fault_of
from helpdesk.lib.clients.protection import MailAccount, Protection, is_loopback, trusted_context

TIMEOUT = 20.0  # seconds for each act on the wire
PIECE = 4 * 1024 * 1024  # bytes asked for at once
IN_MEMORY = 2 * PIECE  # a message beyond it lies in a temporary file while it is read
UIDS_AT_ONCE = 200  # in one command: servers take lines of 8000 bytes at least (RFC 7162 §4)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUOTED = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"', re.DOTALL)


class ImapFolder:
    """An open folder. *uid_next* is higher than every UID that it held when it was opened."""

    def __init__(self, wire: BaseMailBox, folder: str) -> None:
        self._wire = wire
        try:
            wire.folder.set(folder)
        except UnexpectedCommandStatusError as error:
            raise WireFault(Trouble.FOLDER, _said(error)) from None
        self.uid_validity = self._numbers_of("UIDVALIDITY")
        self.uid_next = self._numbers_of("UIDNEXT")

    def unseen(self) -> list[int]:
        """The UIDs of messages that nobody has marked as seen, in order. Raises WireFault."""
        return self._search("UNSEEN")

    def after(self, uid: int) -> list[int]:
        """The UIDs above *uid*, in order. Raises WireFault."""
        # "n:*" always names the last message too, even when it is below n (RFC 3501 §6.4.8)
        return [found for found in self._search(f"UID {uid + 1}:*") if found > uid]

    def arrived_since(self, day: date) -> list[int]:
        """The UIDs of what the server took in on *day*, by its own calendar, or later."""
        return self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    def read(self, uid: int) -> BinaryIO | None:
        """The message from its beginning, to be closed by the caller, without marking it; None when it is gone.

        Raises WireFault.
        """
        draft = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 - the caller's
        offset = 0
        while True:
            piece = self._piece(uid, offset)
            if piece is None:
                draft.close()
                return None
            draft.write(piece)
            offset += len(piece)
            if len(piece) < PIECE:
                draft.seek(0)
                return draft

    def mark_seen(self, uids: Sequence[int]) -> None:
        """Mark the messages as seen. Raises WireFault."""
        self._store(uids, r"(\Seen)")

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Put the messages into *folder*, which is made when it is not there. Raises WireFault.

        A server without MOVE (RFC 6851) gets a copy and a mark; what others marked as deleted is left alone there.
        """
        if not uids:
            return
        self._provide(folder)
        offers = self._capabilities()
        for chunk in _chunks(uids):
            if b"MOVE" in offers:
                self._command("MOVE", chunk, encode_folder(folder))
                continue
            self._command("COPY", chunk, encode_folder(folder))
            self._store(chunk, r"(\Deleted)")
            # RFC 4315; otherwise only a plain EXPUNGE, which takes everything
            if b"UIDPLUS" in offers:
                self._command("EXPUNGE", chunk)

    def _provide(self, folder: str) -> None:
        try:
            if not self._wire.folder.exists(folder):
                self._wire.folder.create(folder)
        except UnexpectedCommandStatusError as error:
            raise WireFault(Trouble.FOLDER, f"{folder}: {_said(error)}") from None

    def _numbers_of(self, name: str) -> int:
        """A number that SELECT told; RFC 3501 §6.3.1 wants both, and old servers tell them in STATUS only."""
        _, told = self._wire.client.response(name)
        if told and told[0]:
            return int(told[0])
        return self._wire.folder.status(options=[name])[name]

    def _search(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self._wire.uids(criteria, charset=None))

    def _piece(self, uid: int, offset: int) -> bytes | None:
        asked = f"(BODY.PEEK[]<{offset}.{PIECE}>)"
        status, parts = self._wire.client.uid("FETCH", str(uid), asked)
        if status != "OK":
            raise WireFault(Trouble.MESSAGE, f"UID {uid}: {_text(parts)}")
        for part in parts:
            if isinstance(part, tuple) and b"BODY[" in part[0]:
                return bytes(part[1])
            if isinstance(part, bytes) and b"BODY[" in part:
                quoted = _QUOTED.search(part)  # or NIL: nothing is left
                return re.sub(rb"\\(.)", rb"\1", quoted.group(1)) if quoted else b""
        return None

    def _store(self, uids: Sequence[int], flags: str) -> None:
        for chunk in _chunks(uids):
            self._command("STORE", chunk, "+FLAGS.SILENT", flags)

    def _command(self, name: str, uids: Sequence[int], *arguments: str | bytes) -> None:
        told = self._wire.client.uid(
            name, ",".join(map(str, uids)), *cast("tuple[str, ...]", arguments)
        )
        if told[0] != "OK":
            raise WireFault(Trouble.ANSWER, f"{name}: {_text(told[1])}")

    def _capabilities(self) -> set[bytes]:
        """Asked again after sign-in: many servers offer MOVE only then."""
        _, told = self._wire.client.capability()
        return set(b" ".join(line for line in told if isinstance(line, bytes)).upper().split())


@contextmanager
def open_folder(account: MailAccount, folder: str) -> Iterator[ImapFolder]:
    """Connect, sign in and open *folder*. Raises WireFault, also for what goes wrong within."""
    try:
        wire = _connect(account)
        try:
            _sign_in(wire, account)
            yield ImapFolder(wire, folder)
        except BaseException:  # no word more to a server that hangs
            with suppress(OSError):
                wire.client.shutdown()
            raise
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            wire.logout()  # politeness alone: whatever it answers, we are done
    except WireFault as fault:
        raise fault.without(account.secret) from None
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        _raise_fault(error, account)


def _raise_fault(error: Exception, account: MailAccount) -> NoReturn:
    if isinstance(error, OSError):
        raise fault_of(error) from None
    if isinstance(error, imaplib.IMAP4.abort):
        raise WireFault(Trouble.LOST, str(error)).without(account.secret) from None
    said = _said(error) if isinstance(error, UnexpectedCommandStatusError) else str(error)
    raise WireFault(Trouble.ANSWER, said).without(account.secret) from None


def _connect(account: MailAccount) -> BaseMailBox:
    host, port = account.host, account.port
    if account.protection is Protection.TLS:
        return MailBox(host, port, timeout=TIMEOUT, ssl_context=trusted_context())
    if account.protection is Protection.STARTTLS:
        return _with_starttls(host, port)
    if not is_loopback(host):
        raise WireFault(Trouble.NOT_ENCRYPTED)
    return MailBoxUnencrypted(host, port, timeout=TIMEOUT)


def _with_starttls(host: str, port: int) -> BaseMailBox:
    try:
        return MailBoxStartTls(host, port, timeout=TIMEOUT, ssl_context=trusted_context())
    except (imaplib.IMAP4.abort, OSError):
        raise
    except (imaplib.IMAP4.error, ImapToolsError, ValueError) as error:  # not offered, or port 993
        raise WireFault(Trouble.ENCRYPTION, str(error)) from None


def _sign_in(wire: BaseMailBox, account: MailAccount) -> None:
    """SASL where the server offers it, since LOGIN takes nothing but ASCII. Raises WireFault."""
    offers = wire.client.capabilities
    try:
        if account.is_token:
            wire.client.authenticate("XOAUTH2", _xoauth2(account))
        elif "AUTH=PLAIN" in offers:
            plain = b"\0".join((b"", account.username.encode(), account.secret.encode()))
            wire.client.authenticate("PLAIN", lambda _challenge: plain)
        else:
            wire.login(account.username, account.secret, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except UnexpectedCommandStatusError as error:
        raise _refusal(_said(error)) from None
    except imaplib.IMAP4.error as error:
        raise _refusal(str(error)) from None
    except UnicodeEncodeError:  # its own words would quote the password
        raise WireFault(Trouble.SIGN_IN) from None


def _refusal(said: str) -> WireFault:
    """A refused sign-in, unless the server says that it is not about the password (RFC 5530 §3)."""
    is_passing = any(code in said.upper() for code in ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]"))
    return WireFault(Trouble.ANSWER if is_passing else Trouble.SIGN_IN, said)


def _xoauth2(account: MailAccount) -> Callable[[bytes], bytes]:
    """First who we are; to the challenge that tells of a failure nothing, so that the refusal follows."""
    said = iter([account.xoauth2.encode()])
    return lambda _challenge: next(said, b"")


def _chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), UIDS_AT_ONCE):
        yield uids[start : start + UIDS_AT_ONCE]


def _said(error: UnexpectedCommandStatusError) -> str:
    return _text(error.command_result[1])


def _text(parts: object) -> str:
    lines = parts if isinstance(parts, list) else [parts]
    return " ".join(line.decode("utf-8", "replace") for line in lines if isinstance(line, bytes))
