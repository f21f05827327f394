"""What is measured of the product: pages through WSGI without a network, acts as their doors call them."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from itertools import count, cycle
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench.house import House
from bench.words import complaint, full_name
from helpdesk.accounts import sessions
from helpdesk.accounts.user import User
from helpdesk.intake.admission import admit
from helpdesk.intake.submission import Submission
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.monitoring.facts import settle_day
from helpdesk.monitoring.figures import figures_of
from helpdesk.monitoring.period import Period
from helpdesk.tickets.escalating import escalate_due
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.states import Channel, Status
from helpdesk.tickets.ticket import Ticket

LOOKED_AT = 40  # different tickets, each in its turn
READER, LEADER = "sari", "hanifah"


class Page:
    """GET of one of several addresses (path, cookie) in turn, straight through the WSGI application.

    A cookie that an answer sets is brought along the next time, as every browser does.
    """

    def __init__(self, app: Flask, addresses: Iterable[tuple[str, str]], wants: str) -> None:
        self._app, self._wants = app, wants
        self.addresses = list(addresses)
        self._requests = cycle([_environ(path, cookie) for path, cookie in self.addresses])

    def __call__(self) -> bytes:
        """The body; raises AssertionError for anything but the page that was meant."""
        answer: dict[str, Any] = {}

        asked = next(self._requests)

        def start_response(status: str, headers: Any, error: Any = None) -> Any:
            answer["status"] = status
            for name, value in headers:
                if name == "Set-Cookie":
                    asked["HTTP_COOKIE"] = value.partition(";")[0]

        environ = {**asked, "wsgi.input": io.BytesIO()}
        chunks = self._app.wsgi_app(environ, start_response)
        body = b"".join(chunks)
        if close := getattr(chunks, "close", None):
            close()
        if not answer["status"].startswith("200") or self._wants.encode() not in body:
            raise AssertionError(f"{environ['PATH_INFO']}: {answer['status']}")
        return body


def worklist(house: House) -> Page:
    """Customer care's first page: all open tickets, soonest deadline first."""
    return Page(house.app, [("/kerja", staff_cookie(house))], "c-what")


def counting(house: House) -> Page:
    """What an open worklist asks every ten seconds: the counts beside the views, which are then known."""
    return Page(house.app, [("/kerja/hitung?meja=care&since=0", staff_cookie(house))], "")


def ticket_page(house: House) -> Page:
    """A ticket at work, as customer care sees it."""
    cookie = staff_cookie(house)
    addresses = [(f"/kerja/tiket/{number}", cookie) for _id, number in _at_work(house)]
    return Page(house.app, addresses, "KLH-")


def track_page(house: House) -> Page:
    """The same tickets as their complainants see them."""
    until = int((clock.now() + timedelta(hours=2)).timestamp())
    addresses = [
        (f"/lacak/keluhan/{number}", _cookie(house.app, {"keyring": {number: [id_, 1, until]}}))
        for id_, number in _at_work(house)
    ]
    return Page(house.app, addresses, "KLH-")


def opening(house: House) -> Callable[[], None]:
    """A complaint admitted in its unit of work; half of the people have complained before."""
    chance, keys = random.Random(11), count(1)

    def open_one() -> None:
        submission = Submission(
            text=complaint(chance),
            channel=Channel.WEB,
            name=full_name(chance),
            whatsapp=f"0812{chance.randrange(10**7, 10**8)}",
            place_id=house.cast.place_ids["farmasi"],
            has_consented=True,
            key=f"bench-{next(keys)}",
            session_id="bench",
        )
        with house.app.app_context():
            unit_of_work(lambda: admit(submission))

    return open_one


def sweep(house: House) -> Callable[[], None]:
    """The worker's turn at the clocks when nothing is due."""

    def look() -> None:
        with house.app.app_context():
            if escalate_due(clock.now()):
                raise AssertionError("something was due")

    return look


def overview(house: House) -> Page:
    """Leadership's page of a month that is over."""
    address = f"/pimpinan/?periode={_last_month()}"
    return Page(house.app, [(address, staff_cookie(house, LEADER))], "</table>")


def figures(house: House) -> Callable[[], None]:
    """The figures of that month, without a page around them."""

    def count_month() -> None:
        with house.app.app_context():
            if not figures_of(_last_month(), clock.now()).received:
                raise AssertionError("there was nothing to count")

    return count_month


def settling(house: House) -> Callable[[], None]:
    """What the worker does with the fullest day when one of its complaints was touched."""
    days = select(Ticket.received_on).group_by(Ticket.received_on)
    with house.app.app_context():
        fullest = db.session.scalars(days.order_by(func.count().desc()).limit(1)).one()

    def settle() -> None:
        with house.app.app_context():
            unit_of_work(lambda: settle_day(fullest, clock.now()))

    return settle


def _last_month() -> Period:
    return Period.containing(clock.now().date()).before()


def staff_cookie(house: House, who: str = READER) -> str:
    """The cookie of somebody who is signed in; customer care if nobody is named."""
    with house.app.app_context():
        user = db.session.get_one(User, house.cast.user_ids[who])
        token = unit_of_work(lambda: sessions.open_session(user, device="bench"))
    return _cookie(house.app, {"signed_in": token})


def _at_work(house: House) -> list[tuple[int, str]]:
    with house.app.app_context():
        stands = (Status.IN_PROGRESS.value, Status.IN_REVIEW.value, Status.ANSWERED.value)
        query = select(Ticket).where(Ticket.is_open, Ticket.status.in_(stands)).limit(LOOKED_AT)
        return [(ticket.id, number_of(ticket)) for ticket in db.session.scalars(query)]


def _cookie(app: Flask, session: Mapping[str, Any]) -> str:
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(dict(session))}"


def _environ(address: str, cookie: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": cookie,
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0",
        "HTTP_ACCEPT_LANGUAGE": "id",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
