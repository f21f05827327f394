"""Forms that ask how somebody is reached, and who may know them."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import ValidationError

from helpdesk.intake.submission import Wish
from helpdesk.lib.errors import Invalid
from helpdesk.registry.identifiers import parse_email, parse_phone

WISHES = [
    (Wish.ORDINARY.value, _l("Ordinary")),
    (Wish.CONFIDENTIAL.value, _l("Confidential")),
    (Wish.ANONYMOUS.value, _l("Anonymous")),
]


class ContactsMixin:
    """A number or an address that cannot be used would only look like a way back."""

    @property
    def is_anonymous(self) -> bool:
        """Does the person want to be nobody? Then no contact is kept, and none is looked at."""
        return False

    def validate_whatsapp(self, field: StringField) -> None:
        """Refuse what is no number."""
        self._must_be_readable(field, parse_phone)

    def validate_phone(self, field: StringField) -> None:
        """Refuse what is no number."""
        self._must_be_readable(field, parse_phone)

    def validate_email(self, field: StringField) -> None:
        """Refuse what is no address."""
        self._must_be_readable(field, parse_email)

    def _must_be_readable(self, field: StringField, parse: Callable[[str], str]) -> None:
        if not field.data or self.is_anonymous:
            return
        try:
            parse(field.data)
        except Invalid as invalid:
            raise ValidationError(next(iter(invalid.fields.values()))) from None


class WishMixin(ContactsMixin):
    """For forms whose field *wish* says who may know the complainant."""

    wish: RadioField

    @property
    def is_anonymous(self) -> bool:
        """Did the person choose to be nobody?"""
        return bool(self.wish.data == Wish.ANONYMOUS)
