"""Forms that act once: the hidden key, the browser that holds it, and the question "was this done?".

Every form that creates something (a complaint, a message, a disposition) carries a random key. The
act notes it in its own unit of work (``lib.once``), so that a double click, the browser's retry and
the same page sent again do it once. The key is bound to the browser: whoever copies a page learns
nothing of what became of it.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import Any

from flask import session
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from helpdesk.lib import once
from helpdesk.lib.errors import Conflict

_SESSION_KEY = "sid"
_KEY = re.compile(r"[\w-]{20,64}", re.ASCII)


def browser_id() -> str:
    """The random name of this browser, drawn when a form is first shown; nobody else knows it."""
    if _SESSION_KEY not in session:
        session[_SESSION_KEY] = secrets.token_urlsafe(18)
    return str(session[_SESSION_KEY])


def draw_key() -> str:
    """A fresh key for a form, and the browser's name to bind it to."""
    browser_id()
    return secrets.token_urlsafe(24)


class OnceMixin:
    """For forms that create: ``{{ form.once }}`` in the template, ``done_before`` in the view."""

    once = HiddenField(default=draw_key)
    form_errors: list[Any]

    @property
    def key(self) -> str:
        """The key that the form carried; a fresh one where it carried none that we could have made."""
        if not _KEY.fullmatch(self.once.data or ""):
            self.once.data = draw_key()
        return str(self.once.data)

    def take_conflict(self, conflict: Conflict) -> None:
        """Say why, above the form, and give it another key: the old one would be refused for ever."""
        self.form_errors.append(conflict.reason)
        self.once.data = draw_key()


def done_before(act: str, key: str, *said: object) -> bool:
    """Note *act* under *key*; True when this very form was already sent and nothing is left to do."""
    return result_before(act, key, *said) is not None


def settle(act: str, key: str, result: str) -> None:
    """Note what ``result_before`` gives when this very form comes once more."""
    once.settle(f"{act}/{key}", result)


def result_before(act: str, key: str, *said: object) -> str | None:
    """Note *act* under *key*; its result when this very form was already sent, None when it was not.

    *act* names the act and its subject (``message/42``), *said* is everything that was typed. Runs
    inside the unit of work that acts. Raises Conflict when the same form comes back with other
    words, or from another browser.
    """
    digest = sha256("\x1f".join(str(part) for part in said).encode()).hexdigest()
    match once.remember(f"{act}/{key}", browser_id(), digest):
        case once.Fresh():
            return None
        case once.Same(result):
            return result
        case once.OtherBody():
            raise Conflict(
                _l(
                    "This form was already sent, with other words. Go back to the page and look "
                    "before you send it again."
                )
            )
        case _:
            raise Conflict(
                _l("This form was already sent from another browser. Open a new form, please.")
            )
