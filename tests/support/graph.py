"""The WhatsApp Cloud API on this machine: the demo's own provider, over real HTTP, and it fails as the test says."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.serving import BaseWSGIServer, make_server

from helpdesk.lib import clock
from helpdesk.lib.whatsapp.signature import HEADER, signature_of
from helpdesk.simulator.whatsapp import graph
from helpdesk.simulator.whatsapp.catalogue import Template
from helpdesk.simulator.whatsapp.chats import Owner, user_id_of
from helpdesk.simulator.whatsapp.payloads import Account
from helpdesk.simulator.whatsapp.provider import Provider
from helpdesk.simulator.whatsapp.refusals import GraphRefusal
from helpdesk.simulator.whatsapp.shelf import Media
from helpdesk.simulator.whatsapp.telephone import Telephone

HOST, VERSION = "127.0.0.1", "v23.0"
ACCOUNT = Account(
    phone_number_id="106540352242922",
    account_id="102290129340398",
    display_number="+628115550123",
    name="RSIA Contoh",
    access_token="EAAtestaccesstoken",
    app_secret="rahasia-aplikasi",
    verify_token="kata-verifikasi",
)


@dataclass(frozen=True)
class Call:
    """One request of the house, taken or not. *body* is its JSON, None when it brought none."""

    method: str
    path: str
    body: Any
    answered: int


@dataclass
class Failing:
    """What the next requests meet instead of an answer."""

    refusal: GraphRefusal | None
    times: int
    part: str  # of the path
    hangs_up: bool = False
    before: Callable[[], None] | None = None


@dataclass
class Graph:
    """The running provider. *calls* is everything it was asked; *port* stays the same from start to start."""

    provider: Provider
    port: int
    calls: list[Call] = field(default_factory=list)
    _failing: list[Failing] = field(default_factory=list)
    _server: BaseWSGIServer | None = field(default=None, repr=False)

    @classmethod
    def at(cls, folder: Path, account: Account = ACCOUNT) -> Graph:
        """Not yet listening."""
        return cls(Provider.at(folder / "graph.db", account), _free_port())

    @property
    def url(self) -> str:
        """What the line is told as its ``graph_url``."""
        return f"http://{HOST}:{self.port}/graph"

    @property
    def account(self) -> Account:
        """The ids and the secrets of the house at the provider."""
        return self.provider.account

    def start(self) -> Graph:
        """Begin to listen."""
        self._server = make_server(HOST, self.port, self._app(), threaded=True)
        looks_every = {"poll_interval": 0.02}  # seconds, so that it stops at once
        threading.Thread(target=self._server.serve_forever, kwargs=looks_every, daemon=True).start()
        return self

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    # --- what the house did -------------------------------------------------------------------------------------

    @property
    def sent(self) -> list[Any]:
        """The JSON of every message that was taken, in order; reading marks are not among them."""
        return [one.body for one in self._messages() if "status" not in one.body]

    @property
    def marked_read(self) -> list[str]:
        """The ids of the messages that the house said it has read."""
        return [one.body["message_id"] for one in self._messages() if "status" in one.body]

    def said_to(self, address: str) -> list[str]:
        """The words that came to somebody's telephone, in order; of a template with its values in place."""
        owner = self.provider.chats.owner_of(address)
        assert owner is not None
        chat = self.provider.chats.chat_of(owner.key)
        return [_words(one.kind, one.content) for one in chat if one.way == "in"]

    # --- what the provider does ---------------------------------------------------------------------------------

    def fail(
        self,
        code: int = 131000,
        details: str = "",
        *,
        status: int = 400,
        times: int = 1,
        part: str = "/messages",
    ) -> None:
        """Refuse the next *times* requests whose path holds *part*, with an error of the provider."""
        self._failing.append(Failing(GraphRefusal(code, details, status=status), times, part))

    def hang_up(self, *, times: int = 1, part: str = "/messages") -> None:
        """Close the connection without a word, as one that was killed."""
        self._failing.append(Failing(None, times, part, hangs_up=True))

    def act_before(self, act: Callable[[], None], *, part: str = "/messages") -> None:
        """Let *act* happen while the next such request waits for its answer."""
        self._failing.append(Failing(None, 1, part, before=act))

    def work_again(self) -> None:
        """Forget whatever was still to fail."""
        self._failing.clear()

    def open_window(self, address: str) -> Owner:
        """As if they had written just now: the house may write to them freely for 24 hours."""
        owner = self.provider.chats.owner_of(address) or self._nameless(address)
        self.provider.chats.hear(owner.key, clock.now())
        return owner

    def be_absent(self, number: str) -> None:
        """Nobody has WhatsApp at that number: what is sent there is taken, and fails a moment later."""
        digits = number.lstrip("+")
        self.provider.chats.know(Owner(number, digits, user_id_of(digits), is_absent=True))

    def approve(
        self, name: str, body: str, *, language: str = "id", category: str = "UTILITY"
    ) -> Template:
        """A template with named variables that the provider has approved."""
        components = [{"type": "BODY", "text": body}]
        return self.provider.catalogue.put(name, language, components, category=category)

    def keep(self, content: bytes, media_type: str, name: str = "") -> Media:
        """A file that a webhook may name by the id."""
        return self.provider.shelf.put(content, media_type, name)

    def telephone_of(self, address: str, name: str = "") -> Telephone:
        """Somebody's telephone, to write on; what they do waits in ``posts``."""
        owner = self.provider.chats.owner_of(address) or self._nameless(address)
        if name:
            owner = Owner(name, owner.wa_id, owner.user_id)
            self.provider.chats.know(owner)
        return Telephone(self.provider, owner)

    @property
    def posts(self) -> list[bytes]:
        """The webhooks that the house has not had, in order."""
        return [one.body for one in self.provider.posts.waiting()]

    def deliver(self, client: FlaskClient, path: str = "/hooks/whatsapp") -> list[int]:
        """Post what waits, due or not, signed; what was taken is gone. The answers, in order."""
        answers = []
        for post in self.provider.posts.waiting():
            signature = {HEADER: signature_of(post.body, self.account.app_secret)}
            answer = client.post(
                path, data=post.body, headers=signature, content_type="application/json"
            )
            answers.append(answer.status_code)
            if answer.status_code == 200:
                self.provider.posts.settle(post)
        return answers

    def _nameless(self, user_id: str) -> Owner:
        owner = Owner(user_id, None, user_id)
        self.provider.chats.know(owner)
        return owner

    def _messages(self) -> list[Call]:
        return [one for one in self.calls if one.path.endswith("/messages") and one.answered == 200]

    def _app(self) -> Flask:
        app = Flask("graph")
        app.extensions[graph.EXTENSION] = self.provider
        app.register_blueprint(graph.door)
        app.before_request(self._meet)
        app.after_request(self._note)
        return app

    def _meet(self) -> Response | None:
        failing = next((one for one in self._failing if one.part in request.path), None)
        if failing is None:
            return None
        failing.times -= 1
        if failing.times < 1:
            self._failing.remove(failing)
        if failing.before is not None:
            failing.before()
            return None
        if failing.hangs_up:
            wire: socket.socket = request.environ["werkzeug.socket"]
            wire.shutdown(socket.SHUT_RDWR)
            return Response()
        assert failing.refusal is not None
        return Response(
            json.dumps(failing.refusal.body), failing.refusal.status, mimetype="application/json"
        )

    def _note(self, answer: Response) -> Response:
        body = request.get_json(force=True, silent=True) if request.method == "POST" else None
        self.calls.append(Call(request.method, request.path, body, answer.status_code))
        return answer


@contextmanager
def running_graph(folder: Path, account: Account = ACCOUNT) -> Iterator[Graph]:
    """A provider for one test, its file in *folder*."""
    provider = Graph.at(folder, account).start()
    try:
        yield provider
    finally:
        provider.stop()


def _words(kind: str, content: dict[str, Any]) -> str:
    held = content[kind]
    return str(held["body"]["text"] if kind == "interactive" else held["body"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
