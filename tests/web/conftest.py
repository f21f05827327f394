"""For pages that are visited: the people of the house, with no context left open behind them."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.cast import Cast
from tests.web.browsing import Browser


@pytest.fixture
def house(people: Cast, app: Flask) -> Cast:
    """The cast; every visit then has a context of its own, as on a server."""
    return people


@pytest.fixture
def browser(app: Flask, house: Cast) -> Browser:
    """Somebody's browser, with a house to visit."""
    return Browser(app)
