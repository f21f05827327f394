"""What stands in the environment is understood, or refused in one line that names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings, WrongSetting
from helpdesk.lib.schema import EXIT_CODE
from tests.support.forked import Program, run_to_end
from tests.support.live import SERVING

pytestmark = pytest.mark.engines("sqlite")

WITHIN = 60.0
SERVER = ("gunicorn", *SERVING, "--bind", "127.0.0.1:0", "wsgi:app")
COMMAND = ("flask", "--app", "wsgi", "check", "all")


def read(instance: Path, **variables: str) -> Settings:
    return Settings.from_environment({"INSTANCE_PATH": str(instance), **variables})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "abc", "must be a whole number"),
        ("PORT", "99999", "must be between 0 and 65535"),
        ("DEMO", "ja", "must be 1 or 0"),
        ("LOG_LEVEL", "loud", "must be one of DEBUG"),
        ("BACKUP_HOUR", "25", "must be between 0 and 23"),
        ("MAX_UPLOAD_MEGABYTES", "0", "must be at least 1"),
        ("BASE_URL", "keluhan.example.org", "must begin with http:// or https://"),
        ("BASE_URL", "https://", "must begin with http:// or https://"),
        ("BASE_URL", "http://[", "must begin with http:// or https://"),
        ("DATABASE_URL", "foo", "is no address of a database"),
        ("DATABASE_URL", "mysql+pymysql://u:secret@h:x/y", "is no address of a database"),
        ("DATABASE_URL", "postgresql://u:secret@h/x", "must begin with sqlite:/// or"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all/house.db", "there is no folder /nowhere"),
        ("WHATSAPP_MEDIA_HOSTS", "fbsbx.com, https://x.example", "must be names of hosts"),
        ("CLAMD", "run/clamd.ctl", "must be a path such as /run/clamav/clamd.ctl"),
        ("CLAMD", "scanner", "must be a path such as"),
        ("CLAMD", "127.0.0.1:65536", "must be a path such as"),
        ("INSTANCE_PATH", "/proc/nope", "/proc/nope cannot be used"),
    ],
)
def test_a_wrong_one_is_named(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        read(tmp_path, **{name: value})
    assert str(wrong.value).startswith(name)
    assert said in str(wrong.value)
    assert "secret" not in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_files_of_whatsapp_come_from_the_provider_or_from_where_it_says(tmp_path: Path) -> None:
    assert "fbsbx.com" in read(tmp_path).whatsapp_media_hosts
    named = read(tmp_path, WHATSAPP_MEDIA_HOSTS="Media.Example, cdn.example.org")
    assert named.whatsapp_media_hosts == ("media.example", "cdn.example.org")


@pytest.mark.parametrize("given", ["", "/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310"])
def test_the_scanner_is_a_socket_or_a_port(tmp_path: Path, given: str) -> None:
    assert read(tmp_path, CLAMD=given).clamd == given


def test_the_demo_leaves_room_for_its_telephones(tmp_path: Path) -> None:
    assert read(tmp_path, PORT="65535").port == 65535
    with pytest.raises(WrongSetting, match="PORT must be between 0 and 65534"):
        read(tmp_path, PORT="65535", DEMO="1")


def test_paths_are_meant_from_where_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read(Path("house"), BACKUP_DIR="copies")
    monkeypatch.chdir("/")
    assert settings.instance_path == tmp_path / "house"
    assert settings.backup_dir == tmp_path / "copies"
    assert settings.database_url == f"sqlite:///{tmp_path}/house/helpdesk.db"


def test_nobody_else_looks_into_the_instance(tmp_path: Path) -> None:
    """A new folder, an empty one and our own are closed; one that may be somebody's is left as it is."""
    for name, inside in (("new", None), ("empty", ""), ("ours", "secret_key"), ("theirs", "photo")):
        folder = tmp_path / name
        if inside is not None:
            folder.mkdir()
            folder.chmod(0o755)
        if inside:
            (folder / inside).touch()
    for name in ("new", "empty", "ours"):
        read(tmp_path / name)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700, name
    with pytest.raises(WrongSetting, match="open to other accounts. Close it"):
        read(tmp_path / "theirs")
    assert (tmp_path / "theirs").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("words", "code"), [(SERVER, EXIT_CODE), (COMMAND, 2)], ids=["server", "command"]
)
def test_nothing_starts_with_a_wrong_one(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    environment = {"INSTANCE_PATH": str(tmp_path), "LOG_LEVEL": "loud"}
    ended = run_to_end(Program(words[0], words[1:], environment), WITHIN)
    assert ended.returncode == code, ended.stderr
    assert ended.stderr.count("LOG_LEVEL must be one of") == 1
    assert "Traceback" not in ended.stderr
