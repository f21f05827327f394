"""Everything the server and the worker say about a whole story, and nobody is in it.

People's names, telephones, NIK, words, PINs, links and numbers are looked for in the raw lines: what a log holds is
read by people who may read no complaint, and kept by machines that forget nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config import Settings
from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets import keys
from tests.concurrency.test_web import photograph
from tests.concurrency.visitor import Visitor, hidden_fields, words_in
from tests.support.cast import PASSWORD, Cast
from tests.support.live import Live
from tests.support.processes import wait_until

pytestmark = pytest.mark.engines("sqlite")  # the logs know nothing of the engine
WITHIN = 60.0
NAME, PHONE, NIK = "Wati Rahmawati", "0812-3456-0172", "1371014405900002"
WORDS = "Obat sirup anak saya habis dan kami disuruh membeli di luar"
GRADED = "Keluarga sangat gelisah"


@pytest.fixture
def house(cast: Cast, settings: Settings, tmp_path: Path) -> Iterator[Live]:
    """Server and worker as in production."""
    running = Live(replace(settings, testing=False, port=0), tmp_path)
    running.start_server()
    running.start_worker()
    yield running
    running.stop()


def messages_sent() -> bool:
    db.session.rollback()
    return {row.status for row in db.session.query(OutboxMessage)} == {"sent"}


def sign_in(browser: Visitor, name: str, password: str = PASSWORD) -> int:
    asked = hidden_fields(browser.get("/masuk").text)
    return browser.post("/masuk", {**asked, "username": name, "password": password}).status


def complain(browser: Visitor) -> tuple[str, str]:
    page = browser.get("/keluhan")
    facts = {"kind": "complaint", "text": WORDS, "wish": "biasa", "name": NAME, "whatsapp": PHONE}
    fields = {**hidden_fields(page.text), **facts, "affected_record": NIK, "consent": "y"}
    assert browser.post("/keluhan", fields, photograph(3), name=f"{NAME}.png").status == 302
    page = browser.get("/keluhan/diterima")
    return words_in(page.text, "ticketnum"), words_in(page.text, "pin")


def test_a_whole_story_leaves_nobody_in_the_logs(house: Live, cast: Cast) -> None:
    visitor, sari = Visitor(house.url), Visitor(house.url, "127.0.0.2")
    number, pin = complain(visitor)
    link = keys.link_token(cast.ticket(number))
    assert visitor.get(f"/k/{link}").status == 302
    assert visitor.get(f"/lacak?nomor={number}&pin={pin}").status == 200
    stranger = Visitor(house.url, "127.0.0.3")
    asked = hidden_fields(stranger.get("/lacak").text)
    stranger.post("/lacak", {**asked, "number": number, "pin": "000000"})
    stranger.post("/lacak", {**asked, "number": number, "pin": pin})
    assert sign_in(sari, "sari", "salah sama sekali") != 302
    assert sign_in(sari, "sari") == 302
    ticket = f"/kerja/tiket/{number}"
    page = sari.get(f"{ticket}/verifikasi")
    sari.post(
        f"{ticket}/verifikasi", {**hidden_fields(page.text), "title": WORDS, "grade": "merah"}
    )
    cast.triage(number)
    page = sari.get(f"{ticket}/ubah-grading")
    graded = {**hidden_fields(page.text), "grade": "merah", "reason": GRADED}
    assert sari.post(f"{ticket}/ubah-grading", graded).status == 302
    assert sari.get(f"/kerja/cari?cari={NAME.split()[0]}").status == 200
    assert sari.get(f"{ticket}/tidak-ada").status == 404
    assert sari.post(ticket, {"text": WORDS}).status in (400, 404, 405)
    wait_until(messages_sent)
    house.stop()
    log = (house.folder / "live.log").read_text()
    for secret in secrets(number, pin, link):
        assert secret not in log, secret
    _tells_of_the_machine(log)


def secrets(number: str, pin: str, link: str) -> list[str]:
    """Everything about these people that was typed, sent or shown."""
    phone = re.sub(r"\D", "", PHONE)
    return [
        *NAME.split(), PHONE, phone, phone.removeprefix("0"), NIK, WORDS, WORDS.split()[1], GRADED,
        number, number.rpartition("-")[0], pin, link, PASSWORD, "salah sama sekali", "Sari Dewi",
    ]  # fmt: skip


def _tells_of_the_machine(log: str) -> None:
    """What an operator needs is there: lines of JSON, a request's id, its page, its answer, its time."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"public.complain", "staff.regrade", "account.sign_in"} <= {
        line["endpoint"] for line in requests
    }
    assert all(
        {"request_id", "status", "ms", "timestamp", "level"} <= set(line) for line in requests
    )
    assert len({line["request_id"] for line in requests}) == len(requests)
    assert any(line["event"] == "worker started" for line in lines)
