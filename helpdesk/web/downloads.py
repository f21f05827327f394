"""Files and letters on their way out: as attachments, and what is looked at in a page never as a page of ours."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from helpdesk.lib.examined_files import closed_among
from helpdesk.lib.storage import get_storage
from helpdesk.web.closed_files import refuse_closed

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Should a browser open it all the same: no script, no form, no origin of ours.
_SANDBOX = "sandbox; default-src 'none'"


def send_stored(digest: str, name: str, media_type: str) -> Response:
    """The stored content *digest* as a download called *name*. Raises NotFound when it is gone, Locked."""
    refuse_closed(closed_among([digest]))
    answer = send_file(
        get_storage().open(digest), mimetype=media_type, as_attachment=True, download_name=name
    )
    return _fenced(answer)


def play_stored(digest: str, name: str, media_type: str) -> Response:
    """The stored recording *digest*, to be played in a page. Raises NotFound when it is gone, Locked.

    Given in pieces to whoever asks for them: Safari plays nothing that cannot be had so.
    """
    refuse_closed(closed_among([digest]))
    path = get_storage().path(digest)
    answer = send_file(
        path, mimetype=media_type, download_name=name, etag=False, last_modified=None
    )
    return _fenced(answer)


def send_pdf(pdf: bytes, name: str) -> Response:
    """A letter as a download called *name*."""
    return send_made(pdf, name, "application/pdf")


def send_workbook(content: bytes, name: str) -> Response:
    """A workbook as a download called *name*."""
    return send_made(content, name, WORKBOOK)


def send_made(content: bytes, name: str, media_type: str) -> Response:
    """What was made a moment ago as a download called *name*."""
    answer = send_file(
        BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name
    )
    return _fenced(answer)


def _fenced(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
