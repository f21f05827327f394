"""Files of a refused form: a day, one form, one browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from helpdesk.intake import kept_files
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.uploads import COMPLAINANT, Received
from tests.support.cast import Cast
from tests.support.files import photograph

pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture
def photo(app: Flask, cast: Cast) -> Received:
    return photograph(purpose=COMPLAINANT)


def _keep(*files: Received, key: str = "form", browser: str = "hers") -> None:
    unit_of_work(lambda: kept_files.keep(key, browser, files))


def test_they_come_back_as_they_were(photo: Received) -> None:
    _keep(photo)
    assert kept_files.kept("form", "hers") == [photo]


def test_the_same_bytes_are_kept_once(photo: Received) -> None:
    _keep(photo)
    _keep(photo)
    assert len(kept_files.kept("form", "hers")) == 1


def test_no_other_form_and_no_other_browser_has_them(photo: Received) -> None:
    _keep(photo)
    assert not kept_files.kept("another", "hers")
    assert not kept_files.kept("form", "his")


def test_after_a_day_they_are_gone(photo: Received) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        _keep(photo)
        journey.shift(timedelta(hours=24, seconds=1))
        assert not kept_files.kept("form", "hers")
        assert unit_of_work(lambda: kept_files.forget_old(clock.now())) == 1


def test_one_can_be_dropped(photo: Received) -> None:
    other = photograph("red", purpose=COMPLAINANT)
    _keep(photo, other)
    unit_of_work(lambda: kept_files.drop("form", "hers", photo.sha256))
    assert kept_files.kept("form", "hers") == [other]
