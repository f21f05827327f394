"""Limits hold across processes, count before the view, and keep no address."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, request
from flask.testing import FlaskClient
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import event, text

from helpdesk.lib.database import db, in_transaction, init_database, unit_of_work
from helpdesk.lib.limits_storage import (
    RateHit,
    SqlRates,
    client_network,
    count_made,
    forget_expired,
    init_limits,
    limited,
)

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def limited_app(app: Flask) -> Flask:
    """A small application of its own on the same migrated database."""
    small = Flask("small")
    small.config.update(SECRET_KEY="small", TESTING=True)
    init_database(small, app.config["SQLALCHEMY_DATABASE_URI"])
    init_limits(small)

    @small.route("/complain", methods=["GET", "POST"])
    @limited("2/minute; 3/hour")
    def complain() -> str:
        return unit_of_work(lambda: str(in_transaction()))

    @small.get("/track")
    @limited("1/minute", methods=())
    def track() -> str:
        return "ticket"

    @small.post("/order")
    @limited("9/minute", made="2/hour")
    def order() -> tuple[str, int]:
        if "refused" in request.form:
            return "", 422
        count_made()
        return "", 200

    @small.get("/free")
    def free() -> str:
        return "free"

    return small


def statuses(
    client: FlaskClient, times: int, path: str = "/complain", address: str = ""
) -> list[int]:
    environ = {"REMOTE_ADDR": address or "203.0.113.7"}
    method = "POST" if path == "/complain" else "GET"
    return [
        client.open(path, method=method, environ_base=environ).status_code for _ in range(times)
    ]


def test_too_many_are_refused_until_the_window_ends(limited_app: Flask) -> None:
    client = limited_app.test_client()
    with time_machine.travel(AT, tick=False) as travel:
        assert statuses(client, 3) == [200, 200, 429]
        assert statuses(client, 1, address="203.0.113.8") == [200]
        travel.shift(timedelta(seconds=60))
        assert statuses(client, 2) == [200, 429], "the hour's limit goes on"
        travel.shift(timedelta(hours=1))
        assert statuses(client, 1) == [200]


def test_only_the_marked_methods_count(limited_app: Flask) -> None:
    client = limited_app.test_client()
    assert [client.get("/complain").status_code for _ in range(4)] == [200] * 4
    assert statuses(client, 2, "/track") == [200, 429]
    assert statuses(client, 4, "/free") == [200] * 4


def test_a_refusal_says_when_to_come_back(limited_app: Flask) -> None:
    client = limited_app.test_client()
    with time_machine.travel(AT, tick=False) as travel:
        statuses(client, 2)
        travel.shift(timedelta(seconds=45))
        answer = client.post("/complain", environ_base={"REMOTE_ADDR": "203.0.113.7"})
        assert answer.headers["Retry-After"] == "15", "what remains of the minute"
        travel.shift(timedelta(seconds=15))
        statuses(client, 1)
        answer = client.post("/complain", environ_base={"REMOTE_ADDR": "203.0.113.7"})
        assert answer.headers["Retry-After"] == str(60 * 60 - 60), "what remains of the hour"


def test_what_was_made_is_counted_apart_from_what_was_tried(limited_app: Flask) -> None:
    client = limited_app.test_client()
    with time_machine.travel(AT, tick=False) as travel:
        refused = [client.post("/order", data={"refused": "1"}).status_code for _ in range(3)]
        assert refused == [422] * 3
        assert [client.post("/order").status_code for _ in range(3)] == [200, 200, 429]
        assert client.post("/order").headers["Retry-After"] == "3600"
        assert statuses(client, 1) == [200], "another view has its own"
        travel.shift(timedelta(hours=1))
        assert client.post("/order").status_code == 200


def test_an_ipv6_subscriber_is_one(limited_app: Flask) -> None:
    client = limited_app.test_client()
    assert statuses(client, 1, "/track", "2001:db8:1:2::1") == [200]
    assert statuses(client, 1, "/track", "2001:db8:1:2:ffff::9") == [429]
    assert statuses(client, 1, "/track", "2001:db8:1:3::1") == [200]
    with limited_app.test_request_context(environ_base={"REMOTE_ADDR": "::ffff:203.0.113.7"}):
        assert client_network() == "203.0.113.7"
    with limited_app.test_request_context(environ_base={"REMOTE_ADDR": ""}):
        assert client_network() == "unknown"


def test_no_address_is_kept(limited_app: Flask) -> None:
    statuses(limited_app.test_client(), 1)
    with limited_app.app_context():
        rows = db.session.execute(text("SELECT * FROM rate_hits")).all()
        assert rows
        assert "203.0.113" not in str(rows)


def test_two_applications_share_the_count(limited_app: Flask, app: Flask) -> None:
    limit = parse("2/minute")
    other = Flask("other")
    other.config.update(SECRET_KEY="small")
    init_database(other, app.config["SQLALCHEMY_DATABASE_URI"])
    answers = []
    for one in (limited_app, other, limited_app):
        with one.app_context():
            answers.append(FixedWindowRateLimiter(SqlRates()).hit(limit, "sign-in", "budi"))
    assert answers == [True, True, False]


def test_all_limits_of_a_view_are_counted_in_one_transaction(limited_app: Flask) -> None:
    commits: list[object] = []
    with limited_app.app_context():
        event.listen(db.engine, "commit", commits.append)
    assert statuses(limited_app.test_client(), 2) == [200, 200]
    assert len(commits) == 2, "one for each request: the unit of this view asks nothing"


def test_what_the_first_limit_refuses_does_not_count_for_the_second(limited_app: Flask) -> None:
    with time_machine.travel(AT, tick=False) as travel:
        assert statuses(limited_app.test_client(), 4) == [200, 200, 429, 429]
        travel.shift(timedelta(minutes=1))
        assert statuses(limited_app.test_client(), 2) == [200, 429], "the third within the hour"


def test_counting_inside_a_unit_of_work_is_refused(limited_app: Flask) -> None:
    with limited_app.app_context(), pytest.raises(RuntimeError, match="before the unit"):
        unit_of_work(lambda: SqlRates().incr("key", 60))


def test_a_database_that_cannot_count_lets_people_in(limited_app: Flask) -> None:
    with limited_app.app_context():
        RateHit.__table__.drop(db.engine)  # type: ignore[attr-defined]
    try:
        assert statuses(limited_app.test_client(), 1, "/track") == [200]
    finally:
        with limited_app.app_context():
            RateHit.__table__.create(db.engine)  # type: ignore[attr-defined]


def test_the_storage_itself(limited_app: Flask) -> None:
    with limited_app.app_context(), time_machine.travel(AT, tick=False) as travel:
        storage = SqlRates()
        assert storage.check()
        assert storage.get("a") == 0
        assert storage.get_expiry("a") == AT.timestamp()
        assert [storage.incr("a", 60), storage.incr("a", 60, 5)] == [1, 6]
        assert storage.get("a") == 6
        travel.shift(timedelta(seconds=59))
        assert storage.get_expiry("a") == (AT + timedelta(seconds=60)).timestamp()
        storage.clear("a")
        assert storage.get("a") == 0
        storage.incr("b", 1)
        storage.incr("c", 600)
        travel.shift(timedelta(seconds=2))
        assert storage.get("b") == 0
        assert unit_of_work(lambda: forget_expired(AT + timedelta(seconds=61))) == 1
        assert storage.reset() == 1
