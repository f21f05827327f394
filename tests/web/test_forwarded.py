"""What was said somewhere else, and forwarded to us, keeps the name of that place."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from helpdesk.monitoring.summaries.wording import way_of
from helpdesk.tickets.states import Channel
from helpdesk.web.words import CHANNEL_ICONS, word
from tests.support.cast import Cast
from tests.web.browsing import Browser, plain

PATH = "/kerja/catat"
SAID = "Menunggu obat dari jam 9 sampai jam 12."


@pytest.fixture
def joko(browser: Browser, house: Cast) -> Browser:
    """The browser at the information desk, where Joko only records."""
    house.sign_in(browser.client, "joko")
    return browser


def record(browser: Browser, **typed: str) -> str:
    """The number of what was taken down."""
    browser.open(PATH)
    return browser.send(PATH, **{"text": SAID, **typed}).number


def test_a_complaint_keeps_the_name_of_the_system_that_forwarded_it(
    joko: Browser, house: Cast
) -> None:
    number = record(joko, channel="lapor")
    house.sign_in(joko.client, "sari")
    page = plain(joko.open(f"/kerja/tiket/{number}").text)
    assert "mencatatnya, diterima lewat SP4N-LAPOR!" in page
    assert number in joko.open("/kerja?kanal=lapor").text
    assert number not in joko.open("/kerja?kanal=bpjs").text


def test_every_channel_has_its_words_its_icon_and_its_column_in_the_register(app: Flask) -> None:
    """The register of Permenkes 30/2022 knows three ways: lisan, tulisan, media massa."""
    sprite = Path("static/img/icons.svg").read_text()
    with app.test_request_context(), force_locale("id"):
        ways = {channel: way_of(channel) for channel in Channel}
        said = [word(channel, kind) for channel in Channel for kind in ("channel", "by")]
    assert all(said)
    assert all(f'id="i-{CHANNEL_ICONS[channel]}"' in sprite for channel in Channel)
    assert {channel for channel in Channel if ways[channel] == "Lisan"} == {"counter", "phone"}
    media = {"facebook", "social", "review", "press"}
    assert {channel for channel in Channel if ways[channel] == "Media"} == media
