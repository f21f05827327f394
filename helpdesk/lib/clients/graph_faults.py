"""What the provider of WhatsApp says no with: a code to keep, what it means for us, and a sentence to read.

The codes: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

WORDS_LENGTH = 300


class Hindrance(StrEnum):
    """What stands in the way, which is what there is to do about it."""

    LATER = "later"  # theirs, and it passes
    SLOWER = "slower"  # too much at once, of ours or to this person
    WINDOW = "window"  # the person has not written for a day: only a template gets through
    TEMPLATE = "template"  # the template is not there, or not as we think
    NOBODY = "nobody"  # no WhatsApp there that could be written to
    NEVER = "never"  # this message will not be taken, however often
    OURS = "ours"  # nothing will be, until an administrator mends it


class Declined(Exception):
    """The provider did not do it. *code* is its own (or the HTTP status), *words* on one line and without secrets."""

    def __init__(self, code: int, words: str, trouble: Hindrance) -> None:
        self.code = code
        self.words = " ".join(words.split())[:WORDS_LENGTH]
        self.trouble = trouble
        super().__init__(f"{code} {self.words}".strip())


class TooLarge(Exception):
    """A file has more bytes than we take."""


_BY_CODE: dict[int, Hindrance] = {
    **dict.fromkeys((1, 2, 131000, 131016, 131057, 132007, 133004, 133015), Hindrance.LATER),
    **dict.fromkeys((4, 17, 32, 613, 80007, 130429, 131048, 131056, 133016), Hindrance.SLOWER),
    131047: Hindrance.WINDOW,
    **dict.fromkeys((132000, 132001, 132005, 132012, 132015, 132016, 132018), Hindrance.TEMPLATE),
    131026: Hindrance.NOBODY,
    **dict.fromkeys((131021, 131049, 131050, 131051, 130472), Hindrance.NEVER),
    **dict.fromkeys(
        (0, 3, 10, 190, 368, 130497, 131005, 131031, 131037, 131042, 131045), Hindrance.OURS
    ),
    **dict.fromkeys((133000, 133005, 133006, 133008, 133009, 133010), Hindrance.OURS),
}
_PERMISSIONS = range(200, 300)
_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY, _SERVER = 401, 403, 429, 500
_WRONG_ADDRESS = frozenset({301, 302, 303, 307, 308, 404, 405, 407, 410})
# Our own number or account, as it is set up, is not there or not ours to use.
_NO_SUCH, _NO_SUCH_OBJECT = 100, 33


def declined(status: int, answer: Mapping[str, Any]) -> Declined:
    """The refusal that stands in *answer*, the JSON that came with the HTTP *status*."""
    error = answer.get("error")
    error = error if isinstance(error, dict) else {}
    told = error.get("code")
    code = told if isinstance(told, int) and not isinstance(told, bool) else status
    extra = error.get("error_data")
    details = extra.get("details") if isinstance(extra, dict) else None
    # These two say what is wrong with it; "message" only repeats the title of the code.
    words = details or error.get("error_user_msg") or error.get("message") or f"HTTP {status}"
    return Declined(code, str(words), _trouble_of(error, code, status))


def _trouble_of(error: Mapping[str, Any], code: int, status: int) -> Hindrance:
    if error.get("code") == _NO_SUCH and error.get("error_subcode") == _NO_SUCH_OBJECT:
        return Hindrance.OURS
    if not error and status not in (_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY):
        # Not the provider's own word: a server on the way, or the wrong address. No message is to be lost for that.
        return Hindrance.OURS if status in _WRONG_ADDRESS else Hindrance.LATER
    trouble = hindrance_of(code, status)
    is_passing = trouble is Hindrance.NEVER and code not in _BY_CODE and error.get("is_transient")
    return Hindrance.LATER if is_passing else trouble


def hindrance_of(code: int, status: int = 0) -> Hindrance:
    """What *code* means; where the provider gave none (0) or one that we do not know, the HTTP *status* says it."""
    known = _BY_CODE.get(code) if code else None
    if known is not None:
        return known
    if code in _PERMISSIONS or status in (_UNAUTHORIZED, _FORBIDDEN):
        return Hindrance.OURS
    if status == _TOO_MANY:
        return Hindrance.SLOWER
    return Hindrance.LATER if status >= _SERVER else Hindrance.NEVER


_BY_HINDRANCE: dict[Hindrance, Any] = {
    Hindrance.LATER: _l("WhatsApp has a disturbance of its own. We try again by ourselves."),
    Hindrance.SLOWER: _l("Too many messages at once. We go on more slowly by ourselves."),
    Hindrance.WINDOW: _l(
        "This person has not written to us in the last 24 hours, so only an approved template may be sent."
    ),
    Hindrance.TEMPLATE: _l("The template is missing, paused, or not as it was approved."),
    Hindrance.NOBODY: _l(
        "This number has no WhatsApp, or cannot receive messages from us (blocked, or an old version)."
    ),
    Hindrance.NEVER: _l("WhatsApp does not take this message."),
    Hindrance.OURS: _l("WhatsApp does not let us in. The administrator has to mend it."),
}
_BY_THEIR_CODE: dict[int, Any] = {
    **dict.fromkeys(
        _WRONG_ADDRESS,
        _l(
            "Something else than WhatsApp answered. Check the address of the provider, and the way there."
        ),
    ),
    100: _l(
        "WhatsApp does not know something that we named. Check the phone number ID and the account ID, and what the"
        " access token may use."
    ),
    190: _l("The access token has expired or is wrong. Enter a new one."),
    131005: _l("The access token does not have the permission for messages."),
    131031: _l("WhatsApp has locked our account. The reason stands at the provider's."),
    131042: _l("WhatsApp wants a valid way to pay. Mend it at the provider's."),
    131048: _l("WhatsApp restricts our number, because people blocked it or reported it."),
    131049: _l("WhatsApp held the message back, to spare this person too many messages."),
    131050: _l("This person does not want such messages from us."),
    131051: _l("WhatsApp does not know this kind of message."),
    131053: _l("The file could not be taken by WhatsApp."),
    132015: _l("WhatsApp has paused the template, because people complained about it."),
    132016: _l("WhatsApp has switched the template off for good."),
    133010: _l("Our number is not registered with the provider yet."),
}


def in_words(error: str) -> str | None:
    """The sentence for a stored *error* that begins with a code of the provider; None for any other.

    In the reader's language.
    """
    begins = re.match(r"\d{1,7}(?=\s|;|$)", error)
    if begins is None:
        return None
    code = int(begins[0])
    sentence = _BY_THEIR_CODE.get(code) or _BY_HINDRANCE[hindrance_of(code, _status_like(code))]
    return str(sentence)


def _status_like(code: int) -> int:
    """A code of three digits may be an HTTP status, where the provider gave no code of its own."""
    return code if _UNAUTHORIZED <= code < 600 else 0
