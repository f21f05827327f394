"""Addresses of mail, as far as their form says to whom they belong."""

from __future__ import annotations


def untagged(address: str) -> str:
    """*address* in lower case without its tag: ``Keluhan+t.abc@rs.id`` is delivered to ``keluhan@rs.id``.

    What is no email address stays what it is.
    """
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}".lower()
