"""Reading identifiers as people type them. Pure: no database, no clock.

A telephone number or an email address that cannot be read is refused, because an answer would not
arrive. A record number is never refused: each hospital has its own form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from helpdesk.lib.errors import Invalid
from helpdesk.lib.plain_words import with_ascii_digits

EMAIL_LENGTH = 190
# What the operators give out: 08, a digit from 1 to 9, 6 to 11 more. The library follows new
# ranges with a delay.
_MOBILE = re.compile(r"\+628[1-9]\d{6,11}")
# https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids/
_SCOPED_ID = re.compile(r"[A-Z]{2}\.[\w.]{1,140}", re.ASCII)
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_LOOKALIKES = str.maketrans("OoIl|", "00111")
_LABEL = re.compile(r"^(?:(?:no|nomor|hp|wa|whatsapp|telp|tlp|tel|telepon|phone)\b[\s.:]*)+", re.I)


def parse_phone(text: str) -> str:
    """Read a telephone number as E.164, such as ``+6281234567890``; without a country code it is
    Indonesian.

    Takes ``0812-3456-7890``, ``+62 812…``, ``62812…``, ``(0)812…``, ``812…``, ``O812…``, and land
    lines with their area code. Raises Invalid (field ``phone``) when it is none, or two at once.
    """
    compact = re.sub(r"[\s().\-‐-―·/_]", "", _LABEL.sub("", _plain(text)))
    if re.fullmatch(r"\+?[\dOoIl|]+", compact):
        compact = compact.translate(_LOOKALIKES)
    e164 = _international(compact)
    if _MOBILE.fullmatch(e164) or (not e164.startswith("+628") and _is_real(e164)):
        return e164
    raise Invalid({"phone": _l("This is not a telephone number. Example: 0812-3456-7890")})


def _international(digits: str) -> str:
    """With ``+`` and country code, however the beginning was typed."""
    for start, instead in (
        ("+620", "+62"),
        ("+", "+"),
        ("00", "+"),
        ("620", "+62"),
        ("628", "+628"),
        ("0", "+62"),
        ("8", "+628"),
    ):
        if digits.startswith(start):
            return instead + digits.removeprefix(start)
    return digits


def _is_real(e164: str) -> bool:
    if not re.fullmatch(r"\+\d{7,15}", e164):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return False


def parse_whatsapp(text: str) -> str:
    """Read whom to write to on WhatsApp: a number as ``parse_phone``, or what the provider gave us as it is.

    Who has a user name there may hide the number; then all we are given is a business-scoped id, ``ID.abc...``. And a
    number in full international form is one at which somebody is, though our table of ranges may lag behind. Raises
    Invalid.
    """
    told = text.strip()
    return told if is_scoped_id(told) or _E164.fullmatch(told) else parse_phone(text)


def is_scoped_id(text: str) -> bool:
    """Is it an id by which WhatsApp names somebody to us alone?"""
    return _SCOPED_ID.fullmatch(text.strip()) is not None


def parse_email(text: str) -> str:
    """Read an email address, all in lower case so that both databases agree on equality.

    Asks no network whether it exists. Raises Invalid (field ``email``).
    """
    plain = _plain(text).removeprefix("mailto:").strip("<> ")
    try:
        address = validate_email(plain, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Invalid({"email": _EMAIL_SENTENCE}) from error
    if len(address) > EMAIL_LENGTH:
        raise Invalid({"email": _EMAIL_SENTENCE})
    return address


_EMAIL_SENTENCE = _l("This is not an email address. Example: name@example.com")


def parse_medical_record(text: str) -> str:
    """Read a hospital's record number (no. RM): each hospital has its own form, so only separators
    go.
    """
    plain = re.sub(r"^(?:NO\.?\s*)?RM\b[\s.:]*", "", _plain(text).upper())
    return re.sub(r"[^A-Z0-9]", "", plain)


def read_or_empty(parse: Callable[[str], str], text: str) -> str:
    """What one of these reads in *text*; '' where it is no such thing."""
    try:
        return parse(text)
    except Invalid:
        return ""


def national(e164: str) -> str:
    """The number as it is read aloud at home: ``0812-3456-0172``; a foreign one as it is."""
    if not e164.startswith("+62"):
        return e164
    digits = "0" + e164.removeprefix("+62")
    if digits.startswith("08"):
        return "-".join(part for part in (digits[:4], digits[4:8], digits[8:]) if part)
    area = 3 if digits[:3] in {"021", "022", "024", "031", "061"} else 4
    return f"{digits[:area]}-{digits[area:]}"


def _plain(text: str) -> str:
    return with_ascii_digits(unicodedata.normalize("NFKC", text)).strip()
