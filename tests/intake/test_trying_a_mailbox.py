"""The administrator's button that tries a mailbox, against the real server."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.support.cast import Cast
from tests.support.postboxes import Postbox, letter


def test_it_signs_in_and_counts_and_changes_nothing(
    app: Flask, cast: Cast, client: FlaskClient, box: Postbox
) -> None:
    cast.sign_in(client, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    box.on_server.deliver(letter("satu"))
    answer = client.post(f"/admin/surel/kotak/{box.row_id}/coba")
    assert answer.status_code == 200
    assert "kotak-" in answer.get_data(as_text=True)
    assert "note-warn" not in answer.get_data(as_text=True)
    assert box.arrived() == []
    assert box.row.fetched_at is None
