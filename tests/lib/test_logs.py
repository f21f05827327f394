"""Logs tell about the machine and never about people."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from helpdesk.lib.database import db
from helpdesk.lib.logs import WORDLESS, make_formatter, place_of
from helpdesk.lib.placeholders import fill

SECRET = "081234567890"


def written(record: logging.LogRecord) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(make_formatter().format(record))
    return line


def record_of(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except type(error) as raised:
        caught = (type(raised), raised, raised.__traceback__)
    return logging.LogRecord("helpdesk.x", logging.ERROR, __file__, 1, "it failed", (), caught)


def test_a_line_is_one_object_with_its_extras() -> None:
    record = logging.LogRecord("helpdesk.x", logging.INFO, __file__, 1, "%s sent", (3,), None)
    record.message_id = 42
    line = written(record)
    assert (line["event"], line["level"], line["logger"]) == ("3 sent", "info", "helpdesk.x")
    assert line["message_id"] == 42
    assert line["timestamp"].endswith("Z")


def test_a_fault_is_told_with_its_place() -> None:
    line = written(record_of(LookupError("no template")))
    assert line["fault"][0] == "LookupError: no template"
    assert any("test_logs.py" in frame for frame in line["fault"])
    assert "exc_info" not in line


def test_a_fault_over_mail_is_told_without_its_words() -> None:
    record = record_of(LookupError(f"nobody has {SECRET}"))
    setattr(record, WORDLESS, True)
    line = written(record)
    assert line["fault"][0] == "LookupError"
    assert any("test_logs.py" in frame for frame in line["fault"])
    assert SECRET not in json.dumps(line)
    assert WORDLESS not in line


def test_the_place_of_a_fault_is_the_innermost_of_ours() -> None:
    with pytest.raises(ValueError, match="name") as raised:
        fill("{name}", {})
    assert re.fullmatch(r"ValueError in helpdesk\.lib\.placeholders:\d+", place_of(raised.value))
    assert place_of(KeyError(SECRET)) == "KeyError"


def test_a_fault_of_the_database_does_not_quote_values(app: Flask) -> None:
    insert = text("INSERT INTO nowhere VALUES (:phone)")
    with app.app_context(), pytest.raises(SQLAlchemyError) as raised:
        db.session.execute(insert, {"phone": SECRET})
    assert SECRET not in str(raised.value)
    fault = written(record_of(raised.value))["fault"]
    assert SECRET not in " ".join(fault)
    assert " " not in fault[0]  # the kind alone


def test_a_request_that_is_refused_early_leaves_its_line_too(client: FlaskClient) -> None:
    response = client.post("/healthz")  # without a CSRF token
    assert response.status_code in (400, 405)
    assert response.headers["X-Request-ID"]


def test_a_request_leaves_endpoint_status_and_time(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="helpdesk.lib.logs"):
        response = client.get(f"/healthz?telepon={SECRET}")
    (record,) = [record for record in caplog.records if record.name == "helpdesk.lib.logs"]
    assert record.__dict__["status"] == 200
    assert record.__dict__["ms"] >= 0
    assert record.levelno == logging.DEBUG
    assert len(response.headers["X-Request-ID"]) == 16
    assert SECRET not in str(record.__dict__)
