"""Static files: read, fingerprinted and compressed at start-up, then served from memory.

A URL carries the digest of the bytes behind it (``/static/css/public.3f2a9c1d77aa.css``), so a
browser may keep it for a year and still sees a new release at once. An old digest (a page opened
before an upgrade, or another host of the same site that is a release behind) is answered with the
present bytes and ``no-cache``: a page that looks right beats a 404.

Third-party files come from packages and are never copied into the repository. Of Bootstrap we serve
the foundations only, its variables and its reboot (3 KB of its 31 KB): our components are drawn by
ourselves, share class names with Bootstrap's (``.row``, ``.btn``, ``.card``) and would spend the
page's weight on being overruled. They are served inside a cascade layer, so every rule of ours wins
whatever its weight.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, has_request_context, request

STATIC = Path(__file__).resolve().parents[2] / "static"
URL_PREFIX = "/static/"
FOUNDATIONS = "bootstrap foundations"
_COMMON = (
    FOUNDATIONS,
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "css/pages/public.css",
)
BUNDLES: dict[str, tuple[str, ...]] = {
    # One file each: on a weak phone a round trip costs more than the bytes saved by finer pieces.
    "css/public.css": (*_COMMON, "css/print.css"),
    "css/staff.css": (
        *_COMMON,
        "css/pages/staff.css",
        "css/pages/acts.css",
        "css/pages/intake.css",
        "css/pages/overview.css",
        "css/pages/wallboard.css",
        "css/pages/admin.css",
        "css/pages/mail.css",
        "css/pages/bubbles.css",
        "css/pages/keeping.css",
        "css/pages/simulator.css",
        "css/print.css",
    ),
}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
# A stranger's mail is shown in a sandboxed frame, which belongs to no origin, not even to ours.
_OF_NO_ORIGIN = "css/mail_frame.css"
_COMPRESSED = {".css", ".js", ".svg"}
_FINGERPRINTED = re.compile(r"(?P<stem>.+)\.(?P<digest>[0-9a-f]{12})(?P<suffix>\.[a-z0-9]+)")
_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Asset:
    """One file as it is served. *packed* is its gzip form, None when that would not be smaller."""

    name: str
    body: bytes
    packed: bytes | None
    digest: str
    content_type: str

    @property
    def fingerprinted(self) -> str:
        """The name with the digest before its suffix: ``css/public.3f2a9c1d77aa.css``."""
        stem, suffix = self.name.rsplit(".", 1)
        return f"{stem}.{self.digest}.{suffix}"


def init_assets(app: Flask) -> None:
    """Load every file under ``static``, serve them at ``/static/`` and give templates ``asset_url``.

    Raises RuntimeError when Flask's own static route is on: it would answer first, without digests.
    """
    if app.has_static_folder:
        raise RuntimeError(
            "create the application with static_folder=None; helpdesk.web.assets serves the files"
        )
    shelf = load_assets()
    app.extensions["assets"] = shelf
    app.add_url_rule(
        f"{URL_PREFIX}<path:name>", endpoint="static_asset", view_func=_serve_asset_from(shelf)
    )
    app.jinja_env.globals["asset_url"] = _asset_url_from(shelf)


def load_assets() -> dict[str, Asset]:
    """Every servable file under ``static`` and every bundle, by name (``css/public.css``)."""
    pieces = {
        path.relative_to(STATIC).as_posix(): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in _TYPES
    }
    pieces[FOUNDATIONS] = bootstrap_foundations()
    for name, parts in BUNDLES.items():
        if all(part in pieces for part in parts):
            pieces[name] = b"\n".join(pieces[part] for part in parts)
    del pieces[FOUNDATIONS]
    return {name: _made_ready(name, body) for name, body in pieces.items()}


def bootstrap_foundations() -> bytes:
    """Bootstrap's variables and reboot, cut from the installed package, in a layer of their own.

    Raises RuntimeError when the package is missing or its stylesheet is laid out differently.
    """
    spec = importlib.util.find_spec("flask_bootstrap")
    if spec is None or spec.origin is None:
        raise RuntimeError("Bootstrap-Flask is not installed; install requirements.txt")
    sheet = (Path(spec.origin).parent / "static/bootstrap5/css/bootstrap.min.css").read_text(
        "utf-8"
    )
    reboot, mark, _rest = sheet.partition(".lead{")  # the first rule after the reboot
    if not mark or not reboot.endswith("[hidden]{display:none!important}"):
        raise RuntimeError(
            "Bootstrap's stylesheet has changed its order; look at bootstrap_foundations() again"
        )
    rules = reboot.removeprefix('@charset "UTF-8";')
    return f"@layer bootstrap{{{rules}}}".encode()


def _serve_asset_from(shelf: dict[str, Asset]) -> Callable[[str], Response]:
    """The view behind ``/static/<name>``; it touches neither session nor database."""

    def serve_asset(name: str) -> Response:
        found = _FINGERPRINTED.fullmatch(name)
        asset = shelf.get(f"{found['stem']}{found['suffix']}" if found else name)
        if asset is None:
            abort(404)
        pack = asset.packed if request.accept_encodings["gzip"] > 0 else None
        response = Response(pack or asset.body, content_type=asset.content_type)
        response.set_etag(f"{asset.digest}-gz" if pack else asset.digest)
        response.vary.add("Accept-Encoding")
        if pack:
            response.content_encoding = "gzip"
        if found and found["digest"] == asset.digest:
            response.cache_control.public = True
            response.cache_control.max_age = _YEAR
            response.cache_control.immutable = True
        else:
            response.cache_control.no_cache = True
        if asset is shelf.get(_OF_NO_ORIGIN):
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.make_conditional(request)
        return response

    return serve_asset


def _asset_url_from(shelf: dict[str, Asset]) -> Callable[[str], str]:
    """The template global ``asset_url(name)``; raises LookupError for a file that is not there."""

    def asset_url(name: str) -> str:
        if name not in shelf:
            raise LookupError(f"there is no file static/{name}")
        root = request.script_root if has_request_context() else ""
        return f"{root}{URL_PREFIX}{shelf[name].fingerprinted}"

    return asset_url


@cache  # packing takes longer than all the rest of making an application; tests make thousands
def _made_ready(name: str, body: bytes) -> Asset:
    suffix = Path(name).suffix
    packed = gzip.compress(body, 9, mtime=0) if suffix in _COMPRESSED else b""
    return Asset(
        name=name,
        body=body,
        packed=packed if 0 < len(packed) < len(body) else None,
        digest=hashlib.sha256(body).hexdigest()[:12],
        content_type=_TYPES[suffix],
    )
