"""The files of a ticket: as downloads, to look at, to listen to; originals for customer care, and noted."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.errors import NotFound
from helpdesk.tickets.file_access import find_file, find_original
from helpdesk.tickets.records import Attachment
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.closed_files import must_be_open
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import play_stored, send_stored
from helpdesk.web.staff import door
from helpdesk.web.staff.noting import note_act


@door.get("/berkas/<int:file_id>")
def file(file_id: int) -> Response:
    """The cleaned copy, as a download."""
    actor = current_actor()
    found, ticket = find_file(actor, file_id)
    return _send(found, ticket, actor, found.shown_digest)


@door.get("/berkas/<int:file_id>/gambar")
def picture(file_id: int) -> Response:
    """A photograph to look at in a page: it was drawn anew when it came in, so it holds nothing but pixels."""
    actor = current_actor()
    found, ticket = find_file(actor, file_id)
    if not found.media_type.startswith("image/"):
        raise NotFound
    answer = _send(found, ticket, actor, found.shown_digest)
    answer.headers["Content-Disposition"] = "inline"
    return answer


@door.get("/berkas/<int:file_id>/suara")
def recording(file_id: int) -> Response:
    """A recording to listen to in a page."""
    actor = current_actor()
    found, ticket = find_file(actor, file_id)
    if not found.media_type.startswith("audio/"):
        raise NotFound
    return _send(found, ticket, actor, found.shown_digest, play_stored)


@door.get("/berkas/<int:file_id>/asli")
def original(file_id: int) -> Response:
    """The bytes as they came, place and moment of the photograph included; who asks is noted."""
    actor = current_actor()
    found, ticket = find_original(actor, file_id)
    must_be_open(found)
    digest, name, media_type = found.original_digest or "", found.name, found.media_type
    _note("read_original", ticket.id, actor, file_id)
    return send_stored(digest, name, media_type)


def _send(
    found: Attachment,
    ticket: Ticket,
    actor: Actor,
    digest: str,
    send: Callable[[str, str, str], Response] = send_stored,
) -> Response:
    must_be_open(found)
    name, media_type = found.name, found.media_type
    if ticket.access == Access.RESTRICTED:
        _note("read_restricted", ticket.id, actor, found.id)
    return send(digest, name, media_type)


def _note(act: str, ticket_id: int, actor: Actor, file_id: int) -> None:
    """Note it before the bytes are sent."""
    unit_of_work(lambda: note_act(act, ticket_id, actor, file_id=file_id))
