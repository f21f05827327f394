"""Signing in: who gets in, who does not, how guessing is slowed, and what the trail says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select

from helpdesk.accounts import known_browsers, passwords, sessions, signing_in, staff
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User, UserSession
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, Refused
from tests.support.cast import PASSWORD, Cast

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NEW = "gajah terbang tinggi"


def _user(name: str) -> User:
    db.session.rollback()
    return db.session.scalars(select(User).where(User.username == name)).one()


def _fail(times: int, name: str = "sari") -> None:
    for _time in range(times):
        with pytest.raises(Refused):
            signing_in.sign_in(name, "bukan kata sandinya")


def _change(name: str, **values: object) -> None:
    def change() -> None:
        user = _user(name)
        for field, value in values.items():
            setattr(user, field, value)

    unit_of_work(change)


def _acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


@pytest.mark.parametrize("name", ["sari", "SARI", "  Sari ", "sari@rs.example", "Sari@RS.example"])
def test_by_username_or_e_mail_whatever_the_case(cast: Cast, name: str) -> None:
    _change("sari", email="sari@rs.example")
    token = signing_in.sign_in(name, PASSWORD, device="Chrome, Android")
    signed_in = sessions.find_signed_in(token)
    assert signed_in is not None
    assert signed_in.id == cast.user_ids["sari"]
    assert signed_in.as_actor() == cast.actor("sari")
    assert _acts()[-1] == "sign_in"


def test_wrong_unknown_resting_and_closed_are_answered_alike(cast: Cast) -> None:
    _change("dimas", rested_until=datetime(2099, 1, 1, tzinfo=UTC))
    _change("tono", is_active=False)
    reasons = set()
    for name, password in [
        ("sari", "bukan ini sandinya"),
        ("tidak.ada", PASSWORD),
        ("dimas", PASSWORD),
        ("tono", PASSWORD),
    ]:
        with pytest.raises(Refused) as refusal:
            signing_in.sign_in(name, password)
        reasons.add(refusal.value.reason)
    assert reasons == {signing_in.WRONG}
    assert db.session.scalar(select(UserSession.id)) is None


def test_an_unknown_name_costs_a_hash_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = passwords.is_right
    monkeypatch.setattr(
        passwords, "is_right", lambda typed, kept: checked.append(kept) or real(typed, kept)
    )
    _fail(1, "tidak.ada")
    assert len(checked) == 1
    assert checked[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_eight_failures_rest_the_account_and_each_further_one_doubles_it(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        _fail(7)
        assert _user("sari").rested_until is None
        _fail(1)
        assert _user("sari").rested_until == NOW + timedelta(minutes=15)
        with pytest.raises(Refused):
            signing_in.sign_in("sari", PASSWORD)
        assert _user("sari").failed_sign_ins == 8, "a try during the rest is not counted"
        traveller.shift(timedelta(minutes=15, seconds=1))
        _fail(1)
        later = NOW + timedelta(minutes=15, seconds=1)
        assert _user("sari").rested_until == later + timedelta(minutes=30)
        traveller.shift(timedelta(minutes=31))
        assert signing_in.sign_in("sari", PASSWORD)
        assert _user("sari").failed_sign_ins == 0
        assert _user("sari").rested_until is None


def test_a_rest_never_outgrows_four_hours(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        _change("sari", failed_sign_ins=900)
        _fail(1)
        assert _user("sari").rested_until == NOW + timedelta(hours=4)


def test_a_wrong_try_every_four_hours_does_not_keep_the_owner_out(cast: Cast) -> None:
    """For a week somebody tries again as soon as the rest is over; Sari works as every day."""
    marks = known_browsers.add_mark("", cast.user_ids["sari"])
    with time_machine.travel(NOW, tick=False) as traveller:
        _fail(8)
        tries = 8
        while (until := _user("sari").rested_until) and until < NOW + timedelta(days=7):
            traveller.move_to(until - timedelta(minutes=1))
            with pytest.raises(Refused):
                signing_in.sign_in("sari", PASSWORD)
            assert signing_in.sign_in("sari", PASSWORD, marks=marks)
            traveller.move_to(until)
            _fail(1)
            tries += 1
        assert tries <= 17 + 6 * 6, "what the docstring promises"


def test_a_known_browser_has_few_tries_of_its_own(cast: Cast) -> None:
    marks = known_browsers.add_mark("", cast.user_ids["sari"])
    with time_machine.travel(NOW, tick=False) as traveller:
        _fail(8)
        traveller.shift(timedelta(minutes=5))
        for _time in range(8):
            with pytest.raises(Refused):
                signing_in.sign_in("sari", "bukan kata sandinya", marks=marks)
        with pytest.raises(Refused):
            signing_in.sign_in("sari", PASSWORD, marks=marks)
        traveller.shift(timedelta(minutes=11))
        assert signing_in.sign_in("sari", PASSWORD, marks=marks), "the rest is over for everybody"


def test_the_mark_of_one_person_opens_nothing_to_another(cast: Cast) -> None:
    _fail(8)
    for marks in (known_browsers.add_mark("", cast.user_ids["dimas"]), "~~", "x" * 500):
        with pytest.raises(Refused):
            signing_in.sign_in("sari", PASSWORD, marks=marks)


def test_a_browser_remembers_the_last_five(cast: Cast) -> None:
    marks = ""
    for user_id in (1, 2, 3, 4, 5, 6, 2):
        marks = known_browsers.add_mark(marks, user_id)
    assert [bool(known_browsers.find_browser(marks, one)) for one in range(1, 7)] == [
        False, True, True, True, True, True,
    ]  # fmt: skip
    again = known_browsers.add_mark(marks, 2)
    assert known_browsers.find_browser(again, 2) == known_browsers.find_browser(marks, 2)
    assert len(again) < 400


def test_a_right_guess_that_comes_after_the_rest_began_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred guesses at once: the one that is right was checked before the others were counted."""
    real = passwords.is_right

    def others_fail_meanwhile(typed: str, kept: str) -> bool:
        found = real(typed, kept)
        monkeypatch.setattr(passwords, "is_right", real)
        _fail(8)
        return found

    monkeypatch.setattr(passwords, "is_right", others_fail_meanwhile)
    with pytest.raises(Refused):
        signing_in.sign_in("sari", PASSWORD)


def test_a_password_replaced_while_it_was_checked_lets_nobody_in(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = passwords.is_right

    def replaced_meanwhile(typed: str, kept: str) -> bool:
        found = real(typed, kept)
        _change("sari", password_hash=passwords.hash_password(NEW))
        return found

    monkeypatch.setattr(passwords, "is_right", replaced_meanwhile)
    with pytest.raises(Refused):
        signing_in.sign_in("sari", PASSWORD)


def test_a_one_time_password_is_good_for_seven_days(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        drawn = passwords.draw_one_time_password()
        user_id = cast.user_ids["sari"]
        unit_of_work(lambda: staff.issue_one_time_password(user_id, drawn, by=Actor.system()))
        token = signing_in.sign_in("sari", drawn.text.lower().replace("-", ""))
        signed_in = sessions.find_signed_in(token)
        assert signed_in is not None
        assert signed_in.must_change_password
        traveller.shift(timedelta(days=7))
        with pytest.raises(Refused) as refusal:
            signing_in.sign_in("sari", drawn.text)
        assert refusal.value.reason == signing_in.EXPIRED


def test_an_old_profile_is_hashed_anew_at_sign_in(cast: Cast) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    _change("sari", password_hash=old)
    signing_in.sign_in("sari", PASSWORD)
    kept = _user("sari").password_hash
    assert kept != old
    assert passwords.is_right(PASSWORD, kept)


def test_the_trail_keeps_neither_passwords_nor_what_was_typed_as_a_name(cast: Cast) -> None:
    _fail(1, "sari")
    _fail(2, "rahasia-besar-saya")
    entries = list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    known, *unknown = [entry for entry in entries if entry.act == "sign_in_failed"]
    assert known.subject_id == cast.user_ids["sari"]
    assert known.details == {"failures": 1, "resting": False}
    assert {entry.subject_id for entry in unknown} == {None}
    assert len({entry.details["name_digest"] for entry in unknown}) == 1
    said = str([(entry.actor_label, entry.details) for entry in entries])
    assert "rahasia-besar" not in said
    assert "bukan kata" not in said


def test_a_new_password_ends_every_session_and_opens_a_fresh_one(cast: Cast) -> None:
    old = signing_in.sign_in("sari", PASSWORD)
    fresh = signing_in.change_password(cast.user_ids["sari"], present=PASSWORD, new=NEW)
    assert sessions.find_signed_in(old) is None
    assert sessions.find_signed_in(fresh) is not None
    assert signing_in.sign_in("sari", NEW)
    assert "password_changed" in _acts()


@pytest.mark.parametrize(
    ("present", "new", "field"),
    [
        ("bukan sandi saya", NEW, "present"),
        (PASSWORD, "pendek", "new"),
        (PASSWORD, PASSWORD, "new"),
    ],
)
def test_a_new_password_is_refused(cast: Cast, present: str, new: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        signing_in.change_password(cast.user_ids["sari"], present=present, new=new)
    assert set(refusal.value.fields) == {field}
    assert passwords.is_right(PASSWORD, _user("sari").password_hash)


def test_guessing_the_present_password_counts_as_failing_to_sign_in(cast: Cast) -> None:
    with pytest.raises(Invalid):
        signing_in.change_password(cast.user_ids["sari"], present="bukan ini", new=NEW)
    assert _user("sari").failed_sign_ins == 1


def test_argon2_never_works_inside_a_transaction(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpdesk.lib.database import in_transaction

    seen: list[bool] = []
    for name in ("is_right", "hash_password"):
        real = getattr(passwords, name)
        monkeypatch.setattr(
            passwords, name, lambda *args, real=real: seen.append(in_transaction()) or real(*args)
        )
    signing_in.sign_in("sari", PASSWORD)
    signing_in.change_password(cast.user_ids["sari"], present=PASSWORD, new=NEW)
    assert seen == [False] * 3
