"""The reader's choices, kept without script and without sending anybody elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask, g, request
from flask_babel import gettext, ngettext

from helpdesk.web import locale
from tests.support.pages import bare_app, keep_catalogue

PAGE = "{{ language }} {{ theme }} {{ large_type }} {{ _('This field is required.') }}"


@pytest.fixture
def page_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    keep_catalogue(tmp_path, monkeypatch)
    app = bare_app()

    @app.route("/", methods=["GET", "POST"])
    @app.route("/keluhan/<path:rest>")
    def page(rest: str = "") -> str:
        return app.jinja_env.from_string(PAGE).render(locale._choices_for_page())

    return app


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en-US,en;q=0.9", "en"),
        ("in-ID", "id"),
        ("nl,en;q=0.5", "en"),
        ("min,nl", "id"),
        ("*", "id"),
    ],
)
def test_the_browser_is_asked_and_indonesian_is_the_default(
    page_app: Flask, asked: str, language: str
) -> None:
    answer = page_app.test_client().get("/", headers={"Accept-Language": asked})
    assert answer.text.split()[0] == language


def test_a_choice_is_kept_in_a_cookie_and_leaves_the_address(page_app: Flask) -> None:
    browser = page_app.test_client()
    answer = browser.get("/keluhan/a%20b?bahasa=en&tampilan=baru&tema=gelap&huruf=besar")
    assert (answer.status_code, answer.location) == (303, "/keluhan/a%20b?tampilan=baru")
    kept = answer.headers.getlist("Set-Cookie")
    assert len(kept) == 3
    assert all("HttpOnly" in one and "SameSite=Lax" in one for one in kept)
    assert browser.get("/").text.startswith("en gelap True")


def test_a_choice_we_do_not_know_changes_nothing(page_app: Flask) -> None:
    answer = page_app.test_client().get("/?bahasa=nl&tema=ungu")
    assert answer.status_code == 200
    assert answer.text.startswith("id auto False")
    assert "Set-Cookie" not in answer.headers


def test_a_cookie_that_was_tampered_with_is_ignored(page_app: Flask) -> None:
    browser = page_app.test_client()
    browser.set_cookie("bahasa", "../../etc")
    browser.set_cookie("tema", "<script>")
    assert browser.get("/").text.startswith("id auto")


def test_a_post_is_never_redirected_away(page_app: Flask) -> None:
    assert page_app.test_client().post("/?bahasa=en").status_code == 200


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "///evil.example", "/\\/evil.example"]
)
def test_no_one_is_sent_to_another_host(page_app: Flask, path: str) -> None:
    with page_app.test_request_context("/?bahasa=en"):
        request.environ["PATH_INFO"] = path
        request.path = path
        answer = locale.keep_choice()
    assert answer is not None
    assert answer.location == "/evil.example"


def test_the_account_s_language_comes_before_the_cookie(page_app: Flask) -> None:
    class Account:
        locale = "en"

    with page_app.test_request_context("/", headers={"Cookie": "bahasa=id"}):
        g._login_user = Account()
        assert locale.chosen_language() == "en"


def test_translations_come_from_the_po_file_and_follow_its_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    po = keep_catalogue(tmp_path, monkeypatch)
    app = bare_app()
    with app.app_context():
        assert gettext("This field is required.") == "Mohon diisi."
        assert ngettext("%(num)d day", "%(num)d days", 1) == "1 hari"
        assert ngettext("%(num)d day", "%(num)d days", 7) == "7 hari"
        po.write_text(po.read_text("utf-8").replace("Mohon diisi.", "Isi dulu."), "utf-8")
        os.utime(po, ns=(1, 1))
        assert gettext("This field is required.") == "Mohon diisi.", "one page, one wording"
    with app.app_context():
        assert gettext("This field is required.") == "Isi dulu."


def test_the_way_back_to_this_page_keeps_its_query(page_app: Flask) -> None:
    with page_app.test_request_context("/?cari=obat&cari=lab&bahasa=id"):
        assert locale.switch_url(bahasa="en") == "?cari=obat&cari=lab&bahasa=en"
    with page_app.test_request_context("/kirim", method="POST"):
        assert locale.switch_url(bahasa="en") == "/?bahasa=en"
