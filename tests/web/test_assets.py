"""Static files: digests in their URLs, compressed, kept for a year, and never a page without its look."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from helpdesk.web.assets import STATIC, Asset, bootstrap_foundations, init_assets, load_assets
from tests.support.pages import bare_app

TEMPLATES = STATIC.parent / "templates"
FIRST_VISIT = 100_000  # bytes, compressed, everything a public page asks for


@pytest.fixture(scope="module")
def page_app() -> Flask:
    return bare_app()


@pytest.fixture
def browser(page_app: Flask) -> FlaskClient:
    return page_app.test_client()


@pytest.fixture(scope="module")
def shelf() -> dict[str, Asset]:
    return load_assets()


def url_of(app: Flask, name: str) -> str:
    with app.test_request_context():
        return render_template_string("{{ asset_url(name) }}", name=name)


def test_a_url_carries_the_digest_and_its_answer_is_kept_for_a_year(
    page_app: Flask, browser: FlaskClient
) -> None:
    url = url_of(page_app, "css/public.css")
    assert re.fullmatch(r"/static/css/public\.[0-9a-f]{12}\.css", url)
    answer = browser.get(url)
    assert answer.status_code == 200
    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_is_sent_is_compressed_for_those_who_can_read_it(
    page_app: Flask, browser: FlaskClient
) -> None:
    url = url_of(page_app, "img/icons.svg")
    plain = browser.get(url)
    packed = browser.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_who_has_it_already_is_told_so_without_a_body(
    page_app: Flask, browser: FlaskClient
) -> None:
    url = url_of(page_app, "css/staff.css")
    first = browser.get(url)
    again = browser.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_an_old_digest_is_answered_with_today_s_file_but_not_kept(browser: FlaskClient) -> None:
    answer = browser.get("/static/css/public.000000000000.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["../config.py", "css/none.css", "%2e%2e/config.py", "bootstrap foundations"]
)
def test_nothing_else_is_served(browser: FlaskClient, path: str) -> None:
    assert browser.get(f"/static/{path}").status_code == 404


def test_a_page_that_names_a_missing_file_fails_loudly(page_app: Flask) -> None:
    with pytest.raises(LookupError, match=r"css/gone\.css"):
        url_of(page_app, "css/gone.css")


def test_flask_s_own_static_route_must_be_off() -> None:
    with pytest.raises(RuntimeError, match="static_folder=None"):
        init_assets(Flask("with its own static folder"))


def test_bootstrap_comes_from_its_package_in_a_layer_our_rules_always_win_over() -> None:
    sheet = bootstrap_foundations().decode()
    assert sheet.startswith("@layer bootstrap{")
    assert "--bs-body-bg" in sheet
    assert ".btn" not in sheet
    assert ".row" not in sheet
    assert not list(STATIC.rglob("bootstrap*")), (
        "third-party files are never copied into the repository"
    )


def test_all_a_public_page_asks_for_leaves_room_for_its_words(shelf: dict[str, Asset]) -> None:
    asked = ["css/public.css", "css/tokens-dark.css", "img/icons.svg", "img/favicon.svg"]
    asked += [name for name in shelf if name.startswith("js/")]
    weight = sum(len(shelf[name].packed or shelf[name].body) for name in asked)
    assert weight < FIRST_VISIT / 3


def test_every_icon_a_template_or_a_view_names_is_in_the_sprite() -> None:
    drawn = set(
        re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "img/icons.svg").read_text("utf-8"))
    )
    for page in TEMPLATES.rglob("*.html"):
        named = set(re.findall(r"""\bicon\(\s*["']([\w-]+)["']""", page.read_text("utf-8")))
        assert named <= drawn, f"{page.name}: {sorted(named - drawn)}"


@pytest.mark.parametrize("sheet", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_styles_load_nothing_from_elsewhere(sheet: Path) -> None:
    text = sheet.read_text("utf-8")
    assert "@import" not in text
    assert re.findall(r"url\((?!\"data:image/svg\+xml,)", text) == []


@pytest.mark.parametrize("script", sorted(STATIC.rglob("*.js")), ids=lambda path: path.name)
def test_scripts_stand_alone(script: Path) -> None:
    text = script.read_text("utf-8")
    assert not re.search(r"^\s*import\b|\beval\(|innerHTML|https?://", text, re.MULTILINE)
    assert text.count("\n") < 120
