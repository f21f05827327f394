"""Until when browsers accept the public address: looked at by the worker, remembered in the audit trail.

The trail is told once for each certificate: that the house shows a new one is worth knowing later, and the newest such
entry says until when the present one holds, to every web process on every machine.
"""

from __future__ import annotations

import logging
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives.hashes import SHA256

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.audit.search import Search, find_entries
from helpdesk.lib.certificate import certificate_of, valid_until
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.settings import current_settings

log = logging.getLogger(__name__)
JOB = "watch the certificate"
ACT = "certificate_seen"
HTTPS_PORT = 443


def is_https() -> bool:
    """Has the public address a certificate at all?"""
    return _address().scheme == "https"


def look(_at: datetime) -> None:
    """Read the certificate of the public address and note it, in a unit of its own, if it is a new one.

    Many a house cannot reach its own public address from inside; then nothing is known, and that is no fault.
    """
    if not is_https():
        return
    address = _address()
    try:
        shown = certificate_of(address.hostname or "", address.port or HTTPS_PORT)
    except OSError as error:
        log.warning("the certificate cannot be read: %s", error)
        return
    seen = {
        "address": address.netloc,
        "until": valid_until(shown).isoformat(),
        "fingerprint": shown.fingerprint(SHA256()).hex(),
    }
    unit_of_work(lambda: _note(seen))


def known_until() -> datetime | None:
    """Until when the certificate holds that was last seen at the public address; None when none was."""
    newest = _newest()
    if newest is None or newest["address"] != _address().netloc:
        return None
    return datetime.fromisoformat(newest["until"])


def _note(seen: dict[str, str]) -> None:
    if _newest() != seen:
        trail.record(ACT, by=Actor.system(), details=seen)


def _newest() -> dict[str, str] | None:
    found = find_entries(Search(act=ACT), limit=1)
    return found[0].details if found else None


def _address() -> SplitResult:
    return urlsplit(current_settings().base_url)
