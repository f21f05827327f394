"""An authenticator app for people in tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyotp

from helpdesk.accounts import one_time_codes, second_factor
from helpdesk.accounts.second_factor import Proof
from helpdesk.lib import clock
from tests.support.cast import PASSWORD


@dataclass(frozen=True)
class Authenticator:
    """The app on a telephone, and the recovery codes on paper."""

    secret: str
    recovery_codes: tuple[str, ...]

    def code(self) -> str:
        """What the app shows now."""
        return pyotp.TOTP(self.secret).at(clock.now())


def enrol(user_id: int, *, ago: timedelta = timedelta(minutes=1)) -> Authenticator:
    """Set up a second factor for somebody, *ago*, so that the code of this moment is still unused."""
    with clock.standing_at(clock.now() - ago):
        draft = one_time_codes.draw_draft(user_id)
        secret = one_time_codes.secret_in(draft, user_id)
        assert secret is not None
        code = pyotp.TOTP(secret).at(clock.now())
        enrolled = second_factor.enrol(user_id, draft, Proof(PASSWORD, code))
    return Authenticator(secret, enrolled.recovery_codes)
