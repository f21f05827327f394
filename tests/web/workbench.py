"""A person at the workbench without script: opens a page, fills in its form, sends it."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from helpdesk.lib.database import db
from tests.support.cast import Cast


class Browser(FlaskClient):
    """A client whose requests share nothing with the test: no context, no session, no signed-in user."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        _let_go()
        answer: TestResponse = Context().run(super().open, *args, **kwargs)
        _let_go()
        return answer


def _let_go() -> None:
    """The test itself must not hold a snapshot while others write, nor read an old one afterwards."""
    if has_app_context():
        db.session.rollback()


@dataclass
class Sheet:
    """The form of a page as a browser would send it, and where to."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def put(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


class FormReader(HTMLParser):
    """Reads the form that carries the hidden field *seen*: every act has exactly one."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Sheet | None = None
        self._form: Sheet | None = None
        self._area = self._select = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Sheet(at.get("action", ""))
        if self._form is None:
            return
        if tag == "input" and at.get("name"):
            self._input(at)
        elif tag == "textarea":
            self._area, self._text = at["name"], []
        elif tag == "select":
            self._select = at["name"]
        elif tag == "option" and self._select and "selected" in at:
            self._form.put(self._select, at["value"])

    def _input(self, at: Mapping[str, str]) -> None:
        assert self._form is not None
        kind = at.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in at:
            return
        if kind == "file":
            return
        if at["name"] == "seen":
            self.found = self._form
        self._form.put(at["name"], at.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form is not None:
            # the line end that a browser drops after the opening tag
            self._form.put(self._area, "".join(self._text).removeprefix("\r\n").removeprefix("\n"))
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


def form_in(page: TestResponse) -> dict[str, list[str]]:
    """What the act's form would send as it stands."""
    reader = FormReader()
    reader.feed(page.get_data(as_text=True))
    assert reader.found is not None, page.get_data(as_text=True)[:3000]
    return reader.found.values


def open_act(client: FlaskClient, url: str) -> dict[str, Any]:
    """Open the page of an act and read its form."""
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code, page.get_data(as_text=True)[:1500])
    return dict(form_in(page))


def send(client: FlaskClient, url: str, **values: Any) -> TestResponse:
    """Open the page of an act, fill in *values* and send it once."""
    form = open_act(client, url) | values
    return client.post(url, data=form, content_type="multipart/form-data")


def tokenless(app: Flask, cast: Cast, name: str) -> FlaskClient:
    """*name*, signed in, whose forms are taken without their token from here on: for what an act does, not its page."""
    app.config["WTF_CSRF_ENABLED"] = True
    client = person(app, cast, name)
    app.config["WTF_CSRF_ENABLED"] = False
    return client


def person(app: Any, cast: Cast, name: str) -> FlaskClient:
    """*name* at a browser of their own."""
    app.test_client_class = Browser
    return cast.sign_in(app.test_client(), name)


def act_url(number: str, act: str, disposition_id: int | None = None) -> str:
    """The address of an act."""
    middle = f"/disposisi/{disposition_id}" if disposition_id else ""
    return f"/kerja/tiket/{number}{middle}/{act}"
