"""A mail that belongs nowhere becomes a complaint of its sender, as surely as a form does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk.intake.inbound import Fate
from helpdesk.intake.mail_outcome import Reason
from helpdesk.intake.mailbox import MailRoute
from helpdesk.intake.understanding import understand
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.files import complainants_files
from helpdesk.tickets.states import Channel, Identity
from helpdesk.tickets.ticket import Ticket
from tests.intake.mailing import (
    OURS,
    WATI,
    arrive,
    compose,
    deposit,
    have_mailbox,
    how_many,
    kinds,
    receipt_id,
    row_of,
    story,
    ticket_of,
)
from tests.support.cast import Cast
from tests.support.files import jpeg

# The email rows of the house's list of sample complaints.
FOREIGN_PATIENT = (
    "I am a foreign patient. The cashier could not explain the charges in English and refused my "
    "card. Please call me."
)
LEGAL_NOTICE = (
    "Terlampir surat somasi dari kuasa hukum keluarga Alm. Tn. S terkait dugaan kelalaian pada "
    "2 Oktober 2026."
)


def test_a_mail_becomes_a_ticket_with_everything_in_it(cast: Cast) -> None:
    row = arrive(compose("Antre obat empat jam.\n\n-- \nWati", subject="Re: Antre obat"))
    ticket = ticket_of(row)
    assert (row.fate, row.reason, row.sender) == (Fate.OPENED, Reason.NEW, "wati@example.org")
    assert (ticket.channel, ticket.identity) == (Channel.EMAIL, Identity.NAMED)
    assert ticket.title == "Antre obat"
    assert "Antre obat empat jam." in ticket.text
    assert ticket.complainant is not None
    assert (ticket.complainant.name, ticket.complainant.email) == (
        "Wati Handayani",
        "wati@example.org",
    )
    assert (ticket.reply_channel, ticket.reply_address) == ("email", "wati@example.org")


def test_the_sender_gets_a_receipt_by_mail(cast: Cast) -> None:
    row = arrive(compose())
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.event == "received")).one()
    assert (told.channel, told.address) == ("email", "wati@example.org")
    assert told.subject_id == row.ticket_id


def test_a_foreign_patient_is_answered_in_english(cast: Cast) -> None:
    ticket = ticket_of(arrive(compose(FOREIGN_PATIENT, subject="Payment problem")))
    assert ticket.language == "en"


def test_a_legal_notice_keeps_its_letter_and_speaks_indonesian(cast: Cast) -> None:
    letter = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    row = arrive(compose(LEGAL_NOTICE, subject="Somasi", files=[("somasi.pdf", letter)]))
    assert ticket_of(row).language == "id"
    assert [file.name for file in complainants_files(row.ticket_id or 0)] == ["somasi.pdf"]


def test_what_the_house_does_not_take_is_named_and_stays_in_the_original(cast: Cast) -> None:
    row = arrive(compose(files=[("foto.jpg", jpeg()), ("jangan.exe", b"MZ\x90\x00" * 40)]))
    assert [file.name for file in complainants_files(row.ticket_id or 0)] == ["foto.jpg"]
    assert story(row.ticket_id)[0].details["mail"]["not_taken"] == ["jangan.exe"]


def test_it_was_received_when_the_mailbox_had_it(cast: Cast) -> None:
    sent_at = (clock.now() - timedelta(hours=5)).replace(microsecond=0)
    assert ticket_of(arrive(compose(sent_at=sent_at))).received_at == sent_at


@pytest.mark.parametrize("off", [timedelta(hours=3), timedelta(days=-40)])
def test_a_wrong_clock_of_the_sender_moves_no_deadline(cast: Cast, off: timedelta) -> None:
    row = arrive(compose(sent_at=clock.now() + off))
    assert ticket_of(row).received_at == row.arrived_at


def test_an_address_stands_for_a_category(cast: Cast) -> None:
    category_id = cast.category_ids["obat"]
    route = MailRoute(address="obat@rs.example", category_id=category_id)
    unit_of_work(lambda: db.session.add(route))
    row = arrive(compose(to="Obat <obat@rs.example>"), have_mailbox())
    assert ticket_of(row).category_id == category_id
    assert story(row.ticket_id)[0].details["source"] == "obat@rs.example"


def test_an_address_stands_for_a_unit_which_is_a_suggestion(cast: Cast) -> None:
    unit_id = cast.unit_ids["farmasi"]
    unit_of_work(lambda: db.session.add(MailRoute(address="farmasi@rs.example", unit_id=unit_id)))
    row = arrive(compose(to="farmasi@rs.example"))
    assert story(row.ticket_id)[0].details["suggested_unit_id"] == unit_id
    assert ticket_of(row).category_id is None


def test_a_blind_copy_is_known_by_its_mailbox(cast: Cast) -> None:
    row = arrive(compose(to="direktur@elsewhere.example"), have_mailbox())
    assert story(row.ticket_id)[0].details["source"] == OURS


def test_only_a_picture_is_enough(cast: Cast) -> None:
    row = arrive(compose("", subject="", files=[("plafon.jpg", jpeg())]))
    assert row.fate == Fate.OPENED


def test_a_subject_alone_is_what_was_said(cast: Cast) -> None:
    assert ticket_of(arrive(compose("", subject="AC mati di 305"))).text == "AC mati di 305"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (compose(sender=""), Reason.NO_SENDER),
        (compose(sender="bukan alamat"), Reason.NO_SENDER),
        (compose("", subject=""), Reason.EMPTY),
        (b"", Reason.NO_SENDER),
        (b"\x00\xff" * 50, Reason.NO_SENDER),
    ],
)
def test_what_is_no_complaint_waits_for_a_person(cast: Cast, raw: bytes, reason: Reason) -> None:
    row = arrive(raw)
    assert (row.fate, row.reason) == (Fate.QUARANTINED, reason)
    assert how_many(Ticket) == 0


def test_understood_twice_it_is_one_ticket(cast: Cast) -> None:
    row_id = deposit(compose())
    assert (understand(row_id), understand(row_id)) == (Fate.OPENED, Fate.OPENED)
    assert how_many(Ticket) == 1
    assert row_of(row_id).look_at is None


def test_the_same_mail_a_second_time_is_a_copy(cast: Cast) -> None:
    raw = compose()
    first, second = arrive(raw), arrive(b"Received: by another.example\r\n" + raw)
    assert (second.fate, second.ticket_id) == (Fate.COPY, first.ticket_id)
    assert how_many(Ticket) == 1


def test_the_same_id_with_other_words_is_a_mail_of_its_own_and_marked(cast: Cast) -> None:
    first = arrive(compose("Satu.", message_id="<sama@example.org>"))
    second = arrive(compose("Lain sekali.", message_id="<sama@example.org>", subject="Lain"))
    assert second.fate == Fate.OPENED
    assert second.ticket_id != first.ticket_id
    assert story(second.ticket_id)[0].details["mail"]["has_namesake"] is True


def test_a_flood_waits_for_a_person_and_the_next_hour_is_free(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.intake.email.MOST_TICKETS", 3)
    rows = [arrive(compose(f"Keluhan ke-{one}.", subject=f"Ke-{one}")) for one in range(4)]
    assert [row.fate for row in rows] == [Fate.OPENED] * 3 + [Fate.QUARANTINED]
    assert rows[3].reason == Reason.TOO_MANY
    assert arrive(compose(sender="Rina <rina@example.org>")).fate == Fate.OPENED


def test_another_tag_with_each_mail_is_the_same_flood(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.intake.email.MOST_TICKETS", 3)
    senders = [f"helpdesk+{one}@example.net" for one in range(4)]
    rows = [arrive(compose(f"Tiket {one}.", sender=one)) for one in senders]
    assert [row.fate for row in rows] == [Fate.OPENED] * 3 + [Fate.QUARANTINED]
    assert arrive(compose(sender="helpdesk2@example.net")).fate == Fate.OPENED


def test_a_forged_sender_gets_a_ticket_with_a_warning(cast: Cast) -> None:
    row = arrive(compose(checks="dmarc=fail"), have_mailbox())
    assert row.fate == Fate.OPENED
    assert story(row.ticket_id)[0].details["mail"]["has_failed"] is True


def test_results_of_a_server_that_is_not_ours_say_nothing(cast: Cast) -> None:
    row = arrive(compose(checks="dmarc=fail"), have_mailbox("other.example"))
    assert "has_failed" not in story(row.ticket_id)[0].details["mail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<promo.example.org>"},
    ],
)
def test_a_machine_opens_nothing_and_hears_nothing(cast: Cast, headers: dict[str, Any]) -> None:
    row = arrive(compose(**headers))
    assert (row.fate, row.ticket_id) == (Fate.AUTOMATIC, None)
    assert how_many(Ticket) == how_many(OutboxMessage) == 0


def test_our_own_address_opens_nothing(cast: Cast) -> None:
    have_mailbox()
    row = arrive(compose(sender=f"RSIA Contoh <{OURS}>", Auto_Submitted="auto-replied"))
    assert (row.fate, how_many(Ticket)) == (Fate.AUTOMATIC, 0)


def test_a_colleague_who_writes_from_our_own_address_is_looked_at(cast: Cast) -> None:
    have_mailbox()
    row = arrive(compose(sender=f"Poli Anak <{OURS}>", subject="Trs: keluhan Ibu Wati"))
    assert (row.fate, row.reason) == (Fate.QUARANTINED, Reason.OWN_ADDRESS)
    opened = arrive(compose())
    back = arrive(compose(sender=OURS, message_id=receipt_id(opened.ticket_id)))
    assert (back.fate, how_many(Ticket)) == (Fate.AUTOMATIC, 1), "a letter of ours that came back"


def test_what_comes_through_a_group_in_front_of_the_mailbox_is_a_complaint(cast: Cast) -> None:
    have_mailbox()
    group: dict[str, Any] = {"List_Id": "<keluhan.rs.example>", "List_Post": f"<mailto:{OURS}>"}
    row = arrive(compose(Precedence="list", **group))
    assert (row.fate, how_many(Ticket)) == (Fate.OPENED, 1)


def test_the_first_event_names_no_address_to_the_units(cast: Cast) -> None:
    row = arrive(compose(sender=WATI))
    assert kinds(row.ticket_id) == ["open"]
    assert "wati@example.org" not in str(story(row.ticket_id)[0].details)
