"""HTTPS with a bearer token, by the house's rules: verified TLS or this same machine, and faults as codes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from helpdesk.lib.clients.faults import Trouble, WireFault, fault_of
from helpdesk.lib.clients.protection import is_loopback, trusted_context

CHUNK = 64 * 1024  # bytes


def open_session(token: str, url: str) -> requests.Session:
    """A session that shows *token* to whomever it asks; *url* is where it will mostly ask."""
    session = requests.Session()
    session.auth = _Bearer(token)
    session.mount("https://", _MachinesTrust())
    session.mount("http://", HTTPAdapter())
    if is_loopback(urlsplit(url).hostname or ""):
        session.trust_env = False  # no proxy stands between this machine and itself
    return session


def refuse_open_road(url: str) -> None:
    """Raise WireFault where the token would travel openly: without TLS only this same machine may be asked."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise WireFault(Trouble.ANSWER, "no address") from None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not host or not is_safe:
        raise WireFault(Trouble.NOT_ENCRYPTED, host)


def pieces_of(response: requests.Response, *, within: float) -> Iterator[bytes]:
    """What *response* says, decoded, piece by piece as it comes; raises WireFault, also after *within* seconds.

    A server that says a byte now and then would outlast any pause between two pieces, and the lease of who waits.
    """
    ends_at = time.monotonic() + within
    try:
        while piece := response.raw.read1(CHUNK, decode_content=True):
            yield piece
            if time.monotonic() > ends_at:
                raise WireFault(Trouble.TIMEOUT)
    except (HTTPError, OSError) as error:
        raise fault_in(error) from None


def fault_in(error: requests.RequestException | HTTPError | OSError) -> WireFault:
    """What *error* means; the socket's own word lies at the bottom of what wraps it."""
    if isinstance(error, requests.Timeout):
        return WireFault(Trouble.TIMEOUT)
    found = _at_the_bottom(error)
    if found is not None:
        return fault_of(found)
    if isinstance(error, requests.exceptions.SSLError):
        return WireFault(Trouble.ENCRYPTION)
    return WireFault(Trouble.LOST, type(error).__name__)


class _Bearer(AuthBase):
    """Puts the token in; being there, it keeps requests from looking for a password in ``~/.netrc``."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _MachinesTrust(HTTPAdapter):
    """Trusts whom the machine trusts, as for mail servers, rather than a list that came with a library."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=trusted_context(), **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=trusted_context(), **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"


def _at_the_bottom(error: BaseException) -> OSError | None:
    """The first cause that the socket or TLS itself raised; urllib3 keeps it as a reason, an argument or a cause."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, OSError) and not isinstance(one, requests.RequestException):
            return one
        waiting += [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
    return None
