"""One ticket as leadership reads it: the matter, the units and the clocks; not the complainant."""

from __future__ import annotations

from flask import render_template

from helpdesk.web.doors import current_actor
from helpdesk.web.leadership import door
from helpdesk.web.staff import files
from helpdesk.web.staff.ticket import find_to_read, page_values


@door.get("/tiket/<number>")
def ticket(number: str) -> str:
    """The same page as at the workbench, behind leadership's own door; nothing on it acts."""
    found = find_to_read(current_actor(), number)
    return render_template("leadership/ticket.html", **page_values(found, current_actor()))


door.add_url_rule("/berkas/<int:file_id>", "file", files.file)
door.add_url_rule("/berkas/<int:file_id>/gambar", "picture", files.picture)
