"""Several postmen at once, a pace that holds across processes, and caps on automatic mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import get_storage
from helpdesk.messaging import outbox, postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import Enclosure, OwnWords
from helpdesk.messaging.postman import Counts, Undelivered
from tests.messaging.builders import VALUES, queue_one, row
from tests.messaging.post import deliver, set_up
from tests.support.smtp import PostOffice


@pytest.fixture
def house(app: Flask) -> Iterator[PostOffice]:
    """Within the application, at a moment that stands still."""
    office = PostOffice().start()
    with app.app_context(), time_machine.travel(clock.now(), tick=False):
        set_up(office)
        yield office
    office.stop()


def queue_many(count: int) -> list[int | None]:
    return [queue_one(f"many{turn}", address=f"p{turn}@example.org") for turn in range(count)]


def letter(key: str, **facts: object) -> int | None:
    """A letter that staff wrote."""

    def write() -> int | None:
        return outbox.queue(
            "letter_from_staff",
            dedupe_key=key,
            channel="email",
            address="wati@example.org",
            language="id",
            recipient_kind="complainant",
            recipient_id=7,
            subject=("ticket", 42),
            values=VALUES,
            own_words=OwnWords("Halo Bu Wati,\n\nsilakan datang.", **facts),
        )

    return unit_of_work(write)


def test_several_postmen_share_the_work(house: PostOffice) -> None:
    set_up(house, connections=2)
    queue_many(12)
    assert deliver() == Counts(sent=12)
    assert len(house.connections) == 2
    assert len(house.taken) == 12


def test_one_address_is_written_to_in_order(house: PostOffice) -> None:
    set_up(house, connections=4)
    ids = [queue_one(f"m{turn}", subject=("ticket", turn + 1)) for turn in range(8)]
    queue_many(8)
    assert deliver() == Counts(sent=16)
    tokens = [mail.read["Message-ID"] for mail in house.taken if "wati" in mail.recipients[0]]
    sent = {row(one).sent_at for one in ids}
    assert len(tokens) == 8
    assert len({mail.peer for mail in house.taken if "wati" in mail.recipients[0]}) == 1
    assert len(sent) == 1


def test_the_pace_is_kept_and_nothing_else_waits_for_it(house: PostOffice) -> None:
    set_up(house, per_minute=3)
    queue_many(5)
    queue_one("wa", channel="whatsapp", address="62812")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert deliver() == Counts(sent=4)
        assert deliver() == Counts()
        assert waiting() == 2
        traveller.shift(timedelta(seconds=61))
        assert deliver() == Counts(sent=2)
    untouched = {row(one).attempts for one in range(1, 7)}
    assert untouched == {1}


def waiting() -> int:
    db.session.rollback()
    held = select(func.count()).where(OutboxMessage.status == "queued")
    return db.session.scalar(held) or 0


def test_automatic_mail_to_one_address_is_capped_and_waits(house: PostOffice) -> None:
    set_up(house, per_address_and_day=3, per_ticket_and_hour=50)
    ids = [queue_one(f"m{turn}", subject=("ticket", turn + 1)) for turn in range(5)]
    queue_one("other", address="budi@example.org")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert deliver() == Counts(sent=4, delayed=2)
        held = row(ids[3])
        assert (held.status, held.error, held.attempts) == ("queued", "cap_address", 0)
        assert held.look_at is not None
        assert held.look_at - clock.now() >= timedelta(days=1)
        traveller.move_to(held.look_at + timedelta(hours=8))
        assert deliver() == Counts(sent=2)


def test_tags_of_one_mailbox_are_capped_together(house: PostOffice) -> None:
    set_up(house, per_address_and_day=2, per_ticket_and_hour=50, connections=3)
    for turn, address in enumerate(
        ("wati+1@example.org", "wati@example.org", "wati+3@example.org", "wati+4@example.net")
    ):
        queue_one(f"m{turn}", address=address, subject=("ticket", turn + 1))
    queue_one("other", address="watianti@example.org", subject=("ticket", 9))
    assert deliver() == Counts(sent=4, delayed=1)


def test_automatic_mail_about_one_ticket_is_capped_by_the_hour(house: PostOffice) -> None:
    set_up(house, per_ticket_and_hour=2)
    ids = [queue_one(f"m{turn}") for turn in range(3)]
    queue_one("staff", recipient_kind="staff", address="sari@example.org")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert deliver() == Counts(sent=3, delayed=1)
        assert row(ids[2]).error == "cap_ticket"
        traveller.shift(timedelta(minutes=75))
        assert deliver() == Counts(sent=1)


def test_what_staff_write_is_neither_capped_nor_automatic(house: PostOffice) -> None:
    set_up(house, per_ticket_and_hour=1, per_address_and_day=1)
    queue_one()
    letter("a")
    letter("b")
    assert deliver() == Counts(sent=3)
    written = [mail.read for mail in house.taken[1:]]
    assert all(read["Auto-Submitted"] is None for read in written)
    body = written[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().split("\r\n\r\n")[:2] == ["Halo Bu Wati,", "silakan datang."]


def test_files_and_copies_go_along(house: PostOffice) -> None:
    digest = get_storage().put(b"%PDF-1.7 isi")
    message_id = letter(
        "a",
        enclosures=(Enclosure("Jadwal poli é.pdf", "application/pdf", digest),),
        cc=("anak@example.org", "hilang@example.org"),
    )
    house.answers.recipients["hilang@example.org"] = "550 5.1.1 No such user"
    assert deliver() == Counts(sent=1)
    (mail,) = house.taken
    assert mail.recipients == ("wati@example.org", "anak@example.org")
    assert mail.read["Cc"] == "anak@example.org, hilang@example.org"
    (file,) = mail.read.iter_attachments()
    assert file.get_filename() == "Jadwal poli é.pdf"
    assert file.get_content() == b"%PDF-1.7 isi"
    assert row(message_id).provider_ref == (
        "250 2.0.0 Ok: queued as 0001 (without hilang@example.org)"
    )


def test_a_copy_that_is_refused_for_now_is_waited_for_a_while(house: PostOffice) -> None:
    message_id = letter("a", cc=("anak@example.org",))
    house.answers.recipients["anak@example.org"] = "450 4.2.0 Greylisted"
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _turn in range(2):
            assert deliver() == Counts(delayed=1)
            look_at = row(message_id).look_at
            assert look_at is not None
            traveller.move_to(look_at)
        assert deliver() == Counts(sent=1)
    assert house.taken[0].recipients == ("wati@example.org",)


def test_who_must_know_of_a_failure_is_told_once(house: PostOffice) -> None:
    house.answers.recipients["wati@example.org"] = "550 5.1.1 No such user"
    house.answers.recipients["budi@example.org"] = "550 5.7.1 Policy"
    queue_one("a")
    queue_one("b", address="budi@example.org")
    told: list[tuple[str, bool]] = []

    def tell(failure: Undelivered) -> None:
        told.append((failure.message.address, failure.is_address_dead))

    postman.deliver_due(clock.now(), when_failed=tell)
    postman.deliver_due(clock.now(), when_failed=tell)
    assert sorted(told) == [("budi@example.org", False), ("wati@example.org", True)]


def test_whoever_is_told_and_fails_stops_nobody(house: PostOffice) -> None:
    def stumble(_failure: Undelivered) -> None:
        raise LookupError

    house.answers.recipients["wati@example.org"] = "550 5.1.1 No such user"
    lost, good = queue_one("a"), queue_one("b", address="budi@example.org")
    assert postman.deliver_due(clock.now(), when_failed=stumble) == Counts(sent=1, failed=1)
    assert (row(lost).status, row(good).status) == ("failed", "sent")
