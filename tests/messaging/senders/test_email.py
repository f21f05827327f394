"""Email over a real SMTP server: what is written, what its answers mean, and that nothing is lost with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from helpdesk.lib import clock
from helpdesk.lib.clients.access_tokens import Grant
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.mail_identity import message_id_of, note_reference, read_identity
from helpdesk.messaging.postman import Counts
from helpdesk.messaging.relay import RelaySecret, know_own_addresses
from tests.messaging.builders import queue_one, row
from tests.messaging.post import FROM, deliver, set_up
from tests.support.certificates import make_certificate
from tests.support.sign_in_service import SignInService
from tests.support.smtp import PostOffice

WATI = "wati@example.org"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice().start()
    yield office
    office.stop()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_certificate(folder)
    return folder


@pytest.fixture
def house(app: Flask, office: PostOffice) -> Iterator[PostOffice]:
    """Within the application, whose mail goes to the office."""
    with app.app_context(), time_machine.travel(clock.now(), tick=False):
        set_up(office)
        yield office


def test_it_goes_out_as_text_and_html_with_its_headers(house: PostOffice) -> None:
    message_id = queue_one()
    assert deliver() == Counts(sent=1)
    (mail,) = house.taken
    assert (mail.sender, mail.recipients) == (FROM, (WATI,))
    read = mail.read
    assert read["From"] == f"RSIA Contoh <{FROM}>"
    assert read["To"] == WATI
    assert read["Content-Language"] == "id"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == row(message_id).created_at.replace(microsecond=0)
    assert "KLH-26-00042-7" in read["Subject"]
    assert not {"List-Unsubscribe", "In-Reply-To", "Bcc"} & set(read.keys())
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "http://localhost/lacak/abc" in text.get_content()
    drawn = html.get_content()
    assert drawn.count('href="http://localhost/lacak/abc"') == 2  # as text and as a button
    assert "Buka halaman Anda" in drawn
    assert "src=" not in drawn
    assert mail.raw.isascii()


def test_in_the_language_of_its_reader(house: PostOffice) -> None:
    queue_one(language="en")
    deliver()
    read = house.taken[0].read
    html = read.get_body(("html",))
    assert read["Content-Language"] == "en"
    assert html is not None
    assert "Open your page" in html.get_content()


@pytest.mark.parametrize(
    ("event", "subject", "button"),
    [
        ("disposed", ("ticket", 42), "Buka tiket"),
        ("standing_in", ("leave", 3), "Buka halamannya"),
    ],
)
def test_the_button_of_staff_says_where_it_leads(
    house: PostOffice, event: str, subject: tuple[str, int], button: str
) -> None:
    queue_one(event=event, recipient_kind="staff", subject=subject)
    deliver()
    page = house.taken[0].read.get_body(("html",))
    assert page is not None
    assert button in page.get_content()


def test_its_message_id_names_it_and_the_bytes_are_kept(house: PostOffice) -> None:
    message_id = queue_one()
    deliver()
    message = row(message_id)
    read = house.taken[0].read
    assert read["Message-ID"] == message_id_of(message, "rs.example.org")
    identity = read_identity(read["Message-ID"])
    assert identity is not None
    assert (identity.subject_kind, identity.subject_id, identity.outbox_id) == (
        "ticket",
        42,
        message_id,
    )
    assert (message.status, message.provider_ref) == ("sent", "250 2.0.0 Ok: queued as 0001")
    with get_storage().open(message.sent_digest or "") as kept:
        assert kept.read().rstrip() == house.taken[0].raw.rstrip()


def test_a_domain_that_takes_tags_is_answered_at_one(house: PostOffice) -> None:
    set_up(house, takes_tags=True, reply_to="pengaduan@rs.example.org")
    message_id = queue_one()
    deliver()
    reply_to = house.taken[0].read["Reply-To"]
    assert reply_to.startswith("pengaduan+t.")
    identity = read_identity(reply_to.upper())
    assert identity is not None
    assert identity.outbox_id == message_id


def test_an_answer_to_a_mail_is_found_below_it(house: PostOffice) -> None:
    def came(message_id: str, subject: str) -> None:
        note_reference(message_id, subject=("ticket", 42), address=WATI, mail_subject=subject)

    unit_of_work(lambda: came("<satu@mail.example.org>", "Antrean obat"))
    unit_of_work(lambda: came("<dua@mail.example.org>", "Re: Bls: Antrean obat"))
    queue_one()
    queue_one("other", address="budi@example.org")
    deliver()
    wati, budi = (mail.read for mail in house.taken)
    assert wati["Subject"] == "Re: Antrean obat [KLH-26-00042-7]"
    assert wati["In-Reply-To"] == "<dua@mail.example.org>"
    assert wati["References"] == "<satu@mail.example.org> <dua@mail.example.org>"
    assert wati["Auto-Submitted"] == "auto-replied"
    assert budi["In-Reply-To"] is None
    assert not budi["Subject"].startswith("Re:")


def test_a_long_message_id_stays_as_it_is(house: PostOffice) -> None:
    """As Exchange makes them; encoded, as Python does by itself, no mail programme knows it again."""
    theirs = f"<{'A1B2C3D4' * 8}@sezpr06mb5576.apcprd06.prod.outlook.example>"
    unit_of_work(lambda: note_reference(theirs, subject=("ticket", 42), address=WATI))
    queue_one()
    deliver()
    head = house.taken[0].raw.partition(b"\r\n\r\n")[0].decode()
    assert f"\r\nIn-Reply-To: {theirs}\r\n" in head
    assert f"\r\nReferences: {theirs}\r\n" in head


def test_a_message_id_that_would_forge_a_header_is_left_out(house: PostOffice) -> None:
    forged = "<x@y>\r\nBcc: semua@example.org"
    unit_of_work(
        lambda: note_reference(
            forged, subject=("ticket", 42), address=WATI, mail_subject="Halo\r\nBcc: x@y"
        )
    )
    queue_one()
    assert deliver() == Counts(sent=1)
    assert house.taken[0].read["Bcc"] is None
    assert house.taken[0].read["References"] is None


def test_what_is_read_again_says_where_to_write(house: PostOffice, app: Flask) -> None:
    know_own_addresses(app, lambda: [FROM])
    queue_one()
    deliver()
    text = house.taken[0].read.get_body(("plain",))
    assert text is not None
    assert text.get_content().startswith("##- Tulis balasan Anda di atas baris ini -##")


def test_a_refused_address_is_final_and_the_others_go_over_the_same_connection(
    house: PostOffice,
) -> None:
    house.answers.recipients["hilang@example.org"] = "550 5.1.1 No such user here"
    lost, good = queue_one("lost", address="hilang@example.org"), queue_one("good")
    assert deliver() == Counts(sent=1, failed=1)
    assert (row(lost).status, row(lost).error) == ("failed", "550 5.1.1 No such user here")
    assert row(good).status == "sent"
    assert len(house.connections) == 1


@pytest.mark.parametrize("where", ["recipients", "content", "sender"])
def test_not_now_is_tried_again(house: PostOffice, where: str) -> None:
    said = "451 4.7.1 Greylisted"
    if where == "recipients":
        house.answers.recipients[WATI] = said
    else:
        setattr(house.answers, where, said)
    message_id = queue_one()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert deliver() == Counts(delayed=1)
        assert (row(message_id).error, row(message_id).attempts) == (said, 1)
        house.answers.recipients.clear()
        house.answers.content = house.answers.sender = ""
        traveller.shift(timedelta(minutes=2))
        assert deliver() == Counts(sent=1)
    assert len(house.taken) == 1


@pytest.mark.parametrize("answer", ["550 5.1.1 No such user", "451 4.7.1 Try again later"])
def test_of_what_the_server_did_not_take_no_file_is_left(house: PostOffice, answer: str) -> None:
    house.answers.recipients[WATI] = answer
    message_id = queue_one()
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        assert deliver().sent == 0
    assert row(message_id).sent_digest is None
    assert list(get_storage().digests()) == []


def test_what_is_our_fault_costs_no_message(house: PostOffice) -> None:
    """A refused sender or a changed password: everything waits until somebody mends it, for days."""
    house.answers.sender = "553 5.7.1 Sender address rejected: not owned by user"
    message_id = queue_one()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _turn in range(20):
            assert deliver() == Counts(delayed=1)
            traveller.shift(timedelta(hours=6))
        message = row(message_id)
        assert (message.status, message.attempts) == ("queued", 0)
        assert message.error.startswith("sender 553")
        house.answers.sender = ""
        set_up(house, secret=RelaySecret(password="salah"))
        assert deliver() == Counts(delayed=1)
        assert row(message_id).error.startswith("sign_in 535")
        assert "salah" not in row(message_id).error
        set_up(house)
        traveller.shift(timedelta(hours=6))
        assert deliver() == Counts(sent=1)


def test_killed_and_started_again_nothing_is_lost_or_doubled(house: PostOffice) -> None:
    ids = [queue_one(f"m{turn}", address=f"p{turn}@example.org") for turn in range(6)]
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert deliver(limit=2) == Counts(sent=2)
        house.stop()
        assert deliver() == Counts(delayed=4)
        attempts = [row(message_id).attempts for message_id in ids[2:]]
        assert attempts == [1, 0, 0, 0]  # one knocked for all
        house.start()
        traveller.shift(timedelta(minutes=2))
        assert deliver() == Counts(sent=4)
    assert sorted(mail.recipients[0] for mail in house.taken) == [
        f"p{turn}@example.org" for turn in range(6)
    ]


def test_a_connection_that_was_dropped_in_between_is_opened_anew(house: PostOffice) -> None:
    turn = iter([None, "421 4.3.2 Closing", None])
    house.answers.before_content = lambda: setattr(house.answers, "content", next(turn) or "")
    first, second = queue_one("a"), queue_one("b", address="b@example.org")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert deliver() == Counts(sent=1, delayed=1)
        traveller.shift(timedelta(minutes=2))
        assert deliver() == Counts(sent=1)
    assert {row(first).status, row(second).status} == {"sent"}


def test_a_server_that_dies_over_the_content_gets_it_again_under_the_same_message_id(
    house: PostOffice,
) -> None:
    message_id = queue_one()
    house.answers.hangs_up = True
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert deliver() == Counts(delayed=1)
        assert (row(message_id).attempts, row(message_id).error.split()[0]) == (1, "lost")
        house.answers.hangs_up = False
        traveller.shift(timedelta(minutes=2))
        assert deliver() == Counts(sent=1)
    own = message_id_of(row(message_id), "rs.example.org")
    assert [mail.read["Message-ID"] for mail in house.taken] == [own]


def test_a_mail_that_cannot_be_made_is_refused_and_the_others_go(house: PostOffice) -> None:
    bad, good = queue_one("bad", address="bukan alamat@@"), queue_one("good")
    assert deliver() == Counts(sent=1, failed=1)
    assert row(bad).error.startswith("no_mail")
    assert row(good).status == "sent"


def test_never_to_ourselves(house: PostOffice, app: Flask) -> None:
    know_own_addresses(app, lambda: ["Info@rs.example.org"])
    own = [
        queue_one("a", address=FROM),
        queue_one("b", address="info+t.abc@rs.example.org"),
    ]
    assert deliver() == Counts(failed=2)
    assert {row(one).error for one in own} == {"own_address"}
    assert house.taken == []


def test_without_an_active_relay_mail_goes_to_files(house: PostOffice) -> None:
    set_up(house, is_active=False)
    message_id = queue_one()
    assert deliver() == Counts(sent=1)
    assert row(message_id).provider_ref == f"console:{message_id}"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_over_tls_that_is_verified(
    app: Flask, certificates: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    office = PostOffice(certificates, is_tls=security == "tls").start()
    try:
        with app.app_context(), time_machine.travel(clock.now(), tick=False) as traveller:
            set_up(office, security=security, host="localhost")
            message_id = queue_one()
            assert deliver() == Counts(delayed=1)  # nobody vouches for this certificate
            assert row(message_id).error.startswith("certificate")
            assert office.taken == []
            monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
            traveller.shift(timedelta(minutes=10))
            assert deliver() == Counts(sent=1)
    finally:
        office.stop()


def test_starttls_is_not_skipped_when_it_is_not_offered(house: PostOffice) -> None:
    set_up(house, security="starttls")
    message_id = queue_one()
    assert deliver() == Counts(delayed=1)
    assert row(message_id).error.startswith("encryption")
    assert house.taken == []


def test_an_access_token_is_renewed_and_the_new_permission_kept(house: PostOffice) -> None:
    service = SignInService()
    service.rotates = True
    grant = Grant(service.token_url, "kami", "rahasia-kami", service.refresh_token)
    set_up(house, login="xoauth2", secret=RelaySecret(grant=grant))
    message_id = queue_one()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert deliver() == Counts(delayed=1)  # the server does not know the token
        assert row(message_id).error.startswith("sign_in")
        house.knows_token = service.good_tokens.__contains__
        traveller.shift(timedelta(minutes=10))
        assert deliver() == Counts(sent=1)
    assert service.renewals == 2  # the doubted token was not used again
    service.stop()
