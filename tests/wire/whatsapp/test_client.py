"""The client of the Cloud API against real HTTP servers: what it asks, whom it trusts, and what it makes of answers."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from helpdesk.lib.clients import whatsapp_answers
from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.clients.graph_faults import (
    Declined,
    Hindrance,
    TooLarge,
    declined,
    hindrance_of,
    in_words,
)
from helpdesk.lib.clients.whatsapp import TEMPLATES_A_PAGE, WhatsAppClient
from tests.support.certificates import make_certificate
from tests.support.graph import ACCOUNT, VERSION, Graph, running_graph

NUMBER = "+6281234560172"


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    with running_graph(tmp_path) as graph:
        yield graph


def client_at(
    url: str, token: str = ACCOUNT.access_token, media_hosts: Collection[str] = ()
) -> WhatsAppClient:
    ids = (ACCOUNT.phone_number_id, ACCOUNT.account_id)
    return WhatsAppClient(url, VERSION, *ids, token, media_hosts=media_hosts)


@pytest.fixture
def client(graph: Graph) -> Iterator[WhatsAppClient]:
    with client_at(graph.url) as client:
        yield client


class Answer(BaseHTTPRequestHandler):
    """Says to every request what the test wants."""

    status, headers_out, body = 200, {}, b"{}"  # type: tuple[int, dict[str, str], bytes]
    tokens: list[str | None]

    def do_GET(self) -> None:
        """The same as for anything else."""
        self._say()

    def do_POST(self) -> None:
        """The same as for anything else."""
        self._say()

    def _say(self) -> None:
        self.tokens.append(self.headers.get("Authorization"))
        self.send_response(self.status)
        for name, value in {**self.headers_out, "Content-Length": str(len(self.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_said: Any) -> None:
        """Nothing."""


@contextmanager
def server(
    status: int = 200,
    body: bytes = b"{}",
    headers: dict[str, str] | None = None,
    tls: Path | None = None,
) -> Iterator[tuple[str, list[str | None]]]:
    """One that always answers the same: its address, and the tokens that it was shown."""
    tokens: list[str | None] = []
    told = {"status": status, "body": body, "headers_out": headers or {}, "tokens": tokens}
    listening = ThreadingHTTPServer(("127.0.0.1", 0), type("Told", (Answer,), told))
    if tls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    scheme = "https" if tls else "http"
    try:
        yield f"{scheme}://127.0.0.1:{listening.server_address[1]}", tokens
    finally:
        listening.shutdown()
        listening.server_close()


@contextmanager
def dripping() -> Iterator[str]:
    """A server that says one byte after the other, and never comes to an end while it is asked."""
    listening, is_over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def talk() -> None:
        wire, _who = listening.accept()
        with wire, suppress(OSError):
            wire.recv(65536)
            wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not is_over.wait(0.01):
                wire.sendall(b" ")

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        is_over.set()
        thread.join()
        listening.close()


def test_a_list_to_tap(graph: Graph, client: WhatsAppClient) -> None:
    graph.open_window(NUMBER)
    rows = [{"id": "a", "title": "Keluhan", "description": "Sampaikan"}, {"id": "b", "title": "X"}]
    client.send_choices(NUMBER, "Pilih:", {"list": {"button": "Menu", "rows": rows}})
    assert graph.sent[0]["interactive"]["action"] == {
        "button": "Menu",
        "sections": [{"rows": rows}],
    }


def test_no_page_of_ours_is_fetched_for_a_preview(graph: Graph, client: WhatsAppClient) -> None:
    graph.open_window(NUMBER)
    client.send_text(NUMBER, "https://rs.example/k/rahasia")
    assert graph.sent[0]["text"]["preview_url"] is False


def test_a_file_is_fetched_in_two_steps(graph: Graph, client: WhatsAppClient) -> None:
    kept = graph.keep(b"gambar" * 1000, "image/jpeg")
    place = client.media(kept.id)
    content = b"".join(client.download(place.url, most=10_000))
    assert content == b"gambar" * 1000
    assert place.size == len(content)
    assert place.sha256 == hashlib.sha256(content).hexdigest()
    with pytest.raises(TooLarge):
        list(client.download(place.url, most=100))


def test_a_file_that_is_gone(client: WhatsAppClient) -> None:
    with pytest.raises(Declined) as gone:
        client.media("12345")
    assert gone.value.code == 100


def test_templates_come_in_pages(graph: Graph, client: WhatsAppClient) -> None:
    for number in range(TEMPLATES_A_PAGE + 3):
        graph.approve(f"satu_{number}", "Nomor {{number}} ada.")
    found = client.templates()
    assert len({one.name for one in found}) == TEMPLATES_A_PAGE + 3
    assert (found[0].status, found[0].category) == ("approved", "utility")
    assert found[0].body == "Nomor {{number}} ada."


def test_how_the_number_is_doing(client: WhatsAppClient) -> None:
    assert client.number_quality() == "green"


def test_the_token_follows_no_redirect() -> None:
    with server() as (elsewhere, shown), server(302, headers={"Location": elsewhere}) as (url, _):
        client = client_at(url)
        with pytest.raises(Declined):
            client.number_quality()
        with pytest.raises(Declined):
            list(client.download(url, most=100))
        assert shown == []


def test_without_tls_only_this_machine_is_asked() -> None:
    with pytest.raises(WireFault) as fault:
        client_at("http://graph.example.org")
    assert fault.value.trouble is Trouble.NOT_ENCRYPTED
    with server() as (url, shown):
        client = client_at(url)
        with pytest.raises(WireFault):
            list(client.download("http://lookaside.example.org/x", most=1))
        with pytest.raises(WireFault):
            list(client.download("file:///etc/passwd", most=1))
        assert shown == []


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.example.org/file",
        "https://evilfbsbx.com/file",
        "https://fbsbx.com.example.org/file",
        "https://lookaside.fbsbx.com@example.org/file",
        r"https://example.org\@lookaside.fbsbx.com/file",
        "http://127.0.0.1:9/file",
        "https://[::1/file",
    ],
)
def test_no_other_host_is_shown_the_token_for_a_file(graph: Graph, url: str) -> None:
    client = client_at(graph.url, media_hosts=("fbsbx.com",))
    with pytest.raises(WireFault) as fault:
        list(client.download(url, most=1))
    assert fault.value.trouble is Trouble.ANSWER


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.1"])  # itself, and whatever lies below it
def test_a_host_that_the_provider_keeps_files_at_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(make_certificate(tmp_path)))
    with server(body=b"gambar", tls=tmp_path) as (elsewhere, _), server() as (url, _shown):
        client = client_at(url, media_hosts=(host,))
        assert b"".join(client.download(f"{elsewhere}/file", most=10)) == b"gambar"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = make_certificate(tmp_path)
    with server(body=b'{"quality_rating": "GREEN"}', tls=tmp_path) as (url, shown):
        with pytest.raises(WireFault) as fault:
            client_at(url).number_quality()
        assert fault.value.trouble is Trouble.CERTIFICATE
        assert shown == []
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))  # now this machine does
        assert client_at(url).number_quality() == "green"


def test_the_token_is_in_no_fault(graph: Graph) -> None:
    token = "EAA-sangat-rahasia"
    body = {"error": {"code": 190, "message": f"Malformed access token {token}"}}
    with (
        server(401, json.dumps(body).encode()) as (url, _shown),
        pytest.raises(Declined) as refusal,
    ):
        client_at(url, token).number_quality()
    assert token not in str(refusal.value)
    assert refusal.value.trouble is Hindrance.OURS


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"{}", b'{"messages": []}', b"\xff"])
def test_an_answer_without_an_id_is_no_success(body: bytes) -> None:
    with server(body=body) as (url, _shown), pytest.raises(WireFault) as fault:
        client_at(url).send_text(NUMBER, "halo")
    assert fault.value.trouble is Trouble.ANSWER


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b'{"data": null}', b'{"data": {}}', b"[" * 100_000]
)
def test_a_page_of_something_on_the_way_is_no_empty_list_of_templates(body: bytes) -> None:
    with server(body=body) as (url, _shown), pytest.raises(WireFault) as fault:
        client_at(url).templates()
    assert fault.value.trouble is Trouble.ANSWER


def test_an_answer_that_comes_drop_by_drop_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whatsapp_answers, "ANSWERS_WITHIN", 0.05)
    with dripping() as url, pytest.raises(WireFault) as fault:
        client_at(url).number_quality()
    assert fault.value.trouble is Trouble.TIMEOUT


def test_an_answer_that_unfolds_without_end_is_not_unfolded() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with server(body=bomb, headers={"Content-Encoding": "gzip"}) as (url, _shown):
        with pytest.raises(WireFault) as fault:
            client_at(url).number_quality()
        assert fault.value.trouble is Trouble.ANSWER
        with pytest.raises(TooLarge):
            list(client_at(url).download(url, most=1000))


def test_nobody_there(graph: Graph) -> None:
    graph.stop()
    with pytest.raises(WireFault) as fault:
        client_at(graph.url).number_quality()
    assert fault.value.trouble is Trouble.REFUSED
    with pytest.raises(WireFault) as fault:
        client_at("https://graph.invalid").number_quality()
    assert fault.value.trouble is Trouble.NAME


@pytest.mark.parametrize(
    ("code", "status", "what"),
    [
        (131000, 500, Hindrance.LATER),
        (130429, 429, Hindrance.SLOWER),
        (131048, 400, Hindrance.SLOWER),
        (131056, 400, Hindrance.SLOWER),
        (131047, 400, Hindrance.WINDOW),
        (131026, 400, Hindrance.NOBODY),
        (131049, 400, Hindrance.NEVER),
        (131051, 400, Hindrance.NEVER),
        (132000, 400, Hindrance.TEMPLATE),
        (132001, 404, Hindrance.TEMPLATE),
        (190, 401, Hindrance.OURS),
        (10, 403, Hindrance.OURS),
        (200, 403, Hindrance.OURS),
        (299, 403, Hindrance.OURS),
        (100, 400, Hindrance.NEVER),
        (77, 503, Hindrance.LATER),
        (77, 429, Hindrance.SLOWER),
    ],
)
def test_what_a_code_means(code: int, status: int, what: Hindrance) -> None:
    assert hindrance_of(code, status) is what
    assert declined(status, {"error": {"code": code, "message": "x"}}).trouble is what
    assert in_words(f"{code} x")


@pytest.mark.parametrize(
    ("status", "answer", "what"),
    [
        (503, {}, Hindrance.LATER),
        (429, {}, Hindrance.SLOWER),
        (401, {}, Hindrance.OURS),
        (400, {}, Hindrance.LATER),
        (302, {}, Hindrance.OURS),
        (404, {"error": "gone"}, Hindrance.OURS),
        (400, {"error": {"code": True}}, Hindrance.NEVER),
        (500, {"error": {"code": "x"}}, Hindrance.LATER),
    ],
)
def test_without_a_code_the_status_says_it(
    status: int, answer: dict[str, Any], what: Hindrance
) -> None:
    refusal = declined(status, answer)
    assert (refusal.code, refusal.trouble) == (status, what)


@pytest.mark.parametrize(
    ("code", "extra", "what"),
    [
        (100, {"error_subcode": 33}, Hindrance.OURS),  # our number or account is not there
        (77, {"is_transient": True}, Hindrance.LATER),
        (131051, {"is_transient": True}, Hindrance.NEVER),
    ],
)
def test_what_stands_beside_a_code(code: int, extra: dict[str, Any], what: Hindrance) -> None:
    assert declined(400, {"error": {"code": code, "message": "x", **extra}}).trouble is what


def test_only_codes_of_the_provider_are_worded() -> None:
    assert in_words("timeout") is None
    assert in_words("") is None
    assert in_words("131026 Message undeliverable; 131000 x")
