"""While somebody is away: who hears in their place, who does their work, and how that is signed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.leaves import enter_leave
from helpdesk.accounts.standing_in import with_leave
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.errors import NotFound, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import access
from helpdesk.tickets.dispositions import accept_disposition, assign_officer
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Access, Grade
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY, dispose, row_of, sweep, work_of
from tests.tickets.test_hearers import heard


def away(cast: Cast, who: str, deputy: str = "", days: int = 30) -> None:
    first = date(2026, 11, 20)
    deputy_id = cast.user_ids[deputy] if deputy else None
    unit_of_work(
        lambda: enter_leave(
            cast.user_ids[who], first, first + timedelta(days=days), deputy_id, by=cast.actor("ayu")
        )
    )


def today(cast: Cast, who: str) -> Actor:
    return with_leave(cast.actor(who))


def at_farmasi(cast: Cast, officer: str = "", **facts: object) -> str:
    number = cast.complain().number
    cast.triage(number, **facts)
    dispose(cast, number, "farmasi", officer=officer)
    return number


def assign(cast: Cast, number: str, officer: str, by: str) -> TicketEvent:
    def unit() -> TicketEvent:
        actor = today(cast, by)
        ticket = access.find_to_change(actor, number)
        return assign_officer(work_of(ticket, actor), cast.user_ids[officer], by=actor)

    return unit_of_work(unit)


def test_what_would_go_to_who_is_away_goes_to_their_deputy(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        away(cast, "lestari", "budi")
        away(cast, "sari", "dimas")
        number = at_farmasi(cast)
        assert heard(number)["disposed"] == {cast.user_ids["budi"]}
        traveller.shift(timedelta(days=20))
        sweep()
        told = heard(number)
        assert cast.user_ids["budi"] in told["breached"]
        assert cast.user_ids["dimas"] in told["breached"]  # the desk's own clock
        everybody = set().union(*told.values())
        assert everybody.isdisjoint({cast.user_ids["lestari"], cast.user_ids["sari"]})


def test_an_officer_without_a_deputy_is_heard_for_by_the_head(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        away(cast, "budi")
        number = at_farmasi(cast, officer="budi")
        assert heard(number)["disposed"] == {cast.user_ids["lestari"]}


def test_where_the_only_head_is_away_officers_hear_of_work_and_the_next_rung_of_lateness(
    cast: Cast,
) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        away(cast, "lestari")
        number = at_farmasi(cast, officer="lestari")
        assert heard(number)["disposed"] == {cast.user_ids["budi"]}
        away(cast, "budi")
        regraded = at_farmasi(cast)
        assert heard(regraded)["disposed"] == {cast.user_ids["ratih"]}
        traveller.shift(timedelta(days=20))
        sweep()
        hop = [
            m for m in messages_about("ticket", row_of(number).id) if m.values.get("clock") == "hop"
        ]
        assert {m.recipient_id for m in hop} >= {cast.user_ids["ratih"], cast.user_ids["hanifah"]}
        assert cast.user_ids["lestari"] not in {m.recipient_id for m in hop}


def test_where_nobody_at_all_is_there_it_waits_for_who_is_away(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        for name in ("lestari", "budi", "ratih", "hanifah"):
            away(cast, name)
        number = at_farmasi(cast)
        assert heard(number)["disposed"] == {cast.user_ids["lestari"], cast.user_ids["budi"]}


def test_a_deputy_learns_nothing_of_what_only_named_readers_may_know(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        away(cast, "budi", "lestari")
        readers = [cast.user_ids["ratih"], cast.user_ids["sari"]]
        facts = {"access": Access.RESTRICTED, "reader_ids": readers, "grade": Grade.YELLOW}
        number = at_farmasi(cast, officer="budi", **facts)
        assert heard(number)["disposed"] == {cast.user_ids["ratih"]}
        with pytest.raises(NotFound):
            access.find_for(today(cast, "lestari"), number)


def test_a_deputy_hands_out_the_work_of_the_unit_and_signs_as_one_until_the_head_is_back(
    cast: Cast,
) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        away(cast, "lestari", "budi", days=3)
        number = at_farmasi(cast, officer="lestari")
        event = assign(cast, number, "budi", by="budi")
        assert (event.actor_id, event.actor_label) == (cast.user_ids["budi"], "Plh. Budi Santoso")

        def accept() -> TicketEvent:
            actor = today(cast, "budi")
            ticket = access.find_to_change(actor, number)
            return accept_disposition(work_of(ticket, actor), by=actor)

        assert unit_of_work(accept).actor_label == "Budi Santoso"  # their own work
        traveller.shift(timedelta(days=4))
        with pytest.raises(Refused):
            assign(cast, number, "lestari", by="budi")


def test_work_of_a_colleague_who_is_away_is_open_to_the_unit_and_stays_theirs(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = at_farmasi(cast, officer="lestari")
        with pytest.raises(NotFound):
            access.find_for(today(cast, "budi"), number)
        away(cast, "lestari", days=3)
        found = access.find_for(today(cast, "budi"), number)
        assert access.works_on(today(cast, "budi"), found.dispositions[0])
        with pytest.raises(NotFound):
            access.find_for(today(cast, "tono"), number)
        assert row_of(number).dispositions[0].officer_id == cast.user_ids["lestari"]
        traveller.shift(timedelta(days=4))
        with pytest.raises(NotFound):
            access.find_for(today(cast, "budi"), number)
