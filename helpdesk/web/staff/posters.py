"""QR posters of the places of the house, to be printed by whoever hangs them up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from helpdesk.accounts.units import list_units
from helpdesk.catalogue.category import Place
from helpdesk.catalogue.editing import list_places
from helpdesk.letters.parties import letterhead
from helpdesk.letters.poster import Poster, Size, draw_posters
from helpdesk.lib.errors import Invalid
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import LANGUAGES
from helpdesk.web.downloads import send_pdf
from helpdesk.web.filters import name as name_of
from helpdesk.web.staff import door

MOST = 40  # pages, which take some ten seconds
ANYWHERE = "-"  # the poster of no place in particular


@door.get("/poster")
def posters() -> ResponseReturnValue:
    """Every place that can be chosen, by the unit in charge of it."""
    places = [place for place in list_places() if place.is_active]
    return render_template("staff/posters.html", groups=_by_unit(places), anywhere=ANYWHERE)


@door.get("/poster.pdf")
@limited("20/minute", methods=("GET",))
def posters_pdf() -> ResponseReturnValue:
    """The posters that were ticked, in the size and language that were chosen."""
    asked = request.args
    size = Size(asked["ukuran"]) if asked.get("ukuran") in set(Size) else Size.A4
    language = asked.get("bahasa_poster", "")
    language = language if language in LANGUAGES else LANGUAGES[0]
    with force_locale(language):
        chosen, head = _chosen(asked.getlist("tempat")), letterhead()
    if not chosen or len(chosen) > MOST:
        raise Invalid({"tempat": _l("Choose between one and %(most)s places.", most=MOST)})
    name = chosen[0].code if len(chosen) == 1 and chosen[0].code else "poster"
    return send_pdf(draw_posters(chosen, size, language, head), f"{name}-{size}.pdf")


def _chosen(codes: Sequence[str]) -> list[Poster]:
    """A poster for each of *codes* that is a place people can choose, named in the language of the moment."""
    base = current_settings().base_url
    places = {place.code: place for place in list_places() if place.is_active}
    found = [Poster("", f"{base}/keluhan")] if ANYWHERE in codes else []
    return found + [
        Poster(name_of(place), f"{base}/t/{code}", code)
        for code, place in places.items()
        if code in codes
    ]


def _by_unit(places: Sequence[Place]) -> list[tuple[str, list[Place]]]:
    """Names of units with their places; what no unit is in charge of comes last, under no name."""
    names = {unit.id: name_of(unit) for unit in list_units()}
    groups: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        groups[names.get(place.unit_id or 0, "")].append(place)
    return sorted(groups.items(), key=lambda group: (not group[0], group[0].casefold()))
