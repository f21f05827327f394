"""The cards: one press, and one stands where that person begins the day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.app import create_app
from helpdesk.demo.cast import CAST, PASSWORD
from tests.support.cast import assemble
from tests.support.databases import SqliteTemplate, settings_for

HOMES = {"hanifah": "/pimpinan", "ayu": "/admin"}


def press(visitor: FlaskClient, username: str) -> str:
    """Press a card's button and give the path where it leads."""
    page = visitor.get("/demo").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = visitor.post(
        f"/demo/masuk/{username}", data={"csrf_token": token[1]}, follow_redirects=True
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.request.path.rstrip("/")


@pytest.mark.parametrize("username", [person.username for person in CAST])
def test_each_lands_at_home(visitor: FlaskClient, username: str) -> None:
    assert press(visitor, username) == HOMES.get(username, "/kerja")


def test_one_may_change_places(visitor: FlaskClient) -> None:
    press(visitor, "sari")
    press(visitor, "hanifah")
    assert visitor.get("/admin/").status_code == 403
    assert visitor.get("/pimpinan/").status_code == 200


def test_only_the_cast_has_cards(visitor: FlaskClient) -> None:
    page = visitor.get("/demo").get_data(as_text=True)
    assert PASSWORD in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    for username in ("tono", "nobody"):
        answer = visitor.post(f"/demo/masuk/{username}", data={"csrf_token": token[1]})
        assert answer.status_code == 404
    assert visitor.get("/kerja").status_code == 302


def test_a_foreign_page_cannot_press(visitor: FlaskClient) -> None:
    assert visitor.post("/demo/masuk/ayu").status_code == 400


@pytest.mark.parametrize("path", ["/", "/demo", "/masuk"])
def test_every_page_says_that_it_is_a_demo(visitor: FlaskClient, path: str) -> None:
    page = visitor.get(path).get_data(as_text=True)
    assert 'class="demo"' in page
    assert 'href="/demo"' in page


def test_without_the_demo_nothing_of_it_is_there(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    url = sqlite_template.copy_to(tmp_path / "own.db")
    app: Flask = create_app(settings_for(url, tmp_path / "instance", demo=False))
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("demo")]
    browser = app.test_client()
    assert browser.get("/demo").status_code == 404
    assert browser.post("/demo/masuk/sari").status_code in (400, 404)
    assert "/demo" not in browser.get("/masuk").get_data(as_text=True)


def test_a_real_database_has_no_cards_whatever_the_environment_says(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    url = sqlite_template.copy_to(tmp_path / "own.db")
    app = create_app(settings_for(url, tmp_path / "instance", demo=True))
    with app.app_context():
        assemble()
    browser = app.test_client()
    page = browser.get("/masuk").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    assert browser.get("/demo").status_code == 404
    answer = browser.post("/demo/masuk/sari", data={"csrf_token": token[1]})
    assert answer.status_code == 404
    assert browser.get("/kerja").status_code == 302
