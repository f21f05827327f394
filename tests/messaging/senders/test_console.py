"""The sender without a wire: one readable file per message, for its owner only."""

from __future__ import annotations

import logging
import stat

import pytest
from flask import Flask

from helpdesk.lib import clock
from helpdesk.messaging import postman
from helpdesk.messaging.senders.console import outbox_folder
from tests.messaging.builders import queue_one, row


def test_the_message_is_a_file(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context(), caplog.at_level(logging.INFO):
        message_id = queue_one()
        assert postman.deliver_due(clock.now()).sent == 1
        file = outbox_folder() / f"{message_id}.txt"
        text = file.read_text()
        assert text.startswith("To: wati@example.org\nChannel: email\nEvent: received\nSubject: ")
        assert "Selasa, 24 November 2026 pukul 10.00 WIB" in text
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [path.name for path in outbox_folder().iterdir()] == [file.name]
        assert row(message_id).provider_ref == f"console:{message_id}"


def test_logs_name_the_event_and_nobody(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context(), caplog.at_level(logging.DEBUG):
        queue_one()
        postman.deliver_due(clock.now())
    records = [record for record in caplog.records if record.message == "message delivered"]
    assert [record.__dict__["about"] for record in records] == ["received"]
    for record in caplog.records:
        assert "wati@example.org" not in str(record.__dict__)
        assert "/lacak/" not in str(record.__dict__)
