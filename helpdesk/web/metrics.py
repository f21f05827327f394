"""Metrics for Prometheus: how requests go, counted over all web processes, and the vital signs.

The processes of one server share their counts through small files in memory, in a folder named after
the process they were forked from: a server that is started again begins from zero, as Prometheus expects.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import stat
import time
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, g, request

from helpdesk.lib import clock
from helpdesk.lib.settings import current_settings
from helpdesk.web.vital_signs import vital_signs

if TYPE_CHECKING:
    from prometheus_client import Histogram, Metric

PREFIX = "tanggap_"
SERVER = "TANGGAP_SERVER"  # names the process that the web processes are forked from
_SHARED = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is imported, so set before
_MEMORY = "/dev/shm"  # noqa: S108 - only a folder in it that is ours alone
_ROOM = 16 << 20  # bytes, many times what all pages together count into
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds


def share_counts(instance: Path) -> None:
    """Let this process count together with its siblings; for servers, before the application is made."""
    place = place_of_counts(instance)
    ours = place / (os.environ.get(SERVER) or str(os.getppid()))
    ours.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in place.iterdir():
        if folder != ours and folder.name.isdecimal() and not Path("/proc", folder.name).exists():
            # Of a server that is no more; a sibling may be faster
            shutil.rmtree(folder, ignore_errors=True)
    os.environ[_SHARED] = str(ours)


def place_of_counts(instance: Path) -> Path:
    """A private folder for the servers of *instance*: in memory, and in the instance itself where there is none.

    prometheus_client maps files with holes in them, and whoever writes into a hole of a full disk is killed by the
    kernel (SIGBUS). systemd names a folder in memory; elsewhere there is the one for shared memory.
    """
    mark = hashlib.sha256(os.fsencode(instance.resolve())).hexdigest()[:16]
    for memory in (os.environ.get("RUNTIME_DIRECTORY"), _MEMORY):
        if memory and _is_ours(place := Path(memory, f"tanggap-{os.geteuid()}-{mark}")):
            return place
    return instance / "metrics"


def init_metrics(app: Flask) -> None:
    """Count every request of *app*."""
    from prometheus_client import CollectorRegistry, Histogram

    registry = CollectorRegistry()
    requests = Histogram(
        f"{PREFIX}request_seconds",
        "Requests by endpoint and status, and how long they took",
        ("endpoint", "status"),
        buckets=_BUCKETS,
        registry=registry,
    )
    app.extensions["metrics"] = registry
    app.after_request(lambda response: _count(requests, response))


def may_read_metrics() -> bool:
    """Does the request come from this very machine, or with the token?

    What a proxy handed on comes from elsewhere, even where nobody told us to trust the proxy.
    """
    token = current_settings().metrics_token
    said = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
        return True
    is_handed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not is_handed_on and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104


def metrics_text() -> Response:
    """Everything in Prometheus' text format."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    if shared := os.environ.get(_SHARED):
        counted = CollectorRegistry()
        MultiProcessCollector(counted, shared)  # type: ignore[no-untyped-call]
    else:
        counted = current_app.extensions["metrics"]
    signs = CollectorRegistry()
    signs.register(_Signs())
    text = generate_latest(counted) + generate_latest(signs)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


class _Signs:
    """The vital signs as prometheus_client wants to be given them."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        found = sorted(vital_signs(clock.now()), key=lambda sign: sign.name)
        for (name, meaning), group in groupby(found, key=lambda sign: (sign.name, sign.meaning)):
            signs = list(group)
            family = GaugeMetricFamily(PREFIX + name, meaning, labels=list(signs[0].labels))
            for sign in signs:
                family.add_metric(list(sign.labels.values()), sign.value)
            yield family


def _is_ours(place: Path) -> bool:
    """Is it there, or can it be made, with room, and nobody else's? Anybody may make folders beside it."""
    try:
        if shutil.disk_usage(place.parent).free < _ROOM:
            return False
        place.mkdir(mode=0o700, exist_ok=True)
        found = place.lstat()
    except OSError:
        return False
    is_private = stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
    return is_private and found.st_uid == os.geteuid()


def _count(requests: Histogram, response: Response) -> Response:
    took = time.perf_counter() - g.get("request_began", time.perf_counter())
    try:
        requests.labels(request.endpoint or "none", str(response.status_code)).observe(took)
    except FileNotFoundError:
        # Somebody tidied the memory; no request may fail because it is not counted
        Path(os.environ[_SHARED]).mkdir(mode=0o700, parents=True, exist_ok=True)
    return response
