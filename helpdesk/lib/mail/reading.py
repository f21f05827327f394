"""Raw bytes to a ReadMail. Whatever arrives, something comes out."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from helpdesk.lib.mail import headers, structure
from helpdesk.lib.mail.automatic import sign_of_machine
from helpdesk.lib.mail.bounces import read_bounce
from helpdesk.lib.mail.checks import read_checks
from helpdesk.lib.mail.contents import Contents, Words, gather
from helpdesk.lib.mail.defects import Defect
from helpdesk.lib.mail.files import Cabinet
from helpdesk.lib.mail.message import (
    DEFAULT_LIMITS,
    NO_RESULT,
    UNCERTAIN_SENDER,
    Bounce,
    Checks,
    MailAddress,
    MailLimits,
    Nature,
    ReadMail,
)
from helpdesk.lib.mail.quoting import new_words
from helpdesk.lib.mail.safe_html import sanitised
from helpdesk.lib.mail.structure import Part

logger = logging.getLogger(__name__)

_Value = TypeVar("_Value")
_NOBODY = MailAddress("", "")
_FORWARDED = ("fw:", "fwd:", "trs:", "terusan:", "diteruskan:")
_DELIVERED_TO = (
    "to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to",
    "resent-to", "apparently-to",
)  # fmt: skip


def read_mail(
    raw: bytes,
    *,
    authserv_id: str = "",
    own_identifiers: Collection[str] = (),
    limits: MailLimits = DEFAULT_LIMITS,
) -> ReadMail:
    """Understand one mail. Never raises: a field that cannot be read is empty and joins ``defects``.

    *authserv_id* is the name under which our own receiving server writes Authentication-Results;
    without it nothing is believed. *own_identifiers* tell that a mail is ours: addresses we send from,
    values of X-Loop, and domains that only our Message-IDs have (not one that staff write from).
    """
    defects: set[Defect] = set() if raw.strip() else {Defect.EMPTY}
    unread = (Part(), {Defect.UNREADABLE_FIELD})
    root, found = _guarded(lambda: structure.parse(raw), unread, defects)
    contents = _guarded(lambda: gather(root, limits), Contents(Words(), Cabinet(limits)), defects)
    defects |= found | contents.defects
    envelope = _guarded(lambda: _envelope(root, defects), _Envelope(), defects)
    said = _said(contents, envelope.subject, limits, defects)
    verdict = _guarded(
        lambda: _verdict(root, envelope, said.text, own_identifiers), _Verdict(), defects
    )
    no_digest = hashlib.sha256(raw).hexdigest()
    return ReadMail(
        message_id=envelope.message_id,
        in_reply_to=envelope.in_reply_to,
        references=envelope.references,
        sender=envelope.sender,
        reply_to=envelope.reply_to,
        recipients=envelope.recipients,
        subject=envelope.subject,
        sent_at=_guarded(lambda: _sent_at(root, defects), None, defects),
        text=said.text,
        reply=said.reply,
        html=said.html,
        files=contents.cabinet.files,
        surplus=contents.cabinet.surplus,
        nature=verdict.nature,
        nature_reason=verdict.reason,
        bounce=verdict.bounce,
        checks=_guarded(lambda: _checks(root, authserv_id, defects), Checks(), defects),
        body_digest=_guarded(lambda: _digest(root, contents), no_digest, defects),
        defects=tuple(sorted(defect.value for defect in defects)),
    )


@dataclass(frozen=True)
class _Envelope:
    """What the headers say."""

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sender: MailAddress = _NOBODY
    reply_to: MailAddress | None = None
    recipients: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True)
class _Said:
    """The words, three times."""

    text: str
    reply: str
    html: str


@dataclass(frozen=True)
class _Verdict:
    """Who wrote it. In doubt a person: nobody's complaint may be taken for a machine's."""

    nature: Nature = Nature.PERSON
    reason: str = ""
    bounce: Bounce | None = None


def _guarded(read: Callable[[], _Value], otherwise: _Value, defects: set[Defect]) -> _Value:
    """The result of *read*. A fault in it is ours: it is logged, and the rest of the mail still read."""
    try:
        return read()
    except Exception:
        logger.exception("a field of a mail could not be read")
        defects.add(Defect.UNREADABLE_FIELD)
        return otherwise


def _envelope(root: Part, defects: set[Defect]) -> _Envelope:
    fields = root.fields
    own_ids = fields.get("message-id", [])
    message_ids = headers.message_ids(own_ids[:1])
    if not message_ids:
        defects.add(Defect.MESSAGE_ID_MISSING)
    if len(own_ids) > 1:
        defects.add(Defect.MESSAGE_ID_DOUBLED)
    replied = headers.message_ids(fields.get("in-reply-to", []))
    answers_to = [one for one in headers.addresses(fields.get("reply-to", [])) if one.address]
    received_by = headers.addresses(
        [value for name in _DELIVERED_TO for value in fields.get(name, [])]
    )
    return _Envelope(
        message_id=message_ids[0] if message_ids else "",
        in_reply_to=replied[0] if replied else "",
        references=headers.message_ids(fields.get("references", [])),
        sender=_sender(root, defects),
        reply_to=answers_to[0] if answers_to else None,
        recipients=headers.readable(received_by),
        subject=headers.text_of(headers.first(fields, "subject")),
    )


def _sender(root: Part, defects: set[Defect]) -> MailAddress:
    values = [value for value in root.fields.get("from", []) if value.strip()]
    if not values:
        defects.add(Defect.FROM_MISSING)
        values = root.fields.get("sender", [])
    named = headers.addresses(values)
    with_address = [one for one in named if one.address]
    if len(values) > 1 or len({one.address for one in with_address}) > 1:
        defects.add(Defect.FROM_DOUBLED)
    if values and not with_address:
        defects.add(Defect.FROM_UNREADABLE)
    return (with_address or named or [_NOBODY])[0]


def _sent_at(root: Part, defects: set[Defect]) -> datetime | None:
    value = headers.first(root.fields, "date")
    if not value.strip():
        defects.add(Defect.DATE_MISSING)
        return None
    return headers.moment(value, defects)


def _said(contents: Contents, subject: str, limits: MailLimits, defects: set[Defect]) -> _Said:
    text = _guarded(lambda: contents.words.text.strip(), "", defects)
    if len(text) > limits.text_characters:
        defects.add(Defect.TEXT_CUT)
        text = text[: limits.text_characters]
    is_forwarded = subject.lower().startswith(_FORWARDED)
    return _Said(
        text=text,
        reply=_guarded(lambda: new_words(text, is_forwarded=is_forwarded), text, defects),
        html=_guarded(lambda: sanitised(contents.words.html, defects), "", defects),
    )


def _verdict(
    root: Part, envelope: _Envelope, text: str, own_identifiers: Collection[str]
) -> _Verdict:
    bounce = read_bounce(root, envelope.sender, envelope.subject, text)
    if bounce is not None:
        return _Verdict(Nature.BOUNCE, f"Status: {bounce.status or '?'}", bounce)
    sign = sign_of_machine(root, envelope.sender, envelope.subject, own_identifiers)
    return _Verdict(Nature.AUTOMATIC if sign else Nature.PERSON, sign)


def _checks(root: Part, authserv_id: str, defects: set[Defect]) -> Checks:
    checks = read_checks(root.fields.get("authentication-results", []), authserv_id)
    if checks.has_passed and not UNCERTAIN_SENDER.isdisjoint(defects):
        return replace(checks, dmarc=NO_RESULT)  # of which of the senders would that be true?
    return checks


def _digest(root: Part, contents: Contents) -> str:
    """Over what its author wrote. Every piece goes in with its length, so that none can be moved over
    into its neighbour."""
    words = contents.words
    pieces = [
        headers.text_of(headers.first(root.fields, name)) for name in ("from", "subject", "date")
    ]
    pieces += [words.plain.strip(), words.html.strip(), *contents.cabinet.digests]
    whole = hashlib.sha256()
    for piece in pieces:
        content = piece.encode("utf-8", "replace")
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()
