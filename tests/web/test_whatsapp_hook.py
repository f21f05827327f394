"""The hook believes a signature and nothing else, and says 200 only for what is stored."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from helpdesk.intake import inbox
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.inbox import raw_of
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.whatsapp.reading import MOST_BYTES
from helpdesk.lib.whatsapp.signature import HEADER, signature_of
from helpdesk.messaging.whatsapp import lines
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.support.webhooks import (
    APP_SECRET,
    VERIFY_TOKEN,
    have_line,
    message,
    on_the_wire,
    post,
    signed,
)

HOOK = "/hooks/whatsapp"
ASKED = {
    "hub.mode": "subscribe",
    "hub.challenge": "1158201444",
    "hub.verify_token": VERIFY_TOKEN,
}


@pytest.fixture
def hook(app: Flask, house: Cast) -> FlaskClient:
    """Where the provider posts to, with a number that is set up."""
    with app.app_context():
        have_line(house)
    return app.test_client()


def rows(app: Flask) -> list[Inbound]:
    with app.app_context():
        return list(db.session.scalars(db.select(Inbound).order_by(Inbound.id)))


def refused(app: Flask) -> int:
    with app.app_context():
        line = lines.line()
        assert line is not None
        return line.refused_count


def test_the_challenge_comes_back_bare(hook: FlaskClient) -> None:
    answer = hook.get(HOOK, query_string=ASKED)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.mimetype == "text/plain"


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub.verify_token": "lain"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
    ],
)
def test_who_does_not_know_the_word_gets_no_challenge(
    hook: FlaskClient, wrong: dict[str, str]
) -> None:
    answer = hook.get(HOOK, query_string=ASKED | wrong)
    assert (answer.status_code, answer.text) == (403, "")


def test_what_is_signed_is_stored_byte_for_byte(app: Flask, hook: FlaskClient) -> None:
    raw = post(message(text={"body": "Halo ☺"}))
    answer = hook.post(HOOK, data=raw, headers=signed(raw))
    assert (answer.status_code, answer.text) == (200, "")
    (row,) = rows(app)
    assert (row.channel, row.fate, row.mailbox_id) == (inbox.WHATSAPP, "", None)
    with app.app_context():
        assert raw_of(row) == raw
    assert "Set-Cookie" not in answer.headers


def test_the_same_post_again_is_the_same_row(app: Flask, hook: FlaskClient) -> None:
    raw = post(message())
    for _time in range(3):
        assert hook.post(HOOK, data=raw, headers=signed(raw)).status_code == 200
    assert len(rows(app)) == 1


def test_it_takes_few_statements(app: Flask, hook: FlaskClient) -> None:
    raw = post(message())
    with app.app_context(), counted() as asked:
        assert hook.post(HOOK, data=raw, headers=signed(raw)).status_code == 200
    assert len(asked) <= 3, f"the number, whether it is there, and the row\n{asked}"


def wrong_signatures(raw: bytes) -> dict[str, dict[str, str]]:
    good = signature_of(raw, APP_SECRET)
    return {
        "none": {},
        "empty": {HEADER: ""},
        "another secret": {HEADER: signature_of(raw, "lain")},
        "another body": {HEADER: signature_of(raw + b"\n", APP_SECRET)},
        "the old scheme": {"X-Hub-Signature": good.replace("sha256", "sha1")},
        "no scheme": {HEADER: good.removeprefix("sha256=")},
        "cut": {HEADER: good[:-1]},
    }


@pytest.mark.parametrize("case", sorted(wrong_signatures(b"")))
def test_a_bad_signature_stores_nothing(app: Flask, hook: FlaskClient, case: str) -> None:
    raw = post(message())
    answer = hook.post(HOOK, data=raw, headers=wrong_signatures(raw)[case])
    assert (answer.status_code, answer.text) == (403, "")
    assert rows(app) == []
    assert refused(app) == 1


def test_a_flood_of_bad_ones_is_counted_once_in_a_second(app: Flask, hook: FlaskClient) -> None:
    with time_machine.travel(clock.now(), tick=False) as journey:
        for _time in range(5):
            hook.post(HOOK, data=b"{}")
        assert refused(app) == 1
        journey.shift(timedelta(seconds=1))
        hook.post(HOOK, data=b"{}")
        assert refused(app) == 2


def test_a_cookie_or_a_token_opens_nothing(app: Flask, hook: FlaskClient) -> None:
    hook.set_cookie("tanggap", "apa saja")
    assert hook.post(HOOK, data=b"{}", headers={"X-CSRFToken": "x"}).status_code == 403
    assert rows(app) == []


def test_what_is_too_large_is_not_read(app: Flask, hook: FlaskClient) -> None:
    raw = b" " * (MOST_BYTES + 1)
    assert hook.post(HOOK, data=raw, headers=signed(raw)).status_code == 413
    assert rows(app) == []
    just = b" " * MOST_BYTES
    assert hook.post(HOOK, data=just, headers=signed(just)).status_code == 200


def test_without_a_number_there_is_no_hook(app: Flask, house: Cast, hook: FlaskClient) -> None:
    with app.app_context():
        unit_of_work(lambda: lines.switch(is_active=False, by=house.actor("ayu")))
    raw = post(message())
    assert hook.post(HOOK, data=raw, headers=signed(raw)).status_code == 404
    assert hook.get(HOOK, query_string=ASKED).status_code == 404
    assert rows(app) == []


@pytest.mark.parametrize(
    "fault",
    [
        OSError(28, "No space left on device"),
        OperationalError("INSERT", {}, Exception("server has gone away")),
    ],
)
def test_what_could_not_be_stored_is_asked_for_again(
    app: Flask, hook: FlaskClient, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise fault

    raw = post(message())
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "store", fail)
        assert hook.post(HOOK, data=raw, headers=signed(raw)).status_code == 503
    assert rows(app) == []
    assert hook.post(HOOK, data=raw, headers=signed(raw)).status_code == 200
    assert len(rows(app)) == 1


def test_when_the_secrets_do_not_open_it_is_asked_for_again(app: Flask, hook: FlaskClient) -> None:
    """SECRET_KEY was lost: nobody's signature can be judged, and nothing is thrown away for it."""
    app.config["SECRET_KEY"] = "another"
    raw = post(message())
    assert hook.post(HOOK, data=raw, headers=signed(raw)).status_code == 503
    assert hook.get(HOOK, query_string=ASKED).status_code == 503


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(on_the_wire()),
    st.integers(0, 2000),
    st.binary(max_size=8),
    st.binary(max_size=40) | st.none(),
)
def test_whatever_is_posted(
    app: Flask, hook: FlaskClient, path: Any, at: int, rubbish: bytes, signature: bytes | None
) -> None:
    """Content is never reason for an error; a bad signature always is, and leaves nothing."""
    whole = path.read_bytes()
    at %= len(whole)
    raw = whole[:at] + rubbish + whole[at:]
    before = {row.id for row in rows(app)}
    told = {HEADER: signature.hex()} if signature is not None else {}
    assert hook.post(HOOK, data=raw, headers=told).status_code == 403
    assert {row.id for row in rows(app)} == before
    assert hook.post(HOOK, data=raw, headers=signed(raw)).status_code == 200
    with app.app_context():
        stored = db.session.scalars(
            db.select(Inbound).where(Inbound.key == inbox.post_key(raw))
        ).one()
        assert raw_of(stored) == raw


def test_the_log_says_nothing_of_what_was_posted(
    app: Flask, hook: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    raw = post(message(text={"body": "sakit sekali"}))
    caplog.set_level("DEBUG")
    hook.post(HOOK, data=raw, headers=signed(raw))
    hook.post(HOOK, data=raw, headers={HEADER: "sha256=palsu"})
    hook.get(HOOK, query_string=ASKED)
    told = caplog.text + json.dumps([str(vars(record)) for record in caplog.records])
    for secret in ("sakit", "6281234560172", VERIFY_TOKEN, APP_SECRET, "palsu"):
        assert secret not in told
