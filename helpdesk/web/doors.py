"""Doors: blueprints that say who may open them. Everything is closed unless opened here."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, abort, current_app, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Role
from helpdesk.web.typed import RowId, unsaved_words

EVERYBODY_IN_HOUSE = frozenset(Role)
WORKBENCH = frozenset({Role.INTAKE, Role.CARE, Role.SUPERVISOR, Role.UNIT_OFFICER, Role.UNIT_HEAD})

# The one visible list of pages that need no sign-in.
OPEN_TO_ALL = (
    "static_asset",
    "health.*",
    "public.*",
    "hooks.*",  # machines, who prove themselves by a signature
    "account.sign_in",
    "leadership.board",  # the wallboard's secret link: a television signs nobody in
    "leadership.board_now",
    "account.take_second_step",
    "demo.*",
)

# Signed in, but the one-time password is not changed yet: only these.
_BEFORE_NEW_PASSWORD = {"account.change_password", "account.sign_out", "static_asset"}
# Signed in, but the second factor that the organisation asks for is not there yet: only these.
_BEFORE_ENROLMENT = {"account.set_second_factor", "account.sign_out", "static_asset"}


class Door(Blueprint):
    """A blueprint with its audience; *opens_to* None means the public."""

    def __init__(
        self, name: str, import_name: str, *, opens_to: frozenset[Role] | None, **options: Any
    ) -> None:
        super().__init__(name, import_name, **options)
        self.opens_to = opens_to


def door(
    name: str, import_name: str, *, opens_to: frozenset[Role] | None, prefix: str = ""
) -> Door:
    """Make the door of one audience, such as ``door("staff", __name__, opens_to=WORKBENCH, prefix="/kerja")``."""
    return Door(name, import_name, opens_to=opens_to, url_prefix=prefix or None)


@lru_cache(maxsize=1000)
def is_open_to_all(endpoint: str) -> bool:
    """Is the endpoint on the visible list?"""
    return any(
        endpoint == entry or (entry.endswith(".*") and endpoint.startswith(entry[:-1]))
        for entry in OPEN_TO_ALL
    )


def guard() -> Response | None:
    """Stand at every door before the request is handled; the first of the three belts."""
    endpoint = request.endpoint
    if endpoint is None or is_open_to_all(endpoint):
        return None
    user = current_user._get_current_object()  # asked once: the proxy would look each time
    leads_to = _first_of_all(user, endpoint)
    if leads_to is not None:
        if unsaved_words():
            # The session ended, or they were asked for more, while somebody wrote: the page gives the words back.
            abort(401)
        return leads_to
    if not opens_door(request.blueprint or "", user.roles):
        abort(403)
    return None


def opens_door(name: str, roles: frozenset[Role]) -> bool:
    """Does the door called *name* open to one of these *roles*?"""
    blueprint = current_app.blueprints.get(name)
    return isinstance(blueprint, Door) and bool((blueprint.opens_to or frozenset()) & roles)


def _first_of_all(user: Any, endpoint: str) -> Response | None:
    """Where this person has to go before *endpoint*; None where nothing is in the way."""
    if not user.is_authenticated:
        return _to_sign_in()
    if user.must_change_password:
        return None if endpoint in _BEFORE_NEW_PASSWORD else redirect("/akun/kata-sandi")
    if user.must_enrol and endpoint not in _BEFORE_ENROLMENT:
        return redirect("/akun/dua-langkah")
    return None


def _to_sign_in() -> Response:
    onward = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(
        "/masuk" + (f"?{urlencode({'lanjut': onward})}" if onward not in ("", "/") else "")
    )


def current_actor() -> Actor:
    """The signed-in member of staff as an actor, for ``by=``."""
    actor: Actor = current_user.as_actor()
    return actor


def init_doors(app: Flask) -> None:
    """Hang every door and put the guard before them."""
    from helpdesk.web import health, hooks
    from helpdesk.web.public.complaining import complain

    app.url_map.converters["int"] = RowId
    app.before_request(guard)
    app.extensions["csrf"].exempt(hooks.door)  # no cookie opens it, so nobody can lend one
    # Its form looks itself, and keeps what was typed when the token is too old
    app.extensions["csrf"].exempt(complain)
    for blueprint in (health.door, hooks.door, *_audiences()):
        app.register_blueprint(blueprint)


def _audiences() -> list[Blueprint]:
    from helpdesk.web.account import door as account
    from helpdesk.web.admin import door as admin
    from helpdesk.web.improvements import door as improvements
    from helpdesk.web.leadership import door as leadership
    from helpdesk.web.public import door as public
    from helpdesk.web.staff import door as staff

    return [account, public, staff, improvements, leadership, admin]
