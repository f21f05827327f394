"""What WTForms says, in the reader's language: it ships no Indonesian, so its messages go through our own catalogue."""

from __future__ import annotations

from typing import Any

from flask_babel import get_domain
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as ngettext


class CatalogueSentences:
    """WTForms' messages from our catalogue.

    Not through ``flask_babel.ngettext``: that fills in the numbers itself, and WTForms would fill
    them in again.
    """

    def gettext(self, string: str) -> str:
        """The sentence with its placeholders still in it."""
        return str(get_domain().get_translations().ugettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The sentence for *n*, with its placeholders still in it."""
        return str(get_domain().get_translations().ungettext(singular, plural, n))


# Listed only so that extraction finds them.
SENTENCES_OF_WTFORMS: tuple[Any, ...] = (
    _l("This field is required."),
    _l("Field must be equal to %(other_name)s."),
    ngettext(
        "Field must be at least %(min)d character long.",
        "Field must be at least %(min)d characters long.",
        num=1,
    ),
    ngettext(
        "Field cannot be longer than %(max)d character.",
        "Field cannot be longer than %(max)d characters.",
        num=1,
    ),
    ngettext(
        "Field must be exactly %(max)d character long.",
        "Field must be exactly %(max)d characters long.",
        num=1,
    ),
    _l("Field must be between %(min)d and %(max)d characters long."),
    _l("Number must be at least %(min)s."),
    _l("Number must be at most %(max)s."),
    _l("Number must be between %(min)s and %(max)s."),
    _l("Date must be at least %(min)s."),
    _l("Date must be at most %(max)s."),
    _l("Date must be between %(min)s and %(max)s."),
    _l("Invalid input."),
    _l("Invalid email address."),
    _l("Invalid URL."),
    _l("Invalid value, must be one of: %(values)s."),
    _l("Invalid value, can't be any of: %(values)s."),
    _l("This field cannot be edited."),
    _l("This field is disabled and cannot have a value."),
    _l("Invalid Choice: could not coerce."),
    _l("Not a valid choice."),
    _l("Invalid choice(s): one or more data inputs could not be coerced."),
    ngettext(
        "'%(value)s' is not a valid choice for this field.",
        "'%(value)s' are not valid choices for this field.",
        num=1,
    ),
    _l("Not a valid datetime value."),
    _l("Not a valid date value."),
    _l("Not a valid time value."),
    _l("Not a valid integer value."),
    _l("Not a valid decimal value."),
    _l("Not a valid float value."),
    _l("The CSRF token is missing."),
    _l("The CSRF session token is missing."),
    _l("The CSRF token is invalid."),
    _l("The CSRF tokens do not match."),
)
