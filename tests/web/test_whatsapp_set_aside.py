"""What could not be used of WhatsApp: the administrator sees why, and takes it in again once it is mended."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.intake.mail_outcome import Reason
from helpdesk.intake.understanding import understand_posts
from helpdesk.intake.whatsapp.set_aside import posts_set_aside
from helpdesk.lib import clock
from helpdesk.web.post_words import why_set_aside
from tests.support.cast import Cast
from tests.support.webhooks import arrive, have_line, messages, wire
from tests.web.workbench import person

PAGE = "/admin/whatsapp/disisihkan"
OTHER_NUMBER = "999540352242000"


@pytest.fixture
def ayu(app: Flask, house: Cast) -> FlaskClient:
    with app.app_context():
        have_line(house)
        arrive(wire("other_number"))
        arrive(b"bukan kiriman")
    client = person(app, house, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    return client


def waiting(app: Flask) -> list[int]:
    with app.app_context():
        return [row.id for row in posts_set_aside()]


def test_why_each_waits_and_nothing_that_people_wrote(ayu: FlaskClient) -> None:
    page = ayu.get(PAGE).text
    assert page.count("kiriman-") == 4
    assert "6281234560172" not in page
    assert "Wati" not in page
    assert PAGE in ayu.get("/admin/whatsapp").text


def test_after_the_number_was_corrected_it_is_taken_in(
    app: Flask, house: Cast, ayu: FlaskClient
) -> None:
    with app.app_context():
        have_line(house, phone_number_id=OTHER_NUMBER)
    assert ayu.post(f"{PAGE}/semua").status_code == 302
    with app.app_context():
        assert understand_posts(clock.now()) == 2
        assert [one.text for one in messages()] == ["Untuk nomor lain"]
    assert len(waiting(app)) == 1, "what is no payload stays none"


def test_one_at_a_time(app: Flask, ayu: FlaskClient) -> None:
    first, second = waiting(app)
    assert ayu.post(f"{PAGE}/{second}/buang").status_code == 302
    assert waiting(app) == [first]
    assert ayu.post(f"{PAGE}/{first}/lagi").status_code == 302
    assert waiting(app) == []
    assert ayu.post(f"{PAGE}/{first}/lagi").status_code == 409
    assert ayu.post(f"{PAGE}/{second}/buang").status_code == 409
    assert ayu.post(f"{PAGE}/4711/buang").status_code == 404


def test_nothing_waits(app: Flask, ayu: FlaskClient) -> None:
    for one in waiting(app):
        ayu.post(f"{PAGE}/{one}/buang")
    assert "kiriman-" not in ayu.get(PAGE).text


@pytest.mark.parametrize(
    "reason", [Reason.OTHER_NUMBER, Reason.PARTLY_READ, Reason.UNREADABLE, Reason.FAULT]
)
def test_each_reason_has_words_of_its_own(app: Flask, reason: Reason) -> None:
    with app.test_request_context():
        told = [str(one) for one in why_set_aside(reason)]
        assert told != [str(one) for one in why_set_aside("something else")]
        assert all(told)
