"""Leave: who may enter it, what is refused, and when somebody counts as away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.accounts import leaves, staff
from helpdesk.accounts.leave import Leave
from helpdesk.accounts.leaves import end_leave, enter_leave
from helpdesk.accounts.roles import Role
from helpdesk.accounts.staff import Holding
from helpdesk.accounts.standing_in import away_today, leaves_of, with_leave
from helpdesk.accounts.user import User
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.editing import find_row
from helpdesk.lib.errors import Invalid, NotFound
from tests.support.cast import Cast

FRIDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 24)
AT_TEN = "2026-11-20T03:00:00+00:00"


def leave(
    cast: Cast,
    who: str,
    deputy: str = "",
    *,
    by: str = "",
    first: date = FRIDAY,
    last: date = TUESDAY,
) -> Leave:
    """*who* is away, Friday to Tuesday unless said otherwise."""
    deputy_id = cast.user_ids[deputy] if deputy else None
    actor = cast.actor(by or who)
    return unit_of_work(lambda: enter_leave(cast.user_ids[who], first, last, deputy_id, by=actor))


@time_machine.travel(AT_TEN, tick=False)
@pytest.mark.parametrize(
    ("first", "last", "deputy", "field"),
    [
        (date(2026, 11, 18), date(2026, 11, 19), "", "first_on"),
        (TUESDAY, FRIDAY, "", "last_on"),
        (TUESDAY, TUESDAY + timedelta(days=9), "", "last_on"),
        (date(2026, 12, 1), date(2026, 12, 2), "tono", "deputy"),
        (date(2026, 12, 1), date(2026, 12, 2), "budi", "deputy"),
        (date(2026, 12, 1), date(2026, 12, 2), "lestari", "deputy"),
    ],
)
def test_what_cannot_be_is_refused(
    cast: Cast, first: date, last: date, deputy: str, field: str
) -> None:
    """Past days, the wrong way round, days of another leave; another unit's officer, oneself, who is away then too."""
    leave(cast, "budi")
    leave(cast, "lestari", first=date(2026, 12, 2), last=date(2026, 12, 9))
    with pytest.raises(Invalid) as refused:
        leave(cast, "budi", deputy, first=first, last=last)
    assert set(refused.value.fields) == {field}


@time_machine.travel(AT_TEN, tick=False)
def test_the_same_leave_twice_is_one(cast: Cast) -> None:
    assert leave(cast, "budi", "lestari").id == leave(cast, "budi", "lestari").id


@time_machine.travel(AT_TEN, tick=False)
def test_who_is_ill_is_entered_by_head_or_administrator_and_by_nobody_else(cast: Cast) -> None:
    for stranger in ("tono", "ratih"):
        with pytest.raises(NotFound):
            leave(cast, "budi", by=stranger)
    with pytest.raises(NotFound):
        leave(cast, "lestari", by="budi")
    noted = leave(cast, "budi", "lestari", by="lestari")
    leave(cast, "dimas", by="ratih")  # the supervisor of the desk
    leave(cast, "sari", "ratih", by="ayu")
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "leave_entered").order_by(AuditEntry.id)
    ).all()
    by = [one.actor_id for one in entries]
    assert by == [cast.user_ids[name] for name in ("lestari", "ratih", "ayu")]
    assert entries[0].subject_id == cast.user_ids["budi"]
    assert entries[0].details["after"]["deputy"] == "apt. Lestari"
    with pytest.raises(NotFound):
        unit_of_work(lambda: end_leave(noted.id, by=cast.actor("tono")))


def test_somebody_is_away_from_midnight_to_midnight_of_the_house_or_until_they_are_back(
    cast: Cast,
) -> None:
    budi = cast.user_ids["budi"]
    with time_machine.travel(AT_TEN, tick=False) as traveller:
        noted = leave(cast, "budi", first=date(2026, 11, 21))
        assert budi not in away_today()
        for at, is_away in (
            ("2026-11-20T16:59:59+00:00", False),
            ("2026-11-20T17:00:00+00:00", True),
            ("2026-11-24T16:59:59+00:00", True),
            ("2026-11-24T17:00:00+00:00", False),
        ):
            traveller.move_to(at)
            assert (budi in away_today()) is is_away, at
        traveller.move_to("2026-11-22T03:00:00+00:00")
        unit_of_work(lambda: end_leave(noted.id, by=cast.actor("budi")))
        assert budi not in away_today()
        assert leaves_of(budi) == []
        leave(cast, "budi", first=date(2026, 11, 23))  # its days are free again


@time_machine.travel(AT_TEN, tick=False)
def test_who_could_stand_in_holds_the_same_role_and_whoever_loses_it_does_so_no_more(
    cast: Cast,
) -> None:
    def offered(who: str) -> list[str]:
        user = find_row(User, cast.user_ids[who])
        return [one.username for one in leaves.deputies_for(user)]

    assert offered("budi") == ["lestari"]
    assert offered("lestari") == ["budi"]
    assert offered("sari") == ["dimas", "ratih"]
    assert offered("ratih") == []
    leave(cast, "lestari", "budi")
    assert away_today()[cast.user_ids["lestari"]].deputy_id == cast.user_ids["budi"]
    elsewhere = [Holding(Role.UNIT_OFFICER, cast.unit_ids["keuangan"])]
    unit_of_work(
        lambda: staff.set_grants(cast.user_ids["budi"], elsewhere, version=1, by=cast.actor("ayu"))
    )
    assert away_today()[cast.user_ids["lestari"]].deputy_id is None


@time_machine.travel(AT_TEN, tick=False)
def test_who_stands_in_for_a_head_neither_lengthens_nor_ends_that_leave(cast: Cast) -> None:
    noted = leave(cast, "lestari", "budi")
    later = date(2026, 11, 25), date(2027, 11, 24), cast.user_ids["budi"]
    deputy = with_leave(cast.actor("budi"))
    assert deputy.acting_unit_ids == {cast.unit_ids["farmasi"]}
    assert leaves.colleagues_of(deputy) == []
    with pytest.raises(NotFound):
        unit_of_work(lambda: enter_leave(cast.user_ids["lestari"], *later, by=deputy))
    with pytest.raises(NotFound):
        unit_of_work(lambda: end_leave(noted.id, by=deputy))


@time_machine.travel(AT_TEN, tick=False)
def test_a_head_lends_nobody_the_right_of_the_head_of_another_unit(cast: Cast) -> None:
    farmasi, keuangan = cast.unit_ids["farmasi"], cast.unit_ids["keuangan"]
    officer = Holding(Role.UNIT_OFFICER, farmasi)
    both = [officer, Holding(Role.UNIT_HEAD, keuangan)]
    unit_of_work(
        lambda: staff.set_grants(cast.user_ids["tono"], both, version=1, by=cast.actor("ayu"))
    )
    assert "tono" not in [one.username for one in leaves.colleagues_of(cast.actor("lestari"))]
    with pytest.raises(NotFound):
        leave(cast, "tono", by="lestari")
    leave(cast, "tono", by="ayu")
