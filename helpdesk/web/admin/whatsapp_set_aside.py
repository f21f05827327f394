"""What came from WhatsApp and could not be used: why, and once more or away with it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.intake.whatsapp import set_aside
from helpdesk.web.admin import door
from helpdesk.web.doors import current_actor
from helpdesk.web.post_words import why_set_aside
from helpdesk.web.typed import whole_number

PAGE = 50


@door.get("/whatsapp/disisihkan")
def whatsapp_set_aside() -> ResponseReturnValue:
    """What waits, the oldest first; nothing that people wrote is shown."""
    after = whole_number(request.args.get("sesudah")) or 0
    rows = set_aside.posts_set_aside(after_id=after, limit=PAGE + 1)
    return render_template(
        "admin/whatsapp_set_aside.html",
        rows=rows[:PAGE],
        next_after=rows[PAGE - 1].id if len(rows) > PAGE else None,
        is_first=not after,
        why=why_set_aside,
    )


@door.post("/whatsapp/disisihkan/semua")
def take_posts_again() -> ResponseReturnValue:
    """All of it is understood once more, as after the settings were corrected."""
    taken = set_aside.take_all_in_again(by=current_actor())
    flash(
        ngettext(
            "%(num)d is taken in once more within seconds.",
            "%(num)d are taken in once more within seconds.",
            taken,
        )
    )
    return redirect(url_for("admin.whatsapp_set_aside"))


@door.post("/whatsapp/disisihkan/<int:post_id>/lagi")
def take_post_again(post_id: int) -> ResponseReturnValue:
    """It is understood once more."""
    set_aside.take_in_again(post_id, by=current_actor())
    flash(
        _("It is taken in once more within seconds. If it comes back here, the reason still holds.")
    )
    return redirect(url_for("admin.whatsapp_set_aside"))


@door.post("/whatsapp/disisihkan/<int:post_id>/buang")
def discard_post(post_id: int) -> ResponseReturnValue:
    """Nothing follows from it; its bytes stay."""
    set_aside.discard_post(post_id, by=current_actor())
    flash(_("It is laid aside."))
    return redirect(url_for("admin.whatsapp_set_aside"))
