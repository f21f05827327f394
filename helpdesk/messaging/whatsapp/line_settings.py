"""What an administrator decides about the WhatsApp number, and whether it can be used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    format_number,
    is_possible_number,
    parse,
)

from helpdesk.lib.clients.protection import is_loopback
from helpdesk.lib.errors import Invalid

GRAPH_URL = "https://graph.facebook.com"
GRAPH_VERSION = "v23.0"
_MOST = {
    "connections": 10,
    "per_second": 80,  # what the provider gives a number at first (Cloud API, throughput)
    "unread_after_hours": 24 * 14,
}


@dataclass(frozen=True)
class LineSettings:
    """What an administrator decides about the number, apart from its secrets."""

    phone_number_id: str
    account_id: str
    display_number: str
    graph_url: str = GRAPH_URL
    graph_version: str = GRAPH_VERSION
    emergency_contact: str = ""
    connections: int = 2
    per_second: int = 20
    unread_after_hours: int = 24
    is_active: bool = True


def tidied(settings: LineSettings) -> LineSettings:
    """With single spaces, the usual address and version where none is written, and the number in E.164 (or empty)."""
    text = {
        name: " ".join(value.split())
        for name, value in asdict(settings).items()
        if isinstance(value, str)
    }
    text["graph_url"] = text["graph_url"].rstrip("/") or GRAPH_URL
    text["graph_version"] = text["graph_version"] or GRAPH_VERSION
    text["display_number"] = _e164(text["display_number"])
    return replace(settings, **text)  # type: ignore[arg-type]


def check_settings(settings: LineSettings, *, has_secret: bool, has_token: bool) -> None:
    """Raise Invalid unless *settings* can be used: with a secret that can be read, and a token for this server."""
    problems: dict[str, object] = dict(_wrong_texts(settings))
    if not has_secret:
        problems["app_secret"] = _l("Enter the app secret: without it nothing that comes is taken.")
    if not has_token:
        problems["access_token"] = _l("Enter the access token: it is for this server.")
    for name, most in _MOST.items():
        if not 1 <= getattr(settings, name) <= most:
            problems[name] = _l("Between 1 and %(most)s.", most=most)
    if problems:
        raise Invalid(problems)


def _wrong_texts(settings: LineSettings) -> Iterable[tuple[str, object]]:
    for name in ("phone_number_id", "account_id"):
        if not re.fullmatch(r"\d{5,40}", getattr(settings, name)):
            yield name, _l("This is a row of digits, as the provider shows it.")
    if not settings.display_number:
        yield "display_number", _l("This is not a telephone number. Example: 0812 3456 7890")
    if not _is_safe_address(settings.graph_url):
        yield "graph_url", _l("An address that begins with https:// is needed.")
    if not re.fullmatch(r"v\d{1,3}\.\d{1,2}", settings.graph_version):
        yield "graph_version", _l("Write it like this: v23.0")


def _is_safe_address(url: str) -> bool:
    """The token goes there: over TLS, or to this same machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.username or parts.query or parts.fragment or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _e164(text: str) -> str:
    """As the provider shows it or as it is dialled here; '' for what is no number."""
    try:
        number = parse(text, "ID")
    except NumberParseException:
        return ""
    return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else ""
