"""The demo, loaded once for every test that only looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.app import create_app
from helpdesk.demo.load import load_demo
from helpdesk.lib.database import db
from tests.support.databases import SqliteTemplate, settings_for

TICKETS = 60
MOMENTS = {
    "friday morning": datetime(2026, 11, 20, 3, 20, tzinfo=UTC),
    "sunday night": datetime(2026, 11, 22, 16, 35, tzinfo=UTC),
}


Loaded = tuple[Flask, datetime]


@pytest.fixture(scope="session")
def loaded_before() -> Iterator[dict[str, Loaded]]:
    """The demo of each moment, kept from file to file."""
    demos: dict[str, Loaded] = {}
    yield demos
    for made, _moment in demos.values():
        with made.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session", params=MOMENTS)
def loaded(
    request: pytest.FixtureRequest,
    sqlite_template: SqliteTemplate,
    tmp_path_factory: pytest.TempPathFactory,
    loaded_before: dict[str, Loaded],
) -> Loaded:
    """The application in demo mode, and the moment at which it was loaded."""
    if request.param not in loaded_before:
        moment = MOMENTS[request.param]
        made = demo_app(sqlite_template, tmp_path_factory.mktemp("demo"))
        with time_machine.travel(moment, tick=False), made.app_context():
            load_demo(count=TICKETS)
            db.session.remove()
        loaded_before[request.param] = made, moment
    return loaded_before[request.param]


@pytest.fixture
def demo(loaded: Loaded) -> Iterator[Flask]:
    """The loaded demo, in an application context, at the moment at which it was loaded."""
    made, moment = loaded
    with time_machine.travel(moment, tick=False), made.app_context():
        yield made
        db.session.remove()


@pytest.fixture
def visitor(loaded: Loaded) -> Iterator[FlaskClient]:
    """A visitor's browser, signed in as nobody. No context is open: each request has its own."""
    made, moment = loaded
    with time_machine.travel(moment, tick=False):
        yield made.test_client()


def demo_app(template: SqliteTemplate, folder: Path) -> Flask:
    """An application in demo mode on an empty database of its own."""
    url = template.copy_to(folder / "demo.db")
    return create_app(settings_for(url, folder / "instance", demo=True))
