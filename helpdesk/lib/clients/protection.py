"""How a mail server is reached: over TLS that is verified, or on this same machine; and how we sign in."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address


class Protection(StrEnum):
    """TLS from the first byte, TLS after STARTTLS, or none at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Login(StrEnum):
    """How we sign in at the server: SASL PLAIN/LOGIN, or XOAUTH2 as Google and Microsoft want it."""

    PASSWORD = "password"  # noqa: S105 - the name of a way, no secret
    XOAUTH2 = "xoauth2"


@dataclass(frozen=True)
class MailAccount:
    """Where a server is and how we sign in: with a password, with an access token over XOAUTH2, or (no *username*)
    not at all.
    """

    host: str
    port: int
    protection: Protection
    username: str
    secret: str = field(repr=False)
    is_token: bool = False

    @property
    def xoauth2(self) -> str:
        """What XOAUTH2 says: who we are, and the token."""
        return f"user={self.username}\1auth=Bearer {self.secret}\1\1"


def trusted_context() -> ssl.SSLContext:
    """TLS 1.2 or newer, with certificate and name verified against what the machine trusts.

    A mail server with a certificate of one's own is made known to the machine (``update-ca-certificates``), or to
    this process alone through ``SSL_CERT_FILE``, which OpenSSL reads.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def is_loopback(host: str) -> bool:
    """Is *host* surely this same machine? Names other than localhost are not looked up."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
