"""The words for an email that has been read. ``reading.read_mail`` makes them from the raw bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Nature(StrEnum):
    """Who wrote it; decides whether an answer may be sent by itself (only to a person)."""

    PERSON = "person"
    AUTOMATIC = "automatic"
    """A machine: an out-of-office note, a list, a bulk mailing, a receipt, or a mail of our own that
    came back."""
    BOUNCE = "bounce"
    """A mail server that could not deliver, or not yet: ``ReadMail.bounce`` says what."""


@dataclass(frozen=True)
class MailAddress:
    """A name and an address out of a header."""

    name: str
    """As shown, decoded; empty when there was none."""
    address: str
    """In lower case; empty when what stood there cannot be an address."""


@dataclass(frozen=True)
class MailFile:
    """A file that came with the mail. Neither name nor type is to be believed (``lib.uploads`` asks the bytes)."""

    name: str
    """Without directories and invisible characters, never empty; several may share a name."""
    media_type: str
    """As the sender claims, in lower case: ``image/jpeg``."""
    content: bytes
    """Exactly what was attached."""


PASSING = "pass"
NO_RESULT = "none"
_REFUSED = frozenset({"fail", "hardfail", "permerror"})


@dataclass(frozen=True)
class Checks:
    """What our own receiving server found out about the sender, in the words of RFC 8601: ``pass``,
    ``fail``, ``softfail``, ``neutral``, ``none``, ``temperror``, ``permerror``, ``policy``.

    All ``none`` when it said nothing, or when no server is configured to be believed.
    """

    spf: str = NO_RESULT
    dkim: str = NO_RESULT
    dmarc: str = NO_RESULT

    @property
    def has_passed(self) -> bool:
        """The From address is vouched for. DMARC alone says that: SPF and DKIM pass for a swindler's
        own domain just as well."""
        return self.dmarc == PASSING

    @property
    def has_failed(self) -> bool:
        """The From address must not be trusted: DMARC refused it, or, without a verdict of DMARC,
        one of SPF and DKIM did and the other did not pass. A forwarder breaks SPF alone, a mailing
        list DKIM alone: neither is a failure while the other holds."""
        if self.dmarc in (PASSING, "fail"):
            return self.dmarc == "fail"
        is_refused = self.spf in _REFUSED or self.dkim == "fail"
        return is_refused and PASSING not in (self.spf, self.dkim)


@dataclass(frozen=True)
class Bounce:
    """What a mail server reported about a mail that it could not deliver."""

    recipient: str
    """The address that was not reached, in lower case; empty when the report does not say."""
    status: str
    """The enhanced status of RFC 3463, such as ``5.1.1``; empty when the report has none."""
    is_permanent: bool
    """The address does not work. False while the server still tries, and for a full mailbox (5.2.2),
    which may be emptied."""
    diagnostic: str
    """The words of the server, on one line, at most 500 characters."""
    original_id: str
    """The Message-ID of the mail that bounced, in angle brackets; empty when it was not returned."""


@dataclass(frozen=True)
class MailLimits:
    """How much of one mail is taken. What goes over is named in ``surplus`` or ``defects``; the raw
    message, which the caller keeps, still has it."""

    files: int = 30
    file_bytes: int = 25_000_000
    total_bytes: int = 40_000_000
    """Of all files together."""
    text_characters: int = 200_000
    html_characters: int = 1_000_000
    """Of HTML source that is read."""


DEFAULT_LIMITS = MailLimits()
UNCERTAIN_SENDER = frozenset({"from_missing", "from_doubled", "from_unreadable"})
"""The defects that leave open who the sender is."""


@dataclass(frozen=True)
class ReadMail:
    """One email, understood. Every string is free of NUL, lone surrogates and control characters."""

    message_id: str
    """In angle brackets, as sent; empty when missing or unreadable."""
    in_reply_to: str
    """The first Message-ID named there, in angle brackets, or empty."""
    references: tuple[str, ...]
    """Message-IDs in the order of the header, each once, the newest 100."""
    sender: MailAddress
    """Of *From* (of *Sender* when there is no From). Forgeable: see ``checks``."""
    reply_to: MailAddress | None
    """Where the sender wants answers; None when it says nothing."""
    recipients: tuple[str, ...]
    """The addresses of To, Cc, Delivered-To, X-Original-To, Envelope-To and X-Envelope-To, in lower
    case, each once."""
    subject: str
    """On one line, at most 500 characters, with its *Re:* and *Fwd:*."""
    sent_at: datetime | None
    """Aware, in UTC, as the sender's machine claims; None when missing, unreadable or absurd (before
    2000, or more than two days ahead of our clock). A time without a zone is taken as UTC."""
    text: str
    """The whole readable text, quotes and all: of the plain part, or of the HTML turned into text."""
    reply: str
    """What is new in it: *text* without quoted earlier mails and signatures of phones. Empty when
    nothing is; of a forwarded mail everything is new. Show *text* beside it."""
    html: str
    """Sanitised: no scripts, styles, forms or addresses of pictures, links to http(s), mailto and tel
    only. Pictures are left as ``<img alt>``, which shows their name. Empty when there was no HTML."""
    files: tuple[MailFile, ...]
    """In the order of the mail, inline pictures among them."""
    surplus: tuple[str, ...]
    """The names of files that went over the limits and are not in *files*."""
    nature: Nature
    nature_reason: str
    """The sign that decided it, for the people who look after the mailbox: ``Auto-Submitted:
    auto-replied``. Empty for a person."""
    bounce: Bounce | None
    """Not None exactly when *nature* is BOUNCE."""
    checks: Checks
    """A DMARC pass is turned into ``none`` when it is uncertain whom it is about."""
    defects: tuple[str, ...]
    """What was wrong or unusual, as sorted codes: see ``defects.Defect``."""
    body_digest: str
    """SHA-256 (hex) of what the author wrote: From, Subject, Date, texts and files, not the headers
    that transport adds. Two mails with one Message-ID and one digest are the same mail."""

    @property
    def has_certain_sender(self) -> bool:
        """Exactly one readable From address: with two, servers verify one and people see the other."""
        return bool(self.sender.address) and UNCERTAIN_SENDER.isdisjoint(self.defects)
