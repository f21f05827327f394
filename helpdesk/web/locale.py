"""The reader's choices: language, size of type, light or dark; and where translations come from.

All three are plain links (``?bahasa=en``, ``?huruf=besar``, ``?tema=gelap``) that work without
script: the choice is kept in a cookie of its own and the reader is sent back to the same page
without the parameter. On a form they are its buttons, so that what was typed comes along: the page
that answers is drawn by the choice at once. They are no session data, so that a public page needs no session for them.

Catalogues are read from the ``.po`` files into memory, once per process and again when a file is
newer: no compiled file that could be stale, missing, or written by two processes at the same
moment. English is the language of the msgids and needs no catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, after_this_request, g, has_request_context, redirect, request
from flask_babel import Babel, Domain, get_locale
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from helpdesk.accounts.organisation import local_zone
from helpdesk.lib.present import present
from helpdesk.lib.words import LANGUAGES

CHOICES: dict[str, tuple[str, ...]] = {
    # parameter and cookie → what it may hold, the default first
    "bahasa": LANGUAGES,
    "huruf": ("biasa", "besar"),
    "tema": ("auto", "terang", "gelap"),
}
CATALOGUES = Path(__file__).resolve().parents[1] / "translations"
_YEAR = 365 * 24 * 60 * 60
_OLD_CODES = {"in": "id"}  # what Java, and so many an older Android, calls Indonesian


def init_locale(app: Flask, *, zone: Callable[[], ZoneInfo] = local_zone) -> None:
    """Set up Flask-Babel in the organisation's zone (or another), and the three choices on every page."""
    HouseBabel(
        app,
        default_locale=LANGUAGES[0],
        locale_selector=chosen_language,
        timezone_selector=zone,
    )
    app.before_request(keep_choice)
    app.after_request(_say_what_it_varies_on)
    app.jinja_env.globals.update(
        _=sentence, gettext=sentence, ngettext=_sentence_of_number, switch_url=switch_url
    )
    app.context_processor(_choices_for_page)


def chosen_language() -> str:
    """The account's language, else the cookie, else what the browser asks for, else Indonesian.

    Outside a request (letters, messages) it is Indonesian unless ``force_locale`` says otherwise.
    """
    if not has_request_context():
        return LANGUAGES[0]
    # Only a user who is already loaded counts: an error page must not ask the database.
    account = getattr(g.get("_login_user"), "locale", None)
    if account in LANGUAGES:
        return str(account)
    return _cookie("bahasa") or _asked_for()


def keep_choice() -> AnyResponse | None:
    """Turn ``?bahasa=…`` and its like into a cookie, and go back to the same page without it; a form goes on."""
    asked = {
        name: request.args[name]
        for name, values in CHOICES.items()
        if request.args.get(name) in values
    }
    if not asked:
        return None
    if request.method not in ("GET", "HEAD"):
        g.chosen = asked
        after_this_request(lambda response: _with_cookies(response, asked))
        return None
    return _with_cookies(redirect(_here_without(set(asked)), 303), asked)


def chosen_just_now() -> bool:
    """Did this form come only to be drawn in another language, type or colour?"""
    return "chosen" in g


def _with_cookies(response: AnyResponse, chosen: dict[str, str]) -> AnyResponse:
    for name, value in chosen.items():
        response.set_cookie(
            name, value, max_age=_YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return response


def language_now() -> str:
    """``id`` or ``en``: Flask-Babel's locale of the moment; '' where there is no application.

    What Flask-Babel has already decided is read where it keeps it: a page asks hundreds of times.
    """
    return _language_in(present())


def _language_in(here: dict[str, Any]) -> str:
    decided: Locale | None = getattr(here.get("_flask_babel"), "babel_locale", None)
    locale = decided or get_locale()
    return locale.language if locale else ""


def switch_url(**choice: str) -> str:
    """The present page with a choice added; home from a page that was posted and cannot be opened otherwise."""
    if request.method not in ("GET", "HEAD") and not _can_be_opened():
        return f"{request.script_root}/?{urlencode(choice)}"
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in choice]
    return "?" + urlencode([*kept, *choice.items()])


def _can_be_opened() -> bool:
    return request.url_rule is not None and "GET" in (request.url_rule.methods or ())


class PoDomain(Domain):
    """Flask-Babel's domain, fed from ``.po`` files."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the present language; the msgids themselves where there is none.

        A page asks hundreds of times; whether the file is newer is asked once for each request.
        """
        here = present()
        language = _language_in(here)
        name = f"catalogue {language}"
        if name not in here:
            here[name] = _newest(language)
        catalogue: NullTranslations = here[name]
        return catalogue


_DOMAIN = PoDomain()


def catalogue_now() -> NullTranslations:
    """The catalogue of the present language; what depends on nothing but our words may be kept by it."""
    return _DOMAIN.get_translations()


class HouseBabel(Babel):
    """Flask-Babel with our domain in the place of its own."""

    @cached_property
    def domain_instance(self) -> PoDomain:
        """What ``gettext`` asks when nobody chose another domain."""
        return _DOMAIN


def gettext(msgid: str, **values: object) -> str:
    """Flask-Babel's, without its search for the domain: the filters ask for every moment of a page."""
    text = str(catalogue_now().ugettext(msgid))
    return text % values if values else text


def sentence(msgid: str, **values: object) -> Markup:
    """``_()`` in templates, where the sentence is ours and only *values* are escaped.

    It stands in the place of Jinja's own, which takes three detours for each of a page's hundreds of sentences.
    """
    catalogue = catalogue_now()
    if not values:
        return _finished(catalogue, msgid)
    return Markup(catalogue.ugettext(msgid)) % values


def _sentence_of_number(singular: str, plural: str, num: int, **values: object) -> Markup:
    """``ngettext()`` in templates; the number is ``%(num)s``."""
    catalogue = catalogue_now()
    return Markup(catalogue.ungettext(singular, plural, num)) % {"num": num, **values}


def ngettext(singular: str, plural: str, num: int) -> str:
    """Flask-Babel's, remembering what it gave: a list asks for the same few lengths of time again and again."""
    return _counted(catalogue_now(), singular, plural, num)


@lru_cache(maxsize=4096)
def _counted(catalogue: NullTranslations, singular: str, plural: str, num: int) -> str:
    return str(catalogue.ungettext(singular, plural, num)) % {"num": num}


@lru_cache(maxsize=4096)
def _finished(catalogue: NullTranslations, msgid: str) -> Markup:
    """A sentence without values; like those with values it writes a percent sign as ``%%``."""
    return Markup(catalogue.ugettext(msgid)) % {}


def _newest(language: str) -> NullTranslations:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    return _catalogue(path, path.stat().st_mtime_ns) if path.is_file() else NullTranslations()


@lru_cache(maxsize=8)
def _catalogue(path: Path, _changed_at: int) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.parts[-3]))
    compiled.seek(0)
    return Translations(compiled)


def _cookie(name: str) -> str | None:
    value = g.get("chosen", {}).get(name) or request.cookies.get(name)
    return value if value in CHOICES[name] else None


def _asked_for() -> str:
    for wanted in request.accept_languages.values():
        code = wanted.replace("_", "-").split("-")[0].lower()
        code = _OLD_CODES.get(code, code)
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


def _here_without(names: set[str]) -> str:
    """This page's own path and the rest of its query.

    Never another host: ``//evil.example`` and ``/\\evil.example`` are paths to a browser only after
    their slashes are taken off and the rest is quoted.
    """
    path = quote(request.path.lstrip("/\\"), safe="/:@!$&'()*+,;=-._~")
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in names]
    return f"{request.script_root}/{path}" + (f"?{urlencode(kept)}" if kept else "")


def _choices_for_page() -> dict[str, Any]:
    in_request = has_request_context()
    return {
        "language": str(get_locale() or LANGUAGES[0]),
        "large_type": in_request and _cookie("huruf") == "besar",
        "theme": (_cookie("tema") if in_request else None) or "auto",
    }


def _say_what_it_varies_on(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
    return response
