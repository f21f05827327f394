"""For pages that are visited: the people of the house, with no context left open behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.journeys.chatting import Chat
from tests.support.cast import Cast
from tests.support.webhooks import have_line
from tests.tickets.steps import FRIDAY
from tests.web.browsing import Browser


@pytest.fixture
def house(people: Cast, app: Flask) -> Cast:
    """The cast; every visit then has a context of its own, as on a server."""
    return people


@pytest.fixture
def browser(app: Flask, house: Cast) -> Browser:
    """Somebody's browser, with a house to visit."""
    return Browser(app)


@pytest.fixture
def chat(app: Flask, cast: Cast) -> Iterator[Chat]:
    """Telephones that write to the house's number, on a Friday."""
    have_line(cast)
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield Chat(app.test_client(), traveller)
