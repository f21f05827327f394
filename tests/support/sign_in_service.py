"""A provider's sign-in service on this machine: it renews access (RFC 6749 §6) and tells mail servers whether a
token is good (RFC 7662).
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs


class SignInService:
    """Gives tokens to whoever brings the present refresh token; :meth:`stop` ends it."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.begin_anew()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                form = {
                    name: said[0]
                    for name, said in parse_qs(self.rfile.read(length).decode()).items()
                }
                answer = service.renew if self.path == "/token" else service.introspect
                status, said = answer(form)
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_said: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def begin_anew(self) -> None:
        """Forget what a test has set."""
        self.refresh_token = f"izin-{next(self._numbers)}"
        self.username = ""
        self.rotates = False
        self.lasts = 3600
        self.renewals = 0
        self.good_tokens: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Where the service is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def introspection_url(self) -> str:
        """Where a mail server asks about a token."""
        return f"{self.url}/introspect"

    @property
    def token_url(self) -> str:
        """Where access is renewed."""
        return f"{self.url}/token"

    def renew(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Another access token, or the refusal of a permission that was taken back."""
        if form.get("refresh_token") != self.refresh_token:
            said = f"the token {form.get('refresh_token')} was revoked"
            return 400, {"error": "invalid_grant", "error_description": said}
        self.renewals += 1
        token = f"akses-{next(self._numbers)}"
        self.good_tokens[token] = self.username
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}
        if self.rotates:
            self.refresh_token = f"izin-{next(self._numbers)}"
            answer["refresh_token"] = self.refresh_token
        return 200, answer

    def introspect(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Whose token this is, if anybody's."""
        username = self.good_tokens.get(form.get("token", ""))
        return 200, {"active": username is not None, "email": username or ""}

    def stop(self) -> None:
        """End the service."""
        self._server.shutdown()
        self._server.server_close()
