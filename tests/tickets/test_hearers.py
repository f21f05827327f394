"""Who is told: always somebody, and nobody twice of the same."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import delete

from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import Grant
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.states import Access, Grade
from helpdesk.tickets.triage import regrade_ticket
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY, dispose, row_of, sweep


def heard(number: str) -> dict[str, set[int | None]]:
    """Who of the staff was told what."""
    told: dict[str, set[int | None]] = {}
    for message in messages_about("ticket", row_of(number).id):
        if message.recipient_kind == "staff":
            told.setdefault(message.event, set()).add(message.recipient_id)
    return told


def test_in_a_unit_without_a_head_its_officers_hear(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "keuangan")
        traveller.shift(timedelta(days=1, hours=12))
        sweep()
        tono = {cast.user_ids["tono"]}
        assert heard(number)["disposed"] == tono
        traveller.shift(timedelta(days=20))
        sweep()
        assert heard(number)["due_soon"] >= tono
        assert heard(number)["breached"] >= tono


def test_a_rung_that_nobody_stands_on_is_told_to_the_desk(cast: Cast) -> None:
    leaders = delete(Grant).where(Grant.role == Role.LEADERSHIP.value)
    unit_of_work(lambda: db.session.execute(leaders))
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        traveller.shift(timedelta(days=20))
        sweep()
        assert cast.user_ids["sari"] in heard(number)["escalated"]


def test_who_heard_that_it_is_late_is_not_told_at_the_same_moment_to_see_to_it(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
        traveller.shift(timedelta(days=20))
        sweep()
        hop = [
            (m.event, m.recipient_id)
            for m in messages_about("ticket", row_of(number).id)
            if m.values.get("clock") == "hop"
        ]
        lestari = cast.user_ids["lestari"]
        assert ("breached", lestari) in hop
        assert ("escalated", lestari) not in hop
        assert ("escalated", cast.user_ids["hanifah"]) in hop


def test_a_red_case_is_known_to_supervisors_and_leadership_at_once_and_once(cast: Cast) -> None:
    above = {cast.user_ids["ratih"], cast.user_ids["hanifah"]}
    at_triage, later, kept = (cast.complain().number for _ in range(3))
    cast.triage(at_triage, Grade.RED)
    cast.act("sari", at_triage, lambda t, by: regrade_ticket(t, Grade.RED, "Tetap.", by=by))
    cast.triage(later, Grade.GREEN)
    assert "graded_red" not in heard(later)
    cast.act("sari", later, lambda t, by: regrade_ticket(t, Grade.RED, "Pingsan.", by=by))
    cast.triage(kept, Grade.YELLOW)
    for number in (at_triage, later):
        told = [m for m in messages_about("ticket", row_of(number).id) if m.event == "graded_red"]
        assert {m.recipient_id for m in told} == above
        assert len(told) == len(above)
    assert "graded_red" not in heard(kept)


def test_a_confidential_red_case_is_told_to_its_readers_alone(cast: Cast) -> None:
    number = cast.complain().number
    readers = [cast.user_ids["dimas"], cast.user_ids["ratih"]]
    cast.triage(number, Grade.RED, access=Access.RESTRICTED, reader_ids=readers)
    assert heard(number)["graded_red"] == {cast.user_ids["ratih"]}
    (message,) = [m for m in messages_about("ticket", row_of(number).id) if m.event == "graded_red"]
    assert message.values["category"] == "?"
