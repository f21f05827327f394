"""Files of a refused form: a day, one form, one browser."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from helpdesk.intake import kept_files
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.storage import get_storage
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


def test_what_no_complaint_came_of_leaves_the_disk(photo: Received) -> None:
    other = photograph("red", purpose=COMPLAINANT)
    with time_machine.travel(clock.now(), tick=False) as journey:
        _keep(photo, other)
        unit_of_work(lambda: kept_files.drop("form", "hers", other.sha256))
        journey.shift(kept_files.KEPT_FOR)
        assert kept_files.forget_old(clock.now()) == 0
        assert _are_there(photo, other)
        journey.shift(timedelta(hours=2))
        kept_files.forget_old(clock.now())
        assert not any(get_storage().exists(digest) for digest in _digests(photo, other))


def test_what_a_complaint_came_of_stays(photo: Received, cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        _keep(photo)
        cast.complain(files=[photo])
        journey.shift(timedelta(days=2))
        assert kept_files.forget_old(clock.now()) == 0
        assert _are_there(photo)


def test_what_somebody_sends_again_meanwhile_stays(photo: Received) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        _keep(photo)
        journey.shift(timedelta(days=2))
        for digest in _digests(photo):  # its row is not there yet
            os.utime(get_storage().path(digest), times=(clock.now().timestamp(),) * 2)
        kept_files.forget_old(clock.now())
        assert _are_there(photo)


def _digests(*files: Received) -> set[str]:
    named = {digest for file in files for digest in (file.original_digest, file.shown_digest)}
    return {digest for digest in named if digest}


def _are_there(*files: Received) -> bool:
    return all(get_storage().exists(digest) for digest in _digests(*files))


def test_one_can_be_dropped(photo: Received) -> None:
    other = photograph("red", purpose=COMPLAINANT)
    _keep(photo, other)
    unit_of_work(lambda: kept_files.drop("form", "hers", photo.sha256))
    assert kept_files.kept("form", "hers") == [other]
