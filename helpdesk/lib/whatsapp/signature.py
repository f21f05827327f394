"""Who sent a POST: the provider signs its very bytes with the secret of our app.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
"""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Hub-Signature-256"
_SCHEME = "sha256="


def signature_of(raw: bytes, app_secret: str) -> str:
    """The header's value for *raw*: ``sha256=`` and 64 hexadecimal digits."""
    return _SCHEME + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()


def is_signed(raw: bytes, header: str | None, app_secret: str) -> bool:
    """Does *header* sign exactly these bytes? The comparison takes as long for a near miss as for any other.

    Without a secret nothing is signed: an empty key would be everybody's.
    """
    if not app_secret:
        return False
    told = (header or "").strip().encode("utf-8", "replace")
    return hmac.compare_digest(told, signature_of(raw, app_secret).encode())
