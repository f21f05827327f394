"""What an administrator puts at the head of letters: a clean picture, a code, a signatory."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from helpdesk.accounts.organisation import Organisation
from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from tests.support.cast import Cast
from tests.web.workbench import person

LOGO, PAGE = "/admin/organisasi/logo", "/admin/organisasi"


@pytest.fixture
def ayu(app: Flask, cast: Cast) -> FlaskClient:
    return person(app, cast, "ayu")


def value_of(page: str, name: str) -> str:
    return page.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]


def send(browser: FlaskClient, **typed: Any) -> Any:
    page = browser.get(LOGO).get_data(as_text=True)
    form = {name: value_of(page, name) for name in ("csrf_token", "version")} | typed
    return browser.post(LOGO, data=form, content_type="multipart/form-data")


def picture(kind: str = "PNG") -> tuple[io.BytesIO, str]:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "teal").save(drawn, kind)
    return io.BytesIO(drawn.getvalue()), f"logo.{kind.lower()}"


def digest() -> str | None:
    db.session.expire_all()
    return db.session.get_one(Organisation, 1).logo_digest


def test_the_logo_is_put_up_and_taken_away(ayu: FlaskClient) -> None:
    assert "<img" not in ayu.get(PAGE).get_data(as_text=True)
    assert send(ayu, picture=picture()).status_code == 302
    kept = digest()
    assert kept is not None
    assert get_storage().exists(kept)
    assert 'src="data:image/png' in ayu.get(PAGE).get_data(as_text=True)
    assert send(ayu, is_removed="y").status_code == 302
    assert digest() is None


@pytest.mark.parametrize(
    "draw",
    [
        lambda: (io.BytesIO(b"%PDF-1.7 no picture"), "logo.png"),
        lambda: picture("GIF"),
        lambda: (io.BytesIO(b""), ""),
    ],
    ids=["a paper", "a moving picture", "nothing"],
)
def test_what_is_no_picture_is_refused(ayu: FlaskClient, draw: Callable[[], Any]) -> None:
    assert send(ayu, picture=draw()).status_code == 422
    assert digest() is None


def test_somebody_was_faster(ayu: FlaskClient) -> None:
    send(ayu, picture=picture())
    kept = digest()
    assert send(ayu, version="1", is_removed="y").status_code in (409, 422)
    assert digest() == kept


def test_a_code_with_a_slash_would_break_the_number(ayu: FlaskClient) -> None:
    page = ayu.get(PAGE).get_data(as_text=True)
    form = {name: value_of(page, name) for name in ("csrf_token", "version")}
    form |= {"name": "RSIA Contoh", "zone": "Asia/Jakarta", "number_prefix": "KLH"}
    form |= {"idle_minutes": "30", "reopen_days": "30", "letter_code": "HM/02"}
    assert ayu.post(PAGE, data=form).status_code == 422
    assert ayu.post(PAGE, data=form | {"letter_code": "HM.02"}).status_code == 302
