"""The pages on which an administrator words messages and letters."""

from __future__ import annotations

import re

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from helpdesk.letters import wording
from helpdesk.lib.database import db
from helpdesk.messaging import templates
from helpdesk.messaging.events import EVENTS
from tests.support.cast import Cast

MESSAGE = "/admin/pesan/received/id"
LETTER = "/admin/surat/receipt/id"
OWN = {"version": "0", "subject": "Halo {number}", "body": "Buka {link} sebelum {due}."}
BLOCKS = {"version": "0", "opening": "Salam.", "rights": "Anda berhak bertanya.", "footer": ""}


@pytest.fixture
def ayu(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    """The administrator's browser."""
    cast.sign_in(client, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    return client


def _text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status)
    return answer.get_data(as_text=True)


def _used(event: str = "received") -> templates.Wording:
    with current_app.app_context():  # as the next request sees it
        return templates.wording(event, "id")


def test_every_message_has_its_pages(ayu: FlaskClient) -> None:
    listed = _text(ayu, "/admin/pesan")
    for event in EVENTS:
        for language in ("id", "en"):
            assert f"/admin/pesan/{event}/{language}" in listed
    page = _text(ayu, "/admin/pesan/breached/en")
    assert "Stage: Answer" in page, "codes are said in words"
    assert "{was_due}" in page
    assert ayu.get("/admin/pesan/nobody/id").status_code == 404
    assert ayu.get("/admin/pesan/received/jv").status_code == 404


@pytest.mark.parametrize("event", EVENTS)
def test_every_message_is_previewed_without_a_gap(ayu: FlaskClient, event: str) -> None:
    page = _text(ayu, f"/admin/pesan/{event}/id")
    preview = re.search(r'class="card letterlike"[^>]*>(.*?)</article>', page, re.DOTALL)
    assert preview is not None
    assert "{" not in preview.group(1)


def test_words_are_looked_at_and_not_yet_used(ayu: FlaskClient) -> None:
    answer = ayu.post(MESSAGE, data={**OWN, "act": "look"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<h3>Halo KLH-26-00042-7</h3>" in page
    assert "Buka {link} sebelum {due}.</textarea>" in page
    assert _used().version == 0


def test_words_that_cannot_be_used_are_refused_and_kept_on_the_page(ayu: FlaskClient) -> None:
    for act in ("look", "use"):
        answer = ayu.post(MESSAGE, data={**OWN, "body": "Buka {secret}.", "act": act})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "{secret}" in page
        assert "Buka {secret}." in page
    assert _used().version == 0


def test_words_are_used_and_taken_back(ayu: FlaskClient) -> None:
    assert ayu.post(MESSAGE, data={**OWN, "act": "use"}).status_code == 302
    assert _used().subject == "Halo {number}"
    page = _text(ayu, MESSAGE)
    assert "Ayu Lestari" in page
    assert f"{MESSAGE}/versi/0/pakai" in page
    stale = ayu.post(MESSAGE, data={**OWN, "subject": "Hai {number}", "act": "use"})
    assert stale.status_code == 409
    assert "<td>Halo {number}</td><td>Hai {number}</td>" in stale.get_data(as_text=True)
    assert ayu.post(f"{MESSAGE}/versi/0/pakai").status_code == 302
    assert "kami terima" in _used().subject
    assert ayu.post(f"{MESSAGE}/versi/99/pakai").status_code == 404


def test_a_letter_is_looked_at_as_a_pdf(ayu: FlaskClient) -> None:
    answer = ayu.post(LETTER, data={**BLOCKS, "act": "look"})
    assert answer.mimetype == "application/pdf"
    assert answer.get_data().startswith(b"%PDF")
    refused = ayu.post(LETTER, data={**BLOCKS, "rights": "", "act": "look"})
    assert refused.status_code == 422
    db.session.rollback()
    assert wording.version_in_use("receipt", "id") == 0


def test_the_words_of_a_letter_are_used_and_taken_back(ayu: FlaskClient) -> None:
    assert "/admin/surat/reply/en" in _text(ayu, "/admin/surat")
    assert 'name="closing"' not in _text(ayu, LETTER), "a receipt has no closing"
    assert ayu.post(LETTER, data={**BLOCKS, "act": "use"}).status_code == 302
    db.session.rollback()
    assert wording.blocks_of("receipt", "id")["opening"] == "Salam."
    assert ayu.post(LETTER, data={**BLOCKS, "opening": "Lain.", "act": "use"}).status_code == 409
    assert ayu.post(f"{LETTER}/versi/0/pakai").status_code == 302
    db.session.rollback()
    assert wording.blocks_of("receipt", "id")["opening"] == ""
    assert ayu.get("/admin/surat/poem/id").status_code == 404
