"""Canned texts for customer care: list, add, edit, put out of use and back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from helpdesk.lib.editing import find_row
from helpdesk.lib.words import LANGUAGE_NAMES
from helpdesk.tickets import canned_texts as verbs
from helpdesk.tickets.canned_texts import LONGEST_NAME, LONGEST_TEXT, CannedFacts, CannedText
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import page


class CannedTextForm(AdminForm):
    """What is written about a canned text."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=LONGEST_NAME)])
    language = SelectField(_l("Language"), choices=list(LANGUAGE_NAMES.items()))
    text = TextAreaField(_l("Text"), [InputRequired(), Length(max=LONGEST_TEXT)])


@door.get("/teks")
def canned_text_list() -> ResponseReturnValue:
    """Every text with its language."""
    return render_template(
        "admin/canned_texts.html", texts=verbs.list_canned_texts(), languages=LANGUAGE_NAMES
    )


@door.route("/teks/baru", methods=["GET", "POST"])
def add_canned_text() -> ResponseReturnValue:
    """A new text."""
    form = CannedTextForm()
    if form.saves(lambda: verbs.add_canned_text(form.as_facts(CannedFacts), by=current_actor())):
        flash(_("%(name)s is added.", name=form.name.data))
        return redirect(url_for("admin.canned_text_list"))
    return page("admin/canned_text.html", form, canned=None)


@door.route("/teks/<int:text_id>", methods=["GET", "POST"])
def edit_canned_text(text_id: int) -> ResponseReturnValue:
    """What is written about a text."""
    canned = find_row(CannedText, text_id)
    form = CannedTextForm(obj=canned)
    if form.saves(
        lambda: verbs.edit_canned_text(
            text_id, form.as_facts(CannedFacts), version=form.seen_version, by=current_actor()
        ),
        row=canned,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.canned_text_list"))
    return page("admin/canned_text.html", form, canned=canned)


@door.post("/teks/<int:text_id>/tutup")
def close_canned_text(text_id: int) -> ResponseReturnValue:
    """The text is offered no longer."""
    verbs.switch_canned_text(text_id, on=False, by=current_actor())
    flash(_("It is offered no longer."))
    return redirect(url_for("admin.canned_text_list"))


@door.post("/teks/<int:text_id>/buka")
def open_canned_text(text_id: int) -> ResponseReturnValue:
    """The text is offered again."""
    verbs.switch_canned_text(text_id, on=True, by=current_actor())
    flash(_("It is offered again."))
    return redirect(url_for("admin.canned_text_list"))
