"""How a connection is protected: TLS that is verified, or a server on this same machine."""

from __future__ import annotations

import ssl
from enum import StrEnum
from ipaddress import ip_address


class Protection(StrEnum):
    """TLS from the first byte, TLS after STARTTLS, or none at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


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
