"""Instructions of leadership: whom they may address, who hears, who reads, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from helpdesk.lib import clock
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.templates import render_message
from helpdesk.tickets import instructions
from helpdesk.tickets.instructions import Stage
from helpdesk.tickets.moves import Move
from helpdesk.tickets.picture import picture_of
from helpdesk.tickets.records import LeaderInstruction
from helpdesk.tickets.states import Access, Grade
from helpdesk.tickets.triage import Verdict, guard_ticket
from helpdesk.tickets.workflow import moves_open_to
from helpdesk.tickets.worklist import Desk, DeskKind, View, count_views
from tests.support.cast import Cast
from tests.tickets.steps import answer, approve, dispose, row_of, send_back, submit

CARE = Desk(DeskKind.CARE)
SEE, ANSWER = Move.ACKNOWLEDGE_INSTRUCTION, Move.ANSWER_INSTRUCTION

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    """A complaint that Farmasi and Keuangan have."""
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", "keuangan")
    return number


def instruct(cast: Cast, number: str, unit: str = "", by: str = "hanifah", **facts: Any) -> int:
    unit_id = cast.unit_ids[unit] if unit else None
    give = instructions.give_instruction
    return cast.act(
        by, number, lambda t, actor: give(t, "Temui keluarganya.", unit_id=unit_id, by=actor, **facts).id
    )  # fmt: skip


def settle(cast: Cast, number: str, who: str, instruction_id: int, said: str = "") -> None:
    def verb(ticket: Any, by: Any) -> None:
        if said:
            instructions.answer_instruction(instruction_id, ticket, said, by=by)
        else:
            instructions.acknowledge_instruction(instruction_id, ticket, by=by)

    cast.act(who, number, verb)


def heard(number: str, event: str) -> set[int | None]:
    return {m.recipient_id for m in messages_about("ticket", row_of(number).id) if m.event == event}


def stories(cast: Cast, number: str, *names: str) -> set[str]:
    """Who of *names* reads the instruction in the history of the ticket."""
    return {
        name
        for name in names
        if "Temui keluarganya."
        in [event.text for event in picture_of(cast.ticket(number, name), cast.actor(name), "id").story]
    }  # fmt: skip


def waiting(cast: Cast, name: str, desk: Desk) -> int:
    return count_views(cast.actor(name), [desk], clock.now())[desk, View.INSTRUCTED]


def moves(cast: Cast, number: str, name: str) -> set[Move]:
    return moves_open_to(cast.ticket(number, name), cast.actor(name)) & {Move.INSTRUCT, SEE, ANSWER}


def test_only_whom_it_addresses_hears_reads_and_answers_it(cast: Cast, number: str) -> None:
    told = instruct(cast, number, "farmasi")
    people = ("sari", "budi", "lestari", "tono", "hanifah")
    assert heard(number, "instructed") == {cast.user_ids["lestari"]}
    assert stories(cast, number, *people) == {"sari", "budi", "lestari", "hanifah"}
    assert {name for name in people if SEE in moves(cast, number, name)} == {"budi", "lestari"}
    assert moves(cast, number, "hanifah") == {Move.INSTRUCT}
    with pytest.raises(NotFound):
        settle(cast, number, "tono", told)
    with pytest.raises(NotFound):
        settle(cast, number, "sari", told, "Bukan untuk saya.")

    settle(cast, number, "budi", told)
    assert moves(cast, number, "lestari") == {ANSWER}
    with pytest.raises(Conflict):
        settle(cast, number, "lestari", told)
    settle(cast, number, "lestari", told, "Keluarga sudah ditemui.")
    assert moves(cast, number, "lestari") == set()
    with pytest.raises(Conflict):
        settle(cast, number, "budi", told, "Saya juga.")
    assert heard(number, "instruction_answered") == {cast.user_ids["hanifah"]}


def test_customer_care_is_addressed_without_the_units(cast: Cast, number: str) -> None:
    told = instruct(cast, number)
    assert heard(number, "instructed") == {cast.user_ids["sari"]}, "who owns the ticket"
    assert stories(cast, number, "sari", "budi", "tono", "hanifah") == {"sari", "hanifah"}
    settle(cast, number, "dimas", told, "Sudah kami telepon.")
    row = row_of(number).instructions[0]
    assert not row.is_open
    assert row.acknowledged_at == row.answered_at, "who answers has seen it"


def test_it_lies_on_the_pile_of_whom_it_addresses_until_it_is_answered(
    cast: Cast, number: str
) -> None:
    pharmacy = Desk(DeskKind.UNIT, cast.unit_ids["farmasi"])
    money = Desk(DeskKind.UNIT, cast.unit_ids["keuangan"])
    told = instruct(cast, number, "farmasi")
    assert (waiting(cast, "budi", pharmacy), waiting(cast, "tono", money)) == (1, 0)
    assert waiting(cast, "sari", CARE) == 0
    settle(cast, number, "budi", told)
    assert waiting(cast, "budi", pharmacy) == 1, "seen is not done"
    settle(cast, number, "budi", told, "Sudah.")
    assert waiting(cast, "budi", pharmacy) == 0


def test_what_a_unit_gave_back_falls_to_customer_care(cast: Cast, number: str) -> None:
    told = instruct(cast, number, "farmasi")
    send_back(cast, number, "budi")
    assert waiting(cast, "sari", CARE) == 1
    settle(cast, number, "sari", told, "Keuangan yang menemui.")
    assert waiting(cast, "sari", CARE) == 0


def test_what_is_hidden_from_the_unit_that_answered_falls_to_customer_care(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")
    approve(cast, number)
    given = instruct(cast, number, "farmasi")
    narrow = Verdict(grade=Grade.YELLOW, category_id=None, access=Access.RESTRICTED)
    cast.act("sari", number, lambda t, by: guard_ticket(t, narrow, by=by))
    with pytest.raises(NotFound):
        cast.ticket(number, by="budi")
    sari = cast.actor("sari")
    assert count_views(sari, [CARE], clock.now())[CARE, View.INSTRUCTED] == 1
    assert {SEE, ANSWER} <= moves_open_to(cast.ticket(number), sari)
    settle(cast, number, "sari", given, "Sudah ditemui.")
    assert count_views(sari, [CARE], clock.now())[CARE, View.INSTRUCTED] == 0


def test_it_can_be_answered_when_the_ticket_is_finished(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    told = instruct(cast, number)
    answer(cast, number)
    assert waiting(cast, "sari", CARE) == 1
    settle(cast, number, "sari", told, "Sudah dijawab.")


@pytest.mark.parametrize("who", ["sari", "ratih", "budi", "joko"])
def test_only_leadership_gives_instructions(cast: Cast, who: str) -> None:
    number = cast.complain(recorded_by_id=cast.user_ids["joko"]).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    with pytest.raises(Refused):
        instruct(cast, number, by=who)


def test_what_cannot_be_asked_is_refused(cast: Cast, number: str) -> None:
    give = instructions.give_instruction
    cases: list[tuple[str, Callable[[Any, Any], object]]] = [
        ("text", lambda t, by: give(t, " ", by=by)),
        ("due_on", lambda t, by: give(t, "Segera.", due_at=clock.now(), by=by)),
        ("unit", lambda t, by: give(t, "Ya.", unit_id=cast.unit_ids["keperawatan"], by=by)),
    ]
    for field, verb in cases:
        with pytest.raises(Invalid) as refused:
            cast.act("hanifah", number, verb)
        assert list(refused.value.fields) == [field]


def test_a_restricted_ticket_is_for_a_leader_who_is_named(cast: Cast) -> None:
    hidden, shown = cast.complain("Soal uang.").number, cast.complain("Soal jabatan.").number
    instruct(cast, hidden)
    readers = [cast.user_ids["ratih"]]
    cast.triage(hidden, access=Access.RESTRICTED, reader_ids=readers)
    cast.triage(shown, access=Access.RESTRICTED, reader_ids=[*readers, cast.user_ids["hanifah"]])
    with pytest.raises(NotFound):
        instruct(cast, hidden)
    leader = cast.actor("hanifah")
    assert instructions.instructions_given(leader, None).rows == [], "even what was said before"
    told = instruct(cast, shown)
    assert heard(shown, "instructed") == {cast.user_ids["sari"]}, "who graded it reads it too"
    settle(cast, shown, "ratih", told, "Sedang diperiksa.")
    assert heard(shown, "instruction_answered") == {cast.user_ids["hanifah"]}


def test_the_leaders_list_tells_how_far_each_has_come(cast: Cast, number: str) -> None:
    first, second = instruct(cast, number, "farmasi"), instruct(cast, number)
    instruct(cast, number, "keuangan")
    settle(cast, number, "budi", first)
    settle(cast, number, "sari", second, "Sudah.")
    leader = cast.actor("hanifah")
    assert instructions.count_given(leader) == dict.fromkeys(Stage, 1)
    (row,) = instructions.instructions_given(leader, Stage.ANSWERED).rows
    assert (row.id, row.answer, row.given_by) == (second, "Sudah.", "dr. Hanifah")
    everything = instructions.instructions_given(leader, None).rows
    assert [one.stage for one in everything] == ["menunggu", "dijawab", "diterima"]


def test_the_message_names_the_deadline_or_says_that_there_is_none(cast: Cast, number: str) -> None:
    instruct(cast, number, "farmasi", due_at=clock.now() + timedelta(days=1))
    instruct(cast, number)
    said = [
        render_message(message).body
        for message in messages_about("ticket", row_of(number).id)
        if message.event == "instructed"
    ]
    assert any("Sabtu, 21 November 2026 pukul 10.00 WIB" in one for one in said)
    assert any("tanpa batas waktu" in one for one in said)
    assert not any("Temui" in one for one in said), "nothing of it is in a message"


def test_an_instruction_moves_nothing(cast: Cast, number: str) -> None:
    before = row_of(number)
    stands = (before.status, before.needs, before.due_at)
    told = instruct(cast, number, "farmasi")
    settle(cast, number, "budi", told, "Sudah.")
    after = row_of(number)
    assert (after.status, after.needs, after.due_at) == stands
    assert isinstance(after.instructions[0], LeaderInstruction)
