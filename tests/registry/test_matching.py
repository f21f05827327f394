"""A person is found again by contact and name together, never by the telephone alone."""

import pytest
from flask import Flask

from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.registry.complainant import Complainant, IdentifierKind
from helpdesk.registry.matching import find_or_register, normal_name


def register(
    name: str | None, phone: str | None = None, email: str | None = None, address: str | None = None
) -> Complainant:
    return unit_of_work(
        lambda: find_or_register(name=name, phone=phone, email=email, address=address)
    )


def test_same_phone_and_name_is_the_same_person(app: Flask) -> None:
    with app.app_context():
        first = register("Dewi Anggraini", "0812-3456-7890")
        again = register("  dewi  ANGGRAINI. ", "+62 812 3456 7890")
        assert again.id == first.id
        assert again.name == "Dewi Anggraini"
        assert again.phone == "+6281234567890"


def test_a_family_shares_a_telephone(app: Flask) -> None:
    with app.app_context():
        dewi = register("Dewi Anggraini", "081234567890")
        budi = register("Budi Anggraini", "081234567890")
        nobody = register(None, "081234567890")
        assert len({dewi.id, budi.id, nobody.id}) == 3


def test_without_a_phone_the_email_tells(app: Flask) -> None:
    with app.app_context():
        first = register("Dewi", email="Dewi@example.com")
        assert register("dewi", email="dewi@example.com").id == first.id
        assert register("Dewi").id != first.id
        assert first.email == "dewi@example.com"


def test_with_a_phone_the_email_alone_does_not(app: Flask) -> None:
    with app.app_context():
        first = register("Dewi", "081234567890", "dewi@example.com")
        other = register("Dewi", "081234567899", "dewi@example.com")
        assert other.id != first.id


def test_whoever_leaves_something_else_as_well_has_a_card_of_their_own(app: Flask) -> None:
    with app.app_context():
        known = register("Dewi", "081234567890", address="Jl. Melati 3")
        others = (
            register("Dewi", "081234567890"),
            register("Dewi", "081234567890", "mallory@evil.example", address="Jl. Melati 3"),
            register("Dewi", "081234567890", address="Jl. Lain 9"),
        )
        assert len({known.id, *(one.id for one in others)}) == 4
        assert register("dewi", "0812 3456 7890", address=" Jl.  Melati 3").id == known.id
        assert [one.address for one in others] == [None, "Jl. Melati 3", "Jl. Lain 9"]
        db.session.expire_all()
        assert [one.value for one in known.identifiers] == ["+6281234567890"]


def test_other_identifiers_are_kept_with_the_person(app: Flask) -> None:
    with app.app_context():
        person = unit_of_work(
            lambda: find_or_register(
                name="By. Ny. Rina", others={IdentifierKind.MEDICAL_RECORD: "004127"}
            )
        )
        assert person.first_of(IdentifierKind.MEDICAL_RECORD) == "004127"
        assert person.phone is None


def test_an_unreadable_contact_is_refused_and_nothing_is_kept(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(Invalid):
            register("Dewi", "0812")
        assert db.session.query(Complainant).count() == 0


def test_names_are_compared_without_their_dress_but_with_their_title() -> None:
    assert normal_name(" DEWI   Anggraini.") == normal_name("Dewi Anggraini")
    assert normal_name("Jum'at") == normal_name("Jum’at")
    assert normal_name("Tn. Ali") != normal_name("Ny. Ali")
