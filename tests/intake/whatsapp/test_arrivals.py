"""One POST becomes rows: each message once, in the order in which it was said, whatever else comes with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.intake import inbox
from helpdesk.intake.inbound import Fate
from helpdesk.intake.mail_access import find_mail, quarantined
from helpdesk.intake.mail_outcome import Reason
from helpdesk.intake.understanding import understand
from helpdesk.intake.whatsapp.arrivals import reference_of
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.conversations import PATIENCE, QUIET, QUIET_AFTER_TAP
from helpdesk.intake.whatsapp.set_aside import discard_post, posts_set_aside, take_in_again
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, NotFound
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.contacts import address_of, contact_at
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.undeliverable import note_undeliverable, undelivered_at
from helpdesk.tickets.records import TicketEvent
from tests.support.cast import Cast
from tests.support.webhooks import (
    OUR_NUMBER,
    WATI,
    WATI_ID,
    arrive,
    deposit,
    have_line,
    message,
    messages,
    on_the_wire,
    post,
    status,
    wire,
)

AT = datetime(2026, 11, 20, 7, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _line(cast: Cast) -> None:
    have_line(cast)


def conversation() -> Conversation:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Conversation)).one()


def at(seconds: float) -> time_machine.travel:
    return time_machine.travel(AT + timedelta(seconds=seconds), tick=False)


@pytest.mark.parametrize("path", on_the_wire(), ids=lambda path: path.stem)
def test_every_payload_on_the_wire_has_a_fate(path: Path) -> None:
    with at(60):
        row = arrive(path.read_bytes())
    expected = Fate.QUARANTINED if path.stem == "other_number" else Fate.SPLIT
    assert (row.fate, row.error, row.look_at, row.attempts) == (expected, "", None, 0)
    for one in messages():
        assert one.provider_id.startswith("wamid.")
        assert one.reference == reference_of(one.provider_id)
        assert (one.inbox_id, one.arrived_at) == (row.id, row.arrived_at)


def test_a_message_is_due_to_be_answered_after_a_short_quiet() -> None:
    with at(0):
        row = arrive(post(message(at=AT - timedelta(seconds=2), text={"body": "Obat habis"})))
    (one,) = messages()
    assert (row.fate, row.reason, row.sender) == (Fate.SPLIT, Reason.MESSAGES, f"+{WATI}")
    assert (one.text, one.said_at, one.arrived_at) == ("Obat habis", AT - timedelta(seconds=2), AT)
    assert (one.handled_at, one.fate, one.look_at) == (None, "", None)
    talk = conversation()
    assert (talk.contact_id, talk.heard_at) == (one.contact_id, one.said_at)
    assert talk.look_at == AT + QUIET
    contact = contact_at(f"+{WATI}")
    assert contact is not None
    assert contact.window_until == one.said_at + timedelta(hours=24)


def test_a_tap_ends_the_thought_and_is_answered_sooner() -> None:
    with at(0):
        arrive(post(message(text={"body": "Obat habis"})))
    with at(1):
        arrive(wire("button_reply"))
    assert conversation().look_at == AT + timedelta(seconds=1) + QUIET_AFTER_TAP
    with at(1.5):
        arrive(post(message(text={"body": "di apotek depan"})))
    assert conversation().look_at == AT + timedelta(seconds=1.5) + QUIET


def test_whoever_goes_on_writing_is_answered_once_but_not_too_late() -> None:
    for seconds in range(0, 30, 3):
        with at(seconds):
            arrive(post(message()))
        due = min(AT + timedelta(seconds=seconds) + QUIET, AT + PATIENCE)
        assert conversation().look_at == max(due, AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "name", ["sticker", "reaction", "reaction_removed", "edit", "revoke", "number_changed"]
)
def test_a_trace_is_kept_and_never_answered(name: str) -> None:
    with at(60):
        arrive(wire(name))
    (one,) = messages()
    assert one.handled_at is not None
    assert (one.fate, one.reason) == (Fate.AUTOMATIC, "trace")
    assert conversation().look_at is None


@pytest.mark.parametrize(
    ("name", "is_open"),
    [("text", True), ("sticker", True), ("reaction", False), ("edit", False), ("revoke", False)],
)
def test_only_a_word_to_us_opens_the_window(name: str, is_open: bool) -> None:
    with at(60):
        arrive(wire(name))
    contact = contact_at(f"+{WATI}")
    assert contact is not None
    assert (contact.window_until is not None) is is_open


def test_a_file_is_to_be_fetched_at_once() -> None:
    with at(60):
        arrive(wire("voice_note"))
    (one,) = messages()
    assert (one.media_id, one.media_state) == ("1013859600285444", "wanted")
    assert one.look_at == AT + timedelta(seconds=60)
    assert one.facts["media"]["is_voice"] is True
    assert len(one.facts["media"]["sha256"]) == 64


@pytest.mark.parametrize("media_id", ["../../v1/me", "1?fields=url", "a/b", "x" * 191, ""])
def test_an_id_that_would_make_another_address_is_none(media_id: str) -> None:
    arrive(post(message("image", image={"id": media_id, "mime_type": "image/jpeg"})))
    (one,) = messages()
    assert (one.kind, one.media_id, one.media_state) == ("image", None, "")


def test_what_was_tapped_is_among_the_facts() -> None:
    arrive(wire("list_reply"))
    (one,) = messages()
    assert one.facts["choice_id"] == "menu/complain"
    assert one.reply_to == reference_of("wamid.OURS2")


def test_the_same_message_in_other_bytes_is_one_row() -> None:
    said = message()
    first_id = arrive(post(said)).id
    again = arrive(post(said, name="Wati H."))
    assert (again.fate, again.reason) == (Fate.SPLIT, Reason.SAME_MESSAGES)
    assert [one.inbox_id for one in messages()] == [first_id]


def test_messages_lie_in_the_order_in_which_they_were_said() -> None:
    with at(60):
        arrive(wire("several_of_everything"))
    told = [(one.kind, one.text) for one in messages()]
    assert told == [
        ("text", "Orang lain"),
        ("image", ""),
        ("text", "yang pertama"),
        ("text", "yang kedua"),
    ]
    assert [one.id for one in messages()] == sorted(one.id for one in messages())


def test_what_was_said_days_ago_was_said_days_ago() -> None:
    """A provider that could not reach us repeats for seven days: the clock of the complaint began then."""
    with at(0):
        arrive(post(message(at=AT - timedelta(days=6))))
        arrive(post(message(at=AT - timedelta(minutes=1))))
        arrive(post(message(at=AT - timedelta(days=5))))
    said = [one.said_at for one in messages()]
    assert said == sorted(said)
    assert said[0] == AT - timedelta(days=6)
    assert conversation().heard_at == AT - timedelta(minutes=1)


def test_other_words_are_noted_on_the_first() -> None:
    first = message(provider_id="wamid.HERS1", at=AT, text={"body": "Obat habis"})
    for body, seconds in (("Obat sirup habis", 20), ("Obat sirup habiss", 10)):
        new = {
            "original_message_id": "wamid.HERS1",
            "message": {"type": "text", "text": {"body": body}},
        }
        with at(60):
            arrive(post(message("edit", edit=new, at=AT + timedelta(seconds=seconds))))
            arrive(post(first))
    original, older, newer = messages()
    assert original.text == "Obat habis"
    assert original.facts["edited_words"] == "Obat sirup habis"
    assert {one.reply_to for one in (older, newer)} == {original.reference}


@pytest.mark.parametrize("is_late", [False, True])
def test_what_was_taken_back_stays_with_a_mark(is_late: bool) -> None:
    first = post(message(provider_id="wamid.HERS1", at=AT, text={"body": "Salah kirim"}))
    back = post(
        message(
            "revoke", revoke={"original_message_id": "wamid.HERS1"}, at=AT + timedelta(seconds=9)
        )
    )
    with at(60):
        for raw in (back, first) if is_late else (first, back):
            arrive(raw)
    original, _trace = messages()
    assert original.text == "Salah kirim"
    assert original.facts["revoked_at"] == (AT + timedelta(seconds=9)).isoformat()


def test_nobody_takes_back_what_another_said() -> None:
    arrive(post(message(provider_id="wamid.HERS1")))
    back = message(
        "revoke", wa_id="6285200001111", user_id=None, revoke={"original_message_id": "wamid.HERS1"}
    )
    arrive(post(back))
    assert all("revoked_at" not in one.facts for one in messages())


def test_a_change_of_the_number_keeps_the_person() -> None:
    with at(60):
        arrive(wire("text"))
        arrive(wire("number_changed"))
        arrive(post(message(wa_id="6281234569999", user_id="ID.777")))
    assert len({one.contact_id for one in messages()}) == 1
    contact = contact_at("+6281234569999")
    assert contact is not None
    assert address_of(contact) == "+6281234569999"
    assert contact_at(f"+{WATI}") is None


def test_what_we_write_about_their_complaint_follows_them_to_the_new_number(cast: Cast) -> None:
    with at(0):
        theirs = cast.complain(whatsapp=f"+{WATI}").number
        others = cast.complain(name="Rudi", whatsapp="+6285200001111").number
    with at(60):
        arrive(wire("text"))
        arrive(wire("number_changed"))
        arrive(wire("number_changed"))
    assert cast.ticket(theirs).reply_address == "+6281234569999"
    assert cast.ticket(others).reply_address == "+6285200001111"
    moved = select(TicketEvent.ticket_id).where(TicketEvent.kind == "moved")
    assert db.session.scalars(moved).all() == [cast.ticket(theirs).id]


def test_two_halves_of_one_account_become_one_conversation() -> None:
    arrive(post(message(user_id=None)))
    arrive(post(message(wa_id=None)))
    arrive(post(message()))
    assert len({one.contact_id for one in messages()}) == 1
    talks = db.session.scalars(select(Conversation)).all()
    assert [one.look_at is not None for one in talks].count(True) == 1
    found = contact_at(WATI_ID)
    assert found is not None
    assert {one.contact_id for one in messages()} == {found.id}


@pytest.mark.parametrize(
    ("known", "who"),
    [
        ((IdentifierKind.PHONE, f"+{WATI}"), {}),
        ((IdentifierKind.WHATSAPP, WATI_ID), {"wa_id": None}),
    ],
)
def test_whoever_is_given_up_for_dead_lives_when_they_write(
    known: tuple[IdentifierKind, str], who: dict[str, None], cast: Cast
) -> None:
    cast.complain(whatsapp=known[1])
    unit_of_work(lambda: note_undeliverable(*known, "131026"))
    assert undelivered_at(*known) is not None
    arrive(post(message(**who)))
    assert undelivered_at(*known) is None


def test_what_is_for_another_number_waits_and_can_be_taken_in_again(cast: Cast) -> None:
    raw = wire("other_number")
    with at(60):
        row = arrive(raw)
    assert (row.fate, row.reason) == (Fate.QUARANTINED, Reason.OTHER_NUMBER)
    assert messages() == []
    assert [one.id for one in posts_set_aside()] == [row.id]
    have_line(cast, phone_number_id="999540352242000")
    unit_of_work(lambda: take_in_again(row.id, by=cast.actor("ayu")))
    assert understand(row.id) is Fate.SPLIT
    assert [one.text for one in messages()] == ["Untuk nomor lain"]
    assert posts_set_aside() == []
    with pytest.raises(Conflict):
        unit_of_work(lambda: take_in_again(row.id, by=cast.actor("ayu")))


def test_without_a_number_everything_waits() -> None:
    """Somebody took the settings away between the hook and the worker."""
    unit_of_work(lambda: db.session.delete(lines.line()))
    row = arrive(post(message(), statuses=[status("wamid.X", "read")]))
    assert (row.fate, row.reason) == (Fate.QUARANTINED, Reason.OTHER_NUMBER)


@pytest.mark.parametrize("raw", [b"", b"halo", b'{"entry": 4}', b"[1]"])
def test_what_cannot_be_read_waits_for_a_person(cast: Cast, raw: bytes) -> None:
    row = arrive(raw)
    assert (row.fate, row.reason) == (Fate.QUARANTINED, Reason.UNREADABLE)
    unit_of_work(lambda: discard_post(row.id, by=cast.actor("ayu")))
    assert posts_set_aside() == []
    with pytest.raises(NotFound):
        unit_of_work(lambda: discard_post(4711, by=cast.actor("ayu")))


def test_what_can_be_read_is_taken_even_from_a_broken_post() -> None:
    row = arrive(post(message(), message(wa_id=None, user_id=None)))
    assert (row.fate, row.reason) == (Fate.QUARANTINED, Reason.PARTLY_READ)
    assert len(messages()) == 1


def test_a_post_is_no_mail(cast: Cast) -> None:
    """The desk's pages read what is set aside as an email."""
    row = arrive(b"halo")
    for name in ("sari", "ratih"):
        assert quarantined(cast.actor(name)) == []
        with pytest.raises(NotFound):
            find_mail(cast.actor(name), row.id)
    assert inbox.state_of_inbox(inbox.EMAIL).quarantined == 0
    assert inbox.state_of_inbox().quarantined == 1


def test_news_of_the_number_and_of_the_templates() -> None:
    def known(status: str) -> None:
        db.session.add(
            WhatsAppTemplate(
                name="laporan_diterima", language="id", event="received", status=status,
                category="utility", body="Halo", synced_at=AT,
            )
        )  # fmt: skip

    unit_of_work(lambda: known("pending"))
    for name in (
        "template_approved",
        "template_rejected",
        "template_category",
        "quality",
        "account",
    ):
        assert arrive(wire(name)).reason == Reason.LINE_NEWS
    db.session.expire_all()
    template = db.session.scalars(select(WhatsAppTemplate)).one()
    assert (template.status, template.category) == ("approved", "marketing")
    line = lines.line()
    assert line is not None
    assert line.quality == "red"


def test_news_of_a_neighbours_number_is_not_ours() -> None:
    raw = json.loads(wire("quality"))
    raw["entry"][0]["changes"][0]["value"]["display_phone_number"] = "62751000"
    arrive(json.dumps(raw).encode())
    other = json.loads(wire("quality"))
    other["entry"][0]["id"] = "4711"
    arrive(json.dumps(other).encode())
    line = lines.line()
    assert line is not None
    assert (line.quality, line.display_number) == ("", OUR_NUMBER)


def test_the_number_was_heard() -> None:
    with at(0):
        arrive(post(message()))
    db.session.expire_all()
    line = lines.line()
    assert line is not None
    assert line.heard_at == AT


def test_a_post_may_hold_a_thousand_messages() -> None:
    said = [message(provider_id=f"wamid.{one}", at=AT) for one in range(1000)]
    row_id = deposit(post(*said))
    assert understand(row_id) is Fate.SPLIT
    assert len(messages()) == 1000
    assert understand(deposit(post(*said, message()))) is Fate.SPLIT
    assert len(messages()) == 1001


def test_unknown_receipts_are_let_go() -> None:
    row = arrive(wire("status_failed"))
    assert (row.fate, row.reason) == (Fate.SPLIT, Reason.RECEIPTS)
