"""The wallboard: a few huge figures for a screen on the wall, true by itself, without a word that a person wrote."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts import setup
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone, organisation
from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import staff_actor
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.words import language_now
from helpdesk.monitoring.figures import trend
from helpdesk.monitoring.glance import course_of, late_now
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import TARGET
from helpdesk.monitoring.summaries.wording import period_name
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.opening import number_of
from helpdesk.web.doors import current_actor
from helpdesk.web.leadership import door, sights
from helpdesk.web.leadership.overview import fresh, headline

_NOBODY = 0  # no user has this id
LATE_SHOWN = 5  # rows that can be read from across a room


@door.get("/papan")
def wallboard() -> str:
    """This month, for a television; with the link that a television keeps."""
    here = organisation()
    key = here.board_key if here else ""
    link = url_for("leadership.board", key=key, _external=True) if key else ""
    live = url_for("leadership.wallboard_now", since="0")
    return render_template(
        "leadership/wallboard.html", live=live, link=link, **_board(current_actor())
    )


@door.get("/papan/kini")
def wallboard_now() -> Response:
    """The figures alone, for the screen that asks again."""
    return _fresh_board(current_actor())


@door.post("/papan/tautan")
def make_board_link() -> ResponseReturnValue:
    """A new secret link, which needs no sign-in; the one before opens nothing more."""
    setup.renew_board_key(by=current_actor())
    return redirect(url_for("leadership.wallboard"))


@door.post("/papan/tautan/tutup")
def close_board_link() -> ResponseReturnValue:
    """No link any more."""
    setup.close_board(by=current_actor())
    return redirect(url_for("leadership.wallboard"))


@door.get("/papan/<key>")
@limited("60/minute", methods=())
def board(key: str) -> str:
    """The same for whoever has the link."""
    live = url_for("leadership.board_now", key=key, since="0")
    return render_template("leadership/wallboard.html", live=live, **_board(_watcher(key)))


@door.get("/papan/<key>/kini")
@limited("60/minute", methods=())
def board_now(key: str) -> Response:
    """The figures alone, for the screen that has the link."""
    return _fresh_board(_watcher(key))


def _watcher(key: str) -> Actor:
    """Somebody who sees what leadership sees, and is nobody. Raises NotFound for a link that is closed."""
    here = organisation()
    if not (here and here.board_key and compare_digest(key.encode(), here.board_key.encode())):
        raise NotFound
    return staff_actor(_NOBODY, "", [(Role.LEADERSHIP, None)])


def _fresh_board(actor: Actor) -> Response:
    return fresh(
        f"board-{actor.user_id}",
        clock.now(),
        lambda: render_template("leadership/_wallboard.html", **_board(actor)),
    )


def _board(actor: Actor) -> dict[str, Any]:
    """Ordinary complaints alone are listed, whoever is signed in: others read along."""
    at = clock.now()
    period = Period.containing(at.astimezone(local_zone()).date())
    late = late_now(actor, at, limit=LATE_SHOWN, only_ordinary=True)
    points, course = trend(period, at), course_of(period)
    return {
        "at": at,
        "period_name": period_name(period),
        "headline": headline(late, points[-1].promise),
        "points": points,
        "course": course[-1],
        "late": late,
        "target": TARGET,
        "labels": read_labels(language_now(), kinds=("unit", "category")),
        "sights": sights,
        "ticket_number": number_of,
    }
