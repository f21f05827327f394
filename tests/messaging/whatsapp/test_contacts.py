"""One account is one contact, whichever half of its identity comes along; a number given up is nobody's past."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.whatsapp.contact import Contact, ContactIdentity, IdentityKind
from helpdesk.messaging.whatsapp.contacts import (
    address_of,
    change_identity,
    contact_at,
    contact_of,
    open_window,
)
from helpdesk.messaging.whatsapp.window import is_open, window_until

NUMBER, OTHER = "6281234560172", "6281234569999"
ID, OTHER_ID = "ID.1410018717833190", "ID.99999999"

pytestmark = pytest.mark.usefixtures("cast")


def seen(number: str | None, user_id: str | None = None, name: str = "Wati") -> int:
    """The id of whoever comes along with these."""
    return unit_of_work(lambda: contact_of(number, user_id, name, clock.now())).id


def joined(number: str | None, user_id: str | None) -> tuple[int, list[int]]:
    """The same, and whom it took in."""
    taken: list[int] = []

    def find() -> Contact:
        taken.clear()
        return contact_of(
            number, user_id, "", clock.now(), when_joined=lambda _stays, goes: taken.append(goes.id)
        )

    return unit_of_work(find).id, taken


def change(contact_id: int, number: str | None, user_id: str | None = None) -> None:
    def unit() -> None:
        change_identity(db.session.get_one(Contact, contact_id), number, user_id, clock.now())

    unit_of_work(unit)


def address(contact_id: int) -> str:
    db.session.rollback()
    db.session.expire_all()
    return address_of(db.session.get_one(Contact, contact_id))


def test_a_stranger_becomes_known_once() -> None:
    first = seen(NUMBER, ID)
    assert seen(NUMBER, ID) == seen(NUMBER) == seen(None, ID) == first
    assert address(first) == f"+{NUMBER}"
    assert {one.kind for one in db.session.scalars(db.select(ContactIdentity))} == set(IdentityKind)


def test_the_name_is_the_last_that_they_gave() -> None:
    first = seen(NUMBER, name="Wati")
    seen(NUMBER, name="")
    assert db.session.get_one(Contact, first).profile_name == "Wati"
    seen(NUMBER, name="W" * 400)
    db.session.expire_all()
    assert db.session.get_one(Contact, first).profile_name == "W" * 120


def test_the_other_half_is_learnt_later() -> None:
    first = seen(NUMBER)
    assert seen(NUMBER, ID) == first
    assert seen(None, ID) == first


def test_without_a_number_they_are_written_to_by_their_id() -> None:
    first = seen(None, ID)
    assert address(first) == ID
    found = contact_at(ID)
    assert found is not None
    assert found.id == first
    assert seen(NUMBER, ID) == first
    assert address(first) == f"+{NUMBER}"


def test_who_is_where() -> None:
    first = seen(NUMBER, ID)
    for where in (f"+{NUMBER}", ID):
        found = contact_at(where)
        assert found is not None
        assert found.id == first
    assert contact_at(f"+{OTHER}") is None
    assert contact_at("") is None


def test_two_halves_of_one_account_are_joined() -> None:
    by_number, by_id = seen(NUMBER), seen(None, ID)
    assert by_number != by_id
    assert joined(NUMBER, ID) == (by_id, [by_number])
    assert seen(NUMBER) == by_id
    assert address(by_number) == ""


def test_a_number_that_has_another_owner_begins_anew() -> None:
    """Months later the operator gives it out again: what the first told us is nothing to the second."""
    first = seen(NUMBER, ID)
    second, taken = joined(NUMBER, OTHER_ID)
    assert second != first
    assert taken == []
    assert address(second) == f"+{NUMBER}"
    assert address(first) == ID
    assert seen(NUMBER) == second
    assert seen(None, ID) == first


def test_a_number_changes_and_the_person_stays() -> None:
    first = seen(NUMBER, ID)
    change(first, OTHER)
    assert address(first) == f"+{OTHER}"
    assert contact_at(f"+{NUMBER}") is None
    assert contact_at(ID) is None
    assert seen(OTHER, OTHER_ID) == first
    assert address(first) == f"+{OTHER}"


def test_the_number_that_was_left_is_somebody_elses() -> None:
    first = seen(NUMBER, ID)
    change(first, OTHER)
    assert seen(NUMBER) != first
    assert address(first) == f"+{OTHER}"


def test_what_they_said_before_the_change_and_comes_late_is_theirs() -> None:
    first = seen(NUMBER, ID)
    change(first, OTHER)
    assert seen(None, ID) == first


def test_a_new_id_leaves_the_number() -> None:
    first = seen(NUMBER, ID)
    change(first, None, OTHER_ID)
    assert address(first) == f"+{NUMBER}"
    assert seen(None, OTHER_ID) == first


def test_who_wrote_from_the_new_number_before_we_heard_of_it_is_the_same() -> None:
    first, before = seen(NUMBER, ID), clock.now()
    early = seen(OTHER, OTHER_ID)
    taken: list[int] = []

    def unit() -> None:
        taken.clear()
        change_identity(
            db.session.get_one(Contact, first),
            OTHER,
            None,
            before,
            when_joined=lambda _stays, goes: taken.append(goes.id),
        )

    unit_of_work(unit)
    assert taken == [early]
    assert seen(OTHER, OTHER_ID) == first
    assert address(early) == ""


def test_the_window_is_open_for_a_day_after_their_last_word() -> None:
    first, now = seen(NUMBER), clock.now().replace(microsecond=0)
    assert window_until(f"+{NUMBER}") is None
    assert not is_open(f"+{NUMBER}", now)
    for hours in (0, -3, 1):
        unit_of_work(
            lambda said=now + timedelta(hours=hours): open_window(  # type: ignore[misc]
                db.session.get_one(Contact, first), said
            )
        )
    ends = now + timedelta(hours=25)
    assert window_until(f"+{NUMBER}") == ends
    assert is_open(f"+{NUMBER}", ends - timedelta(microseconds=1))
    assert not is_open(f"+{NUMBER}", ends)
    assert not is_open(f"+{OTHER}", now)


def test_nobody_is_nobody() -> None:
    with pytest.raises(ValueError, match="without"):
        seen(None, None)
    with pytest.raises(RuntimeError):
        contact_of(NUMBER, None, "", clock.now())
