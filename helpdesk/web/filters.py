"""How moments, lengths of time and numbers are written for people. Local time begins here.

Every filter takes aware moments (UTC from the database) and writes them in the organisation's zone
and the reader's language, with a 24-hour clock. Nothing to write is written as a dash, never as
``None``.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from helpdesk.accounts.organisation import local_zone
from helpdesk.lib import clock, rounding, zones
from helpdesk.registry.masking import mask_contact
from helpdesk.web.closed_files import why_closed
from helpdesk.web.doors import is_open_to_all, opens_door
from helpdesk.web.lengths import half_within, span
from helpdesk.web.locale import gettext, language_now, ngettext
from helpdesk.web.mail_words import mail_checks
from helpdesk.web.sending_reasons import sending_reason
from helpdesk.web.words import CHANNEL_ICONS, WORDS, word

DASH = "–"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def init_filters(app: Flask) -> None:
    """Give every template the filters of this module under their own names."""
    for written in (
        moment, moment_short, day, day_began, day_short, month, clock_time, iso, duration, left, ago,
        number, percent, filesize, paragraphs, name, in_words, word, sending_reason,
        mail_checks, in_one_piece, mask_contact, span, half_within, why_closed,
    ):  # fmt: skip
        app.jinja_env.filters[written.__name__] = written
    app.jinja_env.globals.update(
        now=clock.now,
        link_to=link_to,
        url_for=address_of,
        zone_name=zone_name,
        channel_icons=CHANNEL_ICONS,
        words_of=WORDS.__getitem__,
    )


def moment(at: datetime | None) -> str:
    """Day, time and zone in words: *Selasa, 24 November 2026 pukul 10.00 WIB*."""
    if at is None:
        return DASH
    return gettext("%(day)s at %(time)s", day=day(at), time=clock_time(at))


def moment_short(at: datetime | None, now: datetime | None = None, *, inside: bool = False) -> str:
    """The shortest that is still clear: *Hari ini 13.25*, *Sab 07.30*, *17 Nov 14.10*; *inside* a sentence *hari ini*.

    A bare weekday always means the days ahead; the past, and what is a week away, carries its date.
    """
    if at is None:
        return DASH
    here, today = _local(at), _local(now or clock.now()).date()
    time = _written_time(here)
    if here.date() == today:
        if inside:
            return gettext("today %(time)s", time=time)
        return gettext("Today %(time)s", time=time)
    if today < here.date() < today + timedelta(days=7):
        return f"{_pattern(here, 'EEE')} {time}"
    return f"{_pattern(here, 'd MMM' if here.year == today.year else 'd MMM y')} {time}"


def day(at: date | datetime | None) -> str:
    """*Selasa, 24 November 2026*."""
    return DASH if at is None else _pattern(_local_day(at), "EEEE, d MMMM y")


def day_short(at: date | datetime | None) -> str:
    """*24 Nov 2026*."""
    return DASH if at is None else _pattern(_local_day(at), "d MMM y")


def month(at: date | datetime | None) -> str:
    """*November 2026*."""
    return DASH if at is None else _pattern(_local_day(at), "MMMM y")


def day_began(at: datetime) -> datetime:
    """Local midnight of the day of *at*: the same for every page of that day."""
    return _local(at).replace(hour=0, minute=0, second=0, microsecond=0)


def clock_time(at: datetime | None) -> str:
    """*10.00 WIB*; in English *10:00 WIB*."""
    if at is None:
        return DASH
    here = _local(at)
    return f"{_written_time(here)} {zone_name()}"


def zone_name() -> str:
    """What the organisation's zone is called: WIB, WITA, WIT; abroad, its IANA name."""
    return zones.zone_name(local_zone())


def iso(at: date | datetime | None) -> str:
    """For ``<time datetime>``: the local moment with its offset, to the minute."""
    if at is None:
        return ""
    return _local(at).isoformat(timespec="minutes") if isinstance(at, datetime) else at.isoformat()


def duration(length: timedelta | float | None, short: bool = False) -> str:
    """A length of time, rounded down to what matters: *1 hari 21 jam*, *1 jam 40 menit*, *4 hari*.

    Takes a timedelta or seconds. From two days, and from two hours, the smaller part is left out;
    with *short* always.
    """
    if length is None:
        return DASH
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    if days:
        large, small = _days(days), _hours(hours) if hours and days == 1 else ""
    elif hours:
        large, small = _hours(hours), _minutes(minutes) if minutes and hours == 1 else ""
    else:
        large, small = _minutes(minutes) if minutes else gettext("less than a minute"), ""
    return large if short or not small else f"{large} {small}"


def left(due: datetime | None, now: datetime | None = None, short: bool = False) -> str:
    """What remains until *due*: *3 jam lagi*; once it has passed, *Terlambat 2 hari*.

    Rounded down, so that it never promises more time than there is; see ``remaining`` for the one exception.
    """
    if due is None:
        return DASH
    return left_in_words(remaining(due, now or clock.now()), short)


def left_in_words(remains: timedelta, short: bool = False) -> str:
    """What ``left`` says of the time that remains, negative once the deadline has passed."""
    if remains < timedelta(0):
        return gettext("%(time)s late", time=duration(-remains, short))
    return gettext("%(time)s left", time=duration(remains, short))


def remaining(due: datetime, now: datetime) -> timedelta:
    """The time until *due*, negative once it has passed. From two days on, a day that lacks less than an hour is whole.

    Else a receipt of this minute would say 6 days where 7 are promised.
    """
    remains = due - now
    return remains + timedelta(minutes=59) if remains >= timedelta(days=2) else remains


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """*5 menit lalu*; within a minute, *baru saja*."""
    if at is None:
        return DASH
    passed = (now or clock.now()) - at
    if passed < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(time)s ago", time=duration(passed))


def number(value: float | None, decimals: int | None = None) -> str:
    """*1.234,5*; with *decimals*, exactly that many, rounded half up."""
    if value is None:
        return DASH
    if decimals is None:
        return str(format_decimal(value, locale=_locale()))
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(rounding.half_up(value, decimals), pattern, locale=_locale()))


def percent(share: float | None, decimals: int = 1) -> str:
    """A share of one as a percentage: 0.853 is *85,3 %*, in English *85.3%*. Only all is 100 %, only nothing 0 %."""
    if share is None:
        return DASH
    space = "\N{NO-BREAK SPACE}" if _locale() == "id" else ""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + f"{space}%"
    return str(format_percent(rounding.part(share, decimals + 2), pattern, locale=_locale()))


def filesize(size: int | None) -> str:
    """Bytes in the unit a phone shows: *212 kB*, *1,4 MB*."""
    if size is None:
        return DASH
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{round(size / 1000)} kB"
    if size < 1_000_000_000:
        return f"{number(size / 1_000_000, 1)} MB"
    return f"{number(size / 1_000_000_000, 1)} GB"


def paragraphs(text: str | None) -> Markup:
    """What somebody wrote, escaped, with its empty lines as paragraphs and its line ends kept."""
    blocks = re.split(r"\n\s*\n", (text or "").replace("\r\n", "\n").strip())
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
        if block
    )


def in_one_piece(number: str) -> Markup:
    """A ticket's number that no line breaks at its hyphens, for a sentence that names one."""
    return Markup('<span class="nw">{}</span>').format(number)


def name(thing: Any) -> str:
    """The name of a unit, category or grade in the reader's language; else in Indonesian."""
    return in_words(thing, "name")


def in_words(thing: Any, field: str) -> str:
    """``field`` of *thing* in the reader's language, such as ``organisation|in_words("desk")``."""
    if thing is None:
        return ""
    return str(getattr(thing, f"{field}_{_locale()}", "") or getattr(thing, f"{field}_id"))


def link_to(endpoint: str, **values: Any) -> str | None:
    """The URL of *endpoint*; None where there is no such door, or it is shut to this person."""
    if endpoint not in current_app.view_functions:
        return None
    if not (is_open_to_all(endpoint) or _may_enter(endpoint)):
        return None
    return address_of(endpoint, **values)


def address_of(endpoint: str, **values: Any) -> str:
    """``url_for`` in templates: what depends on nothing but the endpoint is not built again."""
    return url_for(endpoint, **values) if values else plain_url(endpoint)


def plain_url(endpoint: str, **values: Any) -> str:
    """The URL of an endpoint whose values are few, kept: menus and views ask for a score of them on every page."""
    kept: dict[tuple[object, ...], str] = current_app.extensions.setdefault("plain_urls", {})
    key = (request.script_root, endpoint, *sorted(values.items()))
    if key not in kept:
        kept[key] = url_for(endpoint, **values)
    return kept[key]


def _may_enter(endpoint: str) -> bool:
    """The guard's own question, asked beforehand, so that no page offers a door that is shut."""
    user = current_user._get_current_object()
    return user.is_authenticated and opens_door(endpoint.partition(".")[0], user.roles)


def _days(count: int) -> str:
    return str(ngettext("%(num)d day", "%(num)d days", count))


def _hours(count: int) -> str:
    return str(ngettext("%(num)d hour", "%(num)d hours", count))


def _minutes(count: int) -> str:
    return str(ngettext("%(num)d minute", "%(num)d minutes", count))


def _locale() -> str:
    return language_now() or "id"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without zone cannot be shown")
    return at.astimezone(local_zone())


def _local_day(at: date | datetime) -> date:
    return _local(at).date() if isinstance(at, datetime) else at


def _pattern(at: date, pattern: str) -> str:
    """The day of *at*, which stands in local time already; no pattern of ours holds an hour."""
    return _written_day(at.toordinal(), pattern, _locale())


@lru_cache(maxsize=4096)
def _written_day(ordinal: int, pattern: str, locale: str) -> str:
    """Babel reads the pattern anew each time; a list names the same few days over and over."""
    return str(format_date(date.fromordinal(ordinal), pattern, locale=locale))


def _written_time(here: datetime) -> str:
    return here.strftime("%H.%M" if _locale() == "id" else "%H:%M")
