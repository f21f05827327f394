"""To which ticket a mail belongs, and whose word it is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import User
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.mail_outcome import Reason
from helpdesk.intake.mail_reading import read_original
from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.mail_identity import message_id_of, tagged_address
from helpdesk.messaging.message import OutboxMessage
from helpdesk.registry.complainant import Identifier
from helpdesk.tickets import answering, closing, keys, merging, questions, writing
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Question
from helpdesk.tickets.states import Access, Status
from helpdesk.tickets.ticket import Ticket
from tests.intake.mailing import (
    OURS,
    STRANGER,
    arrive,
    compose,
    have_mailbox,
    how_many,
    kinds,
    number,
    receipt_id,
    story,
    ticket_of,
)
from tests.support.cast import Cast
from tests.tickets.steps import as_complainant

PASSED, FAILED = "dmarc=pass", "dmarc=fail"


def _complaint() -> Inbound:
    return arrive(compose())


def _answered(cast: Cast, numbered: str) -> None:
    cast.triage(numbered)
    cast.act("sari", numbered, lambda t, by: answering.answer_ticket(t, "Sudah ada.", by=by))


def _reply(opened: Inbound, text: str = "Sampai sekarang belum ada.", **facts: Any) -> Inbound:
    facts = {"answers": receipt_id(opened.ticket_id), "subject": "Re: Keluhan Anda", **facts}
    mailbox_id = facts.pop("mailbox_id", None)
    return arrive(compose(text, **facts), int(mailbox_id) if mailbox_id else None)


def test_an_answer_to_our_mail_is_the_complainants_message(cast: Cast) -> None:
    opened = _complaint()
    row = _reply(
        opened, "Belum ada.\n\nPada Sab, 21 Nov 2026 RSIA Contoh <k@rs.example> menulis:\n> Baik"
    )
    assert (row.fate, row.reason, row.ticket_id) == (Fate.ADDED, Reason.BY_TOKEN, opened.ticket_id)
    event = story(opened.ticket_id)[-1]
    assert (event.kind, event.actor_kind, event.audience) == (
        "add_message",
        "complainant",
        "public",
    )
    assert event.text == "Belum ada."
    assert "> Baik" in event.details["mail"]["whole"]


def test_the_tagged_address_is_enough(cast: Cast) -> None:
    opened = _complaint()
    receipt = db.session.scalars(select(OutboxMessage)).first()
    assert receipt is not None
    row = arrive(compose("Masih sama.", to=tagged_address(OURS, receipt), subject="Lanjutan"))
    assert (row.fate, row.ticket_id) == (Fate.ADDED, opened.ticket_id)


def test_an_answer_to_their_own_mail_is_found(cast: Cast) -> None:
    opened = arrive(compose(message_id="<satu@example.org>"))
    row = arrive(compose("Tambahan: nomor antrean 12.", answers="<satu@example.org>"))
    assert (row.reason, row.ticket_id) == (Reason.BY_REFERENCE, opened.ticket_id)


def test_a_stranger_who_uses_their_message_id_again_takes_nothing_away(cast: Cast) -> None:
    opened = arrive(compose(message_id="<satu@mail.example.org>"))
    arrive(compose("Lain.", sender=STRANGER, message_id="<satu@mail.example.org>"))
    row = arrive(compose("Tambahan.", answers="<satu@mail.example.org>"))
    assert (row.reason, row.ticket_id) == (Reason.BY_REFERENCE, opened.ticket_id)


def test_a_domain_beyond_ascii_is_the_same_however_it_is_spelt(cast: Cast) -> None:
    wati = "Wati <wati@xn--mnchen-3ya.example>"
    row = _reply(arrive(compose(sender=wati)), sender=wati)
    assert (row.fate, row.reason) == (Fate.ADDED, Reason.BY_TOKEN)


def test_the_number_counts_from_the_complainants_address_only(cast: Cast) -> None:
    opened = _complaint()
    subject = f"Tanya {number(opened)}"
    theirs = arrive(compose("Bagaimana?", subject=subject))
    assert (theirs.reason, theirs.ticket_id) == (Reason.BY_NUMBER, opened.ticket_id)
    assert story(opened.ticket_id)[-1].details["mail"]["is_unproved"] is True
    other = arrive(compose("Saya juga.", subject=subject, sender=STRANGER))
    assert (other.fate, other.reason) == (Fate.OPENED, Reason.QUOTED)
    assert other.ticket_id != opened.ticket_id
    assert kinds(opened.ticket_id)[-1] == kinds(other.ticket_id)[-1] == "link"
    assert story(opened.ticket_id)[-1].audience == "care"


def test_a_proved_number_needs_no_mark(cast: Cast) -> None:
    opened, mailbox_id = _complaint(), have_mailbox()
    arrive(compose("Halo.", subject=number(opened), checks=PASSED), mailbox_id)
    assert "is_unproved" not in story(opened.ticket_id)[-1].details["mail"]


@pytest.mark.parametrize("text", ["nomor 00001", "26-00001", "KLH-26-00001-4"])
def test_half_a_number_belongs_nowhere(cast: Cast, text: str) -> None:
    _complaint()
    row = arrive(compose("Halo lagi.", subject=text))
    assert (row.fate, row.reason) == (Fate.OPENED, Reason.NEW)


def test_somebody_elses_answer_is_shown_as_somebody_elses(cast: Cast) -> None:
    opened = _complaint()
    row = _reply(opened, "Saya kakaknya.", sender=STRANGER)
    assert (row.fate, row.reason, row.ticket_id) == (
        Fate.ADDED,
        Reason.OTHER_PERSON,
        opened.ticket_id,
    )
    event = story(opened.ticket_id)[-1]
    assert (event.kind, event.actor_kind, event.audience) == ("other_wrote", "system", "care")
    assert "lain@example.net" in event.details["sender"]
    told = db.session.scalars(
        select(OutboxMessage.recipient_kind).where(OutboxMessage.event == "other_wrote")
    )
    assert set(told) == {"staff"}


def test_who_got_a_copy_is_a_participant_and_still_somebody_else(cast: Cast) -> None:
    opened = _complaint()
    write = writing.write_to_complainant
    cast.act(
        "sari", number(opened), lambda t, by: write(t, "Kabar.", by=by, cc=["lain@example.net"])
    )
    row = arrive(compose("Terima kasih.", sender=STRANGER, subject=number(opened)))
    assert (row.reason, row.ticket_id) == (Reason.OTHER_PERSON, opened.ticket_id)


def test_a_flood_on_one_ticket_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.intake.email.MOST_MESSAGES", 2)
    opened = _complaint()
    rows = [_reply(opened, f"Ke-{one}.") for one in range(3)]
    assert [row.fate for row in rows] == [Fate.ADDED, Fate.ADDED, Fate.QUARANTINED]
    assert (rows[2].reason, rows[2].ticket_id) == (Reason.TOO_MANY, opened.ticket_id)


def test_somebody_else_answers_no_question(cast: Cast) -> None:
    opened = _complaint()
    _ask(cast, opened)
    _reply(opened, "Nomornya 12.", sender=STRANGER)
    assert _open_questions(opened) == 1


def test_the_complainants_mail_answers_the_one_open_question(cast: Cast) -> None:
    opened = _complaint()
    _ask(cast, opened)
    _reply(opened, "Nomornya 12.")
    assert _open_questions(opened) == 0
    assert kinds(opened.ticket_id)[-1] == "reply_to_question"
    assert story(opened.ticket_id)[-1].details["mail"]["id"]


def test_an_unproved_number_answers_no_question(cast: Cast) -> None:
    opened = _complaint()
    _ask(cast, opened)
    arrive(compose("Nomornya 12.", subject=number(opened)))
    assert _open_questions(opened) == 1
    assert kinds(opened.ticket_id)[-1] == "add_message"


def _ask(cast: Cast, opened: Inbound) -> None:
    cast.triage(number(opened))
    ask = questions.ask_complainant
    cast.act("sari", number(opened), lambda t, by: ask(t, "Nomor antrean?", by=by))


def _open_questions(opened: Inbound) -> int:
    rows = select(Question).where(
        Question.ticket_id == opened.ticket_id, Question.answered_at.is_(None)
    )
    return len(db.session.scalars(rows).all())


@pytest.mark.parametrize("words", ["selesai", "Belum.", "Sudah selesai, terima kasih."])
def test_a_word_by_mail_neither_closes_nor_reopens(cast: Cast, words: str) -> None:
    opened = _complaint()
    _answered(cast, number(opened))
    _reply(opened, words)
    assert ticket_of(opened).status == Status.ANSWERED
    assert kinds(opened.ticket_id)[-1] == "add_message"


def test_after_closing_it_is_a_message_while_an_objection_is_possible(cast: Cast) -> None:
    opened = _complaint()
    _answered(cast, number(opened))
    _close(cast, opened)
    row = _reply(opened, "Ternyata belum beres.")
    assert (row.fate, row.ticket_id) == (Fate.ADDED, opened.ticket_id)


def test_after_the_window_it_is_a_new_ticket_linked_to_the_old(cast: Cast) -> None:
    opened = _complaint()
    _answered(cast, number(opened))
    _close(cast, opened)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        row = _reply(opened, "Ternyata belum beres.")
    assert (row.fate, row.reason) == (Fate.OPENED, Reason.TOO_LATE)
    assert (kinds(opened.ticket_id)[-1], kinds(row.ticket_id)[-1]) == ("link", "link")
    link = story(row.ticket_id)[-1].details
    assert (link["number"], link["refers"]) == (number(opened), True)


def test_what_left_by_an_exit_gets_a_new_ticket(cast: Cast) -> None:
    opened = _complaint()
    cast.act(
        "sari",
        number(opened),
        lambda t, by: leave_by_exit(t, Status.NOT_OURS, "Milik dinas lain.", by=by),
    )
    row = _reply(opened)
    assert (row.fate, row.reason) == (Fate.OPENED, Reason.LEFT)


def _close(cast: Cast, opened: Inbound) -> None:
    as_complainant(number(opened), lambda t, by: closing.confirm_solved(t, by=by))


def test_on_a_merged_ticket_it_goes_to_those_at_work_on_the_leading_one(cast: Cast) -> None:
    opened, leading = _complaint(), cast.complain()
    leading_id = leading.ticket.id
    _merge(cast, number(opened), leading.number)
    row = _reply(opened)
    assert (row.fate, row.ticket_id) == (Fate.ADDED, opened.ticket_id)
    told = select(OutboxMessage.subject_id).where(OutboxMessage.event == "complainant_wrote")
    assert set(db.session.scalars(told)) == {leading_id}


def _merge(cast: Cast, follower: str, leading: str) -> None:
    cast.triage(leading)
    cast.triage(follower)

    def verb(ticket: Ticket, by: Actor) -> None:
        merging.merge_ticket(ticket, find_to_change(by, leading), "Hal yang sama.", by=by)

    cast.act("sari", follower, verb)


@pytest.mark.parametrize("how", ["restricted", "anonymous"])
def test_somebody_else_is_not_heard_on_a_guarded_ticket(cast: Cast, how: str) -> None:
    opened = _complaint()

    def guard() -> None:
        ticket = db.session.get_one(Ticket, opened.ticket_id)
        if how == "restricted":
            ticket.access = Access.RESTRICTED.value
        else:
            ticket.identity = "anonymous"

    unit_of_work(guard)
    before = kinds(opened.ticket_id)
    row = _reply(opened, sender=STRANGER)
    assert (row.fate, row.reason) == (Fate.QUARANTINED, Reason.OTHER_SENDER)
    machine = _reply(opened, sender=STRANGER, Auto_Submitted="auto-replied")
    assert (machine.fate, machine.ticket_id) == (Fate.AUTOMATIC, opened.ticket_id), "guarded too"
    assert kinds(opened.ticket_id) == before


def test_what_follows_a_confidential_ticket_is_confidential(cast: Cast) -> None:
    admitted = cast.complain(wish=Wish.CONFIDENTIAL, whatsapp="", email="wati@example.org")
    cast.act(
        "sari",
        admitted.number,
        lambda t, by: leave_by_exit(t, Status.WITHDRAWN, "Dicabut.", by=by),
    )
    row = arrive(compose("Saya buka lagi.", answers=receipt_id(admitted.ticket.id)))
    ticket = ticket_of(row)
    assert (row.reason, ticket.access) == (Reason.LEFT, Access.RESTRICTED)


def _by_token(opened: Inbound) -> dict[str, Any]:
    return {"answers": receipt_id(opened.ticket_id)}


def _by_number(opened: Inbound) -> dict[str, Any]:
    return {"subject": number(opened)}


@pytest.mark.parametrize("naming", [_by_token, _by_number])
def test_who_fails_the_checks_is_no_participant(
    cast: Cast, naming: Callable[[Inbound], dict[str, Any]]
) -> None:
    mailbox_id, opened = have_mailbox(), _complaint()
    row = arrive(compose("Saya cabut.", checks=FAILED, **naming(opened)), mailbox_id)
    assert (row.fate, row.reason, row.ticket_id) == (
        Fate.QUARANTINED,
        Reason.NOT_PROVED,
        opened.ticket_id,
    )
    assert kinds(opened.ticket_id) == ["open"]


@pytest.mark.parametrize("link", ["{0}", "https://safe.example/?url={1}&x=1"])
def test_the_key_in_a_quoted_mail_of_ours_is_for_nobody(cast: Cast, link: str) -> None:
    opened = _complaint()
    key = keys.link_token(ticket_of(opened))
    written = link.format(
        keys.link_of(ticket_of(opened)), quote(keys.link_of(ticket_of(opened)), "")
    )
    html = f"<p>Belum ada.</p><p>Lihat <a href='{written}'>di sini</a></p>"
    row = _reply(opened, f"Belum ada.\n\nKata Anda: {written}", html=html)
    event = story(row.ticket_id)[-1]
    assert "Kata Anda" in event.text
    assert key not in f"{event.text} {event.details}"
    passed_on = arrive(compose(f"Titipan: {written}", sender=STRANGER))
    assert key not in ticket_of(passed_on).text
    read = read_original(row)
    assert "di sini" in read.html
    assert key not in read.html


def test_a_forged_token_is_no_token(cast: Cast) -> None:
    opened = _complaint()
    token = receipt_id(opened.ticket_id)
    forged = token.replace(token[10:13], "aaa")
    assert arrive(compose("Halo.", answers=forged)).fate == Fate.OPENED


def test_an_absence_note_is_kept_and_changes_nothing(cast: Cast) -> None:
    opened = _complaint()
    _answered(cast, number(opened))
    before, mails = ticket_of(opened), how_many(OutboxMessage)
    facts = (before.status, before.is_waiting, before.due_at, before.needs)
    row = _reply(opened, "Saya sedang cuti.", Auto_Submitted="auto-replied")
    after = ticket_of(opened)
    assert (row.fate, row.ticket_id) == (Fate.AUTOMATIC, opened.ticket_id)
    assert (after.status, after.is_waiting, after.due_at, after.needs) == facts
    assert how_many(OutboxMessage) == mails
    assert story(opened.ticket_id)[-1].audience == "care"


def test_a_bounce_is_tied_to_the_message_and_flags_the_address(cast: Cast) -> None:
    opened = _complaint()
    row = arrive(_bounce(receipt_id(opened.ticket_id)))
    assert (row.fate, row.ticket_id) == (Fate.BOUNCED, opened.ticket_id)
    message = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient_kind == "complainant")
    ).one()
    assert message.status == "failed"
    assert _flags() == [True]
    _reply(opened, "Alamat saya sudah benar lagi.")
    assert _flags() == [False]


def _flags() -> list[bool]:
    return [at is not None for at in db.session.scalars(select(Identifier.undeliverable_at))]


def test_a_bounce_of_nothing_of_ours_is_only_kept(cast: Cast) -> None:
    row = arrive(_bounce("<entah@elsewhere.example>"))
    assert (row.fate, row.reason) == (Fate.AUTOMATIC, Reason.UNKNOWN_BOUNCE)


def _bounce(original: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nTo: keluhan@rs.example\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <b1@mx.example.org>\r\nDate: Sat, 21 Nov 2026 07:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nTidak terkirim.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        "Final-Recipient: rfc822; wati@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def _give_address(cast: Cast, name: str) -> None:
    def unit() -> None:
        db.session.get_one(User, cast.user_ids[name]).email = f"{name}@rs.example"

    unit_of_work(unit)


def _told(cast: Cast, name: str = "ratih") -> Inbound:
    """A complaint of which *name* was told by mail, because something was added to it."""
    _give_address(cast, name)
    opened = _complaint()
    _reply(opened)
    return opened


def test_staff_answer_their_own_notice_with_a_note(cast: Cast) -> None:
    mailbox_id, opened = have_mailbox(), _told(cast)
    row = arrive(
        compose(
            "Sudah saya telepon.",
            sender="Ratih <ratih@rs.example>",
            answers=receipt_id(opened.ticket_id, "staff"),
            checks=PASSED,
        ),
        mailbox_id,
    )
    assert (row.fate, row.reason) == (Fate.ADDED, Reason.BY_STAFF)
    event = story(opened.ticket_id)[-1]
    assert (event.kind, event.actor_id, event.audience) == (
        "note",
        cast.user_ids["ratih"],
        "staff",
    )


@pytest.mark.parametrize(
    ("sender", "checks", "reason"),
    [
        ("ratih@rs.example", "", Reason.NOT_PROVED),
        ("ratih@rs.example", FAILED, Reason.NOT_PROVED),
        ("sari@rs.example", PASSED, Reason.OTHER_SENDER),
        ("lain@example.net", PASSED, Reason.OTHER_SENDER),
        ("wati@example.org", PASSED, Reason.OTHER_SENDER),
    ],
)
def test_nobody_else_writes_by_a_notice_to_staff(
    cast: Cast, sender: str, checks: str, reason: Reason
) -> None:
    mailbox_id, opened = have_mailbox(), _told(cast)
    _give_address(cast, "sari")
    before = kinds(opened.ticket_id)
    answers = receipt_id(opened.ticket_id, "staff")
    row = arrive(compose("Halo.", sender=sender, answers=answers, checks=checks), mailbox_id)
    assert (row.fate, row.reason) == (Fate.QUARANTINED, reason)
    assert kinds(opened.ticket_id) == before


def test_staff_without_a_right_write_nothing(cast: Cast) -> None:
    mailbox_id, opened = have_mailbox(), _told(cast)

    def guard() -> None:
        user = db.session.get_one(User, cast.user_ids["ratih"])
        user.grants[0].role = Role.INTAKE.value

    unit_of_work(guard)
    answers = receipt_id(opened.ticket_id, "staff")
    row = arrive(
        compose("Halo.", sender="ratih@rs.example", answers=answers, checks=PASSED), mailbox_id
    )
    assert (row.fate, row.reason) == (Fate.QUARANTINED, Reason.NO_RIGHT)


def test_staff_who_complain_are_complainants(cast: Cast) -> None:
    _give_address(cast, "budi")
    row = arrive(compose("AC ruang kami mati.", sender="Budi <budi@rs.example>"))
    assert row.fate == Fate.OPENED
    assert story(row.ticket_id)[0].actor_kind == "complainant"


def test_an_answer_to_what_is_no_ticket_waits(cast: Cast) -> None:
    opened = _complaint()

    def unit() -> None:
        message = db.session.scalars(select(OutboxMessage)).first()
        assert message is not None
        message.subject_kind, message.recipient_kind = "summary", "staff"

    answers = receipt_id(opened.ticket_id)
    unit_of_work(unit)
    message = db.session.scalars(select(OutboxMessage)).first()
    assert message is not None
    answers = message_id_of(message, "rs.example")
    assert arrive(compose("Terima kasih.", answers=answers)).reason == Reason.NO_TICKET


def test_two_complaints_do_not_mix(cast: Cast) -> None:
    first = _complaint()
    second = arrive(compose("Parkir penuh.", sender=STRANGER, subject="Parkir"))
    assert number_of(ticket_of(first)) != number_of(ticket_of(second))
    assert _reply(second, sender=STRANGER).ticket_id == second.ticket_id
