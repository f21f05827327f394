"""Who is signed in: Flask-Login over our own sessions.

The cookie holds a random token and nothing about the person; ``accounts.sessions`` turns it into a
user in one query. Flask-Login asks through its request loader and keeps the answer for the request.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from flask import (
    Flask,
    Request,
    Response,
    after_this_request,
    current_app,
    g,
    request,
    session,
)
from flask_login import LoginManager, current_user
from sqlalchemy.exc import SQLAlchemyError

from helpdesk.accounts import sessions
from helpdesk.accounts.known_browsers import add_mark
from helpdesk.accounts.roles import Role
from helpdesk.accounts.sessions import SignedInUser
from helpdesk.lib.database import unit_of_work
from helpdesk.web.doors import WORKBENCH
from helpdesk.web.filters import link_to

log = logging.getLogger(__name__)
_KEY, _MARKS = "signed_in", "tanggap_dikenal"
_MARKS_LAST = timedelta(days=180)
_MENU = (
    "staff.worklist",
    "staff.record",
    "staff.posters",
    "improvements.register",
    "leadership.overview",
    "leadership.summaries",
    "leadership.instructions",
    "admin.home",
    "account.profile",
    "account.change_password",
)
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux")
_BROWSERS = {  # the order matters: Edge also calls itself Chrome, and Chrome Safari
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}


def init_sign_in(app: Flask) -> None:
    """Let ``current_user`` come from our sessions, and note when each was last used."""
    manager = LoginManager()
    # It would bind to address and browser; phones change address all day
    manager.session_protection = None
    manager.request_loader(_load)
    manager.init_app(app)
    app.after_request(_note_seen)
    app.teardown_request(_forget_user)
    app.jinja_env.globals["doors_open"] = doors_open


def remember(token: str) -> None:
    """Put the token of a fresh session into an emptied cookie: nothing survives signing in."""
    session.clear()
    session[_KEY] = token
    g.pop("_login_user", None)


def marks_of_browser() -> str:
    """Who signed in here before, as ``known_browsers`` reads it."""
    return request.cookies.get(_MARKS, "")


def let_in(token: str) -> None:
    """Remember the token at the door, and the browser as known to whom it opens; not while a code is awaited."""
    remember(token)
    if current_user.is_authenticated:
        _mark_browser(current_user.id)


def person_asking() -> str:
    """Who is counted as one where a limit is a person's, wherever they sit."""
    return f"user {current_user.get_id()}"


def token_of_browser() -> str:
    """The token in the cookie, whatever it opens; empty without one."""
    token = session.get(_KEY)
    return token if isinstance(token, str) else ""


def forget() -> None:
    """Empty the cookie."""
    session.clear()
    g.pop("_login_user", None)


def home_of(roles: frozenset[Role]) -> str:
    """Where a person with these *roles* starts the day."""
    if Role.LEADERSHIP in roles:
        return "/pimpinan"
    if Role.ADMIN in roles and not roles & WORKBENCH:
        return "/admin"
    return "/kerja"


def doors_open() -> tuple[tuple[str, str], ...]:
    """What the menu offers this person: (endpoint, address) of each door that opens to them."""
    kept: dict[object, tuple[tuple[str, str], ...]]
    kept = current_app.extensions.setdefault("doors_open", {})
    alike = (request.script_root, getattr(current_user, "roles", None))
    if alike not in kept:
        addresses = ((endpoint, link_to(endpoint)) for endpoint in _MENU)
        kept[alike] = tuple((endpoint, url) for endpoint, url in addresses if url)
    return kept[alike]


def local_path(target: str | None) -> str | None:
    """*target* when it is a path on this very site, else None: a link must not lead away after
    sign-in.

    Browsers read ``/\\evil.example`` and ``//evil.example`` as another host and drop control
    characters.
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(letter) < 32 or letter == "\\" for letter in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    is_circular = parts.path in ("/masuk", "/keluar")
    return None if parts.scheme or parts.netloc or is_circular else target


def device_name() -> str:
    """The browser and system that the request says it comes from, such as *Chrome, Android*."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return ", ".join(part for part in (browser, system) if part)


def _mark_browser(user_id: int) -> None:
    """Let the answer note that *user_id* signed in here; only the pages of signing in are told it again."""
    marks = add_mark(marks_of_browser(), user_id)

    @after_this_request
    def _keep(response: Response) -> Response:
        response.set_cookie(
            _MARKS,
            marks,
            max_age=_MARKS_LAST,
            path="/masuk",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _forget_user(_error: BaseException | None) -> None:
    """Who was signed in must not outlive the request, though the application context may."""
    g.pop("_login_user", None)


def _load(asked: Request) -> SignedInUser | None:
    token = token_of_browser()
    return sessions.find_signed_in(token) if token else None


def _note_seen(response: Response) -> Response:
    """Write down that the person was here, once the page is made and no unit is open.

    A page that asks by itself for news (``?since=``) is no sign of life.
    """
    user = g.get("_login_user")
    if not isinstance(user, SignedInUser) or "since" in request.args:
        return response
    if sessions.is_worth_noting(user):
        try:
            unit_of_work(lambda: sessions.note_seen(user.session_id))
        except SQLAlchemyError as error:  # the page is ready; it must not fail for this
            log.warning("a session could not be noted: %s", type(error).__name__)
    return response
