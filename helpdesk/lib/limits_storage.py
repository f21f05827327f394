"""Rate limits that all processes share through the database, so that no Redis is needed.

Limits are looked at *before* the view is dispatched. Flask-Limiter's own ``@limiter.limit`` is
evaluated inside the view, which for an unsafe request means inside its unit of work: counting there
would open a second write transaction (which on SQLite waits for the first for ever) and would be
undone by a rollback. Therefore views are marked with :func:`limited`, and the storage refuses to
count while a unit is open.

Many people share one address behind a mobile operator: keep limits per address generous.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse_many
from limits.storage import Storage
from sqlalchemy import Index, case, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String
from werkzeug.exceptions import TooManyRequests

from helpdesk.lib import clock
from helpdesk.lib.database import Model, Moment, db, in_transaction, run_core, unit_of_work
from helpdesk.lib.sealing import keyed_digest
from helpdesk.lib.upsert import upsert

log = logging.getLogger(__name__)
T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])
_MARK, _LIMITER = "rate_limits", "limiter of the house"


class RateHit(Model):
    """How often one key was hit in its current window. The key is a keyed hash: no address is kept in clear."""

    __tablename__ = "rate_hits"
    __table_args__ = (Index("ix_rate_hits_expires_at", "expires_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class _Limits:
    """What a marked view allows; no methods means every method."""

    items: tuple[RateLimitItem, ...]
    methods: frozenset[str]
    made: tuple[RateLimitItem, ...] = ()
    whose: Callable[[], str] | None = None


def limited(
    limits: str,
    *,
    methods: tuple[str, ...] = ("POST",),
    made: str = "",
    whose: Callable[[], str] | None = None,
) -> Callable[[View], View]:
    """Mark a view as limited per client address, such as ``@limited("10/minute; 60/hour")``, or per *whose* name.

    Counts requests with one of *methods* (none given: all). *made* limits what came of them, which
    the view says by ``count_made``: a form that was refused costs little. Write it below the route.
    Too many give 429.
    """
    items_made = tuple(parse_many(made)) if made else ()
    mark = _Limits(tuple(parse_many(limits)), frozenset(methods), items_made, whose)

    def put_mark(view: View) -> View:
        setattr(view, _MARK, mark)
        return view

    return put_mark


def init_limits(app: Flask) -> Limiter:
    """Put the check of :func:`limited` before every view; no view is limited by default.

    ``RATELIMIT_STORAGE_URI`` (default ``sqlrates://``) may name a Redis; ``RATELIMIT_ENABLED``
    switches all off.
    """
    app.config.setdefault("RATELIMIT_STORAGE_URI", f"{SqlRates.STORAGE_SCHEME[0]}://")
    limiter = Limiter(client_network, strategy="fixed-window", headers_enabled=False)
    limiter.init_app(app)
    app.extensions[_LIMITER] = limiter

    @app.before_request
    def _look_at_limits() -> None:
        if limiter.enabled:
            check_limits(limiter)

    return limiter


def check_limits(limiter: Limiter) -> None:
    """Count this request against the limits of its view.

    Raises TooManyRequests when one is passed. A database that cannot count lets the request
    through: a complaint must not be lost for that.
    """
    mark = _mark_here()
    if mark is None or (mark.methods and request.method not in mark.methods):
        return
    try:
        left = _seconds_left(limiter, mark)
    except SQLAlchemyError as error:
        log.error("rate limits cannot be counted: %s", type(error).__name__)
        return
    if left is not None:
        raise TooManyRequests(retry_after=left)


def count_made() -> None:
    """Count what came of this request against what its view is *limited* to make."""
    mark, limiter = _mark_here(), current_app.extensions.get(_LIMITER)
    if mark is None or limiter is None or not limiter.enabled:
        return
    try:
        for item in mark.made:
            limiter.limiter.hit(item, *_names_of_made())
    except SQLAlchemyError as error:
        log.error("what was made cannot be counted: %s", type(error).__name__)


def _mark_here() -> _Limits | None:
    mark: _Limits | None = getattr(
        current_app.view_functions.get(request.endpoint or ""), _MARK, None
    )
    return mark


def _seconds_left(limiter: Limiter, mark: _Limits) -> int | None:
    """Until the next request may come; None where this one may."""
    names = (request.endpoint or "", (mark.whose or client_network)())
    has_room = limiter.limiter.test
    made = _names_of_made()
    full = [(item, made) for item in mark.made if not has_room(item, *made)]
    if not full:
        passed = _count_all(limiter, mark.items, names)
        full = [] if passed is None else [(passed, names)]
    ends = (limiter.limiter.get_window_stats(item, *which).reset_time for item, which in full)
    now = clock.now().timestamp()
    return max((max(1, ceil(end - now)) for end in ends), default=None)


def _names_of_made() -> tuple[str, ...]:
    return (f"{request.endpoint} made", client_network())


def _count_all(
    limiter: Limiter, items: Sequence[RateLimitItem], names: tuple[str, ...]
) -> RateLimitItem | None:
    """Count one hit of each of *items* up to the first that is passed, which is returned.

    In our own table they are counted in one transaction: each would wait for the disk by itself.
    """
    hit = limiter.limiter.hit
    if not isinstance(limiter.limiter.storage, SqlRates):
        return next((item for item in items if not hit(item, *names)), None)
    return _in_own_unit(
        lambda: next(
            (
                item
                for item in items
                if _add(item.key_for(*names), timedelta(seconds=item.get_expiry())) > item.amount
            ),
            None,
        )
    )


def client_network() -> str:
    """Who is counted as one: an IPv4 address, or the /64 network that an IPv6 subscriber owns whole."""
    text = request.remote_addr or "unknown"
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def count_in_unit(key: str, lasts: timedelta) -> None:
    """Count one hit of *key* in the caller's own unit of work; it limits nothing by itself.

    For acts whose every outcome must cost one write, so that their timing tells nothing.
    """
    _add(key, lasts)


def hits_of(key: str) -> int:
    """The hits of *key* in its current window."""
    current = (RateHit.key == _keyed(key)) & (RateHit.expires_at > clock.now())
    return db.session.scalar(select(RateHit.hits).where(current)) or 0


def count_by_itself(key: str, lasts: timedelta, amount: int) -> int:
    """Add *amount* to the hits of *key*, in a unit of its own; returns their sum in its window, which
    began with the first hit and *lasts* that long.
    """
    return unit_of_work(lambda: _add(key, lasts, amount))


def _add(key: str, lasts: timedelta, amount: int = 1) -> int:
    now = clock.now()
    ends = now + lasts
    is_over = RateHit.expires_at <= now
    hits: int = upsert(
        RateHit,
        {"key": _keyed(key), "hits": amount, "expires_at": ends},
        {  # hits first: on MariaDB it must see the old end of the window
            "hits": case((is_over, amount), else_=RateHit.hits + amount),
            "expires_at": case((is_over, ends), else_=RateHit.expires_at),
        },
        gives=RateHit.hits,
    )
    return hits


def _in_own_unit(count: Callable[[], T]) -> T:
    """Raises RuntimeError inside a unit of work: a limit must be counted whatever becomes of the request."""
    if in_transaction():
        raise RuntimeError("limits are counted before the unit of work of the request opens")
    return unit_of_work(count)


def forget_expired(at: datetime) -> int:
    """Remove the windows that ended before *at*, inside the caller's unit of work; returns how many."""
    return run_core(delete(RateHit).where(RateHit.expires_at < at)).rowcount


class SqlRates(Storage):
    """Fixed windows in the table ``rate_hits``; every hit is one short transaction."""

    STORAGE_SCHEME = ["sqlrates"]

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """The faults of this storage."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add *amount* to *key*, whose window lasts *expiry* seconds from its first hit; returns
        the sum.

        Raises RuntimeError inside a unit of work.
        """
        return _in_own_unit(lambda: _add(key, timedelta(seconds=expiry), amount))

    def get(self, key: str) -> int:
        """The hits of *key* in its current window."""
        return hits_of(key)

    def get_expiry(self, key: str) -> float:
        """The end of the window of *key*, in seconds since the epoch; now when it has none."""
        current = (RateHit.key == _keyed(key)) & (RateHit.expires_at > clock.now())
        ends = db.session.scalar(select(RateHit.expires_at).where(current))
        return (ends or clock.now()).astimezone(UTC).timestamp()

    def check(self) -> bool:
        """Does the database answer?"""
        return db.session.scalar(select(1)) == 1

    def reset(self) -> int | None:
        """Forget every window."""
        return unit_of_work(lambda: forget_expired(datetime.max.replace(tzinfo=UTC)))

    def clear(self, key: str) -> None:
        """Forget the window of *key*."""
        hashed = _keyed(key)
        unit_of_work(lambda: db.session.execute(delete(RateHit).where(RateHit.key == hashed)))


def _keyed(key: str) -> str:
    """A plain hash of an IPv4 address could be undone by trying all of them; the secret key prevents it."""
    return keyed_digest(key, purpose="rate limit")
