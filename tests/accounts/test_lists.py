"""People and units from tables: the preview is the thing itself, undone; then all or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from helpdesk.accounts import importing, unit_list, user_list
from helpdesk.accounts.importing import Fate, NotAllTaken, Outcome
from helpdesk.accounts.passwords import OneTimePassword
from helpdesk.accounts.roles import UNIT_ROLES, Role
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.audit.trail import AuditEntry, broken_links
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.tables import TableLine, read_table, text_of, write_table
from tests.support.cast import Cast

WORDS = {role.value: role for role in Role if role not in UNIT_ROLES} | {
    "pimpinan": Role.LEADERSHIP
}
UNITS = """kode;nama;nama inggris;induk;aktif
gizi-vip;Gizi VIP;;gizi;
gizi;Instalasi Gizi;Nutrition;;ya
farmasi;Instalasi Farmasi;Pharmacy;;
keuangan;Keuangan;Keuangan;;tidak
keperawatan;;;;
"""
USERS = """nama pengguna;nama;surel;peran;petugas unit;kepala unit;aktif
rina;Rina Oktavia;rina@rs.example;care, Pimpinan;;farmasi;ya
budi;Budi Santoso, S.Farm.;;;farmasi, keuangan;;
tono;Tono Wijaya;;;keuangan;;tidak
"""


def _units(text: str) -> list[TableLine]:
    table = read_table(text, unit_list.NAMES, required=unit_list.KEY, most=500)
    return unit_list.in_order(table.lines)


def _users(text: str) -> list[TableLine]:
    return read_table(text, user_list.NAMES, required=user_list.KEY, most=500).lines


def _rehearse_units(cast: Cast, text: str) -> dict[str, Outcome]:
    lines = _units(text)
    found = importing.rehearse(lines, unit_list.taking(lines, by=cast.actor("ayu")))
    return {one.key: one for one in found}


def _rehearse_users(cast: Cast, text: str) -> dict[str, Outcome]:
    lines = _users(text)
    take = user_list.taking(lines, role_words=WORDS, passwords=None, by=cast.actor("ayu"))
    return {one.key: one for one in importing.rehearse(lines, take)}


def _take_users(cast: Cast, text: str, *newcomers: str) -> list[Outcome]:
    lines = _users(text)
    passwords = {name: OneTimePassword("X", f"hash of {name}", clock.now()) for name in newcomers}
    take = user_list.taking(lines, role_words=WORDS, passwords=passwords, by=cast.actor("ayu"))
    return unit_of_work(lambda: importing.take_all(lines, take))


def _count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def _user(name: str) -> User:
    db.session.rollback()
    return db.session.scalars(select(User).where(User.username == name)).one()


def _reasons(outcome: Outcome) -> set[str]:
    assert outcome.fate is Fate.REFUSED
    return {column for column, _sentence in outcome.reasons}


def test_a_look_at_units_tells_everything_and_writes_nothing(cast: Cast) -> None:
    units, entries = _count(Unit), _count(AuditEntry)
    seen = _rehearse_units(cast, UNITS)
    assert {key: one.fate for key, one in seen.items()} == {
        "gizi": Fate.NEW,
        "gizi-vip": Fate.NEW,
        "farmasi": Fate.CHANGED,
        "keuangan": Fate.CHANGED,
        "keperawatan": Fate.REFUSED,
    }
    assert _reasons(seen["keperawatan"]) == {"name_id"}
    changes = {change.column: change.after for change in seen["farmasi"].changes}
    assert changes == {"name": "Instalasi Farmasi", "name_en": "Pharmacy"}
    assert [change.column for change in seen["keuangan"].changes] == ["active"]
    assert (_count(Unit), _count(AuditEntry)) == (units, entries)
    assert list(broken_links()) == []


def test_units_are_taken_all_or_none(cast: Cast) -> None:
    units = _count(Unit)
    lines = _units(UNITS)
    with pytest.raises(NotAllTaken) as refusal:
        unit_of_work(
            lambda: importing.take_all(lines, unit_list.taking(lines, by=cast.actor("ayu")))
        )
    assert len(refusal.value.outcomes) == 5
    assert _count(Unit) == units
    good = _units(UNITS.replace("keperawatan;;;;", "keperawatan;Keperawatan;;;"))
    unit_of_work(lambda: importing.take_all(good, unit_list.taking(good, by=cast.actor("ayu"))))
    db.session.rollback()
    kept = {unit.code: unit for unit in db.session.scalars(select(Unit))}
    assert kept["gizi-vip"].parent_id == kept["gizi"].id
    assert kept["gizi-vip"].name_en == "Gizi VIP"
    assert not kept["keuangan"].is_active
    assert list(broken_links()) == []


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Gizi Dapur;Gizi;;;", "code"),
        ("gizi;Gizi;;tak-ada;", "parent"),
        ("gizi;Gizi;;;mungkin", "active"),
        (f"gizi;{'x' * 121};;;", "name"),
        ("gizi;Gizi;;;ya;lebih", ""),
        ("farmasi;Farmasi;;farmasi;", "parent_id"),
    ],
)
def test_a_unit_is_refused_with_its_reason(cast: Cast, line: str, column: str) -> None:
    (outcome,) = _rehearse_units(cast, f"kode;nama;nama inggris;induk;aktif\n{line}\n").values()
    assert _reasons(outcome) == {column}


def test_a_circle_of_units_is_refused(cast: Cast) -> None:
    seen = _rehearse_units(cast, "kode;nama;induk\nfarmasi;Farmasi;keuangan\nkeuangan;K;farmasi\n")
    assert Fate.REFUSED in {one.fate for one in seen.values()}


def test_a_look_at_people_tells_everything_and_writes_nothing(cast: Cast) -> None:
    people, entries = _count(User), _count(AuditEntry)
    seen = _rehearse_users(cast, USERS)
    assert {key: one.fate for key, one in seen.items()} == {
        "rina": Fate.NEW,
        "budi": Fate.CHANGED,
        "tono": Fate.CHANGED,
    }
    changes = {change.column: (change.before, change.after) for change in seen["budi"].changes}
    assert changes == {
        "name": ("Budi Santoso", "Budi Santoso, S.Farm."),
        "officer_in": ("farmasi", "farmasi, keuangan"),
    }
    assert (_count(User), _count(AuditEntry)) == (people, entries)


def test_people_are_taken_as_they_were_shown(cast: Cast) -> None:
    outcomes = _take_users(cast, USERS, "rina")
    assert [one.fate for one in outcomes] == [Fate.NEW, Fate.CHANGED, Fate.CHANGED]
    rina, tono = _user("rina"), _user("tono")
    assert rina.must_change_password
    assert rina.password_hash == "hash of rina"
    assert rina.roles == {Role.CARE, Role.LEADERSHIP, Role.UNIT_HEAD}
    assert not tono.is_active
    assert _user("budi").as_actor().unit_ids == {
        cast.unit_ids["farmasi"],
        cast.unit_ids["keuangan"],
    }
    again = _rehearse_users(cast, USERS)
    assert {one.fate for one in again.values()} == {Fate.SAME}


def test_a_column_that_is_not_there_leaves_what_it_is_about(cast: Cast) -> None:
    _take_users(cast, "username,position\nbudi,Petugas Farmasi\n")
    budi = _user("budi")
    assert (budi.position, budi.full_name) == ("Petugas Farmasi", "Budi Santoso")
    assert budi.roles == {Role.UNIT_OFFICER}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("rina;Rina;bukan surel;care;;;", "email"),
        ("rina;;;care;;;", "full_name"),
        ("rina;Rina;;;;;", "roles"),
        ("rina;Rina;;raja;;;", "roles"),
        ("rina;Rina;;unit_head;;;", "roles"),
        ("rina;Rina;;;tak-ada;;", "officer_in"),
        ("rina;Rina;;care;;;kadang", "active"),
        ("R!na;Rina;;care;;;", "username"),
        ("rina;Rina;sari;care;;;", "email"),
        ("ayu;Ayu;;care;;;", ""),
    ],
)
def test_a_person_is_refused_with_a_reason(cast: Cast, line: str, column: str) -> None:
    (outcome,) = _rehearse_users(
        cast, f"username;nama;surel;peran;petugas unit;kepala unit;aktif\n{line}\n"
    ).values()
    assert _reasons(outcome) == {column}


def test_all_that_is_wrong_with_a_unit_is_told_at_once(cast: Cast) -> None:
    lines = _units(
        "kode;nama;induk;aktif\nGizi Dapur;;tak-ada;kadang\nfarmasi;;farmasi;\n"
        "gizi;Gizi;;\nGIZI;;;x\n"
    )
    outcomes = importing.rehearse(lines, unit_list.taking(lines, by=cast.actor("ayu")))
    refused = {one.number: _reasons(one) for one in outcomes if one.fate is Fate.REFUSED}
    assert refused == {
        2: {"code", "name_id", "parent", "active"},
        3: {"name_id", "parent_id"},
        5: {"code", "name_id", "active"},
    }


def test_all_that_is_wrong_with_a_line_is_told_at_once(cast: Cast) -> None:
    head = "username;nama;surel;bahasa;peran;petugas unit;aktif"
    seen = _rehearse_users(
        cast, f"{head}\nrina;;x;xx;raja;tak-ada;kadang\nsari;;x;id;care;;ya\nrini;;;id;;;ya\n"
    )
    assert _reasons(seen["rina"]) == {
        "full_name", "email", "language", "roles", "officer_in", "active",
    }  # fmt: skip
    assert _reasons(seen["sari"]) == {"full_name", "email"}
    assert _reasons(seen["rini"]) == {"full_name", "roles"}


def test_everything_that_a_list_of_people_names_and_nobody_knows_is_told(cast: Cast) -> None:
    head = "username;nama;surel;peran;petugas unit"
    used = _user("sari").email
    seen = _rehearse_users(
        cast, f"{head}\nrina;;{used};raja, care, ratu;satu, farmasi, dua\nrina;;x;;\n"
    )
    assert _reasons(seen["rina"]) == {"username", "full_name", "email", "roles"}
    first = _rehearse_users(cast, f"{head}\nrina;;{used};raja, care, ratu;satu, farmasi, dua\n")
    said = {column: str(sentence) for column, sentence in first["rina"].reasons}
    assert said.keys() == {"full_name", "email", "roles", "officer_in"}
    assert "raja, ratu" in said["roles"]
    assert "satu, dua" in said["officer_in"]


def test_somebody_who_stands_twice_is_refused_the_second_time(cast: Cast) -> None:
    lines = _users("username;nama;peran\nrina;Rina;care\nRINA;Rina lain;care\n")
    take = user_list.taking(lines, role_words=WORDS, passwords=None, by=cast.actor("ayu"))
    first, second = importing.rehearse(lines, take)
    assert first.fate is Fate.NEW
    assert _reasons(second) == {"username"}


def test_two_newcomers_with_one_address_are_seen(cast: Cast) -> None:
    seen = _rehearse_users(
        cast,
        "username;nama;surel;peran\nrina;Rina;x@rs.example;care\nrini;Rini;x@rs.example;care\n",
    )
    assert (seen["rina"].fate, _reasons(seen["rini"])) == (Fate.NEW, {"email"})


def test_a_refused_line_leaves_nothing_half_done(cast: Cast) -> None:
    """The name is changed before the roles are refused: the savepoint takes both back."""
    lines = _users("username;nama;peran\nayu;Ayu Lain;care\nsari;Sari Lain;care\n")
    take = user_list.taking(lines, role_words=WORDS, passwords=None, by=cast.actor("ayu"))
    ayu, sari = importing.rehearse(lines, take)
    assert ayu.fate is Fate.REFUSED
    assert sari.fate is Fate.CHANGED
    assert _user("ayu").full_name == "Ayu Lestari"


def test_what_is_exported_changes_nothing_when_it_comes_back(cast: Cast) -> None:
    def name_like_a_formula() -> None:
        _user("sari").position = "=HYPERLINK(1)"

    unit_of_work(name_like_a_formula)
    people = text_of(write_table(user_list.COLUMNS, user_list.rows()))
    assert "'=HYPERLINK" in people
    assert {one.fate for one in _rehearse_users(cast, people).values()} == {Fate.SAME}
    units = text_of(write_table(unit_list.COLUMNS, unit_list.rows()))
    assert {one.fate for one in _rehearse_units(cast, units).values()} == {Fate.SAME}


def test_the_examples_can_be_taken_in(cast: Cast) -> None:
    units = text_of(write_table(unit_list.COLUMNS, unit_list.EXAMPLES))
    assert not importing.is_refused(_rehearse_units(cast, units).values())
    people = text_of(write_table(user_list.COLUMNS, user_list.EXAMPLES)).replace(", gizi", "")
    assert not importing.is_refused(_rehearse_users(cast, people).values())
