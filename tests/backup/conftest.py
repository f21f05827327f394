"""A house with something to lose, and an empty place to restore it into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from helpdesk.lib.uploads import COMPLAINANT
from tests.support.cast import Cast
from tests.support.databases import settings_for
from tests.support.files import photograph


@pytest.fixture
def number(cast: Cast) -> str:
    """A complaint with a photograph, triaged."""
    number = cast.complain(files=[photograph(purpose=COMPLAINANT)]).number
    cast.triage(number)
    return number


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Where the backup will be."""
    return tmp_path / "backup"


@pytest.fixture
def empty_settings(blank_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation that has nothing yet, not even a table."""
    return settings_for(blank_url, tmp_path / "restored")


@pytest.fixture
def empty(empty_settings: Settings) -> Iterator[Flask]:
    """The application in that empty place."""
    from helpdesk.app import create_app
    from helpdesk.lib.database import db

    made = create_app(empty_settings)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
