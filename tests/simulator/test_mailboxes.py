"""The simulator by itself: its store, its mail server, and its pages, with the product played by the test."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.lib.mail.message import Nature
from helpdesk.lib.mail.reading import read_mail
from helpdesk.simulator import store as stores
from helpdesk.simulator.handing import Outcome
from helpdesk.simulator.pages import Correspondent, Stage, create_simulator
from helpdesk.simulator.post_office import HOST, PostOffice
from helpdesk.simulator.store import MailStore, Switch, Way
from helpdesk.simulator.writing import Draft, Enclosure, reply_subject, write_mail

SRI, HOUSE = "sri@mail.example", "keluhan@rs.example"
LETTER = (
    b"From: RSIA Contoh <keluhan@rs.example>\r\nTo: sri@mail.example\r\nReply-To: keluhan+t.abc@rs.example\r\n"
    b"Subject: Jawaban\r\nMessage-ID: <1.abc@rs.example>\r\nReferences: <0.abc@rs.example>\r\n"
    b"Content-Type: text/html\r\n\r\n<p>Obat <b>sudah ada</b>.</p><script>alert(1)</script>\r\n"
)


class Product:
    """What it was handed, and what it says of the next."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.says: Outcome = {"taken": True, "fate": "opened", "ticket": "KLH-26-00042-8"}

    def __call__(self, raw: bytes) -> Outcome:
        self.taken.append(raw)
        return self.says


@pytest.fixture
def store(tmp_path: Path) -> MailStore:
    return MailStore(tmp_path / "simulator" / "mails.db")


@pytest.fixture
def product() -> Product:
    return Product()


@pytest.fixture
def simulator(store: MailStore, product: Product) -> Flask:
    people = [
        Correspondent("Sri Wahyuni", SRI, "pelapor"),
        Correspondent("Sari", "sari@rs.example", "CC", is_staff=True),
    ]
    zone = ZoneInfo("Asia/Jakarta")
    app = create_simulator(Stage("RSIA Contoh", HOUSE, zone, 8000, people, store, product))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def visitor(simulator: Flask) -> FlaskClient:
    return simulator.test_client()


@pytest.fixture
def office(store: MailStore) -> Iterator[int]:
    post_office = PostOffice(store)
    yield post_office.start()
    post_office.stop()


def send(port: int, *recipients: str) -> None:
    with smtplib.SMTP(HOST, port, timeout=10) as wire:
        wire.sendmail(HOUSE, recipients, LETTER)


def test_whoever_is_written_to_has_a_mailbox(store: MailStore, office: int) -> None:
    send(office, SRI, "Lain@Mail.example")
    assert store.boxes() == {SRI: 1, "lain@mail.example": 1}
    (mail,) = store.mails_of("LAIN@mail.example")
    assert (mail.way, mail.subject, mail.is_read) == (Way.IN, "Jawaban", False)
    assert b"sudah ada" in store.open_mail(mail)
    assert store.boxes()["lain@mail.example"] == 0


def test_a_server_that_is_down_refuses_for_now(store: MailStore, office: int) -> None:
    store.turn(Switch.PROVIDER_DOWN, on=True)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(office, SRI)
    assert refused.value.recipients[SRI][0] == 451
    assert store.boxes() == {}
    store.turn(Switch.PROVIDER_DOWN, on=False)
    send(office, SRI)
    assert store.boxes() == {SRI: 1}


def test_the_oldest_go_when_there_are_too_many(
    store: MailStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "MOST_MAILS", 3)
    for number in range(5):
        store.put(SRI, Way.IN, HOUSE, str(number), b"x")
    assert [mail.subject for mail in store.mails_of(SRI)] == ["4", "3", "2"]
    monkeypatch.setattr(stores, "MOST_BYTES", 10)
    store.put(SRI, Way.IN, HOUSE, "5", b"123456789")
    assert [mail.subject for mail in store.mails_of(SRI)] == ["5", "4"]


def test_a_reply_is_written_as_mail_programs_do() -> None:
    read = read_mail(LETTER)
    files = [Enclosure("foto.jpg", "image/jpeg", b"\xff\xd8")]
    raw = write_mail(
        Draft("Sri", SRI, HOUSE, reply_subject(read.subject), "Belum.\r\n", read, files)
    )
    reply = read_mail(raw)
    assert reply.in_reply_to == "<1.abc@rs.example>"
    assert reply.references == ("<0.abc@rs.example>", "<1.abc@rs.example>")
    assert (reply.subject, reply.reply) == ("Re: Jawaban", "Belum.")
    assert "> Obat sudah ada." in reply.text
    assert [file.name for file in reply.files] == ["foto.jpg"]
    assert reply.nature is Nature.PERSON
    absent = write_mail(Draft("Sri", SRI, HOUSE, "Cuti", "Saya cuti.", read, is_automatic=True))
    assert read_mail(absent).nature is Nature.AUTOMATIC


def test_what_is_written_goes_to_the_product(
    visitor: FlaskClient, store: MailStore, product: Product
) -> None:
    assert SRI in visitor.get("/").get_data(as_text=True)
    empty = visitor.post(f"/kotak/{SRI}/tulis", data={"recipient": HOUSE, "subject": "x"})
    assert empty.status_code == 422
    assert product.taken == []
    letter = {"recipient": HOUSE, "subject": "Obat", "text": "Obat habis.\r\nSri"}
    shown = visitor.post(f"/kotak/{SRI}/tulis", data=letter, follow_redirects=True)
    assert "http://localhost:8000/kerja/tiket/KLH-26-00042-8" in shown.get_data(as_text=True)
    (raw,) = product.taken
    mail = read_mail(raw)
    assert (mail.sender.name, mail.sender.address) == ("Sri Wahyuni", SRI)
    assert mail.text.strip() == "Obat habis.\nSri"
    assert [one.way for one in store.mails_of(SRI)] == [Way.OUT]


def test_a_reply_goes_where_the_mail_wants_it(
    visitor: FlaskClient, store: MailStore, product: Product
) -> None:
    mail_id = store.put(SRI, Way.IN, "RSIA Contoh", "Jawaban", LETTER)
    page = visitor.get(f"/kotak/{SRI}/{mail_id}").get_data(as_text=True)
    assert 'value="keluhan+t.abc@rs.example"' in page
    assert "<b>sudah ada</b>" in page
    assert "alert(1)" not in page
    answer = {"recipient": "keluhan+t.abc@rs.example", "subject": "Re: Jawaban", "text": "Ok"}
    visitor.post(f"/kotak/{SRI}/{mail_id}/tulis", data=answer)
    assert read_mail(product.taken[0]).in_reply_to == "<1.abc@rs.example>"


@pytest.mark.parametrize(
    ("said", "is_well"),
    [
        ({"taken": True, "fate": "added", "ticket": "KLH-26-00042-8"}, True),
        ({"taken": True, "fate": "automatic", "ticket": None}, True),
        ({"taken": True, "fate": "copy", "ticket": None}, True),
        ({"taken": True, "fate": "bounced", "ticket": None}, True),
        ({"taken": True, "fate": "", "ticket": None}, True),
        ({"taken": True, "fate": "quarantined", "ticket": None}, False),
        ({"taken": False}, False),
    ],
)
def test_what_became_of_it_is_said(
    visitor: FlaskClient, product: Product, said: Outcome, is_well: bool
) -> None:
    product.says = said
    letter = {"recipient": HOUSE, "subject": "", "text": "Obat habis."}
    shown = visitor.post(f"/kotak/{SRI}/tulis", data=letter, follow_redirects=True)
    page = shown.get_data(as_text=True)
    assert len(re.findall(r'role="status"', page)) == 1
    assert ("note-warn" in page) is not is_well


def test_a_file_is_kept_and_never_shown(visitor: FlaskClient, store: MailStore) -> None:
    raw = write_mail(
        Draft("", HOUSE, SRI, "x", "x", files=[Enclosure("a.html", "text/html", b"<script>")])
    )
    mail_id = store.put(SRI, Way.IN, HOUSE, "x", raw)
    answer = visitor.get(f"/kotak/{SRI}/{mail_id}/0")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.html"
    assert visitor.get(f"/kotak/{SRI}/{mail_id}/1").status_code == 404
    assert visitor.get(f"/kotak/lain@mail.example/{mail_id}").status_code == 404


def test_the_switch_and_the_language(visitor: FlaskClient, store: MailStore) -> None:
    assert visitor.post("/gangguan").status_code == 303
    assert store.is_on(Switch.PROVIDER_DOWN)
    assert 'class="late"' in visitor.get("/").get_data(as_text=True)
    visitor.post("/gangguan")
    assert not store.is_on(Switch.PROVIDER_DOWN)
    page = visitor.get("/?bahasa=en", follow_redirects=True).get_data(as_text=True)
    assert '<html lang="en"' in page
