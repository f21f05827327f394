"""Every form of every page, filled in as nobody would: it is answered with a page of ours, never with a fault."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.app import create_app
from helpdesk.lib.database import db
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from tests.browser.all_scenes import SCENES
from tests.browser.conftest import House
from tests.browser.forms import forms_to_post
from tests.browser.gallery import Gallery
from tests.browser.scenes import STRANGER
from tests.web.workbench import person

_LATER = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


@pytest.fixture
def app(gallery: Gallery, house: House) -> Iterator[Flask]:
    """The house with one complaint in every state; whoever serves and works in it has gone home."""
    house.live.stop()
    app = create_app(replace(house.live.settings, log_level="ERROR"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_no_form_stumbles_over_nonsense(
    app: Flask, gallery: Gallery, house: House, tmp_path: Path
) -> None:
    database = Path(house.live.settings.database_url.removeprefix("sqlite:///"))
    people = {who: _window(app, house, who) for who in {scene.who for scene in SCENES}}
    db.session.remove()
    db.engine.dispose()  # the last connection takes the write-ahead log along
    untouched = shutil.copy(database, tmp_path)
    stumbled, tried = [], set()
    for scene in SCENES:
        client, path = people[scene.who], scene.path.format(**gallery.places)
        page = client.get(path)
        for form in forms_to_post(page.text, path) if page.status_code == 200 else ():
            shape = (scene.who, re.sub(r"\d+", "N", form.action), *form.fields)
            if shape in tried or form.action.startswith("/keluar"):
                continue
            tried.add(shape)
            for way, sent in enumerate(form.filled()):
                answer = client.post(form.action, data=sent, content_type="multipart/form-data")
                if answer.status_code >= 500:
                    stumbled.append((scene.who, form.action, way))
                if answer.status_code < 400:  # it was done all the same
                    db.session.remove()
                    db.engine.dispose()
                    shutil.copy(untouched, database)
    assert stumbled == []
    assert len(tried) > 120


def _window(app: Flask, house: House, who: str) -> FlaskClient:
    if who != STRANGER:
        return person(app, house.cast, who)
    client = app.test_client()
    with client.session_transaction() as session:  # they have typed every number and PIN
        session["keyring"] = {
            number_of(ticket): [ticket.id, ticket.link_version, _LATER]
            for ticket in db.session.query(Ticket)
        }
    return client
