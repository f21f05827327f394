"""Keep the list as it stands under a name, share it with those who work at the same list, and forget it again."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.lib.errors import Invalid
from helpdesk.tickets import saved_views as verbs
from helpdesk.web.doors import current_actor
from helpdesk.web.signed_in import local_path
from helpdesk.web.staff import door
from helpdesk.web.staff.desks import asked_now, desk_named


@door.post("/tampilan")
def save_view() -> ResponseReturnValue:
    """The view whose filters stand in the address of this form, under the name typed into it."""
    actor = current_actor()
    desk = desk_named(request.args.get("meja", ""), actor)
    back = redirect(_back())
    try:
        view = verbs.save_view(request.form.get("name", ""), desk.name, asked_now(), by=actor)
    except Invalid as refused:
        flash(str(refused.fields["name"]), "warn")
        return back
    flash(_("Saved as “%(name)s”.", name=view.name))
    return back


@door.post("/tampilan/<int:view_id>/hapus")
def remove_view(view_id: int) -> ResponseReturnValue:
    """Forget it; the tickets stay where they are."""
    verbs.remove_view(view_id, by=current_actor())
    flash(_("The view is removed."))
    return redirect(_back())


@door.post("/tampilan/<int:view_id>/bersama")
def share_view(view_id: int) -> ResponseReturnValue:
    """Let the colleagues of its list see it among their views, or stop doing so."""
    is_shared = bool(request.form.get("shared"))
    view = verbs.share_view(view_id, is_shared=is_shared, by=current_actor())
    if is_shared:
        flash(_("Your colleagues of this list now see “%(name)s” too.", name=view.name))
    else:
        flash(_("Only you see “%(name)s” now.", name=view.name))
    return redirect(_back())


def _back() -> str:
    return local_path(request.form.get("back")) or "/kerja"
