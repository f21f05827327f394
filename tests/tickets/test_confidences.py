"""What is kept among few stays among few, and is never lost: readers, reported parties, messages, search."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import Grant, User
from helpdesk.intake.admission import admit
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, NotFound, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import access, closing, follow_ups
from helpdesk.tickets.case_file import gather
from helpdesk.tickets.dispositions import assign_officer, recall_disposition
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.picture import picture_of, text_for
from helpdesk.tickets.questions import add_message, answer_question
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.search import matches
from helpdesk.tickets.states import Access, Channel, Grade, Identity, Status
from helpdesk.tickets.ticket import NamedReader, Ticket
from helpdesk.tickets.timeline import story_of
from helpdesk.tickets.triage import Verdict, guard_ticket, redact_ticket
from tests.support.cast import Cast
from tests.tickets.steps import (
    FRIDAY,
    as_complainant,
    ask,
    dispose,
    follow_up,
    question_of,
    row_of,
    send_back,
    sweep,
    work_of,
)
from tests.tickets.test_access import file_named, may_open

pytestmark = pytest.mark.usefixtures("traveller")


def guard(cast: Cast, number: str, by: str = "sari", **facts: object) -> None:
    verdict = Verdict(
        grade=Grade.YELLOW,
        category_id=None,
        **{"access": Access.RESTRICTED, **facts},  # type: ignore[arg-type]
    )
    cast.act(by, number, lambda t, actor: guard_ticket(t, verdict, by=actor))


def give_role(cast: Cast, who: str, role: Role, unit: str) -> None:
    grant = {"user_id": cast.user_ids[who], "role": role.value, "unit_id": cast.unit_ids[unit]}
    unit_of_work(lambda: db.session.add(Grant(**grant)))


def heard(number: str, event: str) -> set[int | None]:
    return {m.recipient_id for m in messages_about("ticket", row_of(number).id) if m.event == event}


def can_see(cast: Cast, number: str, *names: str) -> set[str]:
    seen = set()
    for name in names:
        try:
            seen.add(name) if cast.ticket(number, by=name) else None
        except NotFound:
            continue
    return seen


def story_as(cast: Cast, number: str, name: str) -> list[TicketEvent]:
    actor, ticket = cast.actor(name), cast.ticket(number, by=name)
    return story_of(ticket, access.scope_of(actor, ticket), unit_ids=actor.unit_ids)


def test_solved_on_the_spot_a_confidential_case_is_not_lost(cast: Cast) -> None:
    spot = Submission(
        text="Petugas meminta uang.", channel=Channel.COUNTER, wish=Wish.CONFIDENTIAL, name="Wati",
        solution="Uang dikembalikan.", recorded_by_id=cast.user_ids["joko"],
    )  # fmt: skip
    number = unit_of_work(lambda: admit(spot, by=cast.actor("joko"))).number
    as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum kembali.", by=by))
    assert can_see(cast, number, "sari", "dimas", "ratih") == {"sari", "dimas", "ratih"}
    assert can_see(cast, number, "hanifah", "ayu", "budi", "joko") == set()
    assert cast.user_ids["ratih"] in heard(number, "objection")


def test_left_before_triage_a_confidential_case_is_not_lost(cast: Cast) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    leave = leave_by_exit
    cast.act("sari", number, lambda t, by: leave(t, Status.NOT_OURS, "Bukan kami.", by=by))
    assert can_see(cast, number, "sari", "dimas", "hanifah") == {"sari", "dimas"}
    as_complainant(number, lambda t, by: add_message(t, "Tolong dilihat lagi.", by=by))
    assert cast.user_ids["ratih"] in heard(number, "complainant_wrote")


def test_readers_named_before_triage_are_its_only_readers(cast: Cast) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    assert can_see(cast, number, "sari", "dimas", "ratih") == {"sari", "dimas", "ratih"}
    guard(cast, number, reader_ids=[cast.user_ids["ratih"]])
    assert can_see(cast, number, "sari", "dimas", "ratih") == {"sari", "ratih"}


def test_a_confidential_case_nobody_triages_is_told_to_the_desk_and_to_nobody_else(
    cast: Cast,
) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        traveller.shift(timedelta(days=14))
        sweep()
    assert heard(number, "breached") == {cast.user_ids["ratih"]}
    assert heard(number, "escalated") == {cast.user_ids["ratih"]}


def test_a_restricted_ladder_ends_with_its_readers(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, access=Access.RESTRICTED, reader_ids=[cast.user_ids["ratih"]])
    dispose(cast, number, "farmasi", officer="budi")
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        traveller.shift(timedelta(days=20))
        sweep()
    allowed = {cast.user_ids[name] for name in ("sari", "ratih", "budi")}
    assert heard(number, "escalated") <= allowed
    assert cast.user_ids["sari"] in heard(number, "escalated")
    for message in messages_about("ticket", row_of(number).id):
        if message.recipient_kind == "staff":
            assert message.values.get("category", "?") == message.values.get("unit", "?") == "?"


def test_a_reader_at_the_desk_always_remains(cast: Cast) -> None:
    give_role(cast, "sari", Role.UNIT_OFFICER, "keuangan")
    number = cast.complain().number
    with pytest.raises(Invalid) as refused:
        cast.triage(number, access=Access.RESTRICTED, reported_unit_ids=[cast.unit_ids["keuangan"]])
    assert "readers" in refused.value.fields
    cast.triage(
        number,
        access=Access.RESTRICTED,
        reader_ids=[cast.user_ids["ratih"]],
        reported_unit_ids=[cast.unit_ids["keuangan"]],
    )
    assert can_see(cast, number, "sari", "ratih") == {"ratih"}


def test_a_reader_in_the_reported_unit_is_not_told_of_the_case(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(
        number,
        access=Access.RESTRICTED,
        reader_ids=[cast.user_ids["tono"]],
        reported_unit_ids=[cast.unit_ids["keuangan"]],
    )
    assert cast.user_ids["tono"] not in heard(number, "named_reader")


def test_who_is_at_work_stays_a_reader_when_the_case_becomes_restricted(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", officer="budi")
    guard(cast, number)
    assert can_see(cast, number, "budi", "lestari", "dimas") == {"budi"}


def test_a_unit_without_an_officer_does_not_keep_a_case_it_can_no_longer_see(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    with pytest.raises(Invalid):
        guard(cast, number)
    cast.act("sari", number, lambda t, by: recall_disposition(t.dispositions[0], "Rahasia.", by=by))
    guard(cast, number)


def test_the_reported_are_not_assigned_by_their_head(cast: Cast) -> None:
    give_role(cast, "tono", Role.UNIT_OFFICER, "farmasi")
    number = cast.complain().number
    cast.triage(number, access=Access.RESTRICTED, reported_user_ids=[cast.user_ids["tono"]])
    dispose(cast, number, "farmasi", officer="lestari")
    tono = cast.user_ids["tono"]
    with pytest.raises(Invalid):
        cast.act("lestari", number, lambda t, by: assign_officer(work_of(t, by), tono, by=by))


def test_who_gave_a_restricted_case_back_reads_it_no_more(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, access=Access.RESTRICTED)
    dispose(cast, number, "farmasi", officer="budi")
    send_back(cast, number, "budi")
    assert can_see(cast, number, "budi", "sari") == {"sari"}
    readers = select(NamedReader.user_id).where(NamedReader.ticket_id == row_of(number).id)
    assert db.session.scalars(readers).all() == [cast.user_ids["sari"]]


def test_only_customer_care_finds_a_complaint_by_the_name_of_who_complained(cast: Cast) -> None:
    number = cast.complain(name="Rumaisha").number
    cast.triage(number)
    dispose(cast, number, "farmasi")

    def finds(who: str) -> int:
        actor = cast.actor(who)
        found = matches("rumaisha", actor, [])
        return len(
            db.session.scalars(select(Ticket.id).where(access.visible_to(actor), found)).all()
        )

    assert [finds(who) for who in ("sari", "budi", "hanifah")] == [1, 0, 0]


def test_units_read_neither_the_original_nor_what_another_unit_did(cast: Cast) -> None:
    number = cast.complain("Suster Ani membentak saya, Wati kamar 305.", wish=Wish.CONFIDENTIAL)
    cast.triage(number.number, unit_text="Perawat membentak pasien.", access=Access.ORDINARY)
    dispose(cast, number.number, "farmasi", "keuangan")
    work = follow_ups.record_follow_up
    cast.act(
        "budi", number.number, lambda t, by: work(t, "Ditegur.", by=by, disposition=work_of(t, by))
    )
    as_complainant(number.number, lambda t, by: add_message(t, "Saya Wati, kamar 305.", by=by))
    follow_up(cast, number.number)
    actor = cast.actor("tono")
    ticket = cast.ticket(number.number, by="tono")
    story = story_of(ticket, access.scope_of(actor, ticket), unit_ids=actor.unit_ids)
    said = " ".join(event.text for event in story)
    assert "305" not in said
    assert "Ditegur" not in said
    assert "Ditelepon" in said, "what customer care did is for every unit at work"


def test_a_colleague_does_not_take_over_by_another_right(cast: Cast) -> None:
    give_role(cast, "joko", Role.UNIT_OFFICER, "farmasi")
    number = cast.complain(recorded_by_id=cast.user_ids["joko"]).number
    cast.triage(number)
    dispose(cast, number, "farmasi", officer="budi")
    with pytest.raises(Refused):
        cast.act("joko", number, lambda t, by: send_back_of(t, by))


def send_back_of(ticket: Ticket, by: object) -> None:
    from helpdesk.tickets.dispositions import send_back as verb

    verb(ticket.dispositions[0], "Bukan kami.", by=by)  # type: ignore[arg-type]


def test_inactive_units_and_people_receive_nothing(cast: Cast) -> None:
    from helpdesk.accounts.unit import Unit

    number = cast.complain().number
    cast.triage(number)

    def close_down() -> None:
        db.session.get_one(Unit, cast.unit_ids["keuangan"]).is_active = False
        db.session.get_one(User, cast.user_ids["budi"]).is_active = False

    unit_of_work(close_down)
    with pytest.raises(Invalid):
        dispose(cast, number, "keuangan")
    with pytest.raises(Invalid):
        dispose(cast, number, "farmasi", officer="budi")


def test_the_officer_it_goes_to_is_told_of_a_restricted_case(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, access=Access.RESTRICTED)
    dispose(cast, number, "farmasi", officer="budi")
    assert heard(number, "disposed") == {cast.user_ids["budi"]}


def test_who_gives_a_restricted_case_on_reads_it_no_more(cast: Cast) -> None:
    give_role(cast, "tono", Role.UNIT_OFFICER, "farmasi")
    number = cast.complain().number
    cast.triage(number, access=Access.RESTRICTED)
    dispose(cast, number, "farmasi", officer="lestari")
    for officer in ("budi", "tono"):
        cast.act(
            "lestari",
            number,
            lambda t, by, to=officer: assign_officer(work_of(t, by), cast.user_ids[to], by=by),
        )
    assert can_see(cast, number, "lestari", "budi", "tono") == {"lestari", "tono"}
    cast.act(
        "sari", number, lambda t, by: recall_disposition(t.dispositions[0], "Salah unit.", by=by)
    )
    assert can_see(cast, number, "lestari", "budi", "tono", "sari") == {"sari"}


def test_a_reader_who_did_not_take_it_down_reads_the_units_copy(cast: Cast) -> None:
    number = cast.complain("Suster Ani membentak saya, kamar 305.").number
    cast.triage(
        number,
        access=Access.RESTRICTED,
        unit_text="Perawat membentak pasien.",
        reader_ids=[cast.user_ids["tono"]],
    )
    ticket = cast.ticket(number, by="tono")
    scope = access.scope_of(cast.actor("tono"), ticket)
    assert text_for(scope, ticket) == "Perawat membentak pasien."


def test_what_is_replied_under_a_withheld_name_is_for_whoever_asked(cast: Cast) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    cast.triage(number, access=Access.ORDINARY, unit_text="Obat habis.")
    dispose(cast, number, "farmasi", "keuangan")

    def ask_and_hear(who: str, position: int, reply: str) -> None:
        ask(cast, number, who)
        question_id = question_of(number, position)
        as_complainant(number, lambda t, by: answer_question(t, question_id, reply, by=by))

    ask_and_hear("sari", 0, "Saya Wati, kamar 305.")
    ask_and_hear("budi", 1, "Sirup parasetamol.")
    told = {name: cast.user_ids[name] for name in ("sari", "budi", "lestari", "tono")}
    assert heard(number, "complainant_wrote") == set(told.values()) - {told["tono"]}
    read = {
        name: {event.text for event in story_as(cast, number, name)}
        & {"Saya Wati, kamar 305.", "Sirup parasetamol."}
        for name in ("sari", "budi", "tono")
    }
    assert read == {
        "sari": {"Saya Wati, kamar 305.", "Sirup parasetamol."},
        "budi": {"Sirup parasetamol."},
        "tono": set(),
    }


def test_a_name_that_was_to_stay_with_the_desk_is_opened_with_a_reason_alone(cast: Cast) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    with pytest.raises(Invalid) as refused:
        cast.triage(number, identity=Identity.NAMED)
    assert list(refused.value.fields) == ["identity"]
    cast.triage(number, identity=Identity.NAMED, reason="Resep harus dicocokkan; Wati setuju.")
    triaged = story_as(cast, number, "sari")[0]
    assert (triaged.kind, triaged.details["identity"]) == ("triage", "named")


def test_a_file_that_comes_later_is_for_units_once_somebody_looked_at_it_for_them(
    cast: Cast,
) -> None:
    open_to_units = cast.complain("Antrean obat lama.", name="Wati").number
    redacted = cast.complain("Suster Ani membentak saya.", name="Wati").number
    withheld = cast.complain("Obat habis.", wish=Wish.CONFIDENTIAL).number
    cast.triage(open_to_units)
    cast.triage(redacted, unit_text="Perawat membentak pasien.")
    cast.triage(withheld, access=Access.ORDINARY)
    for number in (open_to_units, redacted, withheld):
        dispose(cast, number, "farmasi")
        photo = [file_named(f"foto {number}.pdf")]
        as_complainant(
            number, lambda t, by, photo=photo: add_message(t, "Fotonya.", by=by, files=photo)
        )
    ask(cast, withheld, "budi", "Resep yang mana?")
    question_id, recipe = question_of(withheld, 0), [file_named("resep.pdf")]
    as_complainant(
        withheld, lambda t, by: answer_question(t, question_id, "Ini.", by=by, files=recipe)
    )
    files = {one.name: one.id for one in db.session.scalars(select(Attachment))}
    opened = {name for name, id_ in files.items() if may_open(cast, "budi", id_)}
    assert opened == {f"foto {open_to_units}.pdf", "resep.pdf"}
    assert {name for name, id_ in files.items() if may_open(cast, "sari", id_)} == set(files)
    cast.act("sari", redacted, lambda t, by: redact_ticket(t, t.unit_text, [], by=by))
    assert may_open(cast, "budi", files[f"foto {redacted}.pdf"])


def test_a_file_that_is_shown_to_units_comes_without_words_that_are_not(cast: Cast) -> None:
    number = cast.complain("Obat habis.", wish=Wish.CONFIDENTIAL).number
    cast.triage(number, access=Access.ORDINARY)
    dispose(cast, number, "farmasi", "keuangan")
    photo = [file_named("struk.pdf")]
    as_complainant(number, lambda t, by: add_message(t, "Saya Wati.", by=by, files=photo))
    ask(cast, number, "budi", "Resep yang mana?")
    question_id, recipe = question_of(number, 0), [file_named("resep.pdf")]
    as_complainant(
        number, lambda t, by: answer_question(t, question_id, "Ini.", by=by, files=recipe)
    )
    files = {one.name: one.id for one in db.session.scalars(select(Attachment))}
    assert shown(cast, number, "budi") == []
    cast.act("sari", number, lambda t, by: redact_ticket(t, t.unit_text, [], by=by))
    for name in ("budi", "tono"):
        assert shown(cast, number, name) == ["struk.pdf"]
        assert may_open(cast, name, files["struk.pdf"])
        assert "Saya Wati." not in {event.text for event in story_as(cast, number, name)}
    assert not may_open(cast, "tono", files["resep.pdf"]), "which another unit had asked for"
    case = gather(cast.ticket(number, by="tono"), cast.actor("tono"), "id")
    assert [one.file.name for one in case.exhibits] == ["struk.pdf"]
    cast.act(
        "sari", number, lambda t, by: redact_ticket(t, t.unit_text, [files["struk.pdf"]], by=by)
    )
    assert shown(cast, number, "budi") == []


def test_what_came_under_an_open_name_is_looked_at_again_when_the_name_is_withheld(
    cast: Cast,
) -> None:
    number = cast.complain("Obat habis.", files=[file_named("struk.pdf")]).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    card = [file_named("kartu.pdf")]
    as_complainant(number, lambda t, by: add_message(t, "Kartu saya.", by=by, files=card))
    files = {one.name: one.id for one in db.session.scalars(select(Attachment))}
    assert may_open(cast, "budi", files["kartu.pdf"])
    guard(cast, number, access=Access.ORDINARY, identity=Identity.WITHHELD)
    assert shown(cast, number, "budi") == ["struk.pdf"]
    assert not may_open(cast, "budi", files["kartu.pdf"])


def shown(cast: Cast, number: str, name: str) -> list[str]:
    """The files under the words of the complaint on the page of *name*."""
    ticket = cast.ticket(number, by=name)
    return [file.name for file in picture_of(ticket, cast.actor(name), "id").first_files]
