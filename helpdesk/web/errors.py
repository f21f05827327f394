"""Every refusal becomes a page in a helpful voice; nothing is said about what lies behind."""

from __future__ import annotations

import logging
from math import ceil

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from helpdesk.lib.database import take_back
from helpdesk.lib.errors import HouseError
from helpdesk.web.typed import unsaved_words

log = logging.getLogger(__name__)
_PASSED_ON = {"Retry-After", "Allow"}
_OWN_PAGE = {400, 401, 403, 404, 405, 409, 413, 422, 423, 429, 500, 503}


def init_errors(app: Flask) -> None:
    """Map each error of the house, and of HTTP, to its page once."""

    @app.errorhandler(HouseError)
    def _refuse(error: HouseError) -> tuple[str, int]:
        return _page(error.status, error.reason)

    @app.errorhandler(CSRFError)
    def _stale(error: CSRFError) -> tuple[str, int]:
        return _page(400, "")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if request.endpoint is None:
            _know_reader()
        retry_after = getattr(error, "retry_after", None)
        try:
            page, status = _page(error.code or 500, "", rests_for=_minutes(retry_after))
        except OperationalError as away:  # its header names the organisation
            return _database(away)
        headers = [(name, value) for name, value in error.get_headers() if name in _PASSED_ON]
        return page, status, headers

    @app.errorhandler(OperationalError)
    def _database(error: OperationalError) -> tuple[str, int]:
        log.error("database unavailable: %s", type(error.orig).__name__)
        g.organisation = None  # the page must not ask the database again
        return _page(503, "")

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> tuple[str, int]:
        log.exception("unhandled fault on %s", request.endpoint)
        return _page(500, "")


def _know_reader() -> None:
    """An address that leads nowhere stands behind no door, so nobody has asked yet in whose language to say so."""
    try:
        _ = current_user.is_authenticated
    except SQLAlchemyError as error:
        log.warning("the reader of an error is not known: %s", type(error).__name__)


def _minutes(seconds: object) -> int | None:
    """Whole minutes after which it may be tried again; None where nothing is known."""
    return ceil(seconds / 60) if isinstance(seconds, int) else None


def _page(status: int, reason: object, **values: object) -> tuple[str, int]:
    take_back()
    name = status if status in _OWN_PAGE else (404 if status < 500 else 500)
    page = render_template(f"errors/{name}.html", reason=reason, unsaved=unsaved_words(), **values)
    return page, status
