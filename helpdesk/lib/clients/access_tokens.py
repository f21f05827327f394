"""Access tokens for XOAUTH2: renewed with a refresh token (RFC 6749 §6), kept in memory until they expire.

Google and Microsoft take no password over IMAP and SMTP. An administrator gives the permission once, which yields a
refresh token; with it we ask for access tokens that live for about an hour.
"""

from __future__ import annotations

import hashlib
import http.client
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

from helpdesk.lib import clock
from helpdesk.lib.clients.faults import Trouble, WireFault, fault_of
from helpdesk.lib.clients.protection import is_loopback, trusted_context

TIMEOUT = 20.0  # seconds for each act on the wire
RENEW_EARLY = timedelta(minutes=2)  # a token must not expire between our look and the server's
USUAL_LIFE = 3600  # seconds, where the answer names none (RFC 6749 §5.1 only recommends it)
LONGEST_ANSWER = 64 * 1024  # bytes; tokens of Microsoft have some thousands


@dataclass(frozen=True)
class Grant:
    """What is needed to renew access: our registration at the provider, and the permission given to it."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str = ""

    @property
    def mark(self) -> str:
        """Names the grant in memory without holding its secret."""
        said = "\0".join((self.token_url, self.client_id, self.refresh_token))
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class AccessToken:
    """*refresh_token* is the one to use from now on: Microsoft gives another with each renewal."""

    text: str = field(repr=False)
    expires_at: datetime
    refresh_token: str = field(repr=False)


_kept: dict[str, AccessToken] = {}
_lock = Lock()


def access_token(grant: Grant) -> AccessToken:
    """A token that is still good for a while, renewed over HTTPS when need be. Raises WireFault."""
    with _lock:
        kept = _kept.get(grant.mark)
    if kept is not None and kept.expires_at - RENEW_EARLY > clock.now():
        return kept
    renewed = _renew(grant)
    # Under the new refresh token, for it is what the caller will keep and come with.
    with _lock:
        _kept[replace(grant, refresh_token=renewed.refresh_token).mark] = renewed
    return renewed


def forget_token(grant: Grant) -> None:
    """Renew at the next need: a server has refused the token that we hold."""
    with _lock:
        _kept.pop(grant.mark, None)


def _renew(grant: Grant) -> AccessToken:
    asked_at = clock.now()
    status, said = _post(grant)
    answer = _as_object(said)
    text = answer.get("access_token")
    if status != http.HTTPStatus.OK or not isinstance(text, str) or not text:
        fault = WireFault(Trouble.TOKEN, _complaint_in(answer, status))
        raise fault.without(grant.client_secret, grant.refresh_token)
    lasts = str(answer.get("expires_in"))
    seconds = int(lasts) if lasts.isdecimal() else USUAL_LIFE
    return AccessToken(
        text,
        asked_at + timedelta(seconds=seconds),
        str(answer.get("refresh_token") or grant.refresh_token),
    )


def _post(grant: Grant) -> tuple[int, bytes]:
    form = {
        "grant_type": "refresh_token",
        "client_id": grant.client_id,
        "client_secret": grant.client_secret,
        "refresh_token": grant.refresh_token,
        "scope": grant.scope,
    }
    body = urlencode({name: value for name, value in form.items() if value})
    connection, target = _connection(grant.token_url)
    try:
        connection.request(
            "POST",
            target,
            body,
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        response = connection.getresponse()  # no redirect is followed: the form holds the secret
        return response.status, response.read(LONGEST_ANSWER)
    except OSError as error:
        fault = fault_of(error)
        raise WireFault(Trouble.TOKEN, f"{connection.host}: {fault}") from None
    except http.client.HTTPException as error:
        raise WireFault(Trouble.TOKEN, f"{connection.host}: {type(error).__name__}") from None
    finally:
        connection.close()


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    """A connection to the host of *url*, and what to ask there; without TLS only on this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    if parts.scheme == "https" and host:
        tls = trusted_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT, context=tls), target
    if parts.scheme == "http" and is_loopback(host):
        return http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT), target
    raise WireFault(Trouble.TOKEN, "https://… is needed")


def _as_object(said: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(said)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _complaint_in(answer: dict[str, Any], status: int) -> str:
    """What the service says is wrong (RFC 6749 §5.2)."""
    said = [answer.get("error"), answer.get("error_description")]
    return ": ".join(text for text in said if isinstance(text, str)) or f"HTTP {status}"
