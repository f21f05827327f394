"""The fields of a secret, which go in and never come out again: a password, or a permission for XOAUTH2."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, PasswordField, StringField
from wtforms.validators import Length

from helpdesk.lib.clients.access_tokens import Grant
from helpdesk.lib.clients.protection import Login, Protection
from helpdesk.web.admin.forms import AdminForm

SECURITIES: list[tuple[str, Any]] = [
    (Protection.TLS.value, _l("TLS from the beginning")),
    (Protection.STARTTLS.value, _l("STARTTLS")),
    (Protection.NONE.value, _l("none (only on this same machine)")),
]
WAYS_IN: list[tuple[str, Any]] = [
    (Login.PASSWORD.value, _l("Username and password")),
    (Login.XOAUTH2.value, _l("XOAUTH2 (Gmail and Microsoft 365 without passwords)")),
]
_OF_GRANT = ("token_url", "client_id", "client_secret", "refresh_token", "scope")


class SecretForm(AdminForm):
    """A form with a secret; whatever of it was typed is never written back into the page."""

    class Meta(AdminForm.Meta):
        """A password is taken as it was typed: a space at its end is part of it."""

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """As all fields of the administrator, but for passwords."""
            if issubclass(unbound_field.field_class, PasswordField):
                bound: Field = super(AdminForm.Meta, self).bind_field(form, unbound_field, options)
                return bound
            return super().bind_field(form, unbound_field, options)

    password = PasswordField(_l("Password"), [Length(max=500)])
    token_url = StringField(_l("Address that gives tokens"), [Length(max=300)])
    client_id = StringField(_l("Client ID"), [Length(max=300)])
    client_secret = PasswordField(_l("Client secret"), [Length(max=500)])
    refresh_token = PasswordField(_l("Refresh token"), [Length(max=4000)])
    scope = StringField(_l("Scope"), [Length(max=500)])

    @property
    def typed_password(self) -> str:
        """As it was typed; empty: keep the one that is stored."""
        return self.password.data or ""

    @property
    def typed_grant(self) -> Grant | None:
        """The permission as it was typed; None when nothing of it was."""
        typed = {name: str(self[name].data or "").strip() for name in _OF_GRANT}
        return Grant(**typed) if any(typed.values()) else None
