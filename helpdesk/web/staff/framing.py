"""The HTML of a mail in a frame of its own, which runs nothing, loads nothing and belongs to no origin."""

from __future__ import annotations

from flask import Response, make_response

from helpdesk.web.headers import CSP


def with_frame(page: str, status: int = 200) -> Response:
    """A page that may frame ours."""
    answer = make_response(page, status)
    answer.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return answer


def in_frame(html: str, *, styles: str) -> Response:
    """The *html* alone, to be framed by ours and nothing else; *styles* says from where they may come."""
    answer = make_response(html)
    answer.headers["Content-Security-Policy"] = (
        f"sandbox; default-src 'none'; style-src {styles}; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer
