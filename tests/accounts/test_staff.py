"""People and units: added, edited, given roles, closed; and the last administrator."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.accounts import passwords, sessions, signing_in, staff, units
from helpdesk.accounts.passwords import OneTimePassword
from helpdesk.accounts.roles import Role
from helpdesk.accounts.staff import Holding, Person
from helpdesk.accounts.units import UnitFacts
from helpdesk.accounts.user import User
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, Refused
from tests.support.cast import PASSWORD, Cast

RINA = Person("Rina.Oktavia", " Rina Oktavia ", "Rina@RS.example", "Staf humas")
CARE = [Holding(Role.CARE)]


@pytest.fixture(scope="module")
def drawn() -> OneTimePassword:
    """One password for all: hashing is slow on purpose."""
    return passwords.draw_one_time_password()


def _add(cast: Cast, person: Person, holdings: list[Holding], drawn: OneTimePassword) -> User:
    by = cast.actor("ayu")
    return unit_of_work(lambda: staff.add_user(person, holdings, password=drawn, by=by))


def _last_entry() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).all()[0]


def test_a_new_person_signs_in_with_the_one_time_password(
    cast: Cast, drawn: OneTimePassword
) -> None:
    farmasi = cast.unit_ids["farmasi"]
    held = [Holding(Role.CARE), Holding(Role.UNIT_HEAD, farmasi)]
    user = _add(cast, RINA, held, drawn)
    assert (user.username, user.full_name, user.email) == (
        "rina.oktavia",
        "Rina Oktavia",
        "rina@rs.example",
    )
    assert user.as_actor().headed_unit_ids == {farmasi}
    signed_in = sessions.find_signed_in(signing_in.sign_in("rina.oktavia", drawn.text))
    assert signed_in is not None
    assert signed_in.must_change_password


def test_adding_is_in_the_trail_without_the_password(cast: Cast, drawn: OneTimePassword) -> None:
    _add(cast, RINA, CARE, drawn)
    entry = _last_entry()
    assert (entry.act, entry.actor_id) == ("user_added", cast.user_ids["ayu"])
    assert entry.details["after"]["username"] == "rina.oktavia"
    assert entry.details["after"]["grants"] == ["care"]
    assert drawn.text not in str(entry.details)
    assert "argon2" not in str(entry.details)


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (Person("a b", "Rina"), "username"),
        (Person("ri", "Rina"), "username"),
        (Person("rina", "  "), "full_name"),
        (Person("rina", "Rina", "bukan surel"), "email"),
        (Person("SARI", "Sari yang lain"), "username"),
        (Person("surya", "Surya", "joko@rs.example"), "email"),
        (Person("joko@rs.example", "Joko palsu"), "username"),
    ],
)
def test_a_person_is_refused(
    cast: Cast, drawn: OneTimePassword, person: Person, field: str
) -> None:
    by = cast.actor("ayu")
    joko = Person("joko", "Joko Susilo", "joko@rs.example")
    unit_of_work(lambda: staff.edit_user(cast.user_ids["joko"], joko, version=1, by=by))
    with pytest.raises(Invalid) as refusal:
        _add(cast, person, CARE, drawn)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize(
    "holdings",
    [
        [],
        [Holding(Role.UNIT_OFFICER)],
        [Holding(Role.UNIT_HEAD, 9999)],
        [Holding(Role.CARE, 1)],
    ],
)
def test_roles_are_refused(cast: Cast, drawn: OneTimePassword, holdings: list[Holding]) -> None:
    with pytest.raises(Invalid) as refusal:
        _add(cast, RINA, holdings, drawn)
    assert set(refusal.value.fields) == {"roles"}


def test_the_second_of_two_editors_is_told(cast: Cast) -> None:
    by, user_id = cast.actor("ayu"), cast.user_ids["sari"]
    first, second = Person("sari", "Sari Dewi Lestari"), Person("sari", "Sari D.")
    unit_of_work(lambda: staff.edit_user(user_id, first, version=1, by=by))
    entry = _last_entry()
    assert entry.details["before"]["full_name"] == "Sari Dewi"
    assert entry.details["after"]["full_name"] == "Sari Dewi Lestari"
    with pytest.raises(Conflict):
        unit_of_work(lambda: staff.edit_user(user_id, second, version=1, by=by))
    with pytest.raises(Conflict):
        unit_of_work(lambda: staff.set_grants(user_id, CARE, version=1, by=by))
    assert db.session.get_one(User, user_id).full_name == "Sari Dewi Lestari"


def test_roles_are_replaced_and_those_that_stay_stay(cast: Cast) -> None:
    by, user_id = cast.actor("ayu"), cast.user_ids["lestari"]
    farmasi, keuangan = cast.unit_ids["farmasi"], cast.unit_ids["keuangan"]
    wanted = [Holding(Role.UNIT_HEAD, farmasi), Holding(Role.UNIT_OFFICER, keuangan)]
    unit_of_work(lambda: staff.set_grants(user_id, wanted, version=1, by=by))
    actor = cast.actor("lestari")
    assert actor.unit_ids == {farmasi, keuangan}
    assert actor.headed_unit_ids == {farmasi}
    assert _last_entry().details == {
        "before": {"grants": [f"unit_head/{farmasi}"]},
        "after": {"grants": [f"unit_head/{farmasi}", f"unit_officer/{keuangan}"]},
    }


def test_the_last_active_administrator_stays(cast: Cast) -> None:
    by, ayu, sari = cast.actor("ayu"), cast.user_ids["ayu"], cast.user_ids["sari"]
    with pytest.raises(Refused):
        unit_of_work(lambda: staff.deactivate_user(ayu, by=by))
    with pytest.raises(Refused):
        unit_of_work(lambda: staff.set_grants(ayu, CARE, version=1, by=by))
    admin = [Holding(Role.ADMIN)]
    unit_of_work(lambda: staff.set_grants(sari, admin, version=1, by=by))
    unit_of_work(lambda: staff.deactivate_user(ayu, by=by))
    with pytest.raises(Refused):
        unit_of_work(lambda: staff.deactivate_user(sari, by=by))
    unit_of_work(lambda: staff.reactivate_user(ayu, by=by))
    unit_of_work(lambda: staff.deactivate_user(sari, by=by))


def test_somebody_who_is_no_administrator_can_always_be_closed(cast: Cast) -> None:
    by = cast.actor("ayu")
    unit_of_work(lambda: staff.deactivate_user(cast.user_ids["sari"], by=by))
    with pytest.raises(Refused):
        signing_in.sign_in("sari", PASSWORD)
    acts = list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))
    assert acts[-2:] == ["user_deactivated", "sign_in_failed"]


def test_a_one_time_password_wakes_a_resting_account_and_ends_its_sessions(
    cast: Cast, drawn: OneTimePassword
) -> None:
    token = signing_in.sign_in("sari", PASSWORD)
    for _time in range(8):
        with pytest.raises(Refused):
            signing_in.sign_in("sari", "bukan sandi saya")
    by, user_id = cast.actor("ayu"), cast.user_ids["sari"]
    unit_of_work(lambda: staff.issue_one_time_password(user_id, drawn, by=by))
    assert sessions.find_signed_in(token) is None
    assert signing_in.sign_in("sari", drawn.text)


def test_people_are_found_by_part_of_a_name(cast: Cast) -> None:
    assert [user.username for user in staff.list_users("LESTARI")] == ["lestari", "ayu"]
    assert staff.list_users("100%") == []
    assert len(staff.list_users()) == len(cast.user_ids)


def test_units_are_added_edited_and_closed(cast: Cast) -> None:
    by = cast.actor("ayu")
    unit = unit_of_work(lambda: units.add_unit(UnitFacts("Gizi", "Instalasi Gizi"), by=by))
    assert (unit.code, unit.name_en) == ("gizi", "Instalasi Gizi")
    renamed = UnitFacts("gizi", "Gizi dan Dapur", "Kitchen")
    unit_of_work(lambda: units.edit_unit(unit.id, renamed, version=1, by=by))
    with pytest.raises(Conflict):
        unit_of_work(lambda: units.edit_unit(unit.id, renamed, version=1, by=by))
    unit_of_work(lambda: units.deactivate_unit(unit.id, by=by))
    assert unit.id not in {one.id for one in units.list_units(only_active=True)}
    assert _last_entry().act == "unit_deactivated"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (UnitFacts("a b", "Gizi"), "code"),
        (UnitFacts("farmasi", "Farmasi dua"), "code"),
        (UnitFacts("gizi", " "), "name_id"),
        (UnitFacts("gizi", "Gizi", parent_id=9999), "parent_id"),
    ],
)
def test_a_unit_is_refused(cast: Cast, facts: UnitFacts, field: str) -> None:
    by = cast.actor("ayu")
    with pytest.raises(Invalid) as refusal:
        unit_of_work(lambda: units.add_unit(facts, by=by))
    assert set(refusal.value.fields) == {field}


def test_a_unit_cannot_stand_below_itself(cast: Cast) -> None:
    by, farmasi, keuangan = cast.actor("ayu"), cast.unit_ids["farmasi"], cast.unit_ids["keuangan"]
    below = UnitFacts("keuangan", "Keuangan", parent_id=farmasi)
    unit_of_work(lambda: units.edit_unit(keuangan, below, version=1, by=by))
    circle = UnitFacts("farmasi", "Farmasi", parent_id=keuangan)
    with pytest.raises(Invalid):
        unit_of_work(lambda: units.edit_unit(farmasi, circle, version=1, by=by))
