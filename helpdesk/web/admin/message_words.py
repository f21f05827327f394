"""The words of messages: every notice in both languages, tried on before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from helpdesk.accounts import staff
from helpdesk.accounts.organisation import house_name, number_prefix, whom_to_call
from helpdesk.lib import clock
from helpdesk.lib.errors import Invalid
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import LANGUAGE_NAMES, LANGUAGES
from helpdesk.messaging import rewording
from helpdesk.messaging.events import EVENTS, Audience
from helpdesk.messaging.rewording import Draft
from helpdesk.messaging.templates import Rendered, Wording
from helpdesk.messaging.wordbook import say
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import day, moment, month
from helpdesk.web.forms import page
from helpdesk.web.words import WORDS

TITLES = WORDS["notice"]
MEANINGS: dict[str, Any] = {
    "organisation": _l("the name of your organisation"),
    "number": _l("the number of the complaint"),
    "link": _l("the address that opens it"),
    "due": _l("day and hour of the deadline"),
    "was_due": _l("the deadline that has passed"),
    "until": _l("until when an answer is awaited"),
    "object_until": _l("until when the complainant may object"),
    "emergency": _l("what to do in an emergency, and whom to call"),
    "wanted_by": _l("by when leadership wants it"),
    "category": _l("the category"),
    "unit": _l("the unit"),
    "grade": _l("the grade"),
    "clock": _l("the stage that is measured"),
    "month": _l("the month that is summed up"),
    "mailbox": _l("the address of the mailbox"),
    "line": _l("our number on WhatsApp"),
    "since": _l("when the trouble began"),
    "made": _l("when the backup was made"),
    "trouble": _l("why the mailbox cannot be read"),
    "by_day": _l("the day by which it is to be done"),
    "first_day": _l("the first day of the leave"),
    "last_day": _l("the last day of the leave"),
    "because": _l("why a person must answer the talk"),
}


class MessageWordsForm(AdminForm):
    """Subject and text of one message in one language."""

    subject = StringField(_l("Subject"), [InputRequired()])
    body = TextAreaField(_l("Text"), [InputRequired()])

    @property
    def draft(self) -> Draft:
        """The form as the domain takes it."""
        return Draft(self.subject.data or "", self.body.data or "")

    def try_on(self, event: str) -> None:
        """Look at what was typed without using it; what is wrong is said beside the field."""
        if not self.validate():
            return
        try:
            rewording.check_draft(event, self.draft)
        except Invalid as invalid:
            self.take_errors(invalid)


@door.get("/pesan")
def message_words_list() -> ResponseReturnValue:
    """Every message, by whom it is read, with the version in use."""
    groups = {
        audience: [event for event, about in EVENTS.items() if about.audience is audience]
        for audience in Audience
    }
    return render_template(
        "admin/message_words_list.html",
        groups=groups,
        in_use=rewording.versions_in_use(),
        titles=TITLES,
        languages=LANGUAGE_NAMES,
    )


@door.route("/pesan/<event>/<language>", methods=["GET", "POST"])
def reword_message(event: str, language: str) -> ResponseReturnValue:
    """One message: its words, how it looks filled in, and every version there was."""
    versions = rewording.versions_of(event, language)
    form = MessageWordsForm(obj=versions[0])
    if form.is_submitted() and request.form.get("act") == "look":
        form.try_on(event)
    elif form.saves(
        lambda: rewording.use_wording(
            event, language, form.draft, seen_version=form.seen_version, by=current_actor()
        ),
        row=versions[0],
    ):
        flash(_("From now on these words are used. Messages sent before keep theirs."))
        return redirect(url_for("admin.reword_message", event=event, language=language))
    return page("admin/message_words.html", form, **_about(event, language, form, versions))


@door.post("/pesan/<event>/<language>/versi/<int:version>/pakai")
def take_message_words_back(event: str, language: str, version: int) -> ResponseReturnValue:
    """The words of an earlier version are used again."""
    rewording.go_back(event, language, version, by=current_actor())
    flash(_("The earlier words are used again."))
    return redirect(url_for("admin.reword_message", event=event, language=language))


def _about(
    event: str, language: str, form: MessageWordsForm, versions: list[rewording.Version]
) -> dict[str, Any]:
    """What the page shows beside the form."""
    return {
        **about_wording(language, versions),
        "title": TITLES.get(event, event),
        "event": event,
        "about": EVENTS[event],
        "preview": _preview(event, language, form.draft),
    }


def about_wording(language: str, versions: Sequence[Any]) -> dict[str, Any]:
    """What the page of any wording shows: its language, its *versions* and who wrote them."""
    authors = {one.created_by_id for one in versions if one.created_by_id is not None}
    return {
        "language_shown": language,
        "other_language": next(code for code in LANGUAGES if code != language),
        "languages": LANGUAGE_NAMES,
        "meanings": MEANINGS,
        "versions": versions,
        "authors": staff.names_of(authors),
    }


def _preview(event: str, language: str, draft: Draft) -> Rendered | None:
    """The message as its reader would see it; None while it cannot be filled in."""
    values = {name: say(name, value, language) for name, value in samples(language).items()}
    known = {name: values.get(name, name) for name in EVENTS[event].placeholders}
    try:
        return Wording(0, draft.subject, draft.body).fill(known)
    except ValueError:
        return None


def samples(language: str) -> dict[str, str]:
    """Values to fill every placeholder with, in the language of the message."""
    base = current_settings().base_url
    with force_locale(language):
        soon = moment(clock.now() + timedelta(days=3))
        return {
            "organisation": house_name(),
            "number": f"{number_prefix()}-26-00042-7",
            "link": f"{base}/k/3f9d2c…",
            "due": soon,
            "until": soon,
            "object_until": moment(clock.now() + timedelta(days=30)),
            "emergency": whom_to_call(language),
            "was_due": moment(clock.now() - timedelta(hours=2)),
            "wanted_by": day(clock.now() + timedelta(days=2)),
            "category": _("Medicines and pharmacy"),
            "unit": _("Pharmacy"),
            "grade": "kuning",
            "clock": "answer",
            "month": month(clock.now().replace(day=1) - timedelta(days=1)),
            "mailbox": "pengaduan@rs.example",
            "line": "+62 811-5550-123",
            "since": moment(clock.now() - timedelta(hours=1)),
            "made": moment(clock.now() - timedelta(hours=1)),
            "trouble": "timeout",
            "by_day": day(clock.now() + timedelta(days=7)),
            "first_day": day(clock.now() + timedelta(days=1)),
            "last_day": day(clock.now() + timedelta(days=2)),
            "because": "voice",
        }
