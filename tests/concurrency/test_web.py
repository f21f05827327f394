"""Over HTTP, on the real server: double clicks, two people at once, and kill -9 at the worst moment."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from threading import Barrier, Semaphore
from typing import TypeVar

import pytest
import sqlalchemy as sa
from PIL import Image

from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.tickets import keys
from helpdesk.tickets.answering import answer_ticket
from helpdesk.tickets.records import Attachment
from helpdesk.tickets.ticket import Ticket
from tests.concurrency.killing import kill_everything, kill_one_worker
from tests.concurrency.visitor import Answer, Visitor, hidden_fields, words_in
from tests.concurrency.wholeness import events_of, whole_tickets
from tests.support.cast import PASSWORD, Cast
from tests.support.live import Live

T = TypeVar("T")
WITHIN = 60.0  # seconds
CLICKS = 8
CROWD = 14
TOLD_BEFORE_THE_KILL = 4

pytestmark = pytest.mark.usefixtures("cast")


class Complaint:
    """A form as somebody filled it in, to be sent once or more often."""

    def __init__(self, visitor: Visitor, turn: int = 0) -> None:
        page = visitor.get("/keluhan")
        assert page.status == 200, page.text[:2000]
        self.visitor = visitor
        self.text = f"Obat sirup habis, disuruh beli di luar ({turn})."
        self.photo = photograph(turn)
        self.fields = {
            **hidden_fields(page.text),
            "kind": "complaint",
            "text": self.text,
            "wish": "biasa",
            "name": "Wati",
            "whatsapp": "0812-3456-0172",
            "consent": "y",
        }

    def send(self, by: Visitor | None = None) -> Answer:
        return (by or self.visitor).post("/keluhan", self.fields, self.photo)

    def told(self, by: Visitor | None = None) -> tuple[str, str]:
        """Number and PIN as the page after the form shows them."""
        page = (by or self.visitor).get("/keluhan/diterima")
        assert page.status == 200, page.text[:2000]
        return words_in(page.text, "ticketnum"), words_in(page.text, "pin")


def photograph(turn: int) -> bytes:
    """A picture like no other."""
    picture = io.BytesIO()
    Image.new("RGB", (40 + turn, 30), (turn * 10 % 256, 90, 160)).save(picture, "PNG")
    return picture.getvalue()


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Do all *acts* at the same moment, each in a thread of its own."""
    line = Barrier(len(acts))

    def act(one: Callable[[], T]) -> T:
        line.wait(WITHIN)
        return one()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def must_be_kept(complaint: Complaint, ticket: Ticket) -> None:
    """The words and the photograph are there."""
    assert ticket.text == complaint.text
    file = db.session.scalars(sa.select(Attachment).where(Attachment.ticket_id == ticket.id)).one()
    assert file.received_digest == hashlib.sha256(complaint.photo).hexdigest()
    assert get_storage().verify(file.shown_digest)


def test_eight_clicks_are_one_complaint(web: Live) -> None:
    visitor = Visitor(web.url)
    complaint = Complaint(visitor)
    twins = [visitor.twin() for _ in range(CLICKS)]
    answers = at_once([partial(complaint.send, twin) for twin in twins])
    assert {answer.status for answer in answers} == {302}, web.log
    told = {complaint.told(twin) for twin in twins}
    assert len(told) == 1
    number, _pin = told.pop()
    tickets = whole_tickets()
    assert list(tickets) == [number]
    must_be_kept(complaint, tickets[number])


def test_what_was_answered_survives_kill_9(web: Live) -> None:
    complaint = Complaint(Visitor(web.url))
    assert complaint.send().status == 302
    kill_everything(web)
    web.start_server()
    number, pin = complaint.told()
    must_be_kept(complaint, whole_tickets()[number])
    stranger = Visitor(web.url, "127.0.0.9")
    asked = hidden_fields(stranger.get("/lacak").text)
    found = stranger.post("/lacak", {**asked, "number": number, "pin": pin})
    assert found.location.endswith(f"/lacak/keluhan/{number}")
    assert complaint.text in stranger.get(found.location).text


@pytest.mark.parametrize("kill", [kill_one_worker, kill_everything])
def test_a_crowd_in_the_middle_of_kill_9_sends_again_and_loses_nothing(
    web: Live, kill: Callable[[Live], None]
) -> None:
    crowd = [Complaint(Visitor(web.url, f"127.0.1.{turn + 1}"), turn) for turn in range(CROWD)]
    answered = Semaphore(0)

    def send(complaint: Complaint) -> bool:
        try:
            answer = complaint.send()
        except (OSError, HTTPException):
            return False  # the line went dead
        answered.release()
        return answer.status == 302

    with ThreadPoolExecutor(CROWD) as threads:
        sent = [threads.submit(send, complaint) for complaint in crowd]
        for _ in range(TOLD_BEFORE_THE_KILL):
            assert answered.acquire(timeout=WITHIN), web.log
        kill(web)
        was_told = [one.result() for one in sent]
    if kill is kill_everything:
        assert not all(was_told), "nobody was cut off: the kill came too late"
        web.start_server()
    told = {
        complaint: complaint.told()
        for complaint, is_told in zip(crowd, was_told, strict=True)
        if is_told
    }
    assert {number for number, _ in told.values()} <= set(whole_tickets())
    for complaint in crowd:
        assert complaint.send().status == 302
        key = complaint.told()
        assert told.setdefault(complaint, key) == key, "who sends again is told the same"
    tickets = whole_tickets()
    assert sorted(tickets) == sorted(number for number, _ in told.values())
    for complaint, (number, _pin) in told.items():
        must_be_kept(complaint, tickets[number])


def test_closed_in_two_browsers_at_once_it_is_closed_once(web: Live, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    cast.act("sari", number, lambda t, by: answer_ticket(t, "Obat sudah ada.", by=by))
    link = keys.link_token(cast.ticket(number))
    browsers = [Visitor(web.url, f"127.0.0.{n}") for n in (2, 3)]
    forms = []
    for browser in browsers:
        page = browser.get(browser.get(f"/k/{link}").location)
        forms.append(hidden_fields(page.text))
    answers = at_once(
        [
            partial(browser.post, f"/lacak/keluhan/{number}/selesai", form)
            for browser, form in zip(browsers, forms, strict=True)
        ]
    )
    assert sorted(answer.status for answer in answers) == [302, 409], web.log
    assert events_of(whole_tickets()[number])["confirm"] == 1


def test_two_officers_regrade_at_once_and_the_loser_keeps_every_word(web: Live, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    officers = {
        "sari": {"grade": "merah", "reason": "Anaknya sesak napas."},
        "dimas": {"grade": "hijau", "reason": "Ternyata hanya ditanyakan."},
    }
    sending = []
    for place, (name, words) in enumerate(officers.items()):
        browser = Visitor(web.url, f"127.0.0.{place + 2}")
        sign_in(browser, name)
        path = f"/kerja/tiket/{number}/ubah-grading"
        fields = {**hidden_fields(browser.get(path).text), **words}
        sending.append(partial(browser.post, path, fields))
    answers = dict(zip(officers, at_once(sending), strict=True))
    loser, winner = sorted(officers, key=lambda name: -answers[name].status)
    assert (answers[winner].status, answers[loser].status) == (302, 409), web.log
    assert officers[loser]["reason"] in answers[loser].text
    ticket = whole_tickets()[number]
    assert ticket.grade == officers[winner]["grade"]
    told_of_later_day = {"postpone": 1} if winner == "dimas" else {}
    assert events_of(ticket) == {"open": 1, "triage": 1, "regrade": 1, **told_of_later_day}


def sign_in(browser: Visitor, name: str) -> None:
    asked = hidden_fields(browser.get("/masuk").text)
    answer = browser.post("/masuk", {**asked, "username": name, "password": PASSWORD})
    assert answer.status == 302, answer.text[:2000]
