"""Reports of mail servers that could not deliver: standard ones (RFC 3464) and those in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk.lib.mail import headers, structure
from helpdesk.lib.mail.automatic import MACHINE_NAMES, has_empty_return_path
from helpdesk.lib.mail.charsets import cleaned
from helpdesk.lib.mail.encodings import unpacked
from helpdesk.lib.mail.message import Bounce, MailAddress
from helpdesk.lib.mail.structure import Part

_MAX_READ = 60_000  # characters of a report, or bytes of what it returns
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers",
     "message/global-headers"}
)  # fmt: skip
_FAILED, _DELAYED = "failed", "delayed"
_SERVERS = MACHINE_NAMES | {"postmaster", "mdaemon", "mailerdaemon"}

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY_CODE = re.compile(r"(?<![\d.#-])([45])\d\d(?=[ \-#])(?!-\d{3}-)")
_IS_FULL = re.compile(
    r"mailbox (?:is )?full|over ?quota|quota (?:is )?exceeded|exceeded (?:its |their |the )?(?:storage|quota)"
    r"|out of storage|kotak (?:surat|masuk) penuh|insufficient storage",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s@<>()\[\]\",;:\\]{1,64}@[A-Za-z0-9.-]{1,250}[A-Za-z0-9]")
_MESSAGE_ID = re.compile(
    r"^[> \t]{0,6}Message-ID:\s{0,4}(<[^<>\s]{1,240}>)", re.IGNORECASE | re.MULTILINE
)
_COPY_BEGINS = re.compile(
    r"^[- \t]{0,10}(?:Original message|Below this line is a copy of the message|This is a copy of (?:the|your)"
    r" message|Unsent message below|The header of the original message|Pesan asli)\b",
    re.IGNORECASE | re.MULTILINE,
)
_FAILURE = re.compile(
    r"undeliver|delivery (?:status notification|has failed|to the following|failure|incomplete)|could ?n[o']t be"
    r" delivered|could not be delivered|failed permanently|failure notice|returned to sender|returned mail"
    r"|mail delivery (?:failed|failure|subsystem|system)|wasn't able to deliver|unable to deliver"
    r"|permanent (?:fatal )?error|wasn't delivered|tidak (?:dapat|bisa|berhasil|terkirim)\b.{0,20}(?:dikirim|terkirim)?"
    r"|gagal (?:dikirim|terkirim)|pengiriman .{0,20}gagal",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"delayed|will (?:keep trying|be retried|retry|continue to)|not yet been delivered|still trying"
    r"|do not need to resend|warning: |tertunda|akan (?:terus )?(?:mencoba|dicoba)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Report:
    """What is said of one recipient in a standard report."""

    recipient: str
    action: str
    status: str
    diagnostic: str


def read_bounce(root: Part, sender: MailAddress, subject: str, text: str) -> Bounce | None:
    """The failure, or delay, that the mail reports; None when it is no such report.

    Of several recipients, the first that was not reached. What a person forwards to us is no bounce.
    """
    if (report := _standard_report(root, sender)) is not None:
        if report.action not in (_FAILED, _DELAYED):
            return None  # delivered, relayed, expanded: nothing is wrong
        return _bounce(report, _returned_id(root) or _id_in(text))
    if not _is_from_server(root, sender):
        return None
    return _in_plain_words(root, subject, text[:_MAX_READ])


def _standard_report(root: Part, sender: MailAddress) -> _Report | None:
    is_declared = root.media_type == "multipart/report"
    if not is_declared and not _is_from_server(root, sender):
        return None  # a person may attach one
    for part in root.children:
        if part.media_type in _REPORTS:
            reports = list(_reports(part))
            reports.sort(key=lambda one: (one.action != _FAILED, one.action != _DELAYED))
            return reports[0] if reports else None
    return None


def _reports(part: Part) -> Iterator[_Report]:
    """One for each recipient: blocks of headers, the first of which is about the whole."""
    encoding = headers.first(part.fields, "content-transfer-encoding")
    body = unpacked(part.body, encoding, set())[:_MAX_READ].replace(b"\r\n", b"\n")
    for block in re.split(rb"\n[ \t]*\n", body):
        fields = structure.parse(block.strip() + b"\n\n")[0].fields
        # The address we wrote to; the final one is where it was forwarded, which means nothing to us.
        named = [
            headers.address_of(
                headers.text_of(headers.first(fields, name)).rpartition(";")[2].strip(" <>")
            )
            for name in ("original-recipient", "final-recipient")
        ]
        action = headers.text_of(headers.first(fields, "action")).lower()
        if action or any(named):
            diagnostic = headers.text_of(headers.first(fields, "diagnostic-code"))
            status = headers.text_of(headers.first(fields, "status"))
            yield _Report(named[0] or named[1], action or _FAILED, status, diagnostic)


def _bounce(report: _Report, original_id: str) -> Bounce:
    status = _status_of(report.status)
    if not status or status.endswith(".0.0"):  # "5.0.0": the words say it better
        status = _status_of(report.diagnostic) or status
    words = report.diagnostic.partition(";")[2].strip() or report.diagnostic
    return Bounce(
        recipient=report.recipient,
        status=status,
        is_permanent=report.action == _FAILED and _is_permanent(status, words),
        diagnostic=words or report.status,
        original_id=original_id,
    )


def _is_permanent(status: str, words: str) -> bool:
    """Permanent is what begins with 5, but for full mailboxes, which some servers call 5.2.2 and some
    describe only."""
    return status.startswith("5") and status != "5.2.2" and not _IS_FULL.search(words)


def _is_from_server(root: Part, sender: MailAddress) -> bool:
    name = sender.address.partition("@")[0]
    return name in _SERVERS or has_empty_return_path(root) or "x-failed-recipients" in root.fields


def _in_plain_words(root: Part, subject: str, text: str) -> Bounce | None:
    """qmail, Exim, older Gmail and Exchange, and whoever else writes sentences."""
    beginning, copy = _parted(text)
    is_delay = _STILL_TRYING.search(subject) or _STILL_TRYING.search(beginning[:3_000])
    if not (is_delay or _FAILURE.search(subject) or _FAILURE.search(beginning[:3_000])):
        return None
    recipient = _recipient_in(root, beginning)
    status = _status_of(beginning)
    if not status and (found := _REPLY_CODE.search(beginning)):
        status = f"{found.group(1)}.0.0"
    if not (recipient or status):
        return None
    return Bounce(
        recipient=recipient,
        status=status,
        is_permanent=not is_delay and _is_permanent(status, beginning),
        diagnostic=_diagnostic_in(beginning, status),
        original_id=_returned_id(root) or _id_in(copy),
    )


def _parted(text: str) -> tuple[str, str]:
    """The report, and the copy of our mail below it, whose addresses and words must not be taken for it."""
    found = _COPY_BEGINS.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, text)


def _recipient_in(root: Part, beginning: str) -> str:
    failed = headers.readable(headers.addresses(root.fields.get("x-failed-recipients", [])))
    if failed:
        return failed[0]
    own = set(headers.readable(headers.addresses(root.fields.get("to", []))))  # ours: who is told
    found = (headers.address_of(one) for one in _ADDRESS.findall(beginning))
    return next(
        (one for one in found if one and one not in own and one.partition("@")[0] not in _SERVERS),
        "",
    )


def _status_of(words: str) -> str:
    found = _STATUS.search(words)
    return found.group(1) if found else ""


def _diagnostic_in(beginning: str, status: str) -> str:
    """The line that names the status, or the first that is about a failure."""
    lines = [line.strip() for line in beginning.splitlines() if line.strip()]
    told = [line for line in lines if (status and status in line) or _REPLY_CODE.search(line)]
    told = told or [line for line in lines if _FAILURE.search(line[:1_000])] or lines
    return told[0][: headers.MAX_TEXT] if told else ""


def _returned_id(root: Part) -> str:
    """The Message-ID of the mail, or of its headers, that was sent back."""
    for part in structure.leaves(root):
        if part.media_type in _RETURNED and part is not root:
            encoding = headers.first(part.fields, "content-transfer-encoding")
            body = unpacked(part.body[:_MAX_READ], encoding, set())
            fields = structure.parse(body)[0].fields
            if found := headers.message_ids(fields.get("message-id", [])[:1]):
                return found[0]
    return ""


def _id_in(text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return cleaned(found.group(1)) if found else ""
