"""The fixed words of letters, tried on as a PDF before they are used."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from helpdesk.letters import rewording
from helpdesk.letters.drawing import draw
from helpdesk.letters.parties import letterhead
from helpdesk.letters.rewording import LONGEST_BLOCK, MUST_BE_SAID, Version
from helpdesk.letters.samples import sample_of
from helpdesk.letters.wording import LETTERS, PLACEHOLDERS
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.lib.words import LANGUAGE_NAMES
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.admin.message_words import about_wording
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_pdf
from helpdesk.web.forms import page

TITLES: dict[str, Any] = {
    "receipt": _l("Complaint receipt"),
    "disposition_sheet": _l("Disposition sheet"),
    "reply": _l("Reply letter"),
    "closing_notice": _l("Closing notice"),
    "request": _l("Request for details"),
    "referral": _l("Referral"),
}
HINTS: dict[str, Any] = {
    "opening": _l("Above everything else, such as a greeting."),
    "closing": _l("Above the signature."),
    "rights": _l("What the complainant may do, and where else they may turn."),
    "footer": _l("The small line at the end."),
}


class LetterWordsForm(AdminForm):
    """Every block there is; those that a letter lacks are taken out."""

    opening = TextAreaField(_l("Opening"), [Length(max=LONGEST_BLOCK)])
    closing = TextAreaField(_l("Closing sentence"), [Length(max=LONGEST_BLOCK)])
    rights = TextAreaField(_l("Rights"), [Length(max=LONGEST_BLOCK)])
    footer = TextAreaField(_l("Last line"), [Length(max=LONGEST_BLOCK)])

    def keep(self, blocks: tuple[str, ...]) -> None:
        """Only the fields of one letter."""
        for name in set(HINTS) - set(blocks):
            del self[name]

    @property
    def blocks(self) -> dict[str, str]:
        """The form as the domain takes it."""
        return {name: self[name].data or "" for name in HINTS if name in self}

    def try_on(self) -> bool:
        """Can what was typed be drawn? What is wrong is said beside the field."""
        if not self.validate():
            return False
        try:
            rewording.check_blocks(self.blocks)
        except Invalid as invalid:
            self.take_errors(invalid)
        return not self.errors


class _Row:
    """A version as a form reads it, and as it is compared with after a conflict."""

    def __init__(self, version: Version) -> None:
        self.version = version.version
        self.__dict__.update(version.blocks)


@door.get("/surat")
def letter_words_list() -> ResponseReturnValue:
    """Every letter with the version in use."""
    return render_template(
        "admin/letter_words_list.html",
        letters=LETTERS,
        in_use=rewording.versions_in_use(),
        titles=TITLES,
        languages=LANGUAGE_NAMES,
    )


@door.route("/surat/<letter>/<language>", methods=["GET", "POST"])
@in_own_units
def reword_letter(letter: str, language: str) -> ResponseReturnValue:
    """One letter: its fixed words, a look at them on paper, and every version there was."""
    versions = rewording.versions_of(letter, language)
    form = LetterWordsForm(obj=_Row(versions[0]))
    form.keep(LETTERS[letter])
    if form.is_submitted() and request.form.get("act") == "look":
        if form.try_on():
            return _on_paper(letter, language, form.blocks)
    elif form.saves(lambda: _use(letter, language, form), row=_Row(versions[0])):
        flash(_("From now on these words are used. Letters issued before keep theirs."))
        return redirect(url_for("admin.reword_letter", letter=letter, language=language))
    return page("admin/letter_words.html", form, **_about(letter, language, versions))


@door.post("/surat/<letter>/<language>/versi/<int:version>/pakai")
def take_letter_words_back(letter: str, language: str, version: int) -> ResponseReturnValue:
    """The words of an earlier version are used again."""
    rewording.go_back(letter, language, version, by=current_actor())
    flash(_("The earlier words are used again."))
    return redirect(url_for("admin.reword_letter", letter=letter, language=language))


def _on_paper(letter: str, language: str, blocks: dict[str, str]) -> ResponseReturnValue:
    """A letter about nobody with these words."""
    with force_locale(language):
        head = letterhead()
    pdf = draw(sample_of(letter, language, head), blocks=blocks)
    return send_pdf(pdf, f"{letter}-{language}.pdf")


def _use(letter: str, language: str, form: LetterWordsForm) -> None:
    """In a unit of its own: the page is marked so because it may also have to draw."""
    by = current_actor()
    unit_of_work(
        lambda: rewording.use_blocks(
            letter, language, form.blocks, seen_version=form.seen_version, by=by
        )
    )


def _about(letter: str, language: str, versions: list[Version]) -> dict[str, Any]:
    """What the page shows beside the form."""
    return {
        **about_wording(language, versions),
        "title": TITLES.get(letter, letter),
        "letter": letter,
        "hints": HINTS,
        "must_be_said": MUST_BE_SAID,
        "blocks": LETTERS[letter],
        "placeholders": sorted(PLACEHOLDERS),
    }
