"""Files that come with a form, also with one that is refused.

They are checked, cleaned and stored before the unit of work begins. When the form is refused for
something else, its good files are kept for a day under the form's key and listed back, so that
nobody sends a photograph twice over a weak signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField

from helpdesk.intake import kept_files
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.lib.file_names import visible_name
from helpdesk.lib.uploads import COMPLAINANT, DEFAULT_LIMITS, Purpose, Received, receive
from helpdesk.web.once import browser_id

UNWANTED = "unwanted"  # the boxes beside kept files: "leave this one out"
MOST_FILES = DEFAULT_LIMITS.files


def files_field(label: Any) -> MultipleFileField:
    """The field of a form whose files go through :func:`take_in`."""
    return MultipleFileField(label)


def take_in(
    field: MultipleFileField, key: str, *, purpose: Purpose = COMPLAINANT
) -> list[Received]:
    """The good files of this form: those kept from an earlier try, and those sent now.

    What is wrong with the others becomes an error of *field*; call it after ``validate()``, which
    would wipe that error, and outside a unit of work. Every file is judged by itself: one that is
    refused takes no other with it.
    """
    unwanted = set(request.form.getlist(UNWANTED))
    files = {
        file.sha256: file
        for file in kept_files.kept(key, browser_id())
        if file.sha256 not in unwanted
    }
    chosen = [file for file in field.data or [] if file.filename]
    problems: list[Any] = []
    for file in chosen[: MOST_FILES + 1]:
        try:
            received = receive(file, purpose=purpose, field="files")
            files[received.sha256] = received
        except Invalid as refusal:
            name = visible_name(file.filename) or gettext("attachment")
            reason = refusal.fields["files"]
            problems.append(_l("%(name)s: %(reason)s", name=name, reason=reason))
    if len(files) > MOST_FILES or len(chosen) > MOST_FILES:
        problems.append(_l("Send at most %(count)s files at once.", count=MOST_FILES))
    if problems:
        field.errors = [LazyString(lambda: " ".join(str(problem) for problem in problems))]
    return list(files.values())[:MOST_FILES]


def keep_for_next_try(key: str, files: Sequence[Received]) -> None:
    """Keep *files* of a refused form for a day, and forget those that were taken out of it.

    They are not dropped when the form is admitted later: the same form sent twice at one moment
    must find the same files, or it would not look the same.
    """
    browser, wanted = browser_id(), {file.sha256 for file in files}
    standing = {file.sha256 for file in kept_files.kept(key, browser)}
    if standing == wanted:
        return

    def unit() -> None:
        for digest in standing - wanted:
            kept_files.drop(key, browser, digest)
        kept_files.keep(key, browser, files)

    unit_of_work(unit)
