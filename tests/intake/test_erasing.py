"""Personal data of one complaint are deleted for good, on request or by age; what was counted stays.

Every table, and every column of words that stays, is named here, so that a new one has to be decided about.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, func, select, update

from helpdesk.accounts import setup
from helpdesk.accounts.organisation import Organisation
from helpdesk.audit import trail
from helpdesk.audit.trail import AuditEntry
from helpdesk.intake import retention
from helpdesk.intake.erasing import erase, prepare
from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.lib.examined_files import ExaminedFile, put_down
from helpdesk.lib.named_files import missing_files
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.postman import deliver_due
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import Figures, figures_of
from helpdesk.monitoring.period import Period
from helpdesk.registry.complainant import Complainant, Identifier
from helpdesk.tickets import keys
from helpdesk.tickets.answering import answer_ticket
from helpdesk.tickets.closing import confirm_solved, rate_handling
from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.erased_files import ErasedFile, throw_away
from helpdesk.tickets.erasing import Basis, weighed
from helpdesk.tickets.follow_ups import write_note
from helpdesk.tickets.holding import hold_ticket, release_ticket
from helpdesk.tickets.instructions import Stage, count_given, give_instruction
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.merging import merge_ticket
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Phrase, Status
from helpdesk.tickets.worklist import View, count_views, desks_of
from tests.architecture.schema import tables
from tests.intake.mailing import arrive, compose, receipt_id
from tests.intake.planting import plant, traces
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.support.webhooks import arrive as hear
from tests.support.webhooks import have_line, message, post, status
from tests.tickets.histories import PHOTOGRAPH
from tests.tickets.steps import (
    answer,
    approve,
    as_complainant,
    ask,
    dispose,
    follow_up,
    row_of,
    submit,
)

NOVEMBER = Period(2026, 11)
SAID = "Diminta lewat surat tertanggal 19 November."

# What holds words of a complaint, each with those of its columns that stay: codes and marks of ours. A column of less
# than twelve characters holds a code anyhow.
OF_A_COMPLAINT = {
    "tickets": "kind status channel identity access closing",
    "ticket_events": "kind actor_kind actor_label",
    "attachments": "",
    "questions": "",
    "instructions": "",
    "dispositions": "status phrases root_cause",
    "ratings": "",
    "ticket_stems": "",
    "case_files": "",
    "complainants": "",
    "identifiers": "",
    "letters": "kind subject_kind number created_by_label lease_token",
    "outbox": "dedupe_key event channel recipient_kind subject_kind status sent_from sent_as lease_token",
    "mail_references": "subject_kind",
    "inbox": "channel key fate reason reference raw_digest body_digest lease_token",
    "whatsapp_messages": "reference kind fate reason lease_token",
    "whatsapp_contacts": "",
    "whatsapp_identities": "",
    "conversations": "",
}  # fmt: skip
WORDLESS = {
    "clock_pauses", "counted_days", "day_facts", "days_touched", "escalations", "improvement_tickets", "sla_clocks",
    "ticket_presences", "ticket_readers", "ticket_reported",
}  # fmt: skip
GONE_WITHIN_DAYS = {
    "erased_files", "examined_files", "kept_files", "link_requests", "once_keys", "rate_hits",
}  # fmt: skip
# People at work and their plans, settings, finished summaries, and the trail, which says what was done, never to whom
OF_THE_HOUSE = {
    "audit_entries", "audit_head", "backup_readings", "backups", "calendar_spans", "calendars", "canned_texts",
    "categories", "clock_jumps", "grants", "holidays", "improvement_events", "improvements", "job_beats",
    "job_slots", "leaves", "letter_wordings", "mail_relays", "mail_routes", "mailboxes", "organisation", "places",
    "policy_rules", "policy_versions", "recovery_codes", "saved_views", "second_factors", "sequences",
    "staff_telephones", "summaries",
    "summary_readers", "summary_settings", "template_versions", "unit_calendars", "units", "user_sessions", "users",
    "whatsapp_lines", "whatsapp_templates",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    return ended(cast)


def ended(cast: Cast, **facts: Any) -> str:
    """A complaint that went through every hand, and is over."""
    number = cast.complain(**{"email": "wati@example.org", **facts}).number
    cast.triage(number)
    ask(cast, number, "sari")
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")
    approve(cast, number)
    answer(cast, number)
    follow_up(cast, number)
    as_complainant(number, lambda t, by: rate_handling(t, 4, "Ramah.", by=by))
    as_complainant(number, lambda t, by: confirm_solved(t, by=by))
    return number


def delete_data(cast: Cast, number: str, *, who: str = "ratih", reason: str = SAID) -> None:
    grow_old()
    emptied = prepare(row_of(number).id)
    cast.act(who, number, lambda t, by: erase(t, emptied, Basis.REQUEST, reason, by=by))


def grow_old() -> None:
    """Let the files be as old as the tests' clock says."""
    for digest in get_storage().digests():
        os.utime(get_storage().path(digest), (clock.now().timestamp() - 1,) * 2)


def later(**by: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**by), tick=False)


def figures() -> Figures:
    settle_days(clock.now())
    return figures_of(NOVEMBER, clock.now())


def is_erased(number: str) -> bool:
    db.session.rollback()
    return row_of(number).erased_at is not None


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_every_table_is_decided_about() -> None:
    decided = [set(OF_A_COMPLAINT), WORDLESS, GONE_WITHIN_DAYS, OF_THE_HOUSE]
    assert set[str]().union(*decided) == {table.name for table in tables()}
    assert sum(map(len, decided)) == len(tables())


def test_nothing_of_the_person_is_left_anywhere(cast: Cast, number: str) -> None:
    plant(row_of(number), {name: kept.split() for name, kept in OF_A_COMPLAINT.items()})
    assert {*OF_A_COMPLAINT, "ticket_search", "files", "outbox folder"} <= traces()
    delete_data(cast, number)
    with later(days=1):
        throw_away(clock.now())
    assert traces() == set()
    assert list(missing_files()) == []
    assert count(ErasedFile) == 0


def test_no_figure_of_the_past_changes_and_the_trail_says_who_and_why(
    cast: Cast, number: str
) -> None:
    before, story = figures(), kinds_of(number)
    delete_data(cast, number)
    assert figures() == before
    assert before.received == 1
    assert kinds_of(number) == [*story, "erase"]
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "erase_ticket"))
    assert entry.actor_label == "Ratih Kusuma"
    assert entry.details == {"basis": "request", "reason": SAID}
    assert list(trail.broken_links()) == []


def kinds_of(number: str) -> list[str]:
    db.session.rollback()
    kinds = select(TicketEvent.kind).where(TicketEvent.ticket_id == row_of(number).id)
    return list(db.session.scalars(kinds.order_by(TicketEvent.id)))


def test_neither_pin_nor_link_opens_it_any_more(cast: Cast) -> None:
    admitted = cast.complain()
    number, link = admitted.number, keys.link_token(row_of(admitted.number))
    leave(cast, number)
    delete_data(cast, number)
    with pytest.raises(NotFound):
        keys.ticket_of_link(link)
    assert not unit_of_work(lambda: keys.check_pin(row_of(number), admitted.pin))


def leave(cast: Cast, number: str, way: Status = Status.WITHDRAWN) -> None:
    cast.act("ratih", number, lambda t, by: leave_by_exit(t, way, "Dicabut.", by=by))


def test_a_waiting_message_never_goes(cast: Cast, number: str) -> None:
    delete_data(cast, number)
    about = messages_about("ticket", row_of(number).id)
    assert {(one.status, one.address, one.look_at) for one in about} == {("failed", "", None)}
    assert deliver_due(clock.now()).sent == 0


def test_who_complained_twice_is_known_until_the_second_is_deleted(cast: Cast, number: str) -> None:
    other = ended(cast)
    delete_data(cast, number)
    person = row_of(other).complainant
    assert person is not None
    assert (person.name, person.email) == ("Wati", "wati@example.org")
    assert row_of(number).complainant_id is None
    delete_data(cast, other)
    assert (count(Complainant), count(Identifier)) == (0, 0)


def test_of_who_left_no_name_nobody_says_that_they_complained_twice(cast: Cast) -> None:
    nameless = [cast.complain(wish=Wish.ANONYMOUS).number for _ in range(2)]
    same = [cast.complain().number for _ in range(2)]
    assert [weighed(row_of(one)).is_shared for one in (*nameless, *same)] == [False] * 2 + [
        True
    ] * 2


def test_what_another_complaint_names_too_is_kept_and_a_crash_loses_nothing(
    cast: Cast, number: str
) -> None:
    shared, alone = (get_storage().put(words) for words in (b"sama", b"sendiri"))
    unit_of_work(lambda: put_down([shared, alone]))
    other = ended(cast)
    for ticket, digest in ((other, shared), (number, shared), (number, alone)):
        photograph = replace(PHOTOGRAPH, shown_digest=digest)
        as_complainant(
            ticket, lambda t, by, p=photograph: add_message(t, "Foto.", by=by, files=[p])
        )
    delete_data(cast, number)
    throw_away(clock.now())
    assert get_storage().exists(alone), (
        "whoever keeps the same bytes just now may not have named them"
    )
    with later(minutes=11):
        throw_away(clock.now())
    assert [get_storage().exists(one) for one in (shared, alone)] == [True, False]
    assert list(db.session.scalars(select(ExaminedFile.digest))) == [shared]


def test_a_file_is_thrown_away_that_two_complaints_named_and_the_second_lost_meanwhile(
    cast: Cast, number: str
) -> None:
    other, shared = ended(cast), get_storage().put(b"sama")
    photograph = replace(PHOTOGRAPH, shown_digest=shared)
    for ticket in (number, other):
        as_complainant(ticket, lambda t, by: add_message(t, "Foto.", by=by, files=[photograph]))
    delete_data(cast, number)

    def lose_the_second(*given: Any) -> None:
        if "attachments.shown_digest IN" in given[2] and not is_erased(other):
            delete_data(cast, other)

    with later(minutes=11):
        event.listen(db.engine, "after_cursor_execute", lose_the_second)
        throw_away(clock.now())
        event.remove(db.engine, "after_cursor_execute", lose_the_second)
    assert is_erased(other)
    with later(minutes=30):
        throw_away(clock.now())
    assert not get_storage().exists(shared)


def test_whoever_is_at_a_message_for_too_long_writes_nothing_back(cast: Cast, number: str) -> None:
    waiting = messages_about("ticket", row_of(number).id)[0].id
    lease = timedelta(minutes=2)
    token = claims.claim(OutboxMessage, waiting, clock.now(), lease)
    assert token is not None
    with pytest.raises(Conflict):  # it is being sent
        delete_data(cast, number)
    with later(minutes=3):
        delete_data(cast, number)
        assert not unit_of_work(lambda: claims.still_mine(OutboxMessage, waiting, token))


@pytest.mark.parametrize("who", ["sari", "lestari", "hanifah"])
def test_only_a_supervisor_deletes(cast: Cast, number: str, who: str) -> None:
    with pytest.raises(Refused):
        delete_data(cast, number, who=who)


def test_not_before_everything_is_done_and_never_without_a_reason(cast: Cast, number: str) -> None:
    with pytest.raises(Invalid):
        delete_data(cast, number, reason=" ")
    unfinished = cast.complain().number
    cast.triage(unfinished)
    with pytest.raises(Conflict):
        delete_data(cast, unfinished)
    answer(cast, unfinished)
    as_complainant(unfinished, lambda t, by: confirm_solved(t, by=by))
    with pytest.raises(Conflict):  # what was done is still to be recorded
        delete_data(cast, unfinished)
    follow_up(cast, unfinished)
    delete_data(cast, unfinished)
    assert is_erased(unfinished)


def test_afterwards_nothing_more_is_written_on_it(cast: Cast, number: str) -> None:
    delete_data(cast, number)
    with pytest.raises(Conflict):
        cast.act("sari", number, lambda t, by: write_note(t, "Pak Wati datang.", by=by))
    with pytest.raises(Conflict):
        delete_data(cast, number)


def test_it_lies_on_no_list_to_be_answered_or_read(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    copied = Instruction(unit_id=cast.unit_ids["farmasi"], phrases=[Phrase.FOR_INFORMATION])
    cast.act("sari", number, lambda t, by: dispose_ticket(t, [copied], by=by))
    cast.act("hanifah", number, lambda t, by: give_instruction(t, "Temui.", by=by))
    answer(cast, number)
    follow_up(cast, number)
    as_complainant(number, lambda t, by: confirm_solved(t, by=by))
    assert [waiting("sari", cast), waiting("budi", cast)] == [1, 1]
    delete_data(cast, number)
    assert [waiting("sari", cast), waiting("budi", cast)] == [0, 0]
    assert count_given(cast.actor("hanifah"))[Stage.WAITING] == 0


def waiting(who: str, cast: Cast) -> int:
    actor = cast.actor(who)
    counts = count_views(actor, desks_of(actor), clock.now())
    return sum(n for (_, view), n in counts.items() if view in (View.INSTRUCTED, View.TO_READ))


def test_what_was_joined_and_deleted_does_not_hold_up_the_other(cast: Cast) -> None:
    leading, follower = cast.complain().number, cast.complain(name="Rudi").number
    for one in (leading, follower):
        cast.triage(one)
    cast.act("sari", follower, lambda t, by: merge_ticket(t, row_of(leading), "Sama.", by=by))
    with pytest.raises(Conflict):  # its complainant still waits for the answer
        delete_data(cast, follower)
    cast.act(
        "sari", leading, lambda t, by: answer_ticket(t, "Ada.", by=by, text_for_followers="Ada.")
    )
    delete_data(cast, follower)
    as_complainant(leading, lambda t, by: confirm_solved(t, by=by))
    assert row_of(leading).status == "closed"


def test_an_answer_by_mail_to_it_stands_alone(cast: Cast) -> None:
    number = cast.complain(whatsapp="", email="wati@example.org").number
    erased_id, receipt = row_of(number).id, receipt_id(row_of(number).id)
    leave(cast, number)
    delete_data(cast, number)
    for came in (compose(answers=receipt), compose(subject=f"Re: {number}")):
        row = arrive(came)
        assert row.fate == "opened"
        assert row.ticket_id not in (None, erased_id)


def test_what_whatsapp_reported_about_our_messages_goes_too(cast: Cast) -> None:
    have_line(cast)
    number = cast.complain().number
    sent = messages_about("ticket", row_of(number).id)[0].id
    noted = update(OutboxMessage).where(OutboxMessage.id == sent).values(provider_ref="wamid.1")
    unit_of_work(lambda: db.session.execute(noted))
    reported = hear(post(statuses=[status("wamid.1", "delivered")]))
    assert reported.ticket_id == row_of(number).id
    raw = reported.raw_digest
    leave(cast, number)
    delete_data(cast, number)
    with later(days=1):
        throw_away(clock.now())
    assert not get_storage().exists(raw)
    hear(post(statuses=[status("wamid.1", "read")]))  # a late one is about nothing of ours
    assert messages_about("ticket", row_of(number).id)[0].read_at is None


def tell_of(cast: Cast) -> tuple[str, dict[str, Any]]:
    """A complaint by WhatsApp that is over, and one message of it as it came in."""
    have_line(cast)
    number = cast.complain().number
    said = message(text={"body": "Obat zqxwati habis."})
    first = hear(post(said))
    row = select(WhatsAppMessage).where(WhatsAppMessage.inbox_id == first.id)

    def belong() -> None:
        one = db.session.scalars(row).one()
        one.ticket_id, one.handled_at = row_of(number).id, clock.now()

    unit_of_work(belong)
    leave(cast, number)
    return number, said


def raw_files() -> bytes:
    storage = get_storage()
    return b"".join(storage.open(digest).read() for digest in storage.digests())


def test_what_whatsapp_delivered_once_more_goes_too_and_what_others_said_stays(cast: Cast) -> None:
    number, said = tell_of(cast)
    rudi = message(wa_id="6281200000001", user_id="ID.2", text={"body": "Antrean lama."})
    hear(post(said, rudi))
    delete_data(cast, number)
    with later(days=1):
        throw_away(clock.now())
    assert b"zqxwati" not in raw_files()
    assert b"Antrean lama" in raw_files()
    assert list(missing_files()) == []


def test_what_was_written_anew_for_a_deletion_that_never_came_goes_again(cast: Cast) -> None:
    number, said = tell_of(cast)
    rudi = message(wa_id="6281200000001", user_id="ID.2", text={"body": "Antrean lama."})
    hear(post(said, rudi))
    before = set(get_storage().digests())
    with pytest.raises(Invalid):
        delete_data(cast, number, reason=" ")
    assert set(get_storage().digests()) > before
    grow_old()
    with later(days=1):
        throw_away(clock.now())
    assert set(get_storage().digests()) == before


def keep_for(cast: Cast, years: int | None) -> None:
    version = db.session.get_one(Organisation, 1).version
    unit_of_work(lambda: setup.keep_complaints_for(years, version=version, by=cast.actor("ayu")))


def test_a_hold_prevents_both_ways_until_it_ends(cast: Cast, number: str) -> None:
    cast.act("ratih", number, lambda t, by: hold_ticket(t, "Gugatan 12/Pdt.G/2026.", by=by))
    with pytest.raises(Conflict):
        delete_data(cast, number)
    keep_for(cast, 1)
    with later(days=800):
        retention.erase_due(clock.now())
        assert not is_erased(number)
        cast.act("ratih", number, lambda t, by: release_ticket(t, "Putusan tetap.", by=by))
        retention.erase_due(clock.now())
        assert is_erased(number)


def test_by_age_only_where_the_house_has_said_so_and_not_before_the_next_day(
    cast: Cast, number: str
) -> None:
    waiting = cast.complain().number
    as_complainant(number, lambda t, by: add_message(t, "Istri saya pendarahan.", by=by))
    before = figures()
    with later(days=370):
        retention.erase_due(clock.now())
        assert not is_erased(number), "nothing is deleted by itself"
        assert retention.count_due(1, clock.now()) == 1
        assert retention.count_due(2, clock.now()) == 0
        keep_for(cast, 1)
        retention.erase_due(clock.now())
        assert not is_erased(number), "there is a day to think better of it"
        with later(days=1):
            assert retention.erase_due(clock.now()) == 1
            assert retention.erase_due(clock.now()) == 0
            assert (is_erased(number), is_erased(waiting)) == (True, False)
            assert not row_of(number).sounds_urgent, "nobody could end the alarm any more"
        assert figures_of(NOVEMBER, clock.now()).received == before.received
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "erase_ticket"))
    assert (entry.actor_label, entry.details["basis"]) == ("Tanggap", "retention")


@pytest.mark.engines("sqlite")
def test_what_is_due_is_found_by_its_index(cast: Cast) -> None:
    with counted() as queries:
        retention.count_due(1, clock.now())
    index = "USING COVERING INDEX ix_tickets_kept (erased_at=? AND is_held=? AND ended_at<?)"
    assert any(index in step for step in queries.steps())
