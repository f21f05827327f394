"""Questions of machines: are you alive, could you serve somebody now, and how are you doing?"""

from __future__ import annotations

from flask import abort, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from helpdesk.lib.database import db
from helpdesk.lib.database_file import is_gone
from helpdesk.lib.schema import Fit, schema_state
from helpdesk.lib.storage import get_storage
from helpdesk.web import metrics
from helpdesk.web.doors import door as make_door

door = make_door("health", __name__, opens_to=None)


@door.get("/healthz")
def alive() -> str:
    """Is the process alive? Answered without touching the database."""
    return "ok"


@door.get("/readyz")
def ready() -> ResponseReturnValue:
    """Could a complaint be taken now? 503 with the reason when not."""
    answers = {**_database(), "storage": _storage()}
    is_ready = all(said == "ok" for said in answers.values())
    return jsonify(ready=is_ready, **answers), 200 if is_ready else 503


@door.get("/metrics")
def read_metrics() -> ResponseReturnValue:
    """Figures for Prometheus; for this machine, and for whoever has the token."""
    if not metrics.may_read_metrics():
        abort(404)
    return metrics.metrics_text()


def _database() -> dict[str, str]:
    if is_gone(db.engine):
        return {"database": "The file of the database is gone.", "schema": "unknown"}
    try:
        state = schema_state()
    except DBAPIError:
        return {"database": "The database does not answer.", "schema": "unknown"}
    return {"database": "ok", "schema": "ok" if state.fit is Fit.SAME else state.advice}


def _storage() -> str:
    return "ok" if get_storage().is_writable() else "Files cannot be written: look at the disk."
