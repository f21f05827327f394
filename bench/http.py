"""The same pages through gunicorn, asked by wrk: what an installation gives, not what a page costs."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bench.house import House
from bench.references import reference_app
from bench.subjects import Page, ticket_page, track_page, worklist
from config import ROOT
from helpdesk.app import create_app
from helpdesk.lib.database import db

WORKERS, THREADS, CONNECTIONS = 2, 8, 8
START_WITHIN = 30.0  # seconds
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


def load_over_http(house: House, seconds: int) -> dict[str, float]:
    """Requests per second of each page, the references first; empty where wrk is not installed."""
    wrk = shutil.which("wrk")
    if wrk is None:
        print(
            "wrk is not installed (Debian package wrk): nothing is measured over HTTP",
            file=sys.stderr,
        )
        return {}
    pages = {"worklist": worklist(house), "ticket": ticket_page(house), "track": track_page(house)}
    asked = {"(a) memory": ("/reference/memory", ""), "(b) query": ("/reference/query", "")}
    asked |= {name: _first(page) for name, page in pages.items()}
    with serving(house) as port:
        for address in asked.values():  # every worker must have drawn it once
            _ask(wrk, port, *address, 1)
        return {name: _ask(wrk, port, *address, seconds) for name, address in asked.items()}


def application() -> Any:
    """What gunicorn serves: the product as its environment says, the references under ``/reference``."""
    product = create_app()
    with product.app_context():
        references = reference_app(db.engine)
        db.engine.dispose()  # no connection may be inherited by the workers
    return DispatcherMiddleware(product, {"/reference": references})


def _first(page: Page) -> tuple[str, str]:
    return page.addresses[0]


def _ask(wrk: str, port: int, path: str, cookie: str, seconds: int) -> float:
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Cookie: {cookie}"]
    asked = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    )
    if "Non-2xx" in asked.stdout:
        raise AssertionError(f"{path} was not answered with a page:\n{asked.stdout}")
    found = _RATE.search(asked.stdout)
    return float(found[1]) if found else 0.0


@contextmanager
def serving(house: House) -> Iterator[int]:
    """gunicorn on the house; its port."""
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": house.settings.database_url,
        "INSTANCE_PATH": str(house.settings.instance_path),
        "SECRET_KEY": house.settings.secret_key,
        "LOG_LEVEL": "ERROR",
    }
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--threads", str(THREADS),
            "--bind", f"127.0.0.1:{port}", "--log-level", "error", "bench.http:application()",
        ],
        cwd=ROOT,
        env=environment,
    )  # fmt: skip
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + START_WITHIN
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
