"""The certificate that a server shows, read by an ordinary TLS handshake."""

from __future__ import annotations

import socket
import ssl
from datetime import datetime

from cryptography import x509

SHORT = 5  # seconds; a server that takes longer to greet will not be waited for


def certificate_of(host: str, port: int) -> x509.Certificate:
    """What *host* shows to a visitor, whoever signed it and whether or not it is still valid.

    Nothing is sent but the greeting, so that even one that has expired, or that a hospital has signed for itself, can
    be read. Raises OSError when nobody answers there in time, or speaks no TLS.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout=SHORT) as line,
        context.wrap_socket(line, server_hostname=host) as greeting,
    ):
        shown = greeting.getpeercert(binary_form=True)
    if not shown:
        raise ConnectionError(f"{host} showed no certificate")
    return x509.load_der_x509_certificate(shown)


def valid_until(certificate: x509.Certificate) -> datetime:
    """The last moment (UTC) at which browsers accept it."""
    return certificate.not_valid_after_utc
