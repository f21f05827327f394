"""A unit loses its last person while work lies there: whoever closes the account, and customer care, are told."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets.unattended import unattended_work
from tests.support.cast import Cast
from tests.tickets.steps import dispose
from tests.web.workbench import act_url, send

LONELY = "Farmasi: 1 disposisi terbuka, dan tidak ada orang lain di unit ini."


@pytest.fixture(autouse=True)
def _forms_without_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def signed_in(app: Flask, cast: Cast, name: str) -> FlaskClient:
    browser = app.test_client()
    cast.sign_in(browser, name)
    return browser


@pytest.fixture
def number(cast: Cast) -> str:
    """A complaint with which Farmasi is at work."""
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    return number


def in_farmasi(cast: Cast) -> list[int]:
    return [
        user_id
        for name, user_id in cast.user_ids.items()
        if cast.unit_ids["farmasi"] in cast.actor(name).unit_ids
    ]


def close(ayu: FlaskClient, user_id: int) -> str:
    return ayu.post(f"/admin/pengguna/{user_id}/tutup", follow_redirects=True).text


def test_closing_the_last_account_of_a_unit_names_the_work_that_lies_there(
    app: Flask, cast: Cast, number: str
) -> None:
    ayu, sari = signed_in(app, cast, "ayu"), signed_in(app, cast, "sari")
    *others, last = in_farmasi(cast)
    for user_id in others:
        assert LONELY not in close(ayu, user_id)
    assert "tidak ada petugas" not in sari.get(f"/kerja/tiket/{number}").text
    assert "Unit: Farmasi" not in ayu.get("/admin/").text
    assert LONELY in close(ayu, last)
    assert "tidak ada petugas" in sari.get(f"/kerja/tiket/{number}").text
    health = ayu.get("/admin/").text
    assert "Unit: Farmasi" in health
    assert "1 disposisi terbuka" in health
    ayu.post(f"/admin/pengguna/{last}/buka")
    assert "Unit: Farmasi" not in ayu.get("/admin/").text


def test_taking_the_last_role_in_a_unit_says_so_too(app: Flask, cast: Cast, number: str) -> None:
    ayu = signed_in(app, cast, "ayu")
    *others, last = in_farmasi(cast)
    for user_id in others:
        close(ayu, user_id)
    form = {"version": "1", "roles": ["leadership"]}
    path = f"/admin/pengguna/{last}/peran"
    assert LONELY in ayu.post(path, data=form, follow_redirects=True).text


def test_a_unit_without_work_may_be_empty(app: Flask, cast: Cast) -> None:
    ayu = signed_in(app, cast, "ayu")
    for user_id in in_farmasi(cast):
        assert "tidak ada orang lain" not in close(ayu, user_id)
    db.session.rollback()
    assert unit_of_work(unattended_work) == []


def test_who_sends_work_where_nobody_works_is_told_before_and_after(app: Flask, cast: Cast) -> None:
    number, empty = cast.complain().number, cast.unit_ids["keperawatan"]
    cast.triage(number)
    sari, url = signed_in(app, cast, "sari"), act_url(number, "disposisi")
    assert sari.get(url).text.count("tidak ada petugas") == 1
    send(sari, url, **{f"u{empty}-pick": "y"})
    assert "yang bertugas di unit ini: Keperawatan" in sari.get(f"/kerja/tiket/{number}").text
