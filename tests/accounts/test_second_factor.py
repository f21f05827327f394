"""The second factor: a code is good once, guessing it is slow, and a stolen database has none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask import current_app, g
from sqlalchemy import select

from helpdesk.accounts import (
    known_browsers,
    one_time_codes,
    passwords,
    second_factor,
    sessions,
    signing_in,
)
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.second_factor import Proof
from helpdesk.accounts.user import RecoveryCode, SecondFactor, User
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, NotFound, Refused
from helpdesk.lib.sealing import Unreadable, keyed_digest, seal, unseal
from tests.support.cast import PASSWORD, Cast

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """The clock, standing still."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ayu(cast: Cast) -> int:
    """The administrator's id."""
    return cast.user_ids["ayu"]


def _enrol(user_id: int, browser: str = "") -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """Set up a second factor; gives the app and the recovery codes."""
    draft = one_time_codes.draw_draft(user_id)
    secret = one_time_codes.secret_in(draft, user_id)
    assert secret is not None
    app = pyotp.TOTP(secret)
    enrolled = second_factor.enrol(user_id, draft, Proof(PASSWORD, app.now(), browser))
    assert sessions.find_signed_in(enrolled.token) is not None
    return app, enrolled.recovery_codes


def _waiting() -> str:
    """The token of a browser in which Ayu's password was right."""
    token = signing_in.sign_in("ayu", PASSWORD)
    assert sessions.find_signed_in(token) is None
    return token


def _fresh(user_id: int) -> User:
    db.session.rollback()
    return db.session.get_one(User, user_id)


def _acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def _ask_it_of_everybody() -> None:
    def switch() -> None:
        db.session.get_one(Organisation, 1).requires_second_factor = True

    unit_of_work(switch)
    g.pop("organisation", None)  # read anew, as by the next request


def test_the_code_opens_what_the_password_alone_does_not(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    app, _codes = _enrol(ayu)
    waiting = _waiting()
    assert second_factor.is_awaited(waiting)
    clock.shift(HALF_A_MINUTE)
    passed = second_factor.take_second_step(waiting, app.now())
    signed_in = sessions.find_signed_in(passed.token)
    assert signed_in is not None
    assert signed_in.id == ayu
    assert passed.token != waiting
    assert not second_factor.is_awaited(waiting), "the waiting session has ended"
    assert _acts()[-2:] == ["second_factor_enrolled", "sign_in"]


def test_the_code_is_taken_in_a_known_browser_though_the_account_rests(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    app, _codes = _enrol(ayu)
    waiting, marks = _waiting(), known_browsers.add_mark("", ayu)
    for _time in range(8):
        with pytest.raises(Refused):
            signing_in.sign_in("ayu", "bukan kata sandinya")
    clock.shift(HALF_A_MINUTE)
    with pytest.raises(Refused):
        second_factor.take_second_step(waiting, app.now())
    assert second_factor.take_second_step(waiting, app.now(), marks=marks).token


def test_who_is_signed_in_proves_it_though_the_account_rests_but_only_so_often(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    here = known_browsers.of_session(1)
    for _time in range(8):
        with pytest.raises(Refused):
            signing_in.sign_in("ayu", "bukan kata sandinya")
    with pytest.raises(Invalid):
        _enrol(ayu)
    app, _codes = _enrol(ayu, here)
    clock.shift(HALF_A_MINUTE)
    assert second_factor.renew_codes(ayu, Proof(PASSWORD, app.now(), here))
    for _time in range(8):
        with pytest.raises(Invalid):
            second_factor.renew_codes(ayu, Proof("bukan kata sandinya", app.now(), here))
    clock.shift(HALF_A_MINUTE)
    with pytest.raises(Invalid):
        second_factor.renew_codes(ayu, Proof(PASSWORD, app.now(), here))


def test_a_code_is_good_once(ayu: int, clock: time_machine.Coordinates) -> None:
    app, _codes = _enrol(ayu)
    with pytest.raises(Refused):  # the very code that confirmed the enrolment
        second_factor.take_second_step(_waiting(), app.now())
    clock.shift(HALF_A_MINUTE)
    code = app.now()
    second_factor.take_second_step(_waiting(), code)
    with pytest.raises(Refused):
        second_factor.take_second_step(_waiting(), code)


def test_an_earlier_code_is_void_once_a_later_one_was_used(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    app, _codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE * 3)
    before = app.at(NOW + HALF_A_MINUTE * 2)
    second_factor.take_second_step(_waiting(), app.now())
    with pytest.raises(Refused):
        second_factor.take_second_step(_waiting(), before)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_telephone_may_be_half_a_minute_off(
    ayu: int, clock: time_machine.Coordinates, steps: int, is_right: bool
) -> None:
    app, _codes = _enrol(ayu)
    clock.shift(timedelta(minutes=10))
    code = app.at(NOW + timedelta(minutes=10) + steps * HALF_A_MINUTE)
    if is_right:
        assert second_factor.take_second_step(_waiting(), code).token
    else:
        with pytest.raises(Refused):
            second_factor.take_second_step(_waiting(), code)


@pytest.mark.parametrize("spelling", ["{a} {b}", " {a}{b} ", "{fullwidth}"])
def test_a_code_may_be_typed_as_the_app_shows_it(
    ayu: int, clock: time_machine.Coordinates, spelling: str
) -> None:
    app, _codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    code = app.now()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    typed = spelling.format(a=code[:3], b=code[3:], fullwidth=wide)
    assert second_factor.take_second_step(_waiting(), typed).token


def test_guessing_codes_is_as_slow_as_guessing_passwords(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    app, _codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    for _turn in range(8):  # a right password in between buys no further guess
        with pytest.raises(Refused):
            second_factor.take_second_step(_waiting(), "12345x")
    assert _fresh(ayu).failed_sign_ins == 8
    with pytest.raises(Refused):
        signing_in.sign_in("ayu", PASSWORD)
    clock.shift(timedelta(minutes=16))
    token = _waiting()
    assert second_factor.take_second_step(token, app.now()).token
    assert _fresh(ayu).failed_sign_ins == 0


def test_a_right_code_that_comes_after_the_rest_began_is_refused(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    app, _codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    token = _waiting()
    for _turn in range(8):
        with pytest.raises(Refused):
            second_factor.take_second_step(token, "000000")
    with pytest.raises(Refused):
        second_factor.take_second_step(token, app.now())


def test_the_second_step_waits_ten_minutes(ayu: int, clock: time_machine.Coordinates) -> None:
    app, _codes = _enrol(ayu)
    token = _waiting()
    clock.shift(timedelta(minutes=10))
    assert not second_factor.is_awaited(token)
    with pytest.raises(NotFound):
        second_factor.take_second_step(token, app.now())


def test_a_closed_account_passes_no_second_step(ayu: int, clock: time_machine.Coordinates) -> None:
    app, _codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    token = _waiting()

    def close() -> None:
        db.session.get_one(User, ayu).is_active = False

    unit_of_work(close)
    with pytest.raises(NotFound):
        second_factor.take_second_step(token, app.now())


def test_each_recovery_code_opens_once(ayu: int, clock: time_machine.Coordinates) -> None:
    _app, codes = _enrol(ayu)
    assert len(set(codes)) == 10
    typed = codes[3].lower().replace("-", " ")
    passed = second_factor.take_second_step(_waiting(), typed)
    assert passed.codes_left == 9
    with pytest.raises(Refused):
        second_factor.take_second_step(_waiting(), codes[3])
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "sign_in")).all()[-1]
    assert entry.details == {"recovery_codes_left": 9}


def test_new_recovery_codes_void_the_old_ones(ayu: int, clock: time_machine.Coordinates) -> None:
    app, old = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    new = second_factor.renew_codes(ayu, Proof(PASSWORD, app.now()))
    assert not set(old) & set(new)
    with pytest.raises(Refused):
        second_factor.take_second_step(_waiting(), old[0])
    assert second_factor.take_second_step(_waiting(), new[0]).token


def test_neither_secret_nor_codes_can_be_read_in_the_database(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    app, codes = _enrol(ayu)
    kept = db.session.get_one(SecondFactor, ayu).sealed_secret
    digests = set(db.session.scalars(select(RecoveryCode.code_hash)))
    assert app.secret not in kept
    assert not digests & set(codes)
    assert unseal(kept, purpose="second factor", owner=ayu) == app.secret
    for purpose, owner in [("second factor", ayu + 1), ("second factor to be", ayu)]:
        with pytest.raises(Unreadable):
            unseal(kept, purpose=purpose, owner=owner)


def test_another_secret_key_opens_nothing(ayu: int, clock: time_machine.Coordinates) -> None:
    app, codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    token = _waiting()
    current_app.config["SECRET_KEY"] = "another"
    for typed in (app.now(), codes[0]):
        with pytest.raises(Refused):
            second_factor.take_second_step(token, typed)


def test_a_seal_is_never_the_same_twice_and_says_when_it_was_altered(cast: Cast) -> None:
    one, two = (seal("JBSW", purpose="x", owner=1) for _time in range(2))
    assert one != two
    altered = one[:-4] + ("AAA=" if one[-4:] != "AAA=" else "BBB=")
    for broken in (altered, "", "no base64 at all ✓"):
        with pytest.raises(Unreadable):
            unseal(broken, purpose="x", owner=1)
    assert keyed_digest("a", purpose="x", owner=1) != keyed_digest("a", purpose="x", owner=2)


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_enrolling_needs_password_and_code(
    ayu: int, clock: time_machine.Coordinates, wrong: str
) -> None:
    draft = one_time_codes.draw_draft(ayu)
    app = pyotp.TOTP(one_time_codes.secret_in(draft, ayu) or "")
    proof = Proof("bukan ini sandinya" if wrong == "password" else PASSWORD, app.now())
    if wrong == "code":
        proof = Proof(PASSWORD, "000000" if app.now() != "000000" else "000001")
    with pytest.raises(Invalid):
        second_factor.enrol(ayu, draft, proof)
    assert one_time_codes.state_of(ayu) is None
    assert _fresh(ayu).failed_sign_ins == 1


def test_a_draft_is_of_use_to_its_owner_only(cast: Cast, ayu: int) -> None:
    draft = one_time_codes.draw_draft(ayu)
    assert one_time_codes.secret_in(draft, cast.user_ids["sari"]) is None
    with pytest.raises(Refused):
        second_factor.enrol(cast.user_ids["sari"], draft, Proof(PASSWORD, "123456"))


@pytest.mark.parametrize("wrong", ["password", "code", "both"])
def test_switching_off_needs_password_and_code(
    ayu: int, clock: time_machine.Coordinates, wrong: str
) -> None:
    app, _codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    password = PASSWORD if wrong == "code" else "bukan ini sandinya"
    code = app.now() if wrong == "password" else "abcdef"
    with pytest.raises(Invalid):
        second_factor.remove(ayu, Proof(password, code))
    assert one_time_codes.state_of(ayu) is not None


def test_switched_off_the_password_alone_opens_again(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    app, codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    here = sessions.find_signed_in(second_factor.remove(ayu, Proof(PASSWORD, app.now())))
    assert here is not None
    assert not here.must_enrol
    assert sessions.find_signed_in(signing_in.sign_in("ayu", PASSWORD)) is not None
    assert db.session.scalars(select(RecoveryCode.id)).all() == []
    assert codes
    assert "second_factor_removed" in _acts()


def test_enrolling_ends_what_was_signed_in_before(
    ayu: int, clock: time_machine.Coordinates
) -> None:
    old = signing_in.sign_in("ayu", PASSWORD)
    _enrol(ayu)
    assert sessions.find_signed_in(old) is None


def test_whoever_must_have_one_is_led_there(
    cast: Cast, ayu: int, clock: time_machine.Coordinates
) -> None:
    before = signing_in.sign_in("ayu", PASSWORD)
    _ask_it_of_everybody()
    seen = {}
    for name in ("ayu", "ratih", "sari", "hanifah"):
        signed_in = sessions.find_signed_in(signing_in.sign_in(name, PASSWORD))
        assert signed_in is not None
        seen[name] = signed_in.must_enrol
    assert seen == {"ayu": True, "ratih": True, "sari": False, "hanifah": False}
    earlier = sessions.find_signed_in(before)
    assert earlier is not None
    assert not earlier.must_enrol, "at the next sign-in, not in the middle of a sentence"
    app, _codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    removed = sessions.find_signed_in(second_factor.remove(ayu, Proof(PASSWORD, app.now())))
    assert removed is not None
    assert removed.must_enrol, "another telephone, but not none"


def test_an_administrator_resets_it_for_somebody_else(
    cast: Cast, ayu: int, clock: time_machine.Coordinates
) -> None:
    _enrol(ayu)
    with pytest.raises(Refused):
        unit_of_work(lambda: second_factor.reset(ayu, by=cast.actor("ayu")))
    unit_of_work(lambda: second_factor.reset(ayu, by=Actor.system("flask account")))
    assert sessions.find_signed_in(signing_in.sign_in("ayu", PASSWORD)) is not None
    with pytest.raises(NotFound):
        unit_of_work(lambda: second_factor.reset(ayu, by=Actor.system()))
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "second_factor_reset")
    ).one()
    assert (entry.actor_label, entry.subject_id) == ("flask account", ayu)


def test_argon2_never_works_inside_a_transaction(
    ayu: int, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpdesk.lib.database import in_transaction

    seen: list[bool] = []
    real = passwords.is_right
    monkeypatch.setattr(
        passwords, "is_right", lambda *args: seen.append(in_transaction()) or real(*args)
    )
    app, _codes = _enrol(ayu)
    clock.shift(HALF_A_MINUTE)
    second_factor.remove(ayu, Proof(PASSWORD, app.now()))
    assert seen == [False, False]
