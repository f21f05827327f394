"""A browser without scripts, in this process: it fills in the forms it finds and keeps its cookies."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from sqlalchemy import event

from helpdesk.lib.database import db


class _Forms(HTMLParser):
    """Every form of a page: its action, and what it would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._open: dict[str, str] = {}
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        name, value = at.get("name") or "", at.get("value") or ""
        if tag == "form":
            self._open = self.forms.setdefault(at.get("action") or "", {})
        elif tag == "textarea":
            self._area = name
            self._open[name] = ""
        elif tag == "select":
            self._select = name
            self._open[name] = ""
        elif tag == "option" and "selected" in at:
            self._open[self._select] = value
        elif tag == "input" and name and at.get("type") in ("radio", "checkbox"):
            if "checked" in at:
                self._open[name] = value or "y"
        elif tag == "input" and name and at.get("type") != "file":
            self._open[name] = value

    def handle_data(self, data: str) -> None:
        if self._area:
            self._open[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


@dataclass
class Page:
    """What came back."""

    status: int
    text: str
    location: str
    headers: Any
    body: bytes

    @property
    def forms(self) -> dict[str, dict[str, str]]:
        """By action, what each form would send as it stands."""
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    @property
    def number(self) -> str:
        """The number in large letters."""
        return _inside(self.text, "ticketnum")

    @property
    def pin(self) -> str:
        """The PIN in large letters."""
        return _inside(self.text, "pin")


@dataclass
class Browser:
    """One browser. *last* is the page it shows."""

    app: Flask
    last: Page = field(default_factory=lambda: Page(0, "", "", {}, b""))

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def open(self, path: str) -> Page:
        """Go to a page, through redirects."""
        return self.show(self.client.get(path))

    def send(self, action: str, *, files: dict[str, bytes] | None = None, **typed: str) -> Page:
        """Fill in the form with this *action* on the page shown, send it and follow where it leads.

        A dash in a field's name is written as two underscores. *files*: the names and contents for
        the form's file field.
        """
        return self.show(self.client.post(action, data=self.filled(action, files, typed)))

    def filled(
        self, action: str, files: dict[str, bytes] | None, typed: dict[str, str]
    ) -> dict[str, Any]:
        """What would be sent."""
        sent: dict[str, Any] = dict(self.last.forms[action])
        sent.update({name.replace("__", "-"): value for name, value in typed.items()})
        sent = {name: value for name, value in sent.items() if value is not None}
        if files:
            prefix = next((key.rpartition("-")[0] for key in sent if key.endswith("-once")), "")
            name = f"{prefix}-files" if prefix else "files"
            sent[name] = [(io.BytesIO(content), called) for called, content in files.items()]
        return sent

    @property
    def cookie(self) -> dict[str, Any]:
        """What whoever comes upon the session's cookie can read in it, without any key."""
        kept = self.client.get_cookie("tanggap")
        if kept is None:
            return {}
        is_squeezed = kept.value.startswith(".")
        payload = kept.value.lstrip(".").split(".")[0]
        raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        held: dict[str, Any] = json.loads(zlib.decompress(raw) if is_squeezed else raw)
        return held

    def twin(self) -> Browser:
        """The same browser once more, as a second click has it."""
        other = Browser(self.app, self.last)
        for cookie in self.client._cookies.values():
            other.client.set_cookie(cookie.key, cookie.value)
        return other

    def show(self, answer: Any) -> Page:
        """Follow where *answer* leads, and show it."""
        for _hop in range(4):
            if answer.status_code not in (301, 302, 303):
                break
            answer = self.client.get(answer.headers["Location"])
        is_text = answer.mimetype == "text/html"
        text = answer.get_data(as_text=True) if is_text else ""
        self.last = Page(
            answer.status_code, text, answer.request.path, answer.headers, answer.get_data()
        )
        return self.last


def complain(browser: Browser, *, files: dict[str, bytes] | None = None, **typed: str) -> Page:
    """Complain like Wati does, but for what is *typed* otherwise."""
    browser.open("/keluhan")
    words = {
        "text": "Obat sirup habis, disuruh beli di luar.",
        "name": "Wati",
        "whatsapp": "0812-3456-0172",
        "consent": "y",
        **typed,
    }
    return browser.send("/keluhan", files=files, **words)


def plain(text: str) -> str:
    """The words of a page, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def everything_stored() -> dict[str, list[str]]:
    """Every row of every table as text, in order."""
    rows = {}
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            found = connection.execute(table.select()).all()
            rows[table.name] = sorted(str(tuple(row)) for row in found)
    return rows


def _inside(text: str, css_class: str) -> str:
    found = re.search(rf'class="{css_class}">([^<]+)<', text)
    assert found, plain(text)[:1500]
    return found.group(1)
