"""Files that come with a form, also with one that is refused.

They are checked, cleaned and stored before the unit of work begins. When the form is refused for
something else, its good files are kept for a day under the form's key and listed back, so that
nobody sends a photograph twice over a weak signal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage

from helpdesk.intake import kept_files
from helpdesk.lib.database import in_transaction, unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.lib.file_names import visible_name
from helpdesk.lib.uploads import COMPLAINANT, DEFAULT_LIMITS, Purpose, Received, receive, too_heavy
from helpdesk.web.once import browser_id

UNWANTED = "unwanted"  # the boxes beside kept files: "leave this one out"
MOST_FILES = DEFAULT_LIMITS.files
_CHUNK = 1 << 20


def files_field(label: Any) -> MultipleFileField:
    """The field of a form whose files go through :func:`take_in`.

    With script it says of a file that is too large before minutes of a weak signal are spent on sending it.
    """
    most, most_of_sound = DEFAULT_LIMITS.file_bytes, DEFAULT_LIMITS.recording_bytes
    told = {
        "data-most": most,
        "data-too-heavy": too_heavy(most),
        "data-most-of-sound": most_of_sound,
        "data-sound-too-heavy": too_heavy(most_of_sound),
    }
    return MultipleFileField(label, render_kw=told)


def are_chosen(field: MultipleFileField) -> bool:
    """Did files come with the form just now?"""
    return bool(_chosen(field))


def take_in(
    field: MultipleFileField,
    key: str,
    *,
    purpose: Purpose = COMPLAINANT,
    refusal: Any | None = None,
) -> list[Received]:
    """The good files of this form: those kept from an earlier try, and those sent now.

    What is wrong with the others becomes an error of *field*; call it after ``validate()``, which
    would wipe that error. Every file is judged by itself: one that is refused takes no other with it.
    With a *refusal*, why not, none that was sent now is looked at. Raises RuntimeError inside a unit
    of work: nobody is to wait for the writing while photographs are cleaned.
    """
    if in_transaction():
        raise RuntimeError("files are taken in before a unit of work begins: see in_own_units")
    unwanted = set(request.form.getlist(UNWANTED))
    files = {
        file.sha256: file
        for file in kept_files.kept(key, browser_id())
        if file.sha256 not in unwanted
    }
    chosen = _chosen(field)
    problems = [refusal] if refusal and chosen else _receive_into(files, chosen, purpose)
    if problems:
        field.errors = [LazyString(lambda: "\n".join(str(problem) for problem in problems))]
    return list(files.values())


def _chosen(field: MultipleFileField) -> list[FileStorage]:
    return [file for file in field.data or [] if file.filename]


def _receive_into(
    files: dict[str, Received], chosen: Sequence[FileStorage], purpose: Purpose
) -> list[Any]:
    """Add the good ones of *chosen* to *files* as long as there is room; gives what is wrong with the others."""
    problems: list[Any] = []
    is_too_many = len(chosen) > MOST_FILES
    for file in chosen[:MOST_FILES]:
        if _digest_of(file) in files:
            continue  # chosen again: it is here
        if len(files) == MOST_FILES:
            is_too_many = True  # not even looked at: no row would name it on the disk
            break
        try:
            received = receive(file, purpose=purpose, field="files")
            files[received.sha256] = received
        except Invalid as refusal:
            name = visible_name(file.filename or "") or gettext("attachment")
            reason = refusal.fields["files"]
            problems.append(_l("%(name)s: %(reason)s", name=name, reason=reason))
    if is_too_many:
        problems.append(_l("Send at most %(count)s files at once.", count=MOST_FILES))
    return problems


def _digest_of(file: FileStorage) -> str:
    digest = hashlib.sha256()
    while chunk := file.stream.read(_CHUNK):
        digest.update(chunk)
    file.stream.seek(0)
    return digest.hexdigest()


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
