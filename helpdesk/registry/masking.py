"""Personal data for those who may not see all of it: enough to recognise, too little to use."""

from __future__ import annotations

HIDDEN = "•"


def mask_phone(e164: str) -> str:
    """``+6281234560172`` → ``0812-••••-0172``; a foreign number keeps its country code.

    What is no number is WhatsApp's id of somebody who hides theirs: ``ID.998877`` → ``••••8877``.
    """
    if not e164.startswith("+"):
        return HIDDEN * 4 + e164[-4:]
    digits = "0" + e164.removeprefix("+62") if e164.startswith("+62") else e164
    last = 4 if len(digits) >= 11 else 2  # of a short land line four would show nearly all
    return f"{digits[:4]}-{HIDDEN * 4}-{digits[-last:]}"


def mask_name(name: str) -> str:
    """``Dewi Anggraini Putri`` → ``Dewi A•••``; a name of one word keeps its first letter."""
    words = name.split()
    if not words:
        return ""
    if len(words) == 1:
        return words[0][0] + HIDDEN * 3
    return f"{words[0]} {words[1][0]}{HIDDEN * 3}"


def mask_nik(nik: str) -> str:
    """Six and four digits stay: the region and the sequence, not the date of birth between them."""
    return _ends(nik, 6, 4)


def mask_bpjs(number: str) -> str:
    """Six and three digits stay."""
    return _ends(number, 6, 3)


def mask_medical_record(number: str) -> str:
    """The last two digits stay."""
    return _ends(number, 0, 2)


def mask_email(address: str) -> str:
    """``dewi@example.com`` → ``d•••@example.com``."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}{HIDDEN * 3}{at}{domain}" if at else _ends(address, 1, 0)


def mask_contact(contact: str) -> str:
    """A telephone number or an email address, whichever it is."""
    return mask_email(contact) if "@" in contact else mask_phone(contact)


def _ends(text: str, first: int, last: int) -> str:
    """Keep the ends; a text too short to hide anything in is hidden whole."""
    hidden = len(text) - first - last
    if hidden <= 0:
        return HIDDEN * len(text)
    return text[:first] + HIDDEN * hidden + text[len(text) - last :]
