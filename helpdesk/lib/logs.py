"""Logs: one JSON object per line on stderr, about the machine and never about people.

A request leaves its id, endpoint, method, status and milliseconds. No path and no address: the
former names tickets and carries signed links. Who read what is in the audit trail, which is
guarded.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from collections.abc import Iterator, MutableMapping
from traceback import extract_tb, walk_tb
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

log = logging.getLogger(__name__)

WORDLESS = "is_wordless"  # in ``extra`` of whatever handles mail: any fault there may quote it
_HANDLER = "house"
_UNREMARKABLE = frozenset({"static_asset", "health.alive", "health.ready", "health.read_metrics"})
_DATABASE_PACKAGES = ("sqlalchemy", "pymysql", "sqlite3")
# Every run of every job, every glyph
_CHATTY = ("apscheduler", "alembic", "weasyprint", "fontTools")


def init_logging(app: Flask, level: str = "INFO") -> None:
    """Write this process's logs as JSON from *level* up, and one line for every request of *app*.

    Safe to call for several applications in one process. Under test the handlers are pytest's.
    """
    if not app.testing:
        _write_json(level)
    app.before_request(_begin)
    app.after_request(_end)


def _write_json(level: str) -> None:
    root = logging.getLogger()
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # That a turn is left out while the last one is at work still is how it should be; a job's fault is our own log's.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    if any(handler.name == _HANDLER for handler in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(_HANDLER)
    handler.setFormatter(make_formatter())
    root.addHandler(handler)


def make_formatter() -> logging.Formatter:
    """What turns a log record into its line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _tell_fault,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def place_of(fault: BaseException) -> str:
    """What kind of *fault* it was and where, such as ``KeyError in helpdesk.intake.email:88``; never its words.

    For whatever handles what people wrote: a parser quotes what it stumbled over.
    """
    places = [
        (str(one.f_globals.get("__name__", "?")), at) for one, at in walk_tb(fault.__traceback__)
    ]
    ours = [place for place in places if place[0].startswith("helpdesk.")]
    kind = type(fault).__name__
    if not places:
        return kind
    module, line = (ours or places)[-1]
    return f"{kind} in {module}:{line}"


def _begin() -> None:
    clear_contextvars()  # the thread served somebody else before
    g.request_id = secrets.token_hex(8)
    g.request_began = time.perf_counter()
    bind_contextvars(request_id=g.request_id, endpoint=request.endpoint)


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    level = logging.DEBUG if request.endpoint in _UNREMARKABLE else logging.INFO
    took = round((time.perf_counter() - g.request_began) * 1000, 1)
    log.log(
        level,
        "request",
        extra={"method": request.method, "status": response.status_code, "ms": took},
    )
    return response


def _tell_fault(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace an exception by its frames and its words, unless the words quote what people wrote."""
    _, error, _ = line.pop("exc_info", None) or (None, None, None)
    is_wordless = bool(line.pop(WORDLESS, False))
    if isinstance(error, BaseException):
        line["fault"] = list(_fault_lines(error, is_wordless=is_wordless))
    return line


def _fault_lines(error: BaseException | None, *, is_wordless: bool) -> Iterator[str]:
    while error is not None:
        kind = type(error)
        is_of_database = kind.__module__.split(".")[0] in _DATABASE_PACKAGES
        may_quote = is_of_database or isinstance(error, (ValueError, KeyError))
        quotes_values = is_wordless or may_quote
        yield kind.__name__ if quotes_values else f"{kind.__name__}: {error}"
        for frame in extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        error = error.__cause__ or error.__context__
