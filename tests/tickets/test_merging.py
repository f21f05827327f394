"""Two complain of the same: one ticket leads, the other follows, and everybody is told what concerns them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import access, answering, closing, dispositions, merging
from helpdesk.tickets.joined import joined_to
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.picture import picture_of
from helpdesk.tickets.questions import add_message, ask_complainant
from helpdesk.tickets.records import SlaClock, TicketEvent
from helpdesk.tickets.states import Access, Grade, Kind, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import Verdict, guard_ticket, reclassify_ticket, regrade_ticket
from tests.support.cast import Cast
from tests.tickets.steps import (
    answer,
    approve,
    as_complainant,
    dispose,
    follow_up,
    row_of,
    submit,
    sweep,
)
from tests.tickets.steps import clocks_of as rows_of

OTHER = {"name": "Rina", "whatsapp": "0813-9999-0001"}

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def lead(cast: Cast) -> str:
    number = cast.complain("Obat sirup habis sejak pagi.").number
    cast.triage(number)
    return number


@pytest.fixture
def second(cast: Cast) -> str:
    return cast.complain("Sirup anak saya tidak ada di apotek.", **OTHER).number


def merge(cast: Cast, number: str, into: str, by: str = "sari", **facts: object) -> None:
    def verb(ticket: Ticket, actor: Actor) -> None:
        leading = access.find_to_change(actor, into)
        merging.merge_ticket(ticket, leading, "Hal yang sama.", by=actor, **facts)  # type: ignore[arg-type]

    cast.act(by, number, verb)


def split(cast: Cast, number: str, by: str = "sari") -> None:
    cast.act(by, number, lambda t, actor: merging.split_ticket(t, "Ternyata lain.", by=actor))


def told(number: str) -> list[str]:
    about = messages_about("ticket", row_of(number).id)
    return [one.event for one in about if one.recipient_kind == "complainant"]


def heard(number: str, event: str) -> set[int | None]:
    return {m.recipient_id for m in messages_about("ticket", row_of(number).id) if m.event == event}


def clocks_of(number: str) -> dict[str, str]:
    rows = db.session.scalars(select(SlaClock).where(SlaClock.ticket_id == row_of(number).id))
    return {row.kind: row.verdict for row in rows}


def test_the_merged_one_keeps_its_number_and_leaves_the_lists(
    cast: Cast, lead: str, second: str
) -> None:
    merge(cast, second, lead)
    follower = cast.ticket(second)
    assert (follower.state, follower.is_open, follower.needs) == (Status.MERGED, False, "")
    assert follower.merged_into_id == cast.ticket(lead).id
    running = {kind for kind, verdict in clocks_of(second).items() if not verdict}
    assert running == {"resolve"}, "which watches what was promised; the others end"
    assert told(second) == ["received", "exit_merged"]
    assert told(lead) == ["received"], "the other complainant is nobody to the first"


def test_units_that_had_it_are_told_to_stop(cast: Cast, lead: str, second: str) -> None:
    cast.triage(second)
    dispose(cast, second, "farmasi", "keuangan")
    submit(cast, second, "tono")
    merge(cast, second, lead)
    follower = cast.ticket(second)
    assert [one.status for one in follower.dispositions] == ["recalled", "recalled"]
    assert heard(second, "recalled") == {cast.user_ids["lestari"], cast.user_ids["tono"]}
    with pytest.raises(NotFound):
        cast.ticket(second, by="budi")


def test_what_was_said_is_read_from_the_leading_one(cast: Cast, lead: str, second: str) -> None:
    merge(cast, second, lead)
    leading = cast.ticket(lead)
    picture = picture_of(leading, cast.actor("sari"), "id")
    [follower] = picture.joined.followers
    assert (follower.number, follower.text) == (second, "Sirup anak saya tidak ada di apotek.")
    assert {event.kind for event in picture.thread} >= {"absorb", "merge", "open"}
    assert {event.ticket_id for event in picture.story} == {leading.id}
    behind = picture_of(cast.ticket(second), cast.actor("sari"), "id")
    assert behind.joined.lead == lead


def test_the_units_of_the_lead_read_the_copy_that_was_made_for_them(
    cast: Cast, lead: str, second: str
) -> None:
    dispose(cast, lead, "farmasi")
    with pytest.raises(NotFound):
        cast.ticket(second, by="budi")
    merge(cast, second, lead, unit_text="Sirup [disunting] tidak ada.")
    for name in ("budi", "lestari"):
        picture = picture_of(cast.ticket(lead, by=name), cast.actor(name), "id")
        assert [one.text for one in picture.joined.followers] == ["Sirup [disunting] tidak ada."]
        own = picture_of(cast.ticket(second, by=name), cast.actor(name), "id")
        assert own.text == "Sirup [disunting] tidak ada."
    for name in ("tono", "ayu", "joko"):
        with pytest.raises(NotFound):
            cast.ticket(second, by=name)
    split(cast, second)
    with pytest.raises(NotFound):
        cast.ticket(second, by="budi")


def test_who_asked_for_secrecy_keeps_it_from_the_units_of_the_lead(cast: Cast, lead: str) -> None:
    hidden = cast.complain("Sirup habis juga.", wish=Wish.CONFIDENTIAL, **OTHER).number
    cast.triage(hidden)  # opened to those who handle it; the name stays withheld
    dispose(cast, lead, "farmasi")
    merge(cast, hidden, lead)
    as_complainant(hidden, lambda t, by: add_message(t, "Saya Rina dari ruang 3.", by=by))
    picture = picture_of(cast.ticket(lead, by="budi"), cast.actor("budi"), "id")
    assert "Rina" not in "".join(event.text for event in picture.thread)
    follower = cast.ticket(hidden, by="budi")
    assert not access.knows_complainant(cast.actor("budi"), follower)


def test_the_reason_is_for_customer_care(cast: Cast, lead: str, second: str) -> None:
    merge(cast, second, lead)
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "merge")).one()
    assert (event.text, event.details["reason"]) == ("", "Hal yang sama.")


def test_what_its_complainant_adds_is_for_those_at_work_on_the_lead(
    cast: Cast, lead: str, second: str
) -> None:
    dispose(cast, lead, "farmasi", officer="budi")
    merge(cast, second, lead)
    as_complainant(second, lambda t, by: add_message(t, "Masih belum ada.", by=by))
    people = {cast.user_ids[name] for name in ("sari", "budi", "lestari")}
    assert heard(lead, "complainant_wrote") == people
    picture = picture_of(cast.ticket(lead), cast.actor("dimas"), "id")
    assert "Masih belum ada." in [event.text for event in picture.thread]


def test_every_complainant_hears_of_the_answer_and_of_the_closing(
    cast: Cast, lead: str, second: str
) -> None:
    merge(cast, second, lead)
    follow_up(cast, lead)
    with pytest.raises(Invalid) as refused:
        answer(cast, lead)
    assert "text_for_followers" in refused.value.fields

    def speak(ticket: Ticket, by: Actor) -> None:
        answering.answer_ticket(
            ticket, "Ibu Wati, sudah ada.", by=by, text_for_followers="Sirup sudah ada lagi."
        )

    cast.act("sari", lead, speak)
    as_complainant(lead, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
    cast.act("sari", lead, speak)
    as_complainant(lead, lambda t, by: closing.confirm_solved(t, by=by))
    passed = ["merged_answered", "merged_reopened", "merged_answered", "merged_closed"]
    assert told(second) == ["received", "exit_merged", *passed]
    said = [event.text for event in events_of(second) if event.kind == "news"]
    assert said == ["Sirup sudah ada lagi.", "", "Sirup sudah ada lagi.", ""]


def test_closed_over_their_heads_followers_read_why(cast: Cast, lead: str, second: str) -> None:
    merge(cast, second, lead)
    with pytest.raises(Invalid) as refused:
        cast.act("ratih", lead, lambda t, by: closing.close_unilaterally(t, "Ibu Wati.", by=by))
    assert "text_for_followers" in refused.value.fields

    def close(ticket: Ticket, by: Actor) -> None:
        closing.close_unilaterally(ticket, "Ibu Wati.", by=by, text_for_followers="Stok kosong.")

    cast.act("ratih", lead, close)
    assert told(second)[-1] == "merged_closed"
    assert [event.text for event in events_of(second) if event.kind == "news"] == ["Stok kosong."]


def events_of(number: str) -> list[TicketEvent]:
    of = select(TicketEvent).where(TicketEvent.ticket_id == row_of(number).id)
    return list(db.session.scalars(of.order_by(TicketEvent.id)))


def test_a_question_is_not_waited_for_any_more(cast: Cast, lead: str, second: str) -> None:
    cast.triage(second)
    cast.act("sari", second, lambda t, by: ask_complainant(t, "Kapan?", by=by))
    merge(cast, second, lead)
    assert not cast.ticket(second).is_waiting


def test_separated_it_is_promised_again_what_it_was_promised(
    cast: Cast, lead: str, second: str
) -> None:
    due = row_of(second).due_at
    merge(cast, second, lead)
    split(cast, second)
    ticket = cast.ticket(second)
    assert (ticket.state, ticket.needs, ticket.merged_into_id) == (Status.RECEIVED, "triage", None)
    assert (ticket.due_at, set(clocks_of(second).values())) == (due, {""})
    assert told(second)[-1] == "split_off"
    assert [event.kind for event in events_of(lead)][-2:] == ["absorb", "let_go"]


def test_nobody_waits_longer_than_promised_because_of_a_merging(
    cast: Cast, second: str, traveller: time_machine.Traveller
) -> None:
    traveller.shift(timedelta(days=5))
    lead = cast.complain("Obat sirup habis sejak pagi.").number
    cast.triage(lead, Grade.YELLOW)
    own, promised = row_of(lead).due_at, row_of(second).due_at
    assert promised is not None
    assert own is not None
    assert promised < own
    merge(cast, second, lead)
    assert (row_of(lead).due_at, row_of(second).due_at) == (promised, promised)
    dispose(cast, lead, "farmasi")
    assert row_of(lead).due_at == promised, "whatever happens meanwhile"
    traveller.shift(timedelta(days=2, hours=1))
    sweep()
    assert told(second)[-1] == "late_apology"
    assert heard(second, "breached"), "those at the desk hear of it"
    assert "late_apology" not in told(lead), "to whom it was promised later"
    assert clocks_of(lead)["answer"] == ""
    split(cast, second)
    assert (row_of(lead).due_at, row_of(second).due_at) == (own, promised)


def test_what_was_promised_to_others_is_not_kept_in_mind_as_its_own(
    cast: Cast, lead: str, traveller: time_machine.Traveller
) -> None:
    traveller.shift(timedelta(days=1))
    middle, last = cast.complain(**OTHER).number, cast.complain().number
    cast.triage(middle)
    cast.triage(last)
    own = row_of(middle).due_at
    merge(cast, lead, middle)
    assert row_of(middle).due_at != own
    merge(cast, middle, last)
    assert row_of(middle).due_at == own
    assert row_of(last).due_at == row_of(lead).due_at


def test_what_rested_for_a_question_is_watched_too(cast: Cast, lead: str, second: str) -> None:
    cast.triage(second)
    answer(cast, second)
    as_complainant(second, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
    promised = row_of(second).due_at
    cast.act("sari", second, lambda t, by: ask_complainant(t, "Kapan?", by=by))
    assert row_of(second).due_at is None
    merge(cast, second, lead)
    assert promised is not None
    assert row_of(second).due_at == promised


def test_a_question_that_was_joined_and_turns_out_to_be_a_complaint_is_settled_as_any_other(
    cast: Cast, lead: str
) -> None:
    question, other = cast.complain(kind=Kind.INFORMATION).number, cast.complain().number
    merge(cast, question, lead)
    split(cast, question)
    cast.triage(question)
    cast.triage(other)
    (due,) = (one.due_at for one in rows_of(other, "resolve") if not one.verdict)
    assert [one.due_at for one in rows_of(question, "resolve") if not one.verdict] == [due]


def test_what_was_promised_to_a_follower_is_watched_until_they_are_answered(
    cast: Cast, lead: str, second: str, traveller: time_machine.Traveller
) -> None:
    merge(cast, second, lead)
    say = answering.answer_ticket
    cast.act("sari", lead, lambda t, by: say(t, "Ada.", by=by, text_for_followers="Ada lagi."))
    assert row_of(second).due_at is None
    assert "" not in clocks_of(second).values()
    as_complainant(lead, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
    traveller.shift(timedelta(days=8))
    sweep()
    assert "late_apology" not in told(second)


def test_what_was_late_before_it_was_joined_is_not_told_twice(
    cast: Cast, lead: str, second: str, traveller: time_machine.Traveller
) -> None:
    traveller.shift(timedelta(days=8))
    sweep()
    assert told(second).count("late_apology") == 1
    merge(cast, second, lead)
    sweep()
    assert told(second).count("late_apology") == 1


def test_separated_after_triage_it_stays_graded(cast: Cast, lead: str, second: str) -> None:
    cast.triage(second)
    merge(cast, second, lead)
    split(cast, second)
    ticket = cast.ticket(second)
    assert (ticket.state, ticket.grade, ticket.needs) == (Status.TRIAGED, Grade.YELLOW, "dispose")
    running = {kind for kind, verdict in clocks_of(second).items() if not verdict}
    assert running == {"answer", "resolve", "dispose"}


def test_they_are_not_separated_after_the_time_to_object(
    cast: Cast, lead: str, second: str, traveller: time_machine.Traveller
) -> None:
    merge(cast, second, lead)
    traveller.shift(timedelta(days=31))
    with pytest.raises(Conflict):
        split(cast, second)


def test_nobody_follows_a_follower(cast: Cast, lead: str, second: str) -> None:
    third = cast.complain("Apotek kehabisan sirup.", name="Tini").number
    merge(cast, third, second)
    merge(cast, second, lead)
    leading = cast.ticket(lead)
    assert {cast.ticket(one).merged_into_id for one in (second, third)} == {leading.id}
    joined = joined_to(leading, events_of(lead), cast.actor("sari"), access.Scope.CARE)
    assert {one.number for one in joined.followers} == {second, third}
    with pytest.raises(Invalid):
        merge(cast, lead, second)


@pytest.mark.parametrize(
    "into", ["itself", "merged", "left", "answered", "closed", "praise", "lesser"]
)
def test_what_cannot_go_one_way_is_refused(cast: Cast, lead: str, second: str, into: str) -> None:
    other = lead
    if into == "itself":
        other = second
    elif into == "merged":
        third = cast.complain("Sirup.", name="Tini").number
        cast.triage(third)
        merge(cast, lead, third)
    elif into == "left":
        cast.act("sari", lead, lambda t, by: leave_by_exit(t, Status.NOT_OURS, "Umum.", by=by))
    elif into in ("answered", "closed"):  # what was answered is not answered again for the newcomer
        answer(cast, lead)
        if into == "closed":
            as_complainant(lead, lambda t, by: closing.confirm_solved(t, by=by))
    elif into == "praise":
        other = cast.complain("Terima kasih.", kind=Kind.PRAISE).number
    else:
        cast.triage(second, Grade.RED)
    with pytest.raises((Invalid, Conflict)):
        merge(cast, second, other)
    assert cast.ticket(second).merged_into_id is None


def test_nobody_reads_more_by_a_merging(cast: Cast, lead: str) -> None:
    secret = cast.complain("Perawat menerima uang.", wish=Wish.CONFIDENTIAL, **OTHER).number
    for number, into in ((secret, lead), (lead, secret)):
        with pytest.raises(Invalid) as refused:
            merge(cast, number, into)
        assert "into" in refused.value.fields
    cast.triage(secret, access=Access.RESTRICTED, reader_ids=[cast.user_ids["dimas"]])
    narrow = Verdict(grade=Grade.YELLOW, category_id=None, access=Access.RESTRICTED)
    cast.act("sari", lead, lambda t, by: guard_ticket(t, narrow, by=by))
    with pytest.raises(Invalid):
        merge(cast, lead, secret)
    wide = Verdict(
        grade=Grade.YELLOW, category_id=None, access=Access.RESTRICTED,
        reader_ids=[cast.user_ids["dimas"]],
    )  # fmt: skip
    cast.act("sari", lead, lambda t, by: guard_ticket(t, wide, by=by))
    merge(cast, lead, secret)
    with pytest.raises(NotFound):
        cast.ticket(lead, by="ratih")


def test_a_lead_made_secret_takes_its_followers_from_the_units(
    cast: Cast, lead: str, second: str
) -> None:
    dispose(cast, lead, "farmasi", officer="budi")
    merge(cast, second, lead)
    narrow = Verdict(grade=Grade.YELLOW, category_id=None, access=Access.RESTRICTED)
    cast.act("sari", lead, lambda t, by: guard_ticket(t, narrow, by=by))
    for name in ("budi", "lestari"):
        with pytest.raises(NotFound):
            cast.ticket(second, by=name)


def test_only_customer_care_merges(cast: Cast, lead: str, second: str) -> None:
    cast.triage(second)
    for number in (lead, second):
        dispose(cast, number, "farmasi")
    with pytest.raises(Refused):
        merge(cast, second, lead, by="budi")


def test_a_lead_does_not_leave_those_behind_who_follow_it(
    cast: Cast, lead: str, second: str
) -> None:
    merge(cast, second, lead)
    with pytest.raises(Conflict):
        cast.act("sari", lead, lambda t, by: leave_by_exit(t, Status.WITHDRAWN, "Dicabut.", by=by))


def test_a_recalled_unit_is_told(cast: Cast, lead: str) -> None:
    dispose(cast, lead, "farmasi", officer="budi")
    cast.act(
        "sari", lead, lambda t, by: dispositions.recall_disposition(t.dispositions[0], "", by=by)
    )
    assert heard(lead, "recalled") == {cast.user_ids["budi"], cast.user_ids["lestari"]}


def test_of_a_restricted_one_only_the_officer_who_knew_is_told(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, access=Access.RESTRICTED)
    dispose(cast, number, "farmasi", officer="budi")
    cast.act(
        "sari", number, lambda t, by: dispositions.recall_disposition(t.dispositions[0], "", by=by)
    )
    assert heard(number, "recalled") == {cast.user_ids["budi"]}


def test_closed_over_their_heads_units_are_told_to_stop(cast: Cast, lead: str) -> None:
    dispose(cast, lead, "farmasi", officer="budi")
    cast.act("ratih", lead, lambda t, by: closing.close_unilaterally(t, "Selesai.", by=by))
    assert heard(lead, "recalled") == {cast.user_ids["budi"], cast.user_ids["lestari"]}


def test_approved_work_stays_in_the_sight_of_its_unit(cast: Cast, lead: str, second: str) -> None:
    cast.triage(second)
    dispose(cast, second, "farmasi")
    submit(cast, second, "budi")
    approve(cast, second)
    merge(cast, second, lead)
    assert cast.ticket(second, by="budi").state is Status.MERGED


def test_the_leading_one_is_not_graded_below_one_that_follows_it(
    cast: Cast, lead: str, second: str
) -> None:
    def regrade(grade: Grade) -> None:
        cast.act("sari", lead, lambda t, by: regrade_ticket(t, grade, "Ternyata lain.", by=by))

    cast.triage(second)
    regrade(Grade.RED)
    merge(cast, second, lead)
    with pytest.raises(Invalid) as refused:
        regrade(Grade.GREEN)
    assert list(refused.value.fields) == ["grade"]
    regrade(Grade.YELLOW)
    assert cast.ticket(lead).grade == Grade.YELLOW, "as grave as the one that follows"
    split(cast, second)
    regrade(Grade.GREEN)


def test_the_leading_one_is_not_made_praise_while_a_complaint_follows_it(
    cast: Cast, lead: str, second: str
) -> None:
    def call(kind: Kind) -> None:
        cast.act(
            "sari",
            lead,
            lambda t, by: reclassify_ticket(t, category_id=None, kind=kind, title="", by=by),
        )

    cast.triage(second)
    merge(cast, second, lead)
    with pytest.raises(Invalid) as refused:
        call(Kind.PRAISE)
    assert list(refused.value.fields) == ["kind"]
    call(Kind.INFORMATION)
    split(cast, second)
    call(Kind.PRAISE)
