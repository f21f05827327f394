"""Files of a public form that no complaint comes of: kept for whoever tries again, and not without end."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from helpdesk.intake import kept_files
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.tickets.records import Attachment
from tests.web.browsing import Browser, complain, plain

MOST = 100_000
NOTE = b"%PDF-1.4\n" + b"x" * 60_000  # two of them are more than MOST


@pytest.fixture(autouse=True)
def _room_for_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.web.public.unadmitted.MOST_BYTES", MOST)


def note(number: int) -> dict[str, bytes]:
    """A scan that no one sent before."""
    return {f"catatan-{number}.pdf": NOTE + str(number).encode()}


def on_the_disk(app: Flask) -> set[str]:
    with app.app_context():
        return set(get_storage().digests())


def attached(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Attachment.name).order_by(Attachment.id)))


@pytest.mark.parametrize("token", [None, "no", "IjEi.aQ.bm90LW91cnM"])
def test_who_never_opened_the_form_leaves_nothing_on_the_disk(
    app: Flask, browser: Browser, token: str | None
) -> None:
    before = on_the_disk(app)
    photo = (io.BytesIO(NOTE), "catatan.pdf")
    typed = {"text": "Antre empat jam.", "consent": "y", "files": photo}
    if token:
        typed["csrf_token"] = token
    page = browser.show(browser.client.post("/keluhan", data=typed))
    assert page.status == 422
    assert on_the_disk(app) == before
    assert "Pilih lagi berkas Anda." in plain(page.text)
    assert page.forms["/keluhan"]["text"].strip() == "Antre empat jam."
    assert browser.send("/keluhan", files=note(1)).number, "a person has the form now"
    assert attached(app) == ["catatan-1.pdf"]


def test_refused_forms_of_one_network_do_not_fill_the_disk(app: Flask, browser: Browser) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        for number in range(2):
            complain(browser, consent="", files=note(number))
        before = on_the_disk(app)
        late = complain(Browser(app), consent="", files=note(2))
        assert late.status == 422
        assert "terlalu banyak berkas" in plain(late.text)
        assert late.forms["/keluhan"]["text"].strip() == "Obat sirup habis, disuruh beli di luar."
        assert on_the_disk(app) == before
        assert "catatan-1.pdf" in browser.last.text, "what was kept before stays"
        assert browser.send("/keluhan", consent="y").number
        assert attached(app) == ["catatan-1.pdf"]
        journey.shift(timedelta(hours=1))
        assert complain(Browser(app), files=note(3)).number


def test_other_networks_have_room_of_their_own(app: Flask, browser: Browser) -> None:
    for number in range(2):
        complain(browser, consent="", files=note(number))
    elsewhere = Browser(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert complain(elsewhere, files=note(2)).number


def test_what_complaints_come_of_takes_no_room(app: Flask, house: object) -> None:
    for number in range(4):
        assert complain(Browser(app), text=f"Antre {number} jam.", files=note(number)).number
    assert len(attached(app)) == 4


def test_a_file_chosen_once_more_is_the_one_that_is_here(app: Flask, browser: Browser) -> None:
    complain(browser, consent="", files=note(1))
    page = browser.send("/keluhan", consent="y", files=note(1))
    assert page.number
    assert attached(app) == ["catatan-1.pdf"]


def test_beyond_the_five_that_are_kept_none_reaches_the_disk(app: Flask, browser: Browser) -> None:
    five = {f"{number}.txt": f"Catatan {number}".encode() for number in range(5)}
    complain(browser, consent="", files=five)
    before = on_the_disk(app)
    page = browser.send("/keluhan", files={**note(1), "4.txt": b"Catatan 4"})
    assert "Kirim paling banyak 5 berkas sekaligus." in plain(page.text)
    assert on_the_disk(app) == before


def test_what_came_under_another_browsers_form_is_forgotten_in_its_time(
    app: Flask, browser: Browser
) -> None:
    browser.open("/keluhan")
    key = browser.last.forms["/keluhan"]["once"]
    browser.send("/keluhan", text="Antre empat jam.", consent="y")
    with time_machine.travel(clock.now(), tick=False) as journey:
        before = on_the_disk(app)
        assert complain(Browser(app), once=key, files=note(1)).status == 409
        assert len(on_the_disk(app) - before) == 1
        journey.shift(timedelta(hours=26))
        with app.app_context():
            kept_files.forget_old(clock.now())
        assert on_the_disk(app) <= before
