"""The door of the demo: a card for each role, and one press to take that person's place."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from helpdesk.accounts import sessions
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.demo.cases import cases
from helpdesk.demo.cast import CAST, PASSWORD
from helpdesk.demo.correspondence import is_sent_through_this_machine
from helpdesk.demo.marks import is_demo
from helpdesk.demo.telephones import speaks_through_this_machine
from helpdesk.lib.database import db, in_own_units, unit_of_work
from helpdesk.lib.errors import NotFound
from helpdesk.lib.settings import current_settings
from helpdesk.web import signed_in

door = Blueprint("demo", __name__, url_prefix="/demo")

# What there is to try with each person.
TO_TRY = {
    "sari": _l("Grade what is new, send it to units, approve their answers, and answer."),
    "ratih": _l("Everything customer care does; also restricted cases, and closing one-sidedly."),
    "joko": _l("Record what somebody tells you at the counter or on the telephone."),
    "budi": _l("Accept what came to the pharmacy, write what was done, and submit an answer."),
    "lestari": _l("See everything of the pharmacy and give the work to an officer."),
    "agus": _l("Head two units at once; here some deadlines have passed."),
    "hanifah": _l(
        "See whether the promise is kept, what is late now, and what stands behind each figure."
    ),
    "ayu": _l("Look after users, units, categories, hours and messages; reads no ticket."),
}


@door.before_request
def _refuse_what_is_no_demo() -> None:
    """DEMO=1 beside the address of a real database must not open the account of a real Sari to everybody."""
    if not is_demo():
        raise NotFound


@door.get("")
def cards() -> str:
    """Show whose place one may take."""
    return render_template(
        "demo/cards.html",
        cast=CAST,
        to_try=TO_TRY,
        password=PASSWORD,
        cases=cases(),
        mailboxes=_simulator() if is_sent_through_this_machine() else "",
        telephones=_simulator() if speaks_through_this_machine() else "",
    )


def _simulator() -> str:
    """Where the simulator answers, on the host by which the visitor came."""
    settings = current_settings()
    host = urlsplit(request.host_url).hostname or "localhost"
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{settings.port + 1}/"


@door.post("/masuk/<username>")
@in_own_units
def take_place(username: str) -> ResponseReturnValue:
    """Sign in as one of the cast; raises NotFound for everybody else."""
    if username not in {person.username for person in CAST}:
        raise NotFound
    present = current_user.session_id if current_user.is_authenticated else None
    signed_in.remember(unit_of_work(lambda: _enter(username, present)))
    return redirect("/akun/beranda")


def _enter(username: str, present: int | None) -> str:
    user = db.session.scalars(
        select(User).where(User.username == username, User.is_active)
    ).one_or_none()
    if user is None:
        raise NotFound
    if present is not None:
        sessions.replace_session(present)
    trail.record("sign_in", by=user.as_actor(), subject=("user", user.id))
    return sessions.open_session(user, device=signed_in.device_name())
