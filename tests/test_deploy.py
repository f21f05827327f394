"""The files in deploy/ are what the programs that read them accept, wherever those programs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import ROOT, Settings

DEPLOY = ROOT / "deploy"


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*words: str) -> str:
    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.mark.parametrize("unit", ["tanggap-web.service", "tanggap-worker.service"])
def test_systemd_understands_the_unit(unit: str, tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    text = (DEPLOY / unit).read_text()
    assert "/srv/tanggap/.venv/bin/python" in text
    # nothing is installed in /srv here: the program is stood in for by the Python that runs this
    placed = tmp_path / unit
    placed.write_text(text.replace("/srv/tanggap/.venv/bin/python", sys.executable))
    said = run(analyze, "verify", "--recursive-errors=no", "--man=no", str(placed))
    assert unit not in said, said


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    nginx = program("nginx")
    _certificate(tmp_path)
    text = (DEPLOY / "nginx.conf").read_text()
    text = text.replace("/etc/letsencrypt/live/keluhan.example.org", str(tmp_path))
    text = text.replace("/var/log/nginx", str(tmp_path / "logs"))
    (tmp_path / "site.conf").write_text(text)
    (tmp_path / "logs").mkdir()
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off; include {tmp_path}/site.conf; }}\n"
    )
    said = run(nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "stderr")
    assert "test is successful" in said


def test_the_example_of_the_environment_is_understood(tmp_path: Path) -> None:
    """By a shell, as the README has it read before a command."""
    file = DEPLOY / "tanggap.env.example"
    said = run("sh", "-c", f"set -a; . {file}; set +a; env -0")
    environ = dict(pair.partition("=")[::2] for pair in said.split("\0") if pair)
    settings = Settings.from_environment(environ, instance_path=tmp_path)
    assert settings.database_url.endswith("@127.0.0.1/tanggap?charset=utf8mb4")
    assert (settings.trusted_proxies, settings.secure_cookies) == (1, True)


def test_scripts_are_sound_shell() -> None:
    for script in DEPLOY.glob("*.sh"):
        run("sh", "-n", str(script))
        assert os.access(script, os.X_OK), script


def _certificate(folder: Path) -> None:
    """A certificate that nobody trusts, for a server that is never started."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "keluhan.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
