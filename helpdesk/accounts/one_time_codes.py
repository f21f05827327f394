"""Codes that are good once: from an authenticator app (TOTP, RFC 6238), and from a sheet of paper.

The app's secret is sealed with a key derived from SECRET_KEY (``lib.sealing``); of recovery codes
only a keyed digest is kept. Whoever spends a code here has locked the account before: no time step
is accepted a second time, whichever process was asked.
"""

from __future__ import annotations

import hmac
import logging
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select

from helpdesk.accounts import passwords
from helpdesk.accounts.organisation import house_name
from helpdesk.accounts.user import RecoveryCode, SecondFactor
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.sealing import Unreadable, keyed_digest, seal, unseal

log = logging.getLogger(__name__)

RECOVERY_CODES = 10
STEP = 30  # seconds; every app counts so
NEIGHBOURS = (0, -1, 1)  # steps: a telephone's clock may be half a minute off, a finger may be slow
_DIGITS = 6
_SECRET, _DRAFT, _RECOVERY = "second factor", "second factor to be", "recovery code"


@dataclass(frozen=True)
class FactorState:
    """Since when somebody has a second factor, and how many ways in without it are left."""

    enrolled_at: datetime
    codes_left: int


def state_of(user_id: int) -> FactorState | None:
    """The person's second factor; None when there is none."""
    unused = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(SecondFactor.enrolled_at, unused).where(SecondFactor.user_id == user_id)
    ).one_or_none()
    return FactorState(*row) if row else None


def draw_draft(user_id: int) -> str:
    """A fresh secret, sealed, to be kept by the browser until a first code confirms it."""
    return seal(pyotp.random_base32(), purpose=_DRAFT, owner=user_id)


def secret_in(draft: str, user_id: int) -> str | None:
    """The secret of a draft; None when it is not this person's or was sealed with another key."""
    try:
        return unseal(draft, purpose=_DRAFT, owner=user_id)
    except Unreadable:
        return None


def address_of(secret: str, username: str) -> str:
    """What the QR code says to the app: ``otpauth://totp/...``."""
    issuer = house_name()
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def keep_secret(user_id: int, secret: str, *, last_step: int) -> None:
    """Begin to accept codes of *secret*, but for those up to *last_step*."""
    db.session.add(
        SecondFactor(
            user_id=user_id,
            sealed_secret=seal(secret, purpose=_SECRET, owner=user_id),
            last_step=last_step,
            enrolled_at=clock.now(),
        )
    )
    db.session.flush()


def spend(user_id: int, typed: str) -> bool:
    """Is this a code of the person that was never used? From now on it was."""
    factor = db.session.get(SecondFactor, user_id)
    if factor is None:
        return False
    if not is_from_app(typed):
        return _spend_recovery_code(user_id, typed)
    try:
        secret = unseal(factor.sealed_secret, purpose=_SECRET, owner=user_id)
    except Unreadable:
        log.error("the second factor of user %s was sealed with another SECRET_KEY", user_id)
        return False
    step = step_of(secret, typed)
    if step is None or step <= factor.last_step:
        return False
    factor.last_step = step
    return True


def step_of(secret: str, typed: str) -> int | None:
    """The time step whose code was typed, now or next to now; None for a wrong code."""
    app, now = pyotp.TOTP(secret), int(clock.now().timestamp()) // STEP
    for offset in NEIGHBOURS:
        if hmac.compare_digest(app.generate_otp(now + offset), _plain(typed)):
            return now + offset
    return None


def new_recovery_codes(user_id: int) -> tuple[str, ...]:
    """Ten fresh codes, to be shown once; those made before are void."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = tuple(passwords.draw_legible() for _ in range(RECOVERY_CODES))
    for code in codes:
        code_hash = keyed_digest(code, purpose=_RECOVERY, owner=user_id)
        db.session.add(RecoveryCode(user_id=user_id, code_hash=code_hash))
    return codes


def forget_factor(user_id: int) -> None:
    """Remove the secret and every recovery code."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.delete(db.session.get_one(SecondFactor, user_id))
    db.session.flush()


def is_from_app(typed: str) -> bool:
    """Does it look like a code of the app, rather than one from paper?"""
    plain = _plain(typed)
    return plain.isdigit() and len(plain) == _DIGITS


def _spend_recovery_code(user_id: int, typed: str) -> bool:
    code_hash = keyed_digest(passwords.tidy_one_time(typed[:60]), purpose=_RECOVERY, owner=user_id)
    found = db.session.scalars(
        select(RecoveryCode).where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return False
    found.used_at = clock.now()
    return True


def _plain(typed: str) -> str:
    """Without the spaces that apps show between digits, whatever the script they were typed in."""
    squashed = "".join(unicodedata.normalize("NFKC", typed[:60]).split())
    return squashed.encode("ascii", "ignore").decode()
