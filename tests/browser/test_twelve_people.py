"""The twelve-person simulation in the browser (002-F1 to 002-F5), on both databases.

The same people and complaints as at the level of the domain: an administrator enters the users, four people enter
eight complaints, two dispose, six resolve, and everybody monitors only what is their own.
"""

from __future__ import annotations

import pytest

from tests.browser.conftest import House
from tests.journeys.simulation import (
    CASES,
    DISPATCHERS,
    OFFICERS,
    PLAYERS,
    RECORDERS,
    UNITS,
    Case,
    Player,
    cases_of,
)
from tests.support.browser import NewContext
from tests.support.screens import Administrator, Member, photo

Numbers = dict[Case, str]
Desks = dict[str, Member]


@pytest.mark.parametrize("live", ["sqlite", "mariadb"], indirect=True)
def test_twelve_people_carry_eight_complaints_to_their_answers(
    house: House, new_context: NewContext
) -> None:
    ayu = Administrator(new_context().new_page())
    ayu.sign_in("ayu")
    passwords = enter_units_and_people(ayu)
    desks = {
        player.username: first_sign_in(new_context, player, passwords[player.username])
        for player in PLAYERS
    }
    numbers = {case: desks[case.recorder].record(case.text, name="Pasien") for case in CASES}
    assert len(set(numbers.values())) == 8
    for position, case in enumerate(CASES):
        send(desks[DISPATCHERS[position % 2].username], numbers[case], case)
    for officer in OFFICERS:
        for case in cases_of(officer.unit):
            resolve(desks[officer.username], numbers[case], case)
    for position, case in enumerate(CASES):
        finish(desks[DISPATCHERS[position % 2].username], numbers[case])
    everybody_monitors_only_their_own(desks, numbers)
    assert ayu.status_of(f"/kerja/tiket/{numbers[CASES[0]]}") in (403, 404)


def enter_units_and_people(ayu: Administrator) -> dict[str, str]:
    """The administrator enters the units that are missing and the twelve; gives the one-time passwords."""
    ayu.open("/admin/unit")
    listed = ayu.page.locator("tbody th").all_inner_texts()
    for code, name in UNITS.items():
        if name not in listed:
            ayu.add_unit(code, name)
    return {
        player.username: ayu.add_person(
            player.username, player.full_name, player.role, UNITS.get(player.unit, "")
        )
        for player in PLAYERS
    }


def first_sign_in(new_context: NewContext, player: Player, one_time_password: str) -> Member:
    """Nobody gets past choosing a password of their own."""
    desk = Member(new_context().new_page()).sign_in(player.username, one_time_password)
    desk.open("/kerja")
    assert desk.path == "/akun/kata-sandi"
    desk.choose_password(one_time_password)
    return desk


def send(care: Member, number: str, case: Case) -> None:
    """Customer care grades the complaint and sends it to the unit responsible."""
    care.triage(number, case.grade)
    care.dispose([UNITS[case.unit]], note="Selesaikan dan buatkan konsep jawaban.")


def resolve(officer: Member, number: str, case: Case) -> None:
    """The unit's officer accepts, writes what was done, and submits; a red one with evidence."""
    officer.accept(number)
    evidence = {"files": photo("bukti.jpg")} if case.grade == "merah" else {}
    officer.submit(number, "Sudah ditangani.", "Mohon maaf, sudah kami tangani.", **evidence)


def finish(care: Member, number: str) -> None:
    """Customer care approves and answers."""
    care.approve(number)
    care.answer(number)
    assert care.page.locator(".thead .status").first.inner_text() == "Dijawab"


def everybody_monitors_only_their_own(desks: Desks, numbers: Numbers) -> None:
    """Each sees the status of what is theirs, in their list and by its address, and nothing else."""
    for player in (*RECORDERS, *OFFICERS):
        desk = desks[player.username]
        own = {numbers[case] for case in CASES if player.username in (case.recorder, case.unit)}
        assert set(desk.listed("semua") + desk.listed("selesai")) == own, player.username
        for number in numbers.values():
            expected = 200 if number in own else 404
            assert desk.status_of(f"/kerja/tiket/{number}") == expected, (player.username, number)
    for dispatcher in DISPATCHERS:
        listed = desks[dispatcher.username].listed("semua")
        assert set(listed) == set(numbers.values())
