"""What machines are told: alive, ready, and figures that are nobody's."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from helpdesk.backup.making import make_backup
from helpdesk.backup.record import Occasion, recorded
from helpdesk.lib import clock
from helpdesk.lib.heartbeats import beat
from helpdesk.web import metrics
from helpdesk.web.metrics import place_of_counts
from tests.concurrency.visitor import Visitor
from tests.support.cast import Cast
from tests.support.forked import ForkedLive
from tests.support.live import environment_of

TOKEN = "only-for-the-machine-that-watches"


def figures(text: str) -> dict[str, float]:
    """Every sample by its name and labels."""
    found = re.findall(r"^(tanggap_\S+?(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def read(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return figures(answer.text)


def test_ready_when_everything_is_there(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"ready": True, "database": "ok", "schema": "ok", "storage": "ok"},
    )


def test_not_ready_when_no_file_can_be_kept(client: FlaskClient, settings: Settings) -> None:
    shutil.rmtree(settings.instance_path / "files")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["storage"] == "Files cannot be written: look at the disk."
    assert answer.json["database"] == "ok"


def test_requests_are_counted_by_page_and_answer(client: FlaskClient) -> None:
    before = read(client)
    for path in ("/lacak", "/lacak", "/tidak-ada", "/admin/"):
        client.get(path)
    found = read(client)
    counted = {
        'endpoint="public.track",status="200"': 2,
        'endpoint="none",status="404"': 1,
        'endpoint="admin.home",status="302"': 1,
    }
    for labels, count in counted.items():
        counter, lasted = (f"tanggap_request_seconds_{one}{{{labels}}}" for one in ("count", "sum"))
        assert found[counter] - before.get(counter, 0) == count
        assert found[lasted] > before.get(lasted, 0)


@time_machine.travel("2026-11-20T03:00:00+00:00", tick=False)
def test_the_vital_signs(cast: Cast, client: FlaskClient, tmp_path: Path) -> None:
    cast.complain()
    folder = tmp_path / "backup"
    recorded(lambda: make_backup(folder), occasion=Occasion.BY_HAND, folder=folder)
    with beat("sweep clocks"):
        pass
    with pytest.raises(OSError, match="gone"), beat("deliver messages"):
        raise OSError("gone")
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        found = read(client)
    assert found["tanggap_open_tickets"] == 1
    assert found["tanggap_outbox_waiting"] >= 1
    assert found["tanggap_outbox_oldest_seconds"] == 3 * 3600
    assert found["tanggap_outbox_failed"] == 0
    assert found["tanggap_backup_age_seconds"] == 3 * 3600
    assert found["tanggap_backup_bytes"] > 0
    assert found['tanggap_job_started_seconds{job="sweep clocks"}'] == 3 * 3600
    assert found['tanggap_job_failing{job="sweep clocks"}'] == 0
    assert found['tanggap_job_failing{job="deliver messages"}'] == 1
    assert found["tanggap_clock_lag_seconds"] > 0, "nobody has swept for three hours"
    assert found["tanggap_disk_free_bytes"] > 0
    assert found["tanggap_schema_fits"] == 1


def test_nobody_is_in_the_figures(cast: Cast, client: FlaskClient) -> None:
    number = cast.complain().number
    cast.triage(number)
    client.get(f"/lacak/keluhan/{number}?telepon=081234560172")
    text = client.get("/metrics").text
    for secret in (number, "Wati", "081234560172", "6281234560172", "Obat", "sari", "Farmasi"):
        assert secret not in text, secret


def test_only_this_machine_and_whoever_has_the_token(app: Flask, settings: Settings) -> None:
    client = app.test_client()
    far = {"REMOTE_ADDR": "10.0.0.7"}
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": "::1"}).status_code == 200
    assert client.get("/metrics", environ_overrides=far).status_code == 404
    for header in ("X-Forwarded-For", "Forwarded"):
        assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404, (
            "what a proxy hands on comes from elsewhere"
        )
    right, wrong = ({"Authorization": f"Bearer {word}"} for word in (TOKEN, "guess"))
    assert client.get("/metrics", environ_overrides=far, headers=right).status_code == 404
    app.extensions["settings"] = replace(settings, metrics_token=TOKEN)
    assert client.get("/metrics", environ_overrides=far, headers=right).status_code == 200
    assert client.get("/metrics", environ_overrides=far, headers=wrong).status_code == 404


@pytest.mark.engines("sqlite")
def test_all_processes_of_the_server_count_together(
    settings: Settings, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = environment_of(settings)["RUNTIME_DIRECTORY"]
    monkeypatch.setenv("RUNTIME_DIRECTORY", memory)
    web = ForkedLive(replace(settings, testing=False, port=0), tmp_path)
    web.start_server()
    try:
        with ThreadPoolExecutor(8) as threads:
            asked = list(threads.map(lambda _n: Visitor(web.url).get("/lacak").status, range(40)))
        assert set(asked) == {200}
        name = 'tanggap_request_seconds_count{endpoint="public.track",status="200"}'
        for _ in range(6):  # whichever process answers
            assert figures(Visitor(web.url).get("/metrics").text)[name] == 40
        assert len(list(place_of_counts(settings.instance_path).iterdir())) == 1
        assert mapped_with_holes(web, settings.instance_path) == [], (
            "on a full disk whoever writes into a hole is killed"
        )
    finally:
        web.stop()
    web.start_server()
    try:
        assert name not in figures(Visitor(web.url).get("/metrics").text), (
            "a new server begins anew"
        )
        assert len(list(place_of_counts(settings.instance_path).iterdir())) == 1
        shutil.rmtree(place_of_counts(settings.instance_path))
        with ThreadPoolExecutor(8) as threads:
            asked = list(threads.map(lambda _n: Visitor(web.url).get("/masuk").status, range(40)))
        assert set(asked) == {200}, "what cannot be counted is answered all the same"
    finally:
        web.stop()


@pytest.mark.engines("sqlite")
def test_counts_lie_in_a_folder_that_is_ours_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each instance one, in memory; where somebody else has taken the name, in the instance."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    place = place_of_counts(tmp_path / "one")
    assert place.parent == tmp_path
    assert place.stat().st_mode & 0o777 == 0o700
    assert place_of_counts(tmp_path / "other") != place
    assert place_of_counts(tmp_path / "one") == place
    monkeypatch.setattr(metrics, "_MEMORY", str(tmp_path / "not there"))
    place.chmod(0o777)
    assert place_of_counts(tmp_path / "one") == tmp_path / "one" / "metrics"


def mapped_with_holes(web: ForkedLive, folder: Path) -> list[str]:
    """The files in *folder* that a web process has in its memory although the disk has not given all their blocks."""
    assert web.server
    children = Path(f"/proc/{web.server.pid}/task/{web.server.pid}/children").read_text().split()
    maps = [
        line.split()
        for pid in children
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines()
    ]
    files = {
        Path(words[5]) for words in maps if len(words) > 5 and words[5].startswith(str(folder))
    }
    return [str(each) for each in files if each.stat().st_blocks * 512 < each.stat().st_size]
