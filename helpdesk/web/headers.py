"""Security headers on every answer, errors too."""

from __future__ import annotations

from flask import Flask, Response, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def init_headers(app: Flask) -> None:
    """Set them after each request; a view's own stricter value stays."""

    @app.after_request
    def _set(response: Response) -> Response:
        wanted = dict(_ALWAYS)
        if request.is_secure:
            wanted["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "static_asset":
            wanted["Cache-Control"] = "no-store"
        headers = response.headers
        own = {name.lower() for name in headers.keys()}  # noqa: SIM118 - to iterate gives pairs
        headers.extend({name: wanted[name] for name in wanted if name.lower() not in own})
        return response
