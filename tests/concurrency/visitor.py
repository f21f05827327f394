"""Somebody's browser without scripts: it keeps cookies, fills in forms, and has an address of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

PATIENCE = 60.0  # seconds
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    location: str


@dataclass
class Visitor:
    """One browser at *address*, a loopback address, so that limits count each visitor apart."""

    url: str
    address: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def twin(self) -> Visitor:
        """The same browser once more: a second click, a second tab."""
        return replace(self, cookies=dict(self.cookies))

    def get(self, path: str) -> Answer:
        """Open a page. Raises OSError or HTTPException when the server is gone."""
        return self._ask("GET", path)

    def post(
        self, path: str, fields: dict[str, str], photo: bytes | None = None, name: str = "foto.png"
    ) -> Answer:
        """Send a form, with a photograph when there is one."""
        if photo is None:
            kind, body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        else:
            boundary = uuid4().hex
            kind = f"multipart/form-data; boundary={boundary}"
            body = _multipart(boundary, fields, photo, name)
        return self._ask("POST", path, body, {"Content-Type": kind})

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        where = urlsplit(self.url)
        connection = HTTPConnection(
            where.hostname or "", where.port, PATIENCE, source_address=(self.address, 0)
        )
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {"Cookie": jar, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, text, answer.headers.get("Location", ""))


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of a page: the CSRF token, the form's key. The last of a name wins."""
    return {_part(tag, "name"): _part(tag, "value") for tag in _HIDDEN.findall(page)}


def words_in(page: str, css_class: str) -> str:
    """The text of the first element of this class."""
    found = re.search(rf'class="{css_class}"[^>]*>([^<]*)<', page)
    assert found, f"nothing of class {css_class} on the page:\n{page[:2000]}"
    return found[1].strip()


def _part(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _multipart(boundary: str, fields: dict[str, str], photo: bytes, name: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    return b"".join([*parts, head.encode(), photo, f"\r\n--{boundary}--\r\n".encode()])
