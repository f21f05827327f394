"""A Monday morning at the desk, and WhatsApp connected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.journeys.chatting import Chat
from tests.support.cast import Cast
from tests.support.webhooks import have_line

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10.00 WIB


@pytest.fixture
def chat(cast: Cast, client: FlaskClient) -> Iterator[Chat]:
    """Everybody who talks with us on WhatsApp, and the clock of their talk."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        have_line(cast, emergency_contact="IGD RSIA Contoh 0751-555-119")
        yield Chat(client, traveller)
